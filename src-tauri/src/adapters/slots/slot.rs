//! What one slot holds, and what the two together came to.
//! Not here: any file.

use serde::{Deserialize, Serialize};
use session_engine::error::StoreError;
use sha2::{Digest, Sha256};

/// A record with what tells that it is whole.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Slot {
    /// Rises with each write; the higher one counts.
    pub(super) generation: u64,
    /// SHA-256 of generation and record, hex.
    sha256: String,
    /// The record's own text, so that every number in it stays exact.
    pub(super) record: String,
}

impl Slot {
    pub(super) fn new(generation: u64, record: &str) -> Self {
        Self { generation, sha256: checksum(generation, record), record: record.to_owned() }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.sha256 == checksum(self.generation, &self.record)
    }
}

fn checksum(generation: u64, record: &str) -> String {
    let digest = Sha256::new_with_prefix(generation.to_le_bytes()).chain_update(record.as_bytes()).finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What was found in the two slots.
#[derive(Default)]
pub(super) struct Survey {
    /// The newest whole slot, and which of the two it is.
    pub(super) newest: Option<(usize, Slot)>,
    /// The names under which damaged ones were put aside.
    pub(super) aside: Vec<String>,
    /// A damaged one could not be put aside, and why.
    pub(super) stuck: Option<StoreError>,
}

impl Survey {
    /// Takes a whole slot into account.
    pub(super) fn add(&mut self, index: usize, slot: Slot) {
        if self.newest.as_ref().is_none_or(|(_, best)| best.generation < slot.generation) {
            self.newest = Some((index, slot));
        }
    }

    /// What was wrong, for the user.
    pub(super) fn damage(&self) -> Option<String> {
        let aside =
            (!self.aside.is_empty()).then(|| format!("It was put aside as {}.", self.aside.join(" and ")));
        let stuck = self.stuck.as_ref().map(|stuck| stuck.0.clone());
        let where_it_is: Vec<String> = aside.into_iter().chain(stuck).collect();
        let what_is_left = match &self.newest {
            Some(_) => "The other copy is whole and is used; the last change may be missing.",
            None => "No whole copy is left: what the server knows comes from it again, a draft does not.",
        };
        (!where_it_is.is_empty()).then(|| {
            format!("A record kept on this device was damaged. {} {what_is_left}", where_it_is.join(" "))
        })
    }
}
