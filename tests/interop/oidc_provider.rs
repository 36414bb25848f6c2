//! oidc-provider with a public client: rotation, and the reuse of a token kills its grant.
//! Not here: what is shown of every server (`claims`).

use super::claims::{self, suite};
use super::server::{AfterALostReply, Server, Spoilt};

const PROVIDER: Server = Server {
    package: "oidc-provider",
    set: "public client (rotation, reuse kills the grant)",
    program: "oidc_provider.mjs",
    options: &[],
    config: include_str!("servers/oidc_provider.toml"),
    rotates: true,
    in_the_profile: r#""employee_number":9007199254740991"#,
    words: "grant request is invalid",
    spoilt: Spoilt::Garbled,
    after_a_lost_reply: AfterALostReply::Ends,
};

suite! { PROVIDER }

#[tokio::test]
async fn f16_a_token_that_was_stolen_is_worth_nothing_once_the_theft_is_seen() {
    claims::a_token_that_was_stolen_is_worth_nothing_once_the_theft_is_seen(&PROVIDER).await;
}
