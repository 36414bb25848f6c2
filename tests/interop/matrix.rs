//! matrix-synapse with refresh tokens: the old one is good until the new one is used; lives are told in milliseconds.
//! Not here: what is shown of every server (`claims`).

use super::claims::suite;
use super::server::{AfterALostReply, Server, Spoilt};

const SYNAPSE: Server = Server {
    package: "matrix-synapse",
    set: "refresh tokens, SQLite",
    program: "synapse_home.py",
    options: &[],
    config: include_str!("servers/synapse.toml"),
    rotates: true,
    in_the_profile: r#""displayname":"ada""#,
    words: "refresh token does not exist",
    spoilt: Spoilt::Garbled,
    after_a_lost_reply: AfterALostReply::GoesOn,
};

suite! { SYNAPSE }
