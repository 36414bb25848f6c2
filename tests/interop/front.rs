//! Stands before a real server, counts what comes to it, and can be closed, lose a reply, or spoil a token on its way.
//! Not here: any answer; each is the server's own.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use url::Url;

use super::server::Spoilt;

/// A request that came, and how the server answered.
#[derive(Clone, Debug)]
pub(crate) struct Passed {
    pub(crate) path: String,
    /// The whole request, as it was sent on.
    pub(crate) request: String,
    pub(crate) status: u16,
}

#[derive(Default)]
struct State {
    server: Option<SocketAddr>,
    passed: Vec<Passed>,
    spoilt: Option<Spoilt>,
    /// The access tokens that are spoilt on their way: those that were seen when it began.
    seen: BTreeSet<String>,
    to_spoil: BTreeSet<String>,
    lose: Option<String>,
}

/// It ends when it is dropped.
pub(crate) struct Front {
    pub(crate) base: Url,
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    accepting: Option<AbortHandle>,
}

impl Front {
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let base = Url::parse(&format!("http://{address}/")).unwrap();
        let mut front = Self { base, address, state: Arc::default(), accepting: None };
        front.state.lock().unwrap().server = Some(server);
        front.listen(listener);
        front
    }

    /// The server is gone: connections are refused.
    pub(crate) fn close(&mut self) {
        if let Some(accepting) = self.accepting.take() {
            accepting.abort();
        }
    }

    /// The server is back.
    pub(crate) async fn open(&mut self, server: SocketAddr) {
        self.state.lock().unwrap().server = Some(server);
        self.listen(TcpListener::bind(self.address).await.unwrap());
    }

    /// From now on the access tokens that were seen so far are spoilt on their way.
    pub(crate) fn spoil(&self, how: Spoilt) {
        let mut state = self.state.lock().unwrap();
        state.spoilt = Some(how);
        state.to_spoil = state.seen.clone();
    }

    /// The next reply of this path is lost: the server has done what it was asked, and the connection breaks.
    pub(crate) fn lose_the_reply_of(&self, path: &str) {
        self.state.lock().unwrap().lose = Some(path.to_owned());
    }

    pub(crate) fn passed(&self, path: &str) -> Vec<Passed> {
        let state = self.state.lock().unwrap();
        state.passed.iter().filter(|passed| passed.path == path).cloned().collect()
    }

    fn listen(&mut self, listener: TcpListener) {
        let state = Arc::clone(&self.state);
        let accepting = tokio::spawn(async move {
            let mut connections = JoinSet::new(); // dropped, and with it all connections, when this is
            loop {
                tokio::select! {
                    Ok((client, _)) = listener.accept() => {
                        connections.spawn(pass(client, Arc::clone(&state)));
                    }
                    Some(_) = connections.join_next() => {}
                }
            }
        });
        self.accepting = Some(accepting.abort_handle());
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.close();
    }
}

/// One request and its answer. A connection serves one.
async fn pass(mut client: TcpStream, state: Arc<Mutex<State>>) -> Option<()> {
    let (mut head, body) = read_request(&mut client).await?;
    let path = head.split(' ').nth(1)?.split('?').next()?.trim_start_matches('/').to_owned();
    let server = {
        let mut state = state.lock().unwrap();
        if let Some(token) = bearer(&head) {
            if state.to_spoil.contains(&token)
                && let Some(how) = state.spoilt
            {
                head = spoilt(&head, &token, how);
            }
            state.seen.insert(token);
        }
        state.server?
    };
    head = head.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let request = format!("{head}{}", String::from_utf8_lossy(&body));
    let mut upstream = TcpStream::connect(server).await.ok()?;
    upstream.write_all(head.as_bytes()).await.ok()?;
    upstream.write_all(&body).await.ok()?;
    let mut reply = Vec::new();
    upstream.read_to_end(&mut reply).await.ok()?;
    let status = String::from_utf8_lossy(reply.get(9..12)?).parse().ok()?;
    let lost = {
        let mut state = state.lock().unwrap();
        state.passed.push(Passed { path: path.clone(), request, status });
        state.lose.take_if(|lose| *lose == path).is_some()
    };
    if !lost {
        let line = reply.windows(2).position(|two| two == b"\r\n")? + 2;
        client.write_all(&reply[..line]).await.ok()?;
        client.write_all(b"connection: close\r\n").await.ok()?;
        client.write_all(&reply[line..]).await.ok()?;
    }
    client.shutdown().await.ok()
}

async fn read_request(client: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let head = loop {
        if let Some(end) = all.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if client.read_buf(&mut all).await.ok()? == 0 {
            return None;
        }
    };
    let body = all.split_off(head);
    let head = String::from_utf8(all).ok()?;
    let length = header(&head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = body;
    while body.len() < length {
        if client.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some((head, body))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn bearer(head: &str) -> Option<String> {
    header(head, "authorization")?.strip_prefix("Bearer ").map(str::to_owned)
}

fn spoilt(head: &str, token: &str, how: Spoilt) -> String {
    match how {
        Spoilt::Garbled => head.replace(token, &token.chars().rev().collect::<String>()),
        Spoilt::Missing => head
            .split_inclusive("\r\n")
            .filter(|line| !line.to_ascii_lowercase().starts_with("authorization:"))
            .collect(),
    }
}
