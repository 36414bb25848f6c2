//! The vault over the OS keyring, on a thread of its own with a time budget, so that a slow or locked keyring blocks nobody (P6, P7).
//! Not here: the entries (`drawer`), how they are written (`sealed`), who is asked to unlock (`unlock`), and what happens when
//! nothing of it works; the engine then keeps the token in memory and says so. Never plain text on disk.

mod drawer;
mod parts;
mod sealed;
#[cfg(target_os = "linux")]
mod unlock;
mod wanted;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use keyring_core::Error;
use keyring_core::api::CredentialStore;
use session_engine::error::VaultError;
use session_engine::ports::{Vault, VaultEntry};
use tokio::sync::oneshot;

use wanted::Keyring;

/// How long one operation may take (P7).
const BUDGET: Duration = Duration::from_secs(5);

/// The most bytes an entry of this system's keyring holds, where there is a limit.
const LARGEST: Option<usize> = if cfg!(windows) { Some(2560) } else { None };

/// The refresh token of one server in the OS keyring.
pub struct KeyringVault {
    keyring: Arc<Keyring>,
    hand: Mutex<Option<Hand>>,
}

/// The thread that works for the vault. It may be stuck: then it is left, and the next operation gets another.
#[derive(Clone)]
struct Hand {
    jobs: mpsc::Sender<Job>,
    /// The user is being asked to unlock. That may take longer than an operation, and is not asked twice at a time.
    asking: Arc<AtomicBool>,
}

type Job = Box<dyn FnOnce(&AtomicBool) + Send>;
type Open = dyn Fn(&str, &AtomicBool) -> keyring_core::Result<Arc<CredentialStore>> + Send + Sync;

impl KeyringVault {
    /// For the token of the server that `name` stands for. The keyring is first asked when it is first needed.
    #[must_use]
    pub fn new(name: String) -> Self {
        Self::with(name, Box::new(open_store), LARGEST)
    }

    /// The same over another store, whose entries hold `largest` bytes at most.
    #[must_use]
    pub fn over(
        name: String,
        open: impl Fn() -> keyring_core::Result<Arc<CredentialStore>> + Send + Sync + 'static,
        largest: Option<usize>,
    ) -> Self {
        Self::with(name, Box::new(move |_, _| open()), largest)
    }

    fn with(name: String, open: Box<Open>, largest: Option<usize>) -> Self {
        Self { keyring: Arc::new(Keyring::new(drawer::user(name), open, largest)), hand: Mutex::default() }
    }

    /// Runs a job on the hand and waits for it as long as the budget allows.
    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Keyring, &AtomicBool) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let (tell, told) = oneshot::channel();
        let keyring = Arc::clone(&self.keyring);
        let job: Job = Box::new(move |asking| {
            let _ = tell.send(job(&keyring, asking)); // fails when nobody waits any more
        });
        let hand = self.hand()?;
        let _ = hand.jobs.send(job); // fails when the thread has ended, which the waiting below then says
        match tokio::time::timeout(BUDGET, told).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => {
                self.leave(&hand);
                Err(VaultError("The keyring failed by a fault of this program. Try again.".into()))
            }
            Err(_) if hand.asking.load(Ordering::Acquire) => Err(VaultError(
                "The keyring is locked and waits for its password. Unlock it, then try again.".into(),
            )),
            Err(_) => {
                self.leave(&hand);
                Err(VaultError(
                    "The keyring did not answer in 5 s. Unlock or restart it, then try again.".into(),
                ))
            }
        }
    }

    fn hand(&self) -> Result<Hand, VaultError> {
        let mut place = lock(&self.hand);
        if let Some(hand) = place.as_ref() {
            return Ok(hand.clone());
        }
        let hand = Hand::start().map_err(|error| {
            VaultError(format!(
                "The keyring's thread does not start: {error}. Close other programs, then try again."
            ))
        })?;
        Ok(place.insert(hand).clone())
    }

    /// The next operation gets another hand; this one ends by itself once the keyring lets go of it.
    fn leave(&self, stuck: &Hand) {
        let mut place = lock(&self.hand);
        if place.as_ref().is_some_and(|hand| Arc::ptr_eq(&hand.asking, &stuck.asking)) {
            *place = None;
        }
    }

    async fn write(&self, wish: Option<VaultEntry>) -> Result<(), VaultError> {
        self.keyring.want(wish);
        self.run(Keyring::fulfil).await
    }
}

#[async_trait]
impl Vault for KeyringVault {
    async fn load(&self) -> Result<Option<VaultEntry>, VaultError> {
        self.run(|keyring, asking| keyring.drawer(asking)?.load()).await
    }

    async fn save(&self, entry: &VaultEntry) -> Result<(), VaultError> {
        self.write(Some(entry.clone())).await
    }

    async fn clear(&self) -> Result<(), VaultError> {
        self.write(None).await
    }
}

impl Hand {
    fn start() -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let asking = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&asking);
        let work = move || queue.into_iter().for_each(|job| job(&flag));
        std::thread::Builder::new().name("keyring".into()).spawn(work)?;
        Ok(Self { jobs, asking })
    }
}

#[cfg(target_os = "linux")]
fn open_store(user: &str, asking: &AtomicBool) -> keyring_core::Result<Arc<CredentialStore>> {
    unlock::unlock(drawer::SERVICE, user, asking)?;
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn open_store(_: &str, _: &AtomicBool) -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn open_store(_: &str, _: &AtomicBool) -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
