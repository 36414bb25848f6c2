//! The demo server's fault switches and its clock; with a real server there are none (P10).
//! Not here: what a fault does (`demo-api`), and who may turn one (`doors`).

use std::time::Duration;

use super::Program;
use crate::adapters::events::EventSink;
use crate::view::{CommandError, CommandErrorCode, FaultView, SessionView};

/// The longest time that passes at once, in seconds: 31 days.
const LONGEST_PASS: u32 = 31 * 24 * 60 * 60;

impl Program {
    /// The demo server's switches; none when a real server is set (P10).
    pub fn faults(&self) -> Vec<FaultView> {
        let faults = self.demo.as_ref().map(demo_api::Handle::faults).unwrap_or_default();
        let view = |(fault, on): (demo_api::Fault, bool)| FaultView {
            name: fault.name().to_owned(),
            on,
            description: fault.describe().to_owned(),
        };
        faults.into_iter().map(view).collect()
    }

    /// Turns one of the demo server's switches.
    ///
    /// # Errors
    /// [`CommandError`] for a name that is none, or when a real server is set (P10).
    pub fn set_fault(&self, name: &str, on: bool) -> Result<Vec<FaultView>, CommandError> {
        let invalid = |message| CommandError::new(CommandErrorCode::InvalidInput, message);
        let demo = self
            .demo
            .as_ref()
            .ok_or_else(|| invalid("The switches belong to the demo server, which does not run."))?;
        let fault =
            name.parse::<demo_api::Fault>().map_err(|_| invalid("There is no switch of this name."))?;
        demo.set_fault(fault, on);
        Ok(self.faults())
    }

    /// Turns all of them off.
    pub fn reset_faults(&self) -> Vec<FaultView> {
        if let Some(demo) = &self.demo {
            demo.reset_faults();
        }
        self.faults()
    }

    /// Lets time pass for this program and the demo server: tokens grow old, and nobody waits for it.
    ///
    /// # Errors
    /// [`CommandError`] for more than a month at once, or when a real server is set (P10).
    pub async fn pass_time(&self, seconds: u32) -> Result<SessionView, CommandError> {
        let invalid = |message| CommandError::new(CommandErrorCode::InvalidInput, message);
        let clock = self
            .demo_clock
            .as_ref()
            .ok_or_else(|| invalid("The clock belongs to the demo server, which does not run."))?;
        if seconds > LONGEST_PASS {
            return Err(invalid("A month at most passes at once."));
        }
        clock.pass(Duration::from_secs(u64::from(seconds)));
        self.ready().await;
        self.changed().await;
        Ok(self.view().await)
    }
}
