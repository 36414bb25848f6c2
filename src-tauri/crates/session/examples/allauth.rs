//! A plain program that stays signed in to django-allauth headless with its JWT strategy.
//!
//! `PASSWORD=… cargo run -p session-engine --all-features --example allauth -- https://example.com/ ada`
//! Not here: keeping the session for the next start, which wants a vault of your own (see `session_engine::memory`).
#![allow(clippy::print_stdout, reason = "it is what the program is for")]

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use session_engine::error::CallError;
use session_engine::ports::Credentials;
use session_engine::settings::Settings;
use session_engine::{ApiRequest, HttpTransport, Session, SystemClock, memory};

/// What differs from the preset.
const SETTINGS: &str = r#"
backend = "allauth"
[login]
username_field = "email" # what the users of this server sign in with
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

/// One call: checked right before it is sent, refreshed if it is time, sent once more if the server refuses its token.
pub(crate) async fn look(session: &Session) -> Result<String, CallError> {
    match session.call(ApiRequest::get("api/notes/")).await {
        Ok(reply) => Ok(format!("{} after a pause of {:?}", reply.response.status(), reply.waited)),
        Err(CallError::Unavailable(trouble)) => Ok(format!("not now: {trouble}")), // still signed in
        Err(over) => Err(over), // signed out, or not set up
    }
}
