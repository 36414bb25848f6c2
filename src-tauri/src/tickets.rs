//! The tickets of what a page asks for: by its ticket it is done once only.
//! Not here: what is done (`program`), and how a page makes them (`ui/src/ipc`).
//!
//! A page that is reloaded sends once more what was on its way: Tauri takes the end of the request for a failure of its first way.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::view::{CommandError, CommandErrorCode};

/// So many tickets are remembered: many times what a page can have on its way.
const REMEMBERED: usize = 4096;

/// The tickets that were seen.
#[derive(Default)]
pub struct Tickets(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    tickets: HashSet<u64>,
    in_turn: VecDeque<u64>,
}

impl Tickets {
    /// Takes a ticket; what comes without one may come again.
    ///
    /// # Errors
    /// [`CommandError`] when it was taken before.
    pub fn take(&self, ticket: Option<u64>) -> Result<(), CommandError> {
        let Some(ticket) = ticket else { return Ok(()) };
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).note(ticket) {
            true => Ok(()),
            false => Err(CommandError::new(
                CommandErrorCode::InvalidInput,
                "This was sent before, and is not sent twice.",
            )),
        }
    }
}

impl Seen {
    /// Whether it is new; it is not from now on.
    fn note(&mut self, ticket: u64) -> bool {
        let is_new = self.tickets.insert(ticket);
        if is_new {
            self.in_turn.push_back(ticket);
            if self.in_turn.len() > REMEMBERED
                && let Some(oldest) = self.in_turn.pop_front()
            {
                self.tickets.remove(&oldest);
            }
        }
        is_new
    }
}
