//! The replies of a server that was reached, and the user's fields in them.
//! Not here: what the server decided (`server`), and the weather on the way back (`wire`).

use std::fmt::Write;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::Response;
use http::header::{CONTENT_TYPE, DATE};
use session_engine::Profile;

use crate::ground::Ground;
use crate::keep::{Fields, fields};
use crate::plan::Says;
use crate::server::{Issued, access_text, refresh_text};
use crate::wire::{Ask, Done};

impl Ground {
    /// The reply of a server that was reached, and the user's fields in it.
    pub(crate) fn reply(&mut self, ask: &Ask, done: &Done) -> (Response<Bytes>, Option<Fields>) {
        let json = Response::builder().header(CONTENT_TYPE, "application/json");
        let refused = r#"{"detail":"Token is blacklisted","code":"token_not_valid"}"#;
        match (ask, done) {
            (Ask::Call(.., path, _), Done::LetIn(true)) if path == "/me/" => {
                let text = self.profile_text(true);
                let brought = fields(&Profile::parse(&text).unwrap());
                (json.body(text.into()).unwrap(), Some(brought))
            }
            (_, Done::LetIn(true)) => (json.body(Bytes::from_static(b"{}")).unwrap(), None),
            (_, Done::Gave(issued)) => self.tokens(matches!(ask, Ask::SignIn(_)), *issued),
            (_, Done::LetIn(false) | Done::Refused(_) | Done::Nothing) => {
                (json.status(401).body(refused.into()).unwrap(), None)
            }
        }
    }

    fn tokens(&mut self, sign_in: bool, issued: Issued) -> (Response<Bytes>, Option<Fields>) {
        let access = self.server.access[issued.access];
        let mut body = format!(r#"{{"access":"{}""#, access_text(&self.plan, issued.access, &access));
        if let Some(refresh) = issued.refresh {
            let _ = write!(body, r#","refresh":"{}""#, refresh_text(refresh));
        }
        if self.plan.says == Says::ExpiresIn {
            let _ = write!(body, r#","expires_in":{}"#, self.plan.access_life.as_secs());
        }
        let mut brought = None;
        if self.plan.sends_user && (sign_in || self.dice.chance(300)) {
            let text = self.profile_text(sign_in);
            let _ = write!(body, r#","user":{text}"#);
            brought = Some(fields(&Profile::parse(&text).unwrap()));
        }
        body.push('}');
        let mut reply = Response::builder().header(CONTENT_TYPE, "application/json");
        if self.plan.says_date {
            let date = u64::try_from((access.issued_ms + self.plan.date_off_ms) / 1000).unwrap();
            reply = reply.header(DATE, httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(date)));
        }
        (reply.body(body.into()).unwrap(), brought)
    }

    /// The user's fields as the server says them: whole at a sign-in, some of them after a refresh, null among them.
    fn profile_text(&mut self, whole: bool) -> String {
        let n = self.dice.below(1000);
        if whole {
            return format!(
                r#"{{"first_name":"Ada","last_name":"Lovelace","roles":["admin"],"id":9007199254740993,"credit":1.10,"visits":{n},"custom":{{"theme":"dark","n":{n}}}}}"#
            );
        }
        match self.dice.below(5) {
            0 => format!(r#"{{"visits":{n}}}"#),
            1 => format!(r#"{{"first_name":null,"custom":{{"n":{n}}}}}"#),
            2 => format!(r#"{{"custom":{{"theme":null,"extra{}":[{n}]}},"roles":["admin","x{n}"]}}"#, n % 4),
            3 => r#"{"last_name":null,"avatar":null}"#.to_owned(),
            _ => "{}".to_owned(),
        }
    }
}
