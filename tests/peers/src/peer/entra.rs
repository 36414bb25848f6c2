//! `azure_identity`'s client secret credential with the cache it has. It takes an authority on https only, so its `ClientOptions::transport` is
//! the benchmark's own client, which sends what was for Microsoft's address to this server. The grant is `client_credentials`.
//! Not here: a margin, which cannot be set (five minutes); `azure_core`'s policy, which keeps a token itself (`azure`).

use std::sync::Arc;

use azure_core::credentials::{Secret, TokenCredential};
use azure_core::http::{AsyncRawResponse, ClientOptions, HttpClient, Request, Transport, Url};
use azure_identity::{ClientSecretCredential, ClientSecretCredentialOptions};
use http::HeaderValue;

use super::Peer;
use crate::Failure;
use crate::world::{World, bearer};

/// `azure_identity::ClientSecretCredential`.
pub struct Entra(Arc<ClientSecretCredential>);

#[derive(Debug)]
struct ToThisServer {
    client: reqwest::Client,
    token: Url,
}

#[async_trait::async_trait]
impl HttpClient for ToThisServer {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let mut request = request.clone();
        *request.url_mut() = self.token.clone();
        self.client.execute_request(&request).await
    }
}

impl Peer for Entra {
    const NAME: &'static str = "azure_identity";

    async fn open(world: &World) -> Result<Self, Failure> {
        let to_this_server = ToThisServer { client: world.client.clone(), token: world.base.join("token/")? };
        let client_options = ClientOptions {
            transport: Some(Transport::new(Arc::new(to_this_server))),
            ..ClientOptions::default()
        };
        let options = ClientSecretCredentialOptions { client_options };
        Ok(Self(ClientSecretCredential::new("x", "x".into(), Secret::new("x"), Some(options))?))
    }

    async fn header(&self) -> Result<HeaderValue, String> {
        let token = self.0.get_token(&["all"], None).await.map_err(|error| error.to_string())?;
        bearer(token.token.secret())
    }
}
