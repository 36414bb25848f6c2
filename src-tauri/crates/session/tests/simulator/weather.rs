//! What a request meets on its way: fine weather, or a fault that lasts a while or strikes once.
//! Not here: what the server then does (`server`), and how a request goes through it (`wire`).

use std::time::Duration;

use crate::dice::Dice;
use crate::plan::Plan;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sky {
    Fine,
    /// No connection; the second: it takes long to find out.
    Offline,
    OfflineSlowly,
    /// 503, with an HTML page.
    Down,
    /// 429 with a Retry-After of so many seconds.
    Throttled(u64),
    /// A captive portal: 200 and HTML; the second: 401 and HTML.
    Portal,
    PortalRefuses,
    /// The reply ends in the middle of its JSON.
    Half,
    /// The connection breaks: before the server did it, or after.
    BrokenBefore,
    BrokenAfter,
    /// No answer in time; the server did it.
    Unanswered,
    /// The request hangs for ever: before the server did it, or after.
    HangsBefore,
    HangsAfter,
    /// 403 with JSON: somebody misconfigured something.
    Forbidden,
}

impl Sky {
    /// What may last, and for how long.
    pub(crate) fn spell(dice: &mut Dice) -> (Sky, Duration) {
        let throttled = Sky::Throttled(dice.pick(&[1, 7, 30, 120, 900]));
        let sky = dice.weigh(&[
            (6, Sky::Offline),
            (2, Sky::OfflineSlowly),
            (5, Sky::Down),
            (3, throttled),
            (3, Sky::Portal),
            (1, Sky::PortalRefuses),
            (1, Sky::Half),
            (1, Sky::BrokenBefore),
            (1, Sky::BrokenAfter),
            (1, Sky::HangsBefore),
            (1, Sky::Forbidden),
        ]);
        let lasts = match dice.below(20) {
            0..10 => dice.secs(2, 40),
            10..18 => dice.minutes(1, 12),
            _ => dice.minutes(20, 150),
        };
        (sky, lasts)
    }

    /// What may strike once.
    pub(crate) fn hiccup(dice: &mut Dice) -> Sky {
        dice.weigh(&[
            (3, Sky::Offline),
            (2, Sky::Down),
            (1, Sky::Throttled(2)),
            (1, Sky::Half),
            (2, Sky::BrokenBefore),
            (4, Sky::BrokenAfter),
            (2, Sky::Unanswered),
            (1, Sky::HangsBefore),
            (1, Sky::HangsAfter),
            (1, Sky::Forbidden),
        ])
    }

    /// Whether the server gets the request and does it.
    pub(crate) fn is_served(self) -> bool {
        matches!(self, Self::Fine | Self::Half | Self::BrokenAfter | Self::Unanswered | Self::HangsAfter)
    }

    pub(crate) fn hangs(self) -> bool {
        matches!(self, Self::HangsBefore | Self::HangsAfter)
    }

    /// How long the way there takes, and the way back.
    pub(crate) fn ways(self, dice: &mut Dice, plan: &Plan, refresh: bool) -> (Duration, Duration) {
        let slowest = if refresh { plan.slowest_ms } else { 120 };
        match self {
            Self::Offline => (dice.millis(0, 5), Duration::ZERO),
            Self::OfflineSlowly => (dice.millis(2_000, 5_000), Duration::ZERO),
            Self::Unanswered => (dice.millis(1, 50), dice.millis(5_000, 20_000)),
            Self::Fine
            | Self::Down
            | Self::Throttled(_)
            | Self::Portal
            | Self::PortalRefuses
            | Self::Half
            | Self::BrokenBefore
            | Self::BrokenAfter
            | Self::HangsBefore
            | Self::HangsAfter
            | Self::Forbidden => (dice.millis(1, slowest / 3), dice.millis(1, slowest * 2 / 3)),
        }
    }
}
