//! A plain program that stays signed in to a Django server with SimpleJWT: twenty calls at a time share one refresh.
//!
//! `PASSWORD=… cargo run -p session-engine --all-features --example simplejwt -- http://127.0.0.1:8000/ ada`
//! Not here: keeping the session for the next start, which wants a vault of your own (see `session_engine::memory`).
#![allow(clippy::print_stdout, reason = "it is what the program is for")]

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use session_engine::error::CallError;
use session_engine::ports::Credentials;
use session_engine::settings::Settings;
use session_engine::{ApiRequest, HttpTransport, Session, SystemClock, memory};

/// What differs from the preset.
const SETTINGS: &str = r#"
backend = "simplejwt"
"#;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(base), Some(username)) = (words.next(), words.next()) else {
        return Err("say where the server is and who you are; the password is read from PASSWORD".into());
    };
    let session = open(&base)?;
    let password = std::env::var("PASSWORD")?.into();
    session.sign_in(Credentials { username, password }).await?;
    loop {
        println!("{}", look(&session).await?);
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
}

/// A session with nobody signed in.
pub(crate) fn open(base: &str) -> Result<Session, Box<dyn Error>> {
    let settings = Settings::parse(&format!("base_url = {base:?}\n{SETTINGS}"))?;
    let server = Arc::new(settings.server);
    let http = Arc::new(HttpTransport::new(&server.base)?);
    let ports = memory::ports(http, Arc::clone(&server), Arc::new(SystemClock));
    Ok(Session::new(ports, server, settings.policy))
}

/// Twenty calls at once: if the token is due they all wait for the same refresh and go out with its new token.
pub(crate) async fn look(session: &Session) -> Result<String, CallError> {
    let calls = (0..20).map(|_| session.call(ApiRequest::get("api/me/")));
    let mut answered = 0;
    for call in join_all(calls).await {
        match call {
            Ok(reply) if reply.response.status().is_success() => answered += 1,
            Ok(_) | Err(CallError::Unavailable(_)) => {} // still signed in
            Err(over) => return Err(over),               // signed out, or not set up
        }
    }
    let counted = session.counters();
    Ok(format!(
        "{answered} of 20 answered; {} refreshes so far, shared {} times",
        counted.refreshes, counted.shared
    ))
}
