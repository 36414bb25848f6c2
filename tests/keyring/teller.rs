//! The real vault in a process of its own, on the bus that a test made for it.
//! Not here: what is expected of it.

use serde_json::{Value, json};
use session_engine::RefreshToken;
use session_engine::ports::{Vault, VaultEntry};
use session_keeper::adapters::keyring::KeyringVault;

use super::bus::Bus;
use super::child::{Answer, Worker, serve};

/// The server whose token the tests keep; its letters are to go through as they are.
pub(crate) const SERVER: &str = "https://api.example.com/größe/🔑/";

/// How our item is filed.
pub(crate) const OURS: [(&str, &str); 2] = [("service", "dev.session-keeper.app"), ("username", SERVER)];

/// A vault, and who works it.
pub(crate) struct Teller(Worker);

impl Teller {
    pub(crate) fn on(bus: &Bus) -> Self {
        Self::with(&bus.environment())
    }

    pub(crate) fn with(environment: &[(&str, String)]) -> Self {
        Self(Worker::start("teller::a_vault", environment))
    }

    pub(crate) fn load(&mut self) -> Answer {
        self.0.give(&json!({ "do": "load" }))
    }

    pub(crate) fn save(&mut self, account: &str, refresh: &str) -> Answer {
        self.0.give(&json!({ "do": "save", "account": account, "refresh": refresh }))
    }

    pub(crate) fn clear(&mut self) -> Answer {
        self.0.give(&json!({ "do": "clear" }))
    }

    pub(crate) fn worker(&mut self) -> &mut Worker {
        &mut self.0
    }
}

/// What a load gives.
pub(crate) fn entry(account: &str, refresh: &str) -> Result<Value, String> {
    Ok(json!({ "account": account, "refresh": refresh }))
}

/// Nothing, and no failure.
pub(crate) const NOTHING: Result<Value, String> = Ok(Value::Null);

#[tokio::test]
#[ignore = "other tests start it, in a process of its own"]
async fn a_vault() {
    let vault = KeyringVault::new(SERVER.to_owned());
    serve(|order| {
        let vault = &vault;
        async move {
            let text = |key: &str| order[key].as_str().unwrap().to_owned();
            let done = match order["do"].as_str().unwrap() {
                "load" => {
                    let found = vault.load().await.map_err(|error| error.0)?;
                    let shown = |entry: VaultEntry| json!({ "account": entry.account, "refresh": entry.refresh.expose() });
                    return Ok(found.map_or(Value::Null, shown));
                }
                "save" => {
                    let refresh = RefreshToken::new(text("refresh")).unwrap();
                    vault.save(&VaultEntry { account: text("account"), refresh }).await
                }
                "clear" => vault.clear().await,
                other => panic!("nobody can {other}"),
            };
            done.map(|()| Value::Null).map_err(|error| error.0)
        }
    })
    .await;
}
