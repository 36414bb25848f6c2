//! Every token that was signed since somebody asked, for tests that search for them where none may be (P1).
//! Not here: who asks. The program never does, and a [`Handle`](crate::Handle) cannot: only who opened the server can.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The tokens signed so far, access and refresh. Clones are the same set. No `Debug`: it holds tokens.
#[derive(Clone, Default)]
pub struct IssuedTokens(Arc<Mutex<BTreeSet<String>>>);

impl IssuedTokens {
    /// All of them, each once.
    #[must_use]
    pub fn all(&self) -> Vec<String> {
        self.lock().iter().cloned().collect()
    }

    pub(crate) fn note(&self, token: &str) {
        self.lock().insert(token.to_owned());
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
