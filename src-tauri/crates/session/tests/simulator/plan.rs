//! Who a session belongs to: the user's ways, the server's, the program's settings, all thrown once from the seed.
//! Not here: what happens to them day by day (`life`, `weather`).

use std::time::Duration;

use session_engine::server::{LoginRequest, ReplyRule, ServerProfile, TokenPointers, TokenRequest};
use session_engine::{RefreshPolicy, WhenDue};

use crate::dice::Dice;

/// How a server answers a spent refresh token, where nothing newer of its family was used yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grace {
    /// It is reuse: the family ends.
    None,
    /// For so long it gives the token again that it gave then.
    Same(Duration),
    /// For so long it gives a new one, and the one that was given then is void.
    New(Duration),
}

/// What a server's access tokens say of their life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    /// `exp` and `iat`.
    Both,
    /// `exp` only.
    Exp,
    /// Opaque, with `expires_in` in the reply.
    ExpiresIn,
    /// Opaque, and nothing else.
    Nothing,
}

#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) policy: RefreshPolicy,
    pub(crate) access_life: Duration,
    pub(crate) refresh_life: Duration,
    pub(crate) rotates: bool,
    pub(crate) grace: Grace,
    pub(crate) says: Says,
    pub(crate) says_date: bool,
    /// How wrong the server's clock is.
    pub(crate) skew_ms: i64,
    /// How far its `Date` is from the clock its tokens are made by.
    pub(crate) date_off_ms: i64,
    pub(crate) sends_user: bool,
    /// The longest a refresh takes in fine weather, in milliseconds.
    pub(crate) slowest_ms: u64,
    pub(crate) vault_ms: u64,
    /// Whether this computer's keyring has bad days.
    pub(crate) vault_ails: bool,
    /// Whether this computer's boot clock stands still while it sleeps, which a good one's does not (R1).
    pub(crate) boot_stands: bool,
    /// How often a request meets a fault in fine weather, per mille.
    pub(crate) hiccups: u64,
}

impl Plan {
    pub(crate) fn throw(dice: &mut Dice) -> Self {
        let minutes = |n: u64| Duration::from_secs(60 * n);
        let hours = |n: u64| minutes(60 * n);
        let days = |n: u64| hours(24 * n);
        let ordinary = RefreshPolicy::default();
        let policy = RefreshPolicy {
            refresh_window: dice.weigh(&[(8, ordinary.refresh_window), (1, minutes(2)), (1, minutes(20))]),
            when_due: dice.weigh(&[(9, WhenDue::Pause), (1, WhenDue::Background)]),
            refresh_ahead: dice.chance(750),
            ..ordinary
        };
        Self {
            policy,
            access_life: dice.weigh(&[
                (4, minutes(5)),
                (16, minutes(15)),
                (40, minutes(30)),
                (30, hours(1)),
                (10, hours(12)),
            ]),
            refresh_life: dice.weigh(&[(2, days(1)), (4, days(7)), (3, days(14)), (3, days(90))]),
            rotates: dice.chance(850),
            grace: match dice.below(8) {
                0 | 1 => Grace::None,
                2 => Grace::Same(minutes(1)),
                3 => Grace::New(minutes(1)),
                4 => Grace::New(days(400)),
                _ => Grace::Same(days(400)),
            },
            says: dice.weigh(&[(80, Says::Both), (8, Says::Exp), (8, Says::ExpiresIn), (4, Says::Nothing)]),
            says_date: dice.chance(850),
            skew_ms: dice.weigh(&[(6, 0), (1, 40_000), (1, -40_000), (1, 10_800_000), (1, -10_800_000)]),
            date_off_ms: dice.weigh(&[(96, 0), (1, 240_000), (1, 7_200_000), (2, -600_000)]),
            sends_user: dice.chance(600),
            slowest_ms: dice.weigh(&[(12, 120), (3, 900), (1, 7_000)]),
            vault_ms: dice.weigh(&[(8, 15), (1, 400), (1, 2_500)]),
            vault_ails: dice.chance(120),
            boot_stands: dice.chance(100),
            hiccups: dice.weigh(&[(4, 1), (4, 5), (1, 40)]),
        }
    }
}

/// A server in SimpleJWT's ways.
pub(crate) fn server_profile() -> ServerProfile {
    let request = |path: &str| TokenRequest {
        path: path.to_owned(),
        token_field: "refresh".into(),
        ..TokenRequest::default()
    };
    ServerProfile {
        base: session_engine::confine::check_base("http://127.0.0.1:8000/").unwrap(),
        login: Some(LoginRequest {
            path: "token/".into(),
            username_field: "username".into(),
            password_field: "password".into(),
            ..LoginRequest::default()
        }),
        refresh: request("token/refresh/"),
        logout: Some(request("token/blacklist/")),
        tokens: TokenPointers {
            access: "/access".into(),
            refresh: "/refresh".into(),
            expires_in: "/expires_in".into(),
            user: "/user".into(),
            ..TokenPointers::default()
        },
        rejected: vec![ReplyRule::says(401, "/code", "token_not_valid")],
        misconfigured: Vec::new(),
    }
}
