//! `aliri_tokens`: refreshes in the background, ahead of time; who asks is given what there is. Not here: its OAuth 2 source, which is
//! for another kind of grant.

use aliri_clock::DurationSecs;
use aliri_tokens::sources::AsyncTokenSource;
use aliri_tokens::{AccessToken, IdToken, TokenLifetimeConfig, TokenStatus, TokenWatcher, TokenWithLifetime};
use aliri_tokens::{backoff::ErrorBackoffConfig, jitter::NullJitter};
use http::HeaderValue;

use super::Peer;
use crate::Failure;
use crate::world::{Refresher, World, bearer};

/// `aliri_tokens::TokenWatcher`.
pub struct Aliri(TokenWatcher);

struct Source(Refresher);

#[derive(Debug)]
struct NoToken(String);

impl std::fmt::Display for NoToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoToken {}

#[async_trait::async_trait]
impl AsyncTokenSource for Source {
    type Error = NoToken;

    async fn request_token(&mut self) -> Result<TokenWithLifetime, NoToken> {
        let tokens = self.0.refresh().await.map_err(NoToken)?;
        let access = AccessToken::from(tokens.access_token);
        let life = DurationSecs(tokens.expires_in);
        Ok(TokenLifetimeConfig::default().create_token(access, None::<IdToken>, life))
    }
}

impl Peer for Aliri {
    const NAME: &'static str = "aliri_tokens";
    const WAITS: bool = false;

    async fn open(world: &World) -> Result<Self, Failure> {
        let source = Source(Refresher::new(world, world.sign_in().await?.refresh_token));
        let backoff = ErrorBackoffConfig::default();
        Ok(Self(TokenWatcher::spawn_from_token_source(source, NullJitter, backoff).await?))
    }

    async fn header(&self) -> Result<HeaderValue, String> {
        let token = self.0.token();
        match token.token_status() {
            TokenStatus::Fresh | TokenStatus::Stale => bearer(token.access_token().as_str()),
            TokenStatus::Expired => Err("expired".into()),
        }
    }
}
