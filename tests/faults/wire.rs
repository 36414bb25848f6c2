//! A server of bytes: each connection follows the next script; where there is none it answers honestly.
//! Not here: the client, and any expectation.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

use super::world::{access_token, refresh_token};

/// What a connection does next. At the end of its script it is closed.
#[derive(Clone)]
pub(crate) enum Step {
    /// Reads one whole request.
    Hear,
    /// Writes.
    Say(Vec<u8>),
    /// Writes a byte, waits, writes the next.
    Drip(Vec<u8>, Duration),
    /// Writes the same again and again: as often as this, or until the other side is gone.
    Flood(Vec<u8>, usize),
    /// Waits.
    Pause(Duration),
    /// Answers as a good server would what it heard last.
    Answer,
    /// Ends the connection with an RST.
    Reset,
    /// Says nothing more, for ever.
    Hang,
}

pub(crate) type Script = Vec<Step>;

/// One request, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) path: String,
    /// In lower case.
    pub(crate) head: String,
    pub(crate) body: String,
}

/// How it answers when it is honest.
#[derive(Clone)]
pub(crate) struct Manners {
    /// What is left, in seconds, of the 30 minutes of the access token that a sign-in gives.
    pub(crate) login_left: i64,
    /// A header line of the replies with tokens, `Date` for one.
    pub(crate) token_header: String,
    /// Whether a connection serves more than one request.
    pub(crate) keep_alive: bool,
}

#[derive(Default)]
struct Log {
    scripts: VecDeque<Script>,
    heard: Vec<Heard>,
    connections: usize,
    written: usize,
    tokens: usize,
}

/// The server. It ends when it is dropped.
pub(crate) struct Wire {
    pub(crate) base: Url,
    log: Arc<Mutex<Log>>,
    accepting: JoinHandle<()>,
}

impl Wire {
    pub(crate) fn start(manners: Manners) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_send_buffer_size(64 * 1024).unwrap(); // so that what was written was nearly all read
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(256).unwrap();
        let base = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let log = Arc::new(Mutex::new(Log::default()));
        let accepting = tokio::spawn({
            let log = Arc::clone(&log);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let script = {
                        let mut log = log.lock().unwrap();
                        log.connections += 1;
                        log.scripts.pop_front()
                    };
                    let host = Host { stream, log: Arc::clone(&log), manners: manners.clone() };
                    tokio::spawn(host.follow(script));
                }
            }
        });
        Self { base, log, accepting }
    }

    /// What the next connection that has no script yet meets.
    pub(crate) fn next(&self, script: Script) {
        self.log().scripts.push_back(script);
    }

    /// Accepts no connection any more: the next is refused.
    pub(crate) async fn stop(&mut self) {
        self.accepting.abort();
        let _ = (&mut self.accepting).await;
    }

    pub(crate) fn connections(&self) -> usize {
        self.log().connections
    }

    /// How many bytes it could write, the honest answers included.
    pub(crate) fn written(&self) -> usize {
        self.log().written
    }

    /// The whole requests for this path, in order.
    pub(crate) fn heard(&self, path: &str) -> Vec<Heard> {
        self.log().heard.iter().filter(|heard| heard.path == path).cloned().collect()
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap()
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// One connection.
struct Host {
    stream: TcpStream,
    log: Arc<Mutex<Log>>,
    manners: Manners,
}

impl Host {
    async fn follow(mut self, script: Option<Script>) {
        let keep_alive = self.manners.keep_alive;
        let Some(script) = script else {
            while self.step(Step::Hear).await && self.step(Step::Answer).await && keep_alive {}
            return;
        };
        for step in script {
            if !self.step(step).await {
                return;
            }
        }
        let _ = self.stream.shutdown().await;
    }

    /// `false`: the connection is over.
    async fn step(&mut self, step: Step) -> bool {
        match step {
            Step::Hear => self.hear().await.is_some(),
            Step::Say(bytes) => self.write(&bytes).await,
            Step::Drip(bytes, every) => {
                for byte in bytes {
                    if !self.write(&[byte]).await {
                        return false;
                    }
                    tokio::time::sleep(every).await;
                }
                true
            }
            Step::Flood(bytes, times) => {
                for _ in 0..times {
                    if !self.write(&bytes).await {
                        return false;
                    }
                }
                true
            }
            Step::Pause(time) => {
                tokio::time::sleep(time).await;
                true
            }
            Step::Answer => {
                let answer = self.answer();
                self.write(&answer).await
            }
            Step::Reset => {
                self.stream.set_zero_linger().unwrap();
                false
            }
            Step::Hang => std::future::pending().await,
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.stream.write(rest).await {
                Ok(0) | Err(_) => return false,
                Ok(count) => {
                    rest = &rest[count..];
                    self.log.lock().unwrap().written += count;
                }
            }
        }
        true
    }

    async fn hear(&mut self) -> Option<()> {
        let mut bytes = Vec::new();
        let head_end = loop {
            if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            self.more(&mut bytes).await?;
        };
        let head = String::from_utf8_lossy(&bytes[..head_end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.map_or(0, |value| value.trim().parse().unwrap());
        while bytes.len() < head_end + length {
            self.more(&mut bytes).await?;
        }
        let path = head.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
        let body = String::from_utf8_lossy(&bytes[head_end..]).into_owned();
        self.log.lock().unwrap().heard.push(Heard { path, head, body });
        Some(())
    }

    async fn more(&mut self, bytes: &mut Vec<u8>) -> Option<()> {
        let count = self.stream.read_buf(bytes).await.ok()?;
        (count > 0).then_some(())
    }

    fn answer(&self) -> Vec<u8> {
        let mut log = self.log.lock().unwrap();
        let path = log.heard.last().unwrap().path.clone();
        let left = match path.as_str() {
            "login/" => self.manners.login_left,
            "refresh/" => 1800,
            _ => return self.dressed("", br#"{"honest":true}"#),
        };
        log.tokens += 1;
        let user = if path == "login/" { super::world::USER_FIELD } else { "" };
        let (access, refresh) = (access_token(log.tokens, left), refresh_token(log.tokens));
        let body = format!(r#"{{"access":"{access}","refresh":"{refresh}"{user}}}"#);
        self.dressed(&self.manners.token_header, body.as_bytes())
    }

    fn dressed(&self, header: &str, body: &[u8]) -> Vec<u8> {
        let connection = if self.manners.keep_alive { "" } else { "connection: close\r\n" };
        reply(200, &format!("content-type: application/json\r\n{header}{connection}"), body)
    }
}

/// A reply with a right `Content-Length`; `headers` is lines that each end in CRLF.
pub(crate) fn reply(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} Said\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// The JSON of a refresh as the API gives it, its tokens as different from the honest ones as from each other.
pub(crate) fn good_json() -> String {
    format!(r#"{{"access":"{}","refresh":"{}"}}"#, access_token(900, 1800), refresh_token(900))
}

/// Hears a request and answers with these bytes.
pub(crate) fn answers(bytes: impl Into<Vec<u8>>) -> Script {
    vec![Step::Hear, Step::Say(bytes.into())]
}
