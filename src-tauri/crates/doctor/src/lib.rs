//! The doctor: walks through a server as a session would (sign in, call, refresh, refresh again, sign out) and says what it found.
//! Not here: requests and their verdicts (the session engine's, used as they are), an HTTP client (the `Transport` port), a window.
//!
//! ```
//! # use std::sync::Arc;
//! # use session_doctor::{Patient, walk};
//! # use session_engine::ports::{Clock, Transport};
//! # use tokio_util::sync::CancellationToken;
//! # async fn run(patient: Patient, http: Arc<dyn Transport>, clock: Arc<dyn Clock>) {
//! let stop = CancellationToken::new();
//! let Some(report) = walk(patient, http, clock, &|step| println!("{}", step.summary), &stop).await else {
//!     return; // somebody stopped it
//! };
//! for finding in &report.findings {
//!     println!("{}", finding.sentence);
//! }
//! # }
//! ```
//!
//! # Layout
//! `walk → examine → explain, error_body → redact → report`. `witness` stands between the engine and the transport and notes what
//! passes. `keep` writes the settings that come out, `table` a report for a terminal.

mod error_body;
mod examine;
mod explain;
mod facts;
mod finding;
mod keep;
mod redact;
mod report;
mod table;
mod walk;
mod witness;

pub use facts::{Basis, Facts, Grace, Reuse, Rotation};
pub use finding::{Finding, FindingCode, Setting, Severity};
pub use report::{ErrorBody, Exchange, Meaning, Report, Step, StepName, StepStatus};
pub use table::{Paint, table};
pub use walk::{Patient, walk};
