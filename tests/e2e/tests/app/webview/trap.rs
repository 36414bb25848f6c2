//! A trap: a place that nobody may reach.
//! Not in it: who is to be caught.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use session_keeper_e2e::until;

/// Listens where nobody may come, and notes who does.
pub(crate) struct Trap {
    /// Its host and port.
    pub(crate) address: String,
    caught: Arc<Mutex<Vec<String>>>,
}

impl Trap {
    /// Sets one at an address; port 0 is any that is free.
    ///
    /// # Errors
    /// When nobody can listen there.
    pub(crate) fn set(address: &str) -> Result<Self> {
        let listener = TcpListener::bind(address).with_context(|| address.to_owned())?;
        let (address, caught) = (listener.local_addr()?.to_string(), Arc::<Mutex<Vec<String>>>::default());
        let notes = Arc::clone(&caught);
        std::thread::spawn(move || {
            for mut caller in listener.incoming().flatten() {
                note(&notes, String::from("a connection"));
                let notes = Arc::clone(&notes);
                std::thread::spawn(move || {
                    let mut head = [0; 256];
                    if let Ok(read @ 1..) = caller.read(&mut head) {
                        note(&notes, String::from_utf8_lossy(&head[..read]).into_owned());
                    }
                });
            }
        });
        Ok(Self { address, caught })
    }

    /// That it does is seen first.
    ///
    /// # Errors
    /// When it does not work.
    pub(crate) async fn must_work(&self) -> Result<()> {
        drop(TcpStream::connect_timeout(&self.address.parse()?, Duration::from_secs(5))?);
        until("the trap to note a connection", async || Ok(self.noted().len() == 1)).await
    }

    /// All but the one that it was tried with.
    pub(crate) fn caught(&self) -> Vec<String> {
        self.noted().split_off(1)
    }

    fn noted(&self) -> Vec<String> {
        self.caught.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn note(notes: &Mutex<Vec<String>>, what: String) {
    notes.lock().unwrap_or_else(PoisonError::into_inner).push(what);
}
