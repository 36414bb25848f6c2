//! What the events say, held against what the server and the user did: who is signed in, why a session ended, what was kept.
//! Not here: the requests (`wire`, `ledger`), and what is compared at rest (`rest`).

use session_engine::error::{ExpiryCode, ExpiryReason};
use session_engine::event::{EventRecord, ProfileSource, SessionEvent};

use crate::ground::Ground;
use crate::keep::{Fields, Source};
use crate::rules;
use crate::server::Issued;
use crate::stay::Phase;

/// A path whose 401 a new token did not cure is left alone so long (F12).
const LEFT_ALONE_MS: u64 = 60_000;

impl Ground {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others are in the trace, and have no rule")]
    pub(crate) fn hears(&mut self, record: &EventRecord) {
        let moment = self.hours.moment();
        self.trace(record.seq << 8 ^ u64::try_from(record.at_ms).unwrap() ^ record.generation << 40);
        self.trace(u64::try_from(moment.boot.as_nanos()).unwrap());
        if self.log.is_some() {
            let text = serde_json::to_string(record).unwrap();
            self.say(|| text);
        }
        match &record.event {
            SessionEvent::RefreshStarted { trigger, .. } => self.flight_announced(*trigger),
            SessionEvent::RefreshSucceeded { .. } => self.published(),
            SessionEvent::SignedIn { account, .. } => self.signed_in(account),
            SessionEvent::SignedOut { account, remembered } => {
                if self.leaving == 0 {
                    self.breaks(rules::ENDS_BY_RIGHT, || "signed out, and nobody asked for it".into());
                }
                if !remembered {
                    self.shelf.forgetting.push(account.clone());
                }
                self.next_stay(Phase::Out, None);
            }
            SessionEvent::SessionRestored { account } => self.restored(account),
            SessionEvent::SessionExpired { reason, .. } => self.expired(reason),
            SessionEvent::ProfileKept { source, .. } => self.kept(*source),
            _ => {}
        }
    }

    fn published(&mut self) {
        let Some(mut grant) = self.stay.coming.take() else { return };
        grant.published_at = self.hours.truth();
        self.stay.grant = Some(grant);
        if let (Some(brought), Some(whose)) = (self.stay.brought.take(), self.stay.account) {
            self.shelf.brought.push((Source::Refresh, whose, brought));
        }
    }

    /// The client has the tokens of a sign-in.
    pub(crate) fn may_sign_in(&mut self, account: &'static str, issued: Issued, brought: Option<Fields>) {
        self.arrived.retain(|(name, ..)| *name != account);
        let grant = self.grant(issued, true);
        self.arrived.push((account, grant, brought));
    }

    fn signed_in(&mut self, name: &str) {
        let found = self.arrived.iter().position(|(account, ..)| *account == name);
        let Some((account, mut grant, brought)) = found.map(|at| self.arrived.swap_remove(at)) else {
            return self
                .breaks(rules::ENDS_BY_RIGHT, || format!("{name} is signed in without the server's word"));
        };
        self.next_stay(Phase::In, Some(account));
        self.grave = None; // whoever was to come back from it, did not wait
        grant.published_at = self.hours.truth();
        self.rests(grant.rest_ms());
        self.tally.signed_in += 1;
        self.stay.family = Some(self.server.access[grant.access].family);
        self.stay.grant = Some(grant);
        if let Some(brought) = brought {
            self.shelf.brought.push((Source::SignIn, account, brought));
        }
    }

    fn restored(&mut self, name: &str) {
        let Some((account, token)) = self.safe.holds.filter(|(account, _)| *account == name) else {
            return self.breaks(rules::BACK, || format!("{name} is back, who is not in the vault"));
        };
        self.next_stay(Phase::In, Some(account));
        self.tally.restored += 1;
        (self.stay.restored, self.stay.family) = (true, Some(self.server.refresh[token].family));
    }

    fn expired(&mut self, reason: &ExpiryReason) {
        let by_right = self.stay.over.take().map(|(why, _)| why);
        let family = self.stay.family;
        let garbled = self.server.refresh.iter().any(|token| Some(token.family) == family && token.garbled);
        let lost_by_the_vault = reason.code == ExpiryCode::NotKept && std::mem::take(&mut self.safe.lost);
        let why = by_right.or(lost_by_the_vault.then_some("not kept by the vault"));
        // A reply that came in half is no reply that was lost, as the engine sees it.
        if by_right == Some("reuse detected") && !garbled && reason.code == ExpiryCode::Rejected {
            self.breaks(rules::ONE_END, || {
                "the token was spent by a reply that was lost, and the reason does not say so".into()
            });
        }
        match why {
            Some(why) if !reason.detail.is_empty() => *self.tally.ended.entry(why).or_default() += 1,
            Some(_) => self.breaks(rules::ONE_END, || "an end without a reason".into()),
            None => self.breaks(rules::ENDS_BY_RIGHT, || {
                format!("the session ended by {reason:?}, which the server did not say")
            }),
        }
        self.next_stay(Phase::Ended, None);
    }

    /// Time goes on: whatever the server ended must have ended.
    pub(crate) fn no_end_is_missing(&mut self) {
        if let Some((why, by)) = self.stay.over
            && by < self.hours.run
            && self.safe.busy == 0
        {
            self.breaks(rules::ONE_END, || {
                format!("the server said that the session is over ({why}), and it did not end")
            });
        }
    }

    /// The API said 401 to a call: the first time it is a cause for a refresh, unless the path is known for it (R7, F12).
    pub(crate) fn call_refused(&mut self, call: u64, path: &str, token: Option<usize>) {
        let now = u64::try_from(self.hours.moment().boot.as_millis()).unwrap();
        let sent = self.calls.get_mut(&call).map_or(1, |track| {
            track.waits = 2;
            track.sent
        });
        if sent > 1 {
            self.incurable.insert(path.to_owned(), now);
        }
        let left_alone = self.incurable.get(path).is_some_and(|at| now - at < LEFT_ALONE_MS);
        let stay = &mut self.stay;
        let grant = stay.coming.as_mut().or(stay.grant.as_mut());
        if let Some(grant) = grant.filter(|grant| Some(grant.access) == token && !grant.refused)
            && sent == 1
            && !left_alone
        {
            grant.refused = true;
            self.tally.refused += 1;
        }
    }

    fn kept(&mut self, source: ProfileSource) {
        let source = match source {
            ProfileSource::SignIn => Source::SignIn,
            ProfileSource::Refresh => Source::Refresh,
            ProfileSource::Server => Source::Server,
        };
        self.shelf.running = false;
        if self.shelf.brought.first().is_none_or(|(brought, ..)| *brought != source) {
            let brought = self.shelf.brought.clone();
            return self
                .breaks(rules::PROFILE_KEPT, || format!("kept from {source:?}, brought was {brought:?}"));
        }
        let brought = self.shelf.brought.remove(0);
        let should = self.shelf.after(&brought);
        self.shelf.should.insert(brought.1, should);
        self.profile_is_whole(brought.1);
    }

    pub(crate) fn profile_is_whole(&mut self, whose: &'static str) {
        let (has, should) =
            (self.shelf.has(whose), self.shelf.should.get(whose).cloned().unwrap_or_default());
        if has != should {
            self.breaks(rules::PROFILE_KEPT, || format!("{whose} has {has:?} and should have {should:?}"));
        }
    }
}
