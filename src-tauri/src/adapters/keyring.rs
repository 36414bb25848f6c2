//! The vault over the OS keyring, on a thread of its own with a time budget, so that a slow or locked keyring blocks nobody (P6, P7).
//! Not here: what happens when it does not work; the engine then keeps the token in memory and says so. Never plain text on disk.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use async_trait::async_trait;
use keyring_core::api::CredentialStore;
use keyring_core::{Entry, Error};
use serde::{Deserialize, Serialize};
use session_engine::RefreshToken;
use session_engine::error::VaultError;
use session_engine::ports::{Vault, VaultEntry};
use tokio::sync::oneshot;

/// The service our entries are filed under.
const SERVICE: &str = "dev.session-keeper.app";

/// How long one operation may take (P7).
const BUDGET: Duration = Duration::from_secs(5);

/// The refresh token of one server in the OS keyring.
pub struct KeyringVault(mpsc::Sender<Job>);

type Job = Box<dyn FnOnce(&Keyring) + Send>;

/// The entry as it is kept.
#[derive(Serialize, Deserialize)]
struct Sealed<'a> {
    account: std::borrow::Cow<'a, str>,
    refresh: std::borrow::Cow<'a, str>,
}

impl KeyringVault {
    /// For the token of the server that `name` stands for. The keyring is first asked when it is first needed.
    #[must_use]
    pub fn new(name: String) -> Self {
        let (jobs, queue) = mpsc::channel::<Job>();
        let worker = std::thread::Builder::new().name("keyring".into());
        let started = worker.spawn(move || {
            let keyring = Keyring { name };
            queue.into_iter().for_each(|job| job(&keyring));
        });
        if let Err(error) = started {
            tracing::error!(%error, "the keyring's thread did not start"); // every job is then refused as "stopped"
        }
        Self(jobs)
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Keyring) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let (tell, told) = oneshot::channel();
        let job: Job = Box::new(move |keyring| {
            if !tell.is_closed() {
                let _ = tell.send(job(keyring));
            }
        });
        self.0
            .send(job)
            .map_err(|_| VaultError("The keyring's thread has stopped. Start the program anew.".into()))?;
        match tokio::time::timeout(BUDGET, told).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(VaultError("The keyring's thread has stopped. Start the program anew.".into())),
            Err(_) => Err(VaultError(
                "The keyring did not answer in 5 s; it may be locked. Unlock it, then try again.".into(),
            )),
        }
    }
}

#[async_trait]
impl Vault for KeyringVault {
    async fn load(&self) -> Result<Option<VaultEntry>, VaultError> {
        self.run(Keyring::load).await
    }

    async fn save(&self, entry: &VaultEntry) -> Result<(), VaultError> {
        let entry = entry.clone();
        self.run(move |keyring| keyring.save(&entry)).await
    }

    async fn clear(&self) -> Result<(), VaultError> {
        self.run(Keyring::clear).await
    }
}

/// What the thread does. The connection is made anew each time: a provider that died and came back is found again.
struct Keyring {
    name: String,
}

impl Keyring {
    fn load(&self) -> Result<Option<VaultEntry>, VaultError> {
        let secrets = match self.entry()?.get_secret() {
            Ok(secret) => vec![secret],
            Err(Error::NoEntry) => return Ok(None),
            Err(Error::Ambiguous(entries)) => {
                entries.iter().filter_map(|entry| entry.get_secret().ok()).collect()
            }
            Err(error) => return Err(failed(&error)),
        };
        Ok(secrets.iter().rev().find_map(|secret| open(secret)))
    }

    fn save(&self, entry: &VaultEntry) -> Result<(), VaultError> {
        let secret = seal(entry)?;
        let place = self.entry()?;
        match place.set_secret(&secret) {
            Ok(()) => {}
            Err(Error::Ambiguous(entries)) => {
                entries.iter().try_for_each(Entry::delete_credential).map_err(|error| failed(&error))?;
                place.set_secret(&secret).map_err(|error| failed(&error))?;
            }
            Err(error) => return Err(failed(&error)),
        }
        match place.get_secret() {
            Ok(kept) if kept == secret => Ok(()),
            Ok(_) => Err(VaultError("The keyring gave back something else than was put in.".into())),
            Err(error) => Err(failed(&error)),
        }
    }

    fn clear(&self) -> Result<(), VaultError> {
        match self.entry()?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(Error::Ambiguous(entries)) => {
                entries.iter().try_for_each(Entry::delete_credential).map_err(|error| failed(&error))
            }
            Err(error) => Err(failed(&error)),
        }
    }

    fn entry(&self) -> Result<Entry, VaultError> {
        platform_store()
            .and_then(|store| store.build(SERVICE, &self.name, None))
            .map_err(|error| failed(&error))
    }
}

#[cfg(target_os = "linux")]
fn platform_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn platform_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn platform_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

fn seal(entry: &VaultEntry) -> Result<Vec<u8>, VaultError> {
    let sealed = Sealed { account: entry.account.as_str().into(), refresh: entry.refresh.expose().into() };
    serde_json::to_vec(&sealed).map_err(|_| VaultError("The entry cannot be written.".into()))
}

/// What cannot be read is not ours, and as good as nothing.
fn open(secret: &[u8]) -> Option<VaultEntry> {
    let sealed: Sealed<'_> = serde_json::from_slice(secret).ok()?;
    let refresh = RefreshToken::new(sealed.refresh.into_owned()).ok()?;
    Some(VaultEntry { account: sealed.account.into_owned(), refresh })
}

/// A sentence for each kind of failure. The errors' own texts are not shown: some of them carry the secret's bytes.
fn failed(error: &Error) -> VaultError {
    let text = match error {
        Error::NoStorageAccess(_) => "The keyring is locked or refuses access. Unlock it, then try again.",
        Error::PlatformFailure(_) | Error::NoDefaultStore | Error::NotSupportedByStore(_) => {
            "This computer has no keyring that answers. Start one (such as GNOME Keyring), then try again."
        }
        Error::TooLong(..) => "The token is too long for this keyring.",
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) | Error::Ambiguous(_) => {
            "The keyring's entry cannot be read."
        }
        Error::NoEntry | Error::Invalid(..) | _ => "The keyring does not work.",
    };
    VaultError(text.to_owned())
}
