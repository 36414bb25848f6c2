//! What there was of everything, for one session and for all of them.
//! Not here: what must hold of these numbers (`ledger`).

use std::collections::BTreeMap;
use std::fmt::Write;

#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) calls: u64,
    pub(crate) answered: u64,
    /// Refresh requests that were sent, and those that gave a new token.
    pub(crate) refreshes: u64,
    pub(crate) renewed: u64,
    pub(crate) restarts: u64,
    pub(crate) suspends: u64,
    /// Requests that met a fault, and faults of vault and clocks.
    pub(crate) faults: u64,
    /// Times at which vault, memory, profile and the user's doings were compared.
    pub(crate) rests: u64,
    pub(crate) recoveries: u64,
    /// Causes of refreshes beside a token that is due.
    pub(crate) restored: u64,
    pub(crate) signed_in: u64,
    pub(crate) by_hand: u64,
    pub(crate) apart: u64,
    pub(crate) refused: u64,
    pub(crate) clock_jumps: u64,
    pub(crate) failed: u64,
    pub(crate) ended: BTreeMap<&'static str, u64>,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Tally) {
        let both = [
            (&mut self.calls, other.calls),
            (&mut self.answered, other.answered),
            (&mut self.refreshes, other.refreshes),
            (&mut self.renewed, other.renewed),
            (&mut self.restarts, other.restarts),
            (&mut self.suspends, other.suspends),
            (&mut self.faults, other.faults),
            (&mut self.rests, other.rests),
            (&mut self.recoveries, other.recoveries),
            (&mut self.restored, other.restored),
            (&mut self.signed_in, other.signed_in),
            (&mut self.by_hand, other.by_hand),
            (&mut self.apart, other.apart),
            (&mut self.refused, other.refused),
            (&mut self.clock_jumps, other.clock_jumps),
            (&mut self.failed, other.failed),
        ];
        both.into_iter().for_each(|(mine, theirs)| *mine += theirs);
        for (why, count) in &other.ended {
            *self.ended.entry(why).or_default() += count;
        }
    }

    /// Whether there was enough of everything for the rules to mean something.
    pub(crate) fn has_seen_everything(&self) -> bool {
        let counts = [
            self.calls,
            self.renewed,
            self.restarts,
            self.suspends,
            self.faults,
            self.rests,
            self.recoveries,
            self.restored,
            self.signed_in,
            self.by_hand,
            self.apart,
            self.refused,
            self.clock_jumps,
            self.failed,
        ];
        let ends = ["revoked by the server", "refresh token expired", "reuse detected"];
        counts.iter().all(|count| *count > 0) && ends.iter().all(|end| self.ended.contains_key(end))
    }

    /// The line that whoever runs this reads.
    pub(crate) fn proof(
        &self,
        sessions: u64,
        days: u64,
        seed: u64,
        seconds: f64,
        digest: u64,
        broken: usize,
    ) -> String {
        let mut ended = String::new();
        for (why, count) in &self.ended {
            let comma = if ended.is_empty() { "" } else { "," };
            let _ = write!(ended, r#"{comma}"{why}":{count}"#);
        }
        format!(
            r#"PROOF {{"simulator":{{"sessions":{sessions},"days":{days},"seed":{seed},"seconds":{seconds:.1},"calls":{},"answered":{},"refreshes":{},"renewed":{},"restarts":{},"suspends":{},"faults":{},"clock_jumps":{},"rests":{},"recoveries":{},"ended":{{{ended}}},"digest":"{digest:016x}","broken":{broken}}}}}"#,
            self.calls,
            self.answered,
            self.refreshes,
            self.renewed,
            self.restarts,
            self.suspends,
            self.faults,
            self.clock_jumps,
            self.rests,
            self.recoveries,
        )
    }
}
