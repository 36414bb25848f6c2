//! That no token and no password is in a file when the app has just been killed, in the middle of writing or not (P1, P6).
//! Not in it: everything else that a token could be in (`secrets`).

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use session_keeper_e2e::{ACCOUNT, Canaries, OTHER, Rig};

/// Which tokens have been looked for already; each is looked for after two kills.
#[derive(Default)]
pub(crate) struct Leaks {
    known: BTreeSet<String>,
    last: Vec<String>,
}

impl Leaks {
    /// Looks into every file of a run but the server's own.
    pub(crate) fn check(&mut self, rig: &Rig) -> Result<()> {
        let new: Vec<_> =
            rig.server()?.issued().into_iter().filter(|token| !self.known.contains(token)).collect();
        let wanted = [new.as_slice(), &self.last].concat();
        if !wanted.is_empty() {
            let (found, looked) = Canaries::of(&wanted, &[ACCOUNT.1, OTHER.1])?
                .found_below(rig.folder(), &[rig.folder().join("server")])?;
            ensure!(found.is_empty(), "a token was left behind: {found:?}");
            ensure!(looked > 5, "only {looked} files");
        }
        self.known.extend(new.iter().cloned());
        self.last = new;
        Ok(())
    }
}
