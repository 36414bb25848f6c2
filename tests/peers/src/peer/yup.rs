//! `yup-oauth2`'s installed-application flow, its storage holding the refresh token of somebody who has signed in already.
//! Not here: the consent page.

use std::sync::{Mutex, PoisonError};

use http::HeaderValue;
use yup_oauth2::authenticator::DefaultAuthenticator;
use yup_oauth2::storage::{TokenInfo, TokenStorage, TokenStorageError};
use yup_oauth2::{ApplicationSecret, InstalledFlowAuthenticator, InstalledFlowReturnMethod};

use super::Peer;
use crate::Failure;
use crate::world::{World, bearer};

/// `yup_oauth2::InstalledFlowAuthenticator`.
pub struct Yup(DefaultAuthenticator);

struct Storage(Mutex<TokenInfo>);

#[async_trait::async_trait]
impl TokenStorage for Storage {
    async fn set(&self, _: &[&str], token: TokenInfo) -> Result<(), TokenStorageError> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = token;
        Ok(())
    }

    async fn get(&self, _: &[&str]) -> Option<TokenInfo> {
        Some(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl Peer for Yup {
    const NAME: &'static str = "yup-oauth2";

    async fn open(world: &World) -> Result<Self, Failure> {
        let token = TokenInfo {
            access_token: None,
            refresh_token: Some(world.sign_in().await?.refresh_token),
            expires_at: Some(time::OffsetDateTime::UNIX_EPOCH),
            id_token: None,
        };
        let secret = ApplicationSecret {
            client_id: "x".into(),
            client_secret: "x".into(),
            token_uri: world.base.join("token/")?.into(),
            auth_uri: world.base.join("authorize/")?.into(),
            ..ApplicationSecret::default()
        };
        let flow = InstalledFlowAuthenticator::builder(secret, InstalledFlowReturnMethod::Interactive);
        Ok(Self(flow.with_storage(Box::new(Storage(Mutex::new(token)))).build().await?))
    }

    async fn header(&self) -> Result<HeaderValue, String> {
        let given = self.0.token(&["all"]).await.map_err(|error| error.to_string())?;
        bearer(given.token().ok_or("no token")?)
    }
}
