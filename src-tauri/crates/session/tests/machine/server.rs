//! The server as it ought to be: families of numbered refresh tokens, rotation, reuse detection or not.

use session_engine::error::TransientKind;

use crate::model::{Outcome, Reply};
use crate::operation::Fault;
use crate::span::Span;

#[derive(Clone, Debug)]
pub(crate) struct Server {
    strict: bool,
    pub(crate) fault: Fault,
    /// How many replies are still to be lost.
    pub(crate) losing: u32,
    /// Which of the users' fields the replies carry.
    pub(crate) user: usize,
    families: Vec<Family>,
    issued: u32,
    pub(crate) grants: u32,
    pub(crate) refused_up_to: u32,
    pub(crate) sign_ins: usize,
    /// The refresh requests, each as the number of the token that came.
    pub(crate) requests: Vec<u32>,
    pub(crate) reused: usize,
    pub(crate) revoked: Vec<u32>,
}

#[derive(Clone, Debug)]
struct Family {
    tokens: Vec<u32>,
    alive: bool,
}

impl Server {
    pub(crate) fn new(strict: bool) -> Self {
        Self {
            strict,
            fault: Fault::None,
            losing: 0,
            user: 0,
            families: Vec::new(),
            issued: 0,
            grants: 0,
            refused_up_to: 0,
            sign_ins: 0,
            requests: Vec::new(),
            reused: 0,
            revoked: Vec::new(),
        }
    }

    /// Whether a spent refresh token ends its family.
    pub(crate) fn is_strict(&self) -> bool {
        self.strict
    }

    pub(crate) fn begin(&mut self) -> (u32, u32) {
        (self.issued, self.grants) = (self.issued + 1, self.grants + 1);
        self.families.push(Family { tokens: vec![self.issued], alive: true });
        (self.issued, self.grants)
    }

    pub(crate) fn refresh(&mut self, token: u32, at: Span) -> Reply {
        self.requests.push(token);
        if self.losing > 0 {
            self.losing -= 1;
            let _ = self.serve(token, at);
            return Reply::Trouble(Outcome::Unavailable(TransientKind::NoAnswer), None);
        }
        self.fault.of_a_refresh().unwrap_or_else(|| self.serve(token, at))
    }

    fn serve(&mut self, token: u32, at: Span) -> Reply {
        let (issued, strict) = (self.issued, self.strict);
        let family = self.family(token);
        if !family.alive {
            return Reply::Dead;
        }
        let spent = family.tokens.last() != Some(&token);
        if spent && strict {
            family.alive = false;
        } else if !spent {
            family.tokens.push(issued + 1);
        }
        let (refresh, alive) = (*family.tokens.last().unwrap(), family.alive);
        self.reused += usize::from(spent);
        self.issued = self.issued.max(refresh);
        if !alive {
            return Reply::Dead;
        }
        self.grants += 1;
        Reply::Tokens { refresh, grant: self.grants, at }
    }

    pub(crate) fn revoke(&mut self, token: u32) {
        if self.fault != Fault::Offline {
            self.revoked.push(token);
            self.family(token).alive = false;
        }
    }

    pub(crate) fn end_all(&mut self) {
        self.families.iter_mut().for_each(|family| family.alive = false);
    }

    /// The newest token of the family that `token` is of.
    pub(crate) fn current(&mut self, token: u32) -> u32 {
        *self.family(token).tokens.last().unwrap()
    }

    fn family(&mut self, token: u32) -> &mut Family {
        self.families.iter_mut().find(|family| family.tokens.contains(&token)).unwrap()
    }
}
