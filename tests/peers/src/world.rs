//! How a client reaches the server: its address, a plain HTTP client, orders to it, and a refresh by hand for libraries that bring none.
//! Not here: any keeping of tokens.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http::HeaderValue;
use http::header::AUTHORIZATION;
use serde::Deserialize;
use url::Url;

use crate::Failure;
use crate::server::{Behaviour, Counted, Mode};

/// The server and the way to it.
#[derive(Clone)]
pub struct World {
    /// Where calls go; ends with a slash.
    pub base: Url,
    orders: Url,
    /// The client that all use for calls, set as the engine's own transport is.
    pub client: reqwest::Client,
}

/// What a refresh gives.
#[derive(Clone, Debug, Deserialize)]
pub struct Tokens {
    /// The access token.
    pub access_token: String,
    /// The next refresh token.
    pub refresh_token: String,
    /// Seconds.
    pub expires_in: u64,
}

/// A refresh token, and how to spend it: what an application writes for a library that keeps tokens and gets none itself.
pub struct Refresher {
    world: World,
    token: Mutex<String>,
}

impl World {
    /// The world at two addresses, as the server told them.
    ///
    /// # Errors
    /// When an address is none.
    pub fn at(calls: &str, orders: &str) -> Result<Self, Failure> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(60))
            .no_proxy()
            .build()?;
        let url = |address: &str| Url::parse(&format!("http://{address}/"));
        Ok(Self { base: url(calls)?, orders: url(orders)?, client })
    }

    /// Sets how the server behaves from now on.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn behave(&self, life_s: u64, delay_ms: u64, mode: Mode) -> Result<(), Failure> {
        let order = Behaviour { life_s, delay_ms, mode };
        self.client.post(self.orders.join("behave")?).json(&order).send().await?.error_for_status()?;
        Ok(())
    }

    /// Sets the counts to zero.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn forget(&self) -> Result<(), Failure> {
        self.client.post(self.orders.join("forget")?).send().await?.error_for_status()?;
        Ok(())
    }

    /// What was counted.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn count(&self) -> Result<Counted, Failure> {
        Ok(self.client.get(self.orders.join("count")?).send().await?.json().await?)
    }

    /// Signs in.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn sign_in(&self) -> Result<Tokens, Failure> {
        self.signed_in(&[]).await
    }

    /// Signs in for a refresh token that is never replaced, as Google's are.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn sign_in_for_good(&self) -> Result<Tokens, Failure> {
        self.signed_in(&[("rotation_off", "1")]).await
    }

    async fn signed_in(&self, more: &[(&str, &str)]) -> Result<Tokens, Failure> {
        let mut form = vec![("grant_type", "password"), ("username", "ada"), ("password", "x")];
        form.extend(more);
        Ok(self
            .client
            .post(self.base.join("token/")?)
            .form(&form)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?)
    }

    /// One call with this header; whether the server took it. Whoever calls runs the same machine code for it.
    pub async fn call(&self, url: &Url, header: HeaderValue) -> bool {
        let mut sent = std::pin::pin!(self.send(url, header));
        std::future::poll_fn(|context| poll_apart(sent.as_mut(), context)).await
    }

    async fn send(&self, url: &Url, header: HeaderValue) -> bool {
        let sent = self.client.get(url.clone()).header(AUTHORIZATION, header).send().await;
        let Ok(reply) = sent else { return false };
        let well = reply.status().is_success();
        reply.bytes().await.is_ok() && well
    }

    /// Where calls go.
    ///
    /// # Errors
    /// Never, for an address that `at` took.
    pub fn api(&self) -> Result<Url, Failure> {
        Ok(self.base.join("api/")?)
    }
}

impl Refresher {
    /// Spends tokens from `token` on.
    #[must_use]
    pub fn new(world: &World, token: String) -> Self {
        Self { world: world.clone(), token: Mutex::new(token) }
    }

    /// Spends the refresh token that there is and keeps the next.
    ///
    /// # Errors
    /// When there is no new token.
    pub async fn refresh(&self) -> Result<Tokens, String> {
        let spent = self.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let form = [("grant_type", "refresh_token"), ("refresh_token", spent.as_str())];
        let url = self.world.base.join("token/").map_err(|error| error.to_string())?;
        let reply =
            self.world.client.post(url).form(&form).send().await.map_err(|error| error.to_string())?;
        let reply = reply.error_for_status().map_err(|error| error.to_string())?;
        let tokens: Tokens = reply.json().await.map_err(|error| error.to_string())?;
        self.token.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&tokens.refresh_token);
        Ok(tokens)
    }
}

/// Polls without being made a part of who polls.
#[inline(never)]
fn poll_apart<F: Future>(future: Pin<&mut F>, context: &mut Context<'_>) -> Poll<F::Output> {
    future.poll(context)
}

/// The header of an access token.
///
/// # Errors
/// When it cannot stand in one.
pub fn bearer(token: &str) -> Result<HeaderValue, String> {
    let mut header = HeaderValue::try_from(format!("Bearer {token}")).map_err(|error| error.to_string())?;
    header.set_sensitive(true);
    Ok(header)
}
