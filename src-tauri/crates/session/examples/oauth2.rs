//! A plain program that stays signed in to an OAuth 2 server with a refresh token from elsewhere, a browser's sign-in perhaps.
//!
//! `REFRESH_TOKEN=… cargo run -p session-engine --all-features --example oauth2 -- https://example.com/o/ my-client`
//! Not here: getting that first token, which is the authorization code flow's (RFC 6749 section 4.1); and keeping the session for
//! the next start, which wants a vault of your own (see `session_engine::memory`).
#![allow(clippy::print_stdout, reason = "it is what the program is for")]

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use session_engine::error::CallError;
use session_engine::memory::{self, MemoryVault};
use session_engine::ports::VaultEntry;
use session_engine::settings::Settings;
use session_engine::{ApiRequest, HttpTransport, RefreshToken, Session, SystemClock};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(base), Some(client)) = (words.next(), words.next()) else {
        return Err("say where the server is and the client_id; the token is read from REFRESH_TOKEN".into());
    };
    let session = open(&base, &client, std::env::var("REFRESH_TOKEN")?)?;
    session.restore().await; // takes up what the vault holds; no network yet
    loop {
        println!("{}", look(&session).await?);
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
}

/// A session whose vault holds the token already. Nobody signs in here with a name and a password.
pub(crate) fn open(base: &str, client: &str, token: String) -> Result<Session, Box<dyn Error>> {
    let settings = Settings::parse(&format!(
        r#"
        backend = "oauth2"
        base_url = {base:?}
        login = false
        [refresh.extra]
        client_id = {client:?}
        [logout.extra]
        client_id = {client:?}
        "#
    ))?;
    let server = Arc::new(settings.server);
    let http = Arc::new(HttpTransport::new(&server.base)?);
    let mut ports = memory::ports(http, Arc::clone(&server), Arc::new(SystemClock));
    let entry = VaultEntry { account: "me".to_owned(), refresh: RefreshToken::new(token)? };
    ports.vault = Arc::new(MemoryVault::holding(entry));
    Ok(Session::new(ports, server, settings.policy))
}

/// One call: checked right before it is sent, refreshed if it is time, sent once more if the server refuses its token.
pub(crate) async fn look(session: &Session) -> Result<String, CallError> {
    match session.call(ApiRequest::get("userinfo/")).await {
        Ok(reply) => Ok(format!("{} after a pause of {:?}", reply.response.status(), reply.waited)),
        Err(CallError::Unavailable(trouble)) => Ok(format!("not now: {trouble}")), // still signed in
        Err(over) => Err(over), // signed out, or not set up
    }
}
