//! The session engine: checks a token before each call, refreshes it once for all who wait, loses nothing, ends cleanly.
//! Not here: Tauri, any HTTP client, any keyring, any file. Those come through `ports`.
//!
//! Who signs in calls [`Session::sign_in`], then [`Session::call`] as often as there is something to ask; everything else happens by
//! itself, and [`Session::status`], the [`Observer`](ports::Observer) and [`Session::events`] tell what.
//!
//! ```no_run
//! # #[cfg(all(feature = "clock", feature = "presets", feature = "reqwest"))]
//! # async fn run(password: secrecy::SecretString) -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! use session_engine::{ApiRequest, HttpTransport, Session, SystemClock, memory, ports::Credentials, settings::Settings};
//!
//! let settings = Settings::parse("backend = \"simplejwt\"\nbase_url = \"https://example.com/\"")?;
//! let server = Arc::new(settings.server);
//! let http = Arc::new(HttpTransport::new(&server.base)?);
//! let ports = memory::ports(http, server.clone(), Arc::new(SystemClock)); // or ports of your own, in any of its fields
//! let session = Session::new(ports, server, settings.policy);
//! session.restore().await; // back from the vault, no network
//! session.sign_in(Credentials { username: "ada".into(), password }).await?;
//! let reply = session.call(ApiRequest::get("api/projects/")).await?; // checked, refreshed if due, sent
//! println!("{} after a pause of {:?}", reply.response.status(), reply.waited);
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//! None is on by default, and then there is no HTTP client, no file and no clock in it. `reqwest`: `HttpTransport`. `clock`:
//! `SystemClock`. `presets`: the modules `presets` and `settings`, a server's ways as TOML. `specta`: types for a TypeScript UI.
//! `shuttle` and `loom` are the model checkers' and never on in a program.
//!
//! # Ports
//! What the engine asks of the world is in [`ports`]; [`memory`] has stand-ins that end with the program, and says what is lost then.
//!
//! # Layout
//! `session → interceptor → passenger → refresh → outcome → policy → lifetime, token`. `single_flight`, `landing` and `lane` know
//! nothing of sessions; `policy`, `lifetime`, `verdict`, `profile` and `confine` are pure: the time is an argument.

mod ahead;
mod authorization;
mod black_box;
mod call;
mod clock_watch;
pub mod confine;
mod core;
mod echo;
mod endpoint;
pub mod error;
pub mod event;
mod export;
#[cfg(feature = "reqwest")]
mod http_client;
mod incurable;
mod interceptor;
mod issued;
mod journal;
mod keeper;
mod landing;
mod lane;
mod lifetime;
pub mod memory;
mod noted;
mod outcome;
mod passenger;
mod persist;
pub mod pointer;
pub mod policy;
pub mod ports;
#[cfg(feature = "presets")]
pub mod presets;
mod profile;
mod refresh;
mod restore;
mod revoke;
#[cfg(test)]
mod secrets;
pub mod server;
mod session;
#[cfg(feature = "presets")]
pub mod settings;
#[cfg(feature = "presets")]
mod settings_file;
#[cfg(feature = "presets")]
mod settings_source;
#[cfg(feature = "presets")]
mod settings_text;
mod sign_in;
mod sign_out;
mod single_flight;
mod state;
mod status;
mod sync;
#[cfg(feature = "clock")]
mod system_clock;
mod token;
mod token_reply;
mod vault;
pub mod verdict;
mod waiter;

pub use crate::black_box::{BLACK_BOX_EVENTS, Counters};
pub use crate::call::{ApiReply, ApiRequest, Authorization, CallPhase, MAX_BODY_BYTES};
pub use crate::core::{Ports, Trouble};
pub use crate::endpoint::{HttpTokenEndpoint, MAX_TOKEN_REPLY_BYTES};
pub use crate::export::LEFT_OUT;
#[cfg(feature = "reqwest")]
pub use crate::http_client::HttpTransport;
pub use crate::lifetime::{Lifetime, Moment, Origin, Receipt, TimeClaims};
pub use crate::policy::{Freshness, RefreshPolicy, WhenDue};
pub use crate::profile::{MergeCount, Profile};
pub use crate::session::{ProfileError, Session};
pub use crate::status::{OutageStatus, SessionState, Status, TokenStatus};
pub use crate::sync::load_dice;
#[cfg(feature = "clock")]
pub use crate::system_clock::SystemClock;
pub use crate::token::{
    AccessToken, Fingerprint, Generation, MAX_TOKEN_BYTES, RefreshToken, TokenError, TokenSet,
};

/// The README's example, compiled as it stands.
#[cfg(all(doctest, feature = "clock", feature = "presets", feature = "reqwest"))]
#[doc = include_str!("../README.md")]
mod readme {}
