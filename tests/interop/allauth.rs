//! django-allauth headless, its `app` client with the JWT strategy.
//! Not here: what is shown of every server (`claims`).

use super::claims::{self, suite};
use super::server::{AfterALostReply, Server, Spoilt};

const ALLAUTH: Server = Server {
    package: "django-allauth",
    set: "headless, JWT strategy (rotation, no grace)",
    program: "allauth_headless.py",
    options: &[],
    config: include_str!("servers/allauth.toml"),
    rotates: true,
    in_the_profile: r#""employee_number":9007199254740993"#,
    words: "status 400",
    spoilt: Spoilt::Garbled,
    after_a_lost_reply: AfterALostReply::Ends,
};

suite! { ALLAUTH }

#[tokio::test]
async fn r6_a_token_that_was_used_elsewhere_ends_the_session_once() {
    claims::a_token_that_was_used_elsewhere_ends_the_session_once(&ALLAUTH).await;
}
