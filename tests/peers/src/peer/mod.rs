//! The libraries, each behind one question. Not here: what is asked of them, and in which order.

mod aliri;
mod aws;
mod azure;
mod entra;
mod google;
mod mutex;
mod naive;
mod ours;
mod yup;

use std::future::Future;
use std::time::Duration;

use http::HeaderValue;

use crate::Failure;
use crate::world::World;

pub use aliri::Aliri;
pub use aws::Aws;
pub use azure::Azure;
pub use entra::Entra;
pub use google::Google;
pub use mutex::Mutexed;
pub use naive::Naive;
pub use ours::Ours;
pub use yup::Yup;

/// How much of a token's life is to be left, for libraries that let one say so: the engine's own window.
pub const MARGIN: Duration = Duration::from_secs(600);

/// A library that keeps a token.
pub trait Peer: Sized + Send + Sync + 'static {
    /// What it is called in the figures.
    const NAME: &'static str;
    /// Whether it waits with a call for a token, or only hands out what it has.
    const WAITS: bool = true;
    /// Whether it can be told that the user leaves.
    const SIGNS_OUT: bool = false;

    /// Signed in, with a refresh token of its own and no access token yet, where the library allows that.
    fn open(world: &World) -> impl Future<Output = Result<Self, Failure>> + Send;

    /// "Is the token fresh? Give me the header."
    fn header(&self) -> impl Future<Output = Result<HeaderValue, String>> + Send;

    /// The user leaves.
    fn sign_out(&self) -> impl Future<Output = ()> + Send {
        async {}
    }
}

/// Runs `$body` with the type `$P` that has the name.
#[macro_export]
macro_rules! with_peer {
    ($name:expr, $P:ident => $body:expr) => {
        match $name {
            "ours" => {
                type $P = $crate::peer::Ours;
                $body
            }
            "mutex" => {
                type $P = $crate::peer::Mutexed;
                $body
            }
            "naive" => {
                type $P = $crate::peer::Naive;
                $body
            }
            "aliri_tokens" => {
                type $P = $crate::peer::Aliri;
                $body
            }
            "azure_core" => {
                type $P = $crate::peer::Azure;
                $body
            }
            "azure_identity" => {
                type $P = $crate::peer::Entra;
                $body
            }
            "google-cloud-auth" => {
                type $P = $crate::peer::Google;
                $body
            }
            "yup-oauth2" => {
                type $P = $crate::peer::Yup;
                $body
            }
            "aws-smithy-runtime" => {
                type $P = $crate::peer::Aws;
                $body
            }
            other => Err(format!("there is no peer named {other}").into()),
        }
    };
}
