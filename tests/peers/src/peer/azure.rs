//! `azure_core`'s policy that puts a bearer token on each request; the token comes from a credential of our own, so that it
//! rotates as the others' do. Not here: `azure_identity`'s own credential (`entra`), and sending: the policy that comes next takes the header.

use std::sync::Arc;

use azure_core::Bytes;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::{AUTHORIZATION, Headers};
use azure_core::http::policies::auth::BearerTokenAuthorizationPolicy;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{AsyncRawResponse, Context, Method, Request, StatusCode, Url};
use azure_core::time::{Duration, OffsetDateTime};
use http::HeaderValue;

use super::Peer;
use crate::Failure;
use crate::world::{Refresher, World};

/// `azure_core::http::policies::auth::BearerTokenAuthorizationPolicy`.
pub struct Azure {
    policy: BearerTokenAuthorizationPolicy,
    next: [Arc<dyn Policy>; 1],
    url: Url,
}

struct Credential(Refresher);

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credential")
    }
}

#[async_trait::async_trait]
impl TokenCredential for Credential {
    async fn get_token(
        &self,
        _: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let tokens =
            self.0.refresh().await.map_err(|error| Error::with_message(ErrorKind::Credential, error))?;
        let life = Duration::seconds(i64::try_from(tokens.expires_in).unwrap_or(i64::MAX));
        Ok(AccessToken::new(tokens.access_token, OffsetDateTime::now_utc() + life))
    }
}

#[derive(Debug)]
struct Answers;

#[async_trait::async_trait]
impl Policy for Answers {
    async fn send(&self, _: &Context, _: &mut Request, _: &[Arc<dyn Policy>]) -> PolicyResult {
        Ok(AsyncRawResponse::from_bytes(StatusCode::Ok, Headers::new(), Bytes::new()))
    }
}

impl Peer for Azure {
    const NAME: &'static str = "azure_core";

    async fn open(world: &World) -> Result<Self, Failure> {
        let credential = Credential(Refresher::new(world, world.sign_in().await?.refresh_token));
        Ok(Self {
            policy: BearerTokenAuthorizationPolicy::new(Arc::new(credential), ["all"]),
            next: [Arc::new(Answers)],
            url: Url::parse("https://example.com/")?,
        })
    }

    async fn header(&self) -> Result<HeaderValue, String> {
        let mut request = Request::new(self.url.clone(), Method::Get);
        self.policy
            .send(&Context::new(), &mut request, &self.next)
            .await
            .map_err(|error| error.to_string())?;
        let header = request.headers().get_str(&AUTHORIZATION).map_err(|error| error.to_string())?;
        HeaderValue::from_str(header).map_err(|error| error.to_string())
    }
}
