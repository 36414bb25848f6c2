//! Asks the user to unlock the Secret Service's keyring, and waits as long as there is something to wait for.
//! Not here: any secret; nothing is read or written.
//!
//! A question that nobody answers would hold whoever asks it for ever, more so if the provider dies meanwhile: it then never
//! says that the question is over. So it is asked on a thread and a connection of its own, and closed from here when the keyring
//! was unlocked by other means or its provider is gone.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use keyring_core::Result;
use secret_service::blocking::SecretService;
use secret_service::{EncryptionType, Error};
use zbus::blocking::Connection;
use zbus::blocking::fdo::DBusProxy;
use zbus::names::{BusName, OwnedUniqueName, WellKnownName};

/// The provider's name on the bus.
const PROVIDER: WellKnownName<'_> = WellKnownName::from_static_str_unchecked("org.freedesktop.secrets");

/// How often it is looked whether the question is still worth asking.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Returns when an entry of this service and user can be read and written without asking. `asking` is true while the user is asked.
pub(super) fn unlock(service: &str, user: &str, asking: &AtomicBool) -> Result<()> {
    let what = HashMap::from([("service", service), ("username", user)]);
    let bus = Connection::session().map_err(|error| refused(error.into()))?;
    let unlocked = is_unlocked(&bus, &what).and_then(|unlocked| match unlocked {
        true => Ok(()),
        false => {
            asking.store(true, Ordering::Release);
            let answer = ask(&bus, service, user, &what);
            asking.store(false, Ordering::Release);
            answer
        }
    });
    let _ = bus.close(); // a question that is still being asked ends with it
    unlocked.map_err(refused)
}

/// Asks, and looks again and again.
fn ask(bus: &Connection, service: &str, user: &str, what: &HashMap<&str, &str>) -> Answer {
    let provider = provider(bus)?;
    let (tell, told) = mpsc::channel();
    let (their_bus, service, user) = (bus.clone(), service.to_owned(), user.to_owned());
    let question = move || {
        let what = HashMap::from([("service", service.as_str()), ("username", user.as_str())]);
        let _ = tell.send(prompt(&their_bus, &what));
    };
    let asked = std::thread::Builder::new().name("keyring-prompt".into()).spawn(question);
    asked.map_err(|error| Error::Zbus(error.into()))?;
    loop {
        match told.recv_timeout(LOOK_AGAIN) {
            Ok(answer) => return answer,
            Err(RecvTimeoutError::Disconnected) => return Err(Error::PromptDisconnected),
            Err(RecvTimeoutError::Timeout) if self::provider(bus)? != provider => {
                return Err(Error::PromptDisconnected);
            }
            Err(RecvTimeoutError::Timeout) if is_unlocked(bus, what)? => return Ok(()),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

type Answer = std::result::Result<(), Error>;

/// Raises the provider's dialog, if it has one, and waits for its end.
fn prompt(bus: &Connection, what: &HashMap<&str, &str>) -> Answer {
    let keyring = connect(bus)?;
    let found = keyring.search_items(what.clone())?;
    if found.locked.is_empty() {
        return keyring.get_default_collection()?.unlock();
    }
    keyring.unlock_all(&found.locked.iter().collect::<Vec<_>>())
}

fn is_unlocked(bus: &Connection, what: &HashMap<&str, &str>) -> std::result::Result<bool, Error> {
    let keyring = connect(bus)?;
    let found = keyring.search_items(what.clone())?;
    if !found.locked.is_empty() {
        return Ok(false);
    }
    if !found.unlocked.is_empty() {
        return Ok(true);
    }
    match keyring.get_default_collection() {
        Ok(collection) => Ok(!collection.is_locked()?),
        Err(Error::NoResult) => Ok(true), // there is nothing to unlock; who writes will be told that there is nothing at all
        Err(error) => Err(error),
    }
}

/// No secret goes over this connection, so it needs no key.
fn connect(bus: &Connection) -> std::result::Result<SecretService<'static>, Error> {
    SecretService::connect_with_existing(EncryptionType::Plain, bus.clone())
}

/// The process that is the provider now, by its name on the bus, which is never given twice.
fn provider(bus: &Connection) -> std::result::Result<OwnedUniqueName, Error> {
    Ok(DBusProxy::new(bus)?.get_name_owner(BusName::from(PROVIDER))?)
}

fn refused(error: Error) -> keyring_core::Error {
    let locked = matches!(error, Error::Locked | Error::NoResult | Error::Prompt | Error::PromptDisconnected);
    if locked {
        keyring_core::Error::NoStorageAccess(Box::new(error))
    } else {
        keyring_core::Error::PlatformFailure(Box::new(error))
    }
}
