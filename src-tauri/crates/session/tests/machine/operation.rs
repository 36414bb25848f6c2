//! What can happen to a session, and how often each is tried in which state.

use proptest::prelude::*;
use session_engine::error::TransientKind;

use crate::model::{LIFE, Model, Outcome, Phase, RETRY_AFTER_S, Reply, WINDOW};
use crate::span::Ms;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    SignIn(&'static str),
    SignOut {
        remember: bool,
    },
    /// So many calls in parallel; the API refuses a stubborn one's path whatever the token (F12).
    Call {
        count: usize,
        stubborn: bool,
    },
    Pass(Ms),
    Suspend(i64),
    SetWall(i64),
    Meet(Fault),
    LoseReplies(u32),
    /// The server forgets all refresh tokens.
    EndAtServer,
    /// The API accepts no access token given so far.
    RefuseAccess,
    /// From now on replies carry these of `USERS`.
    SayUser(usize),
    VaultBreaks(bool),
    JournalBreaks(bool),
    Restart,
    RetryNow,
    RetryVault,
}

/// What the token endpoint does with a refresh until further notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    Unavailable,
    Throttled,
    Offline,
    Html,
    Misconfigured,
    Hang,
    Panic,
}

/// The user's fields that a reply may carry (R11).
pub(crate) const USERS: [&[(&str, &str)]; 4] = [
    &[],
    &[("first_name", "\"Ada\""), ("plan", "\"gold\"")],
    &[("plan", "null"), ("roles", "[1,\"x\"]"), ("avatar", "null")],
    &[("plan", "\"tin\""), ("big", "9007199254740993")],
];

impl Fault {
    pub(crate) fn of_a_refresh(self) -> Option<Reply> {
        let kind = match self {
            Self::None => return None,
            Self::Misconfigured => return Some(Reply::Trouble(Outcome::Misconfigured, None)),
            Self::Unavailable => TransientKind::ServerUnavailable,
            Self::Throttled => TransientKind::Throttled,
            Self::Offline => TransientKind::Offline,
            Self::Html => TransientKind::NotTheApi,
            Self::Hang => TransientKind::NoAnswer,
            Self::Panic => TransientKind::Internal,
        };
        let retry_after = (self == Self::Throttled).then_some(RETRY_AFTER_S);
        Some(Reply::Trouble(Outcome::Unavailable(kind), retry_after))
    }

    /// A sign-in meets the same, but neither hangs nor panics here.
    pub(crate) fn of_a_sign_in(self) -> Option<Outcome> {
        match self.of_a_refresh()? {
            Reply::Trouble(outcome, _) if !matches!(self, Self::Hang | Self::Panic) => Some(outcome),
            Reply::Trouble(..) | Reply::Tokens { .. } | Reply::Dead => None,
        }
    }
}

pub(crate) fn any_of(model: &Model) -> BoxedStrategy<Operation> {
    use Operation::*;
    let (left, in_outage, is_in) = match &model.phase {
        Phase::In(held) => {
            let left = held.access.map_or(0, |access| access.issued.lo + LIFE - model.now);
            (left, held.outage.is_some(), true)
        }
        Phase::Out | Phase::Expired(..) => (0, false, false),
    };
    let often = |is: bool, weight: u32| if is { 4 * weight } else { weight };
    let to = |left: Ms, at: Ms| (left - at).max(10);
    let time = prop_oneof![
        4 => 10..900i64,
        4 => 1_200..2_500i64,
        1 => 61_000..70_000i64,
        3 => (1_000..500_000i64).prop_map(move |inside| to(left, WINDOW - inside)),
        2 => (100..5_000i64).prop_map(move |beyond| to(left, -beyond)),
        1 => (100..5_000i64).prop_map(move |before| to(left, WINDOW + before)),
        1 => LIFE..3 * LIFE,
    ];
    let fault = prop_oneof![
        often(model.server.fault != Fault::None, 2) => Just(Fault::None),
        2 => Just(Fault::Unavailable),
        1 => Just(Fault::Throttled),
        2 => Just(Fault::Offline),
        1 => Just(Fault::Html),
        1 => Just(Fault::Misconfigured),
        1 => Just(Fault::Hang),
        1 => Just(Fault::Panic),
    ];
    prop_oneof![
        if is_in { 2 } else { 30 } => prop_oneof![Just("ada"), Just("bob")].prop_map(SignIn),
        1 => any::<bool>().prop_map(|remember| SignOut { remember }),
        16 => (1..5usize).prop_map(|count| Call { count, stubborn: false }),
        1 => (1..3usize).prop_map(|count| Call { count, stubborn: true }),
        often(in_outage, 4) => time.prop_map(Pass),
        1 => (1..8 * 3600i64).prop_map(Suspend),
        1 => prop_oneof![Just(3600i64), Just(-3600), Just(31_536_000), Just(-31_536_000), -300..300i64].prop_map(SetWall),
        3 => fault.prop_map(Meet),
        1 => (1..4u32).prop_map(LoseReplies),
        1 => any::<bool>().prop_map(|all| if all { EndAtServer } else { RefuseAccess }),
        1 => (0..USERS.len()).prop_map(SayUser),
        1 => (0..3u8).prop_map(|throw| VaultBreaks(throw == 0)),
        1 => (0..3u8).prop_map(|throw| JournalBreaks(throw == 0)),
        2 => Just(Restart),
        2 => Just(RetryNow),
        1 => Just(RetryVault),
    ]
    .boxed()
}
