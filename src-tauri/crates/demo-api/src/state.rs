//! All that the server and its handles share.
//! Not here: behaviour; the parts know their own, this only puts questions to several of them at once.

use crate::clock::{self, Clock};
use crate::counts::Tally;
use crate::database::Database;
use crate::family::Terms;
use crate::fault::Fault;
use crate::jwt::Mint;
use crate::request_log::RequestLog;
use crate::switches::Switches;

/// One demo server's state.
pub(crate) struct State {
    pub(crate) database: Database,
    pub(crate) mint: Mint,
    pub(crate) clock: Clock,
    pub(crate) switches: Switches,
    pub(crate) tally: Tally,
    pub(crate) log: RequestLog,
}

/// How long an access token lives by [`Fault::ShortTokens`].
const SHORT_LIFE_SECS: i64 = 300;

impl State {
    pub(crate) fn new(database: Database, mint: Mint, clock: Clock) -> Self {
        Self {
            database,
            mint,
            clock,
            switches: Switches::new(),
            tally: Tally::default(),
            log: RequestLog::default(),
        }
    }

    /// The terms under which a token is issued or refreshed now.
    pub(crate) fn terms(&self) -> Terms {
        let settings = self.switches.settings();
        let short = self.switches.is_on(Fault::ShortTokens);
        Terms {
            now_ms: self.clock.now_ms(),
            access_secs: if short { SHORT_LIFE_SECS } else { clock::seconds(settings.access_lifetime) },
            refresh_secs: clock::seconds(settings.refresh_lifetime),
            login_age_secs: if short { 0 } else { clock::seconds(settings.login_age) },
            rotation: settings.rotation && !self.switches.is_on(Fault::NoRotation),
            grace_ms: clock::millis(settings.grace),
            all_revoked: self.switches.is_on(Fault::RevokeRefresh),
        }
    }
}
