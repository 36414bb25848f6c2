//! `google-cloud-auth`'s user credentials, their token endpoint set by `with_token_uri`; asked with the `EntityTag` of the last answer, so that
//! the header is made once a token. Its refresh token is one that is never replaced, as Google's are: it keeps the one it was given.
//! Not here: a margin, which cannot be set (four minutes); its own task refreshes, and looks every ten seconds at tokens that live shorter.

use arc_swap::ArcSwapOption;
use google_cloud_auth::credentials::user_account::Builder;
use google_cloud_auth::credentials::{CacheableResource, Credentials, EntityTag};
use http::header::AUTHORIZATION;
use http::{Extensions, HeaderValue};

use super::Peer;
use crate::Failure;
use crate::world::World;

/// `google_cloud_auth::credentials::Credentials`.
pub struct Google {
    credentials: Credentials,
    last: ArcSwapOption<(EntityTag, HeaderValue)>,
}

impl Peer for Google {
    const NAME: &'static str = "google-cloud-auth";

    async fn open(world: &World) -> Result<Self, Failure> {
        let user = serde_json::json!({
            "type": "authorized_user", "client_id": "x", "client_secret": "x",
            "refresh_token": world.sign_in_for_good().await?.refresh_token,
        });
        let credentials = Builder::new(user).with_token_uri(world.base.join("token/")?).build()?;
        Ok(Self { credentials, last: ArcSwapOption::empty() })
    }

    async fn header(&self) -> Result<HeaderValue, String> {
        let last = self.last.load_full();
        let mut extensions = Extensions::new();
        if let Some(last) = &last {
            extensions.insert(last.0.clone());
        }
        let given = self.credentials.headers(extensions).await.map_err(|error| error.to_string())?;
        match (given, last) {
            (CacheableResource::NotModified, Some(last)) => Ok(last.1.clone()),
            (CacheableResource::NotModified, None) => Err("nothing to be unmodified".into()),
            (CacheableResource::New { entity_tag, data }, _) => {
                let header = data.get(AUTHORIZATION).ok_or("no header")?.clone();
                self.last.store(Some(std::sync::Arc::new((entity_tag, header.clone()))));
                Ok(header)
            }
        }
    }
}
