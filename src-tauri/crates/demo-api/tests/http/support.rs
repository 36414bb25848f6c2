//! A demo server on a port of its own, and a client that knows its way around.
//! Not here: assertions.

use std::net::SocketAddr;
use std::time::Duration;

use demo_api::{Demo, Handle};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) struct Server {
    pub(crate) handle: Handle,
    pub(crate) address: SocketAddr,
    pub(crate) client: Client,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

pub(crate) struct Pair {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::run(Demo::in_memory().unwrap()).await
    }

    pub(crate) async fn run(demo: Demo) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let handle = demo.handle();
        let task = tokio::spawn(demo.run(listener, async { stopped.await.unwrap_or_default() }));
        Self { handle, address, client: client(), stop, task }
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        self.client.post(self.url(path)).json(body).send().await.unwrap()
    }

    pub(crate) async fn sign_in_reply(&self) -> Response {
        let body = json!({ "username": "ada@example.com", "password": "analytical-engine" });
        self.post("/api/token/", &body).await
    }

    pub(crate) async fn sign_in(&self) -> Pair {
        let reply: Value = self.sign_in_reply().await.json().await.unwrap();
        Pair { access: text(&reply, "access"), refresh: text(&reply, "refresh") }
    }

    pub(crate) async fn refresh_reply(&self, refresh: &str) -> Response {
        self.post("/api/token/refresh/", &json!({ "refresh": refresh })).await
    }

    pub(crate) async fn refresh(&self, refresh: &str) -> Pair {
        let reply = self.refresh_reply(refresh).await;
        assert_eq!(reply.status(), 200);
        let reply: Value = reply.json().await.unwrap();
        Pair { access: text(&reply, "access"), refresh: text(&reply, "refresh") }
    }

    pub(crate) async fn get(&self, path: &str, access: &str) -> Response {
        self.call(Method::GET, path, access).await
    }

    pub(crate) async fn call(&self, method: Method, path: &str, access: &str) -> Response {
        self.client.request(method, self.url(path)).bearer_auth(access).send().await.unwrap()
    }

    /// The status that a call of the profile gets.
    pub(crate) async fn me(&self, access: &str) -> u16 {
        self.get("/api/me/", access).await.status().as_u16()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

pub(crate) fn client() -> Client {
    // No test waits this long; one that would hang fails instead.
    Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap()
}

pub(crate) fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap().to_owned()
}

/// What a token says, without asking whether it is genuine.
pub(crate) fn claims(token: &str) -> Value {
    jsonwebtoken::dangerous::insecure_decode::<Value>(token).unwrap().claims
}

/// The status and the JSON of an answer that refuses.
pub(crate) async fn refusal(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/json");
    (status, response.json().await.unwrap())
}

pub(crate) async fn assert_dead(response: Response) {
    let dead = json!({ "detail": "Token is invalid or expired", "code": "token_not_valid" });
    assert_eq!(refusal(response).await, (401, dead));
}
