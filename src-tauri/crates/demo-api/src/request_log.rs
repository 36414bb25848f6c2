//! The last requests the demo server saw, in order of arrival.
//! Deliberately not here: tokens, headers, bodies and query strings.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::clock::machine_ms;

/// One request as the server saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LoggedRequest {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path without its query, cut at 200 characters.
    pub path: String,
    /// The status answered; `None` while it is being answered, and for ever if the connection was cut.
    pub status: Option<u16>,
    /// The serial of the access token it carried, if that was one of ours: serials rise with every one issued.
    pub access_serial: Option<u64>,
    /// When it arrived, by the machine's own clock (no skew, no advance), in milliseconds since 1970.
    pub arrived_at_ms: i64,
}

/// How many requests are kept.
const KEPT: usize = 5_000;
const LONGEST_PATH: usize = 200;

/// The bounded log.
#[derive(Default)]
pub(crate) struct RequestLog(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    /// The number of the first entry still kept.
    first: u64,
    entries: VecDeque<LoggedRequest>,
}

/// Which entry of the log a request is.
#[derive(Clone, Copy)]
pub(crate) struct EntryId(u64);

impl RequestLog {
    pub(crate) fn arrived(&self, method: &str, path: &str) -> EntryId {
        let mut log = self.lock();
        if log.entries.len() == KEPT {
            log.entries.pop_front();
            log.first += 1;
        }
        let id = EntryId(log.first + log.entries.len() as u64);
        log.entries.push_back(LoggedRequest {
            method: method.to_owned(),
            path: path.chars().take(LONGEST_PATH).collect(),
            status: None,
            access_serial: None,
            arrived_at_ms: machine_ms(),
        });
        id
    }

    pub(crate) fn carried(&self, id: EntryId, serial: u64) {
        self.change(id, |entry| entry.access_serial = Some(serial));
    }

    pub(crate) fn answered(&self, id: EntryId, status: u16) {
        self.change(id, |entry| entry.status = Some(status));
    }

    pub(crate) fn entries(&self) -> Vec<LoggedRequest> {
        self.lock().entries.iter().cloned().collect()
    }

    fn change(&self, id: EntryId, change: impl FnOnce(&mut LoggedRequest)) {
        let mut log = self.lock();
        let index = id.0.checked_sub(log.first).and_then(|index| usize::try_from(index).ok());
        if let Some(entry) = index.and_then(|index| log.entries.get_mut(index)) {
            change(entry);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_keeps_the_last_requests_and_forgets_answers_to_older_ones() {
        let log = RequestLog::default();
        let first = log.arrived("GET", "/first");
        for _ in 0..KEPT {
            log.arrived("GET", "/later");
        }
        log.answered(first, 200);
        let last = log.arrived("GET", "/last");
        log.answered(last, 204);
        let entries = log.entries();
        assert_eq!(entries.len(), KEPT);
        assert!(entries.iter().all(|entry| entry.path != "/first"));
        assert_eq!(entries.iter().filter_map(|entry| entry.status).collect::<Vec<_>>(), [204]);
    }
}
