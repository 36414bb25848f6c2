//! The engine of this project, with its own reqwest transport and the machine's clocks. Not here: any special setting.

use std::sync::Arc;

use http::HeaderValue;
use session_engine::memory::{self, MemoryVault};
use session_engine::ports::VaultEntry;
use session_engine::settings::Settings;
use session_engine::{HttpTransport, RefreshToken, Session, SystemClock};

use super::Peer;
use crate::Failure;
use crate::world::World;

/// `session-engine`.
pub struct Ours(pub Session);

impl Peer for Ours {
    const NAME: &'static str = "ours";
    const SIGNS_OUT: bool = true;

    async fn open(world: &World) -> Result<Self, Failure> {
        let settings = Settings::parse(&format!("backend = \"oauth2\"\nbase_url = \"{}\"", world.base))?;
        let server = Arc::new(settings.server);
        let http = HttpTransport::new(&server.base).map_err(|error| error.detail)?;
        let mut ports = memory::ports(Arc::new(http), server.clone(), Arc::new(SystemClock));
        let refresh = RefreshToken::new(world.sign_in().await?.refresh_token)?;
        ports.vault = Arc::new(MemoryVault::holding(VaultEntry { account: "ada".into(), refresh }));
        let session = Session::new(ports, server, settings.policy);
        session.restore().await;
        Ok(Self(session))
    }

    async fn header(&self) -> Result<HeaderValue, String> {
        self.0.authorization().await.map(|given| given.header).map_err(|error| error.to_string())
    }

    async fn sign_out(&self) {
        self.0.sign_out(false).await;
    }
}
