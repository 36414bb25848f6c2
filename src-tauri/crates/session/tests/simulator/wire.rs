//! The way of a request: out, to the server, back, through whatever weather there is; and the rules that can be seen there.
//! Not here: what the server does (`server`), and the causes of refreshes (`ledger`).

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use http::{Request, Response};
use serde_json::Value;
use session_engine::error::{TransportError, TransportErrorKind};
use session_engine::ports::Transport;

use crate::ground::{Ground, World};
use crate::hours::nanos;
use crate::keep::{Source, account};
use crate::ledger::End;
use crate::rules;
use crate::server::{Issued, number_in};
use crate::stay::Phase;
use crate::weather::Sky;

/// How long the transport waits for the answer to a call, as an HTTP client does.
const CALL_TIMEOUT_S: u64 = 30;

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    SignIn(&'static str),
    Refresh(usize),
    Revoke(usize),
    /// The call's number, the stay it began in, its path without the query, its access token.
    Call(u64, u64, String, Option<usize>),
}

/// What the server did.
#[derive(Debug)]
pub(crate) enum Done {
    Nothing,
    Gave(Issued),
    Refused(&'static str),
    LetIn(bool),
}

/// A request under way. Dropped: the client gave up; what is in the wire may still arrive.
struct Way<'a> {
    world: &'a World,
    ask: Ask,
    sky: Sky,
    request: u64,
    done: Option<Done>,
    ghost: bool,
    settled: bool,
}

fn read(request: &Request<Bytes>) -> Ask {
    let path = request.uri().path();
    let field = |name: &str| -> String {
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        body[name].as_str().unwrap().to_owned()
    };
    match path {
        "/token/" => Ask::SignIn(account(&field("username"))),
        "/token/refresh/" => Ask::Refresh(number_in(&field("refresh")).unwrap()),
        "/token/blacklist/" => Ask::Revoke(number_in(&field("refresh")).unwrap()),
        _ => {
            let mut numbers =
                request.uri().query().unwrap_or_default().split('-').map(|text| text.parse().unwrap());
            let token =
                request.headers().get(AUTHORIZATION).and_then(|header| number_in(header.to_str().unwrap()));
            Ask::Call(numbers.next().unwrap(), numbers.next().unwrap(), path.to_owned(), token)
        }
    }
}

impl Ground {
    /// What the next request meets.
    fn meets(&mut self, refresh: bool) -> Sky {
        if self.peace {
            return Sky::Fine;
        }
        let sky = if self.sky.1 > self.hours.truth() { self.sky.0 } else { Sky::Fine };
        let hiccups = if refresh { self.plan.hiccups * 4 } else { self.plan.hiccups };
        let strikes = sky == Sky::Fine && self.dice.chance(hiccups);
        let sky = if strikes { Sky::hiccup(&mut self.dice) } else { sky };
        self.tally.faults += u64::from(sky != Sky::Fine);
        sky
    }

    /// The rules for a call that goes out now.
    fn call_sent(&mut self, call: u64, stay: u64, path: &str, token: Option<usize>) {
        if let Some(track) = self.calls.get_mut(&call) {
            track.sent += 1;
        }
        self.say(|| format!("call {call} of stay {stay} sent with access token {token:?} to {path}"));
        let (now, phase) = (self.stay.number, self.stay.phase);
        let known = token.and_then(|token| self.server.access.get(token).copied());
        let Some(access) = known else {
            return self.breaks(rules::OWN_SESSION, || {
                format!("call {call} goes with a token nobody gave: {token:?}")
            });
        };
        let whose = Some(self.server.families[access.family].account);
        if stay != now
            || phase != Phase::In
            || whose != self.stay.account
            || Some(access.family) != self.stay.family
        {
            return self.breaks(rules::OWN_SESSION, || {
                format!(
                    "call {call} of stay {stay} is sent in stay {now} ({phase:?}) with a token of {whose:?}"
                )
            });
        }
        let newest = [self.stay.coming, self.stay.grant]
            .into_iter()
            .flatten()
            .find(|grant| Some(grant.access) == token);
        let Some(grant) = newest else {
            return self.breaks(rules::NEWEST_TOKEN, || {
                format!("call {call} goes with {token:?}, which is not the newest")
            });
        };
        let late_ms = i64::try_from((grant.published_at - grant.issued_at) / 1_000_000).unwrap() + 1000;
        let over_ms = self.server_ms() - access.expires_ms;
        // One of the clocks may lie: the boot clock that stood still, or the wall clock that was set back.
        let both_lie = self.plan.boot_stands && self.hours.wall_off_ms < grant.wall_off_ms;
        if over_ms >= late_ms && !grant.lied && !both_lie {
            self.breaks(rules::NOT_EXPIRED, || {
                format!("call {call} goes with {token:?}, over for {over_ms} ms: {grant:?}")
            });
        }
        if !self.server.refresh[grant.refresh].kept && !self.safe.behind {
            let holds = self.safe.holds;
            self.breaks(rules::KEPT_FIRST, || {
                format!("the vault holds {holds:?}, the call goes with {grant:?}")
            });
        }
    }

    /// The server gets the request.
    fn arrives(&mut self, ask: &Ask) -> Done {
        let (now, now_ms) = self.server_now();
        match ask {
            Ask::SignIn(account) => Done::Gave(self.server.sign_in(&self.plan, account, now, now_ms)),
            Ask::Refresh(token) => match self.server.refresh(&self.plan, *token, now, now_ms) {
                Ok(issued) => Done::Gave(issued),
                Err(why) => Done::Refused(why),
            },
            Ask::Revoke(token) => {
                self.server.revoke(*token);
                Done::LetIn(true)
            }
            Ask::Call(.., path, token) => {
                Done::LetIn(path != "/always-401/" && self.server.lets_in(*token, now_ms))
            }
        }
    }
}

impl Way<'_> {
    fn arrive(&mut self) {
        if self.done.is_none() {
            let mut ground = self.world.ground();
            let done = if self.sky.is_served() { ground.arrives(&self.ask) } else { Done::Nothing };
            let ask = &self.ask;
            ground.say(|| format!("server: {ask:?} {done:?}"));
            self.done = Some(done);
        }
    }

    /// The client has its answer, such as it is. `cut`: the connection did not live to bring it.
    fn deliver(&mut self, cut: bool) -> Result<Response<Bytes>, TransportError> {
        let ground = &mut *self.world.ground();
        self.settled = true;
        let sky = if cut { Sky::BrokenAfter } else { self.sky };
        let done = self.done.as_ref().unwrap_or(&Done::Nothing);
        let failed = |kind, detail: &str| Err(TransportError { kind, detail: detail.to_owned() });
        let page = |status: u16| Response::builder().status(status).header(CONTENT_TYPE, "text/html");
        let mut brought = None;
        let reply = match sky {
            Sky::Fine | Sky::Half => {
                let (whole, user) = ground.reply(&self.ask, done);
                brought = user;
                Ok(if sky == Sky::Half { whole.map(|body| body.slice(..body.len() / 2)) } else { whole })
            }
            Sky::Offline | Sky::OfflineSlowly => failed(TransportErrorKind::NotSent, "No connection."),
            Sky::Unanswered | Sky::HangsBefore | Sky::HangsAfter => {
                failed(TransportErrorKind::NoAnswer, "The server did not answer in time.")
            }
            Sky::BrokenBefore | Sky::BrokenAfter => {
                failed(TransportErrorKind::ConnectionLost, "The connection broke.")
            }
            Sky::Down => Ok(page(503).body("<h1>Service Unavailable</h1>".into()).unwrap()),
            Sky::Throttled(seconds) => Ok(page(429).header(RETRY_AFTER, seconds).body(Bytes::new()).unwrap()),
            Sky::Portal => Ok(page(200).body("<html>Welcome to the hotel</html>".into()).unwrap()),
            Sky::PortalRefuses => Ok(page(401).body("<html>Please pay</html>".into()).unwrap()),
            Sky::Forbidden => {
                let json = Response::builder().status(403).header(CONTENT_TYPE, "application/json");
                Ok(json.body(r#"{"detail":"CSRF check failed"}"#.into()).unwrap())
            }
        };
        match (&self.ask, sky, done) {
            (Ask::Refresh(token), Sky::Fine, Done::Gave(issued)) => {
                ground.refresh_settled(self.request, *token, End::Renewed(*issued, brought));
            }
            (Ask::Refresh(token), Sky::Fine, Done::Refused(why)) => {
                ground.refresh_settled(self.request, *token, End::Dead(why));
            }
            (Ask::Refresh(token), Sky::Throttled(seconds), _) => {
                ground.refresh_settled(self.request, *token, End::Throttled(seconds));
            }
            (Ask::Refresh(token), Sky::Half, _) => {
                ground.server.refresh[*token].garbled = true;
                ground.refresh_settled(self.request, *token, End::Failed);
            }
            (Ask::Refresh(token), ..) => ground.refresh_settled(self.request, *token, End::Failed),
            (Ask::SignIn(account), Sky::Fine, Done::Gave(issued)) => {
                ground.may_sign_in(account, *issued, brought);
            }
            (Ask::Call(call, stay, path, token), Sky::Fine | Sky::Half, Done::LetIn(false))
                if *stay == ground.stay.number =>
            {
                ground.call_refused(*call, path, *token);
            }
            (Ask::Call(_, stay, ..), Sky::Fine, Done::LetIn(true)) => {
                if let (Some(brought), Some(whose)) = (brought, ground.stay.account)
                    && *stay == ground.stay.number
                    && ground.stay.phase == Phase::In
                {
                    ground.shelf.brought.push((Source::Server, whose, brought));
                }
            }
            _ => {}
        }
        reply
    }
}

impl Drop for Way<'_> {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        if self.ghost {
            self.arrive();
        }
        if let Ask::Refresh(token) = self.ask {
            self.world.ground().refresh_settled(self.request, token, End::Failed);
        }
    }
}

#[async_trait]
impl Transport for World {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let ask = read(&request);
        let (mut way, there, back, sent, slept) = {
            let ground = &mut *self.ground();
            let refresh = matches!(ask, Ask::Refresh(_));
            let number = match &ask {
                Ask::Refresh(token) => ground.refresh_sent(*token),
                Ask::Call(call, stay, path, token) => {
                    ground.call_sent(*call, *stay, path, *token);
                    0
                }
                Ask::SignIn(_) | Ask::Revoke(_) => 0,
            };
            let sky = ground.meets(refresh);
            if sky != Sky::Fine {
                ground.say(|| format!("{ask:?} meets {sky:?}"));
            }
            let (there, back) = sky.ways(&mut ground.dice, &ground.plan, refresh);
            if refresh && let Some(deed) = ground.trap.take() {
                let most = u64::try_from((there + back).as_millis()).unwrap() + 40;
                let at = ground.hours.run + nanos(ground.dice.millis(0, most));
                ground.alarm = Some((at, deed));
                self.bell().notify_one();
            }
            ground.trace(ground.hours.run ^ nanos(there) ^ nanos(back) << 1 ^ number << 2);
            let way = Way {
                world: self,
                ask,
                sky,
                request: number,
                done: None,
                ghost: ground.dice.chance(500),
                settled: false,
            };
            (way, there, back, ground.hours.run, ground.hours.slept)
        };
        self.nap(there).await;
        way.arrive();
        if way.sky.hangs() {
            match way.ask {
                Ask::Call(..) => self.nap(Duration::from_secs(CALL_TIMEOUT_S)).await,
                Ask::SignIn(_) | Ask::Refresh(_) | Ask::Revoke(_) => std::future::pending().await,
            }
        }
        self.nap(back).await;
        let cut = {
            let mut ground = self.ground();
            let took = ground.hours.run - sent;
            if let Ask::Call(call, ..) = &way.ask
                && let Some(track) = ground.calls.get_mut(call)
            {
                track.replies += took;
            }
            // A connection seldom lives through a suspend.
            ground.hours.slept != slept && way.sky == Sky::Fine && ground.dice.chance(700)
        };
        way.deliver(cut)
    }
}
