//! What a server of these tests is: its program, how it is set, and the `config.toml` that its user writes.
//! Not here: the one that runs (`running`).

/// A server, set in one way.
pub(crate) struct Server {
    /// The package, as its registry calls it.
    pub(crate) package: &'static str,
    /// How it is set, in a few words; together with the package its line in the table.
    pub(crate) set: &'static str,
    /// The program in `servers/`.
    pub(crate) program: &'static str,
    /// What the program is told: `INTEROP_…`.
    pub(crate) options: &'static [(&'static str, &'static str)],
    /// The user's `config.toml`.
    pub(crate) config: &'static str,
    /// Whether a refresh gives a new refresh token.
    pub(crate) rotates: bool,
    /// A text that stands in the profile.
    pub(crate) in_the_profile: &'static str,
    /// What this server says of a refresh token that was revoked.
    pub(crate) words: &'static str,
    /// How an access token is spoilt so that this server answers 401.
    pub(crate) spoilt: Spoilt,
    /// What becomes of a session whose refresh was done and whose reply was lost (R9).
    pub(crate) after_a_lost_reply: AfterALostReply,
}

/// What makes this server answer 401.
#[derive(Clone, Copy)]
pub(crate) enum Spoilt {
    /// Another token's text.
    Garbled,
    /// No token at all.
    Missing,
}

/// What becomes of a session whose refresh was done and whose reply was lost (R9).
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum AfterALostReply {
    /// The same token is good again: nobody notices.
    GoesOn,
    /// The server takes no token twice: the session ends, and the reason says that a reply was lost.
    Ends,
}

impl Server {
    /// Its line in the table.
    pub(crate) fn line(&self) -> String {
        format!("{}: {}", self.package, self.set)
    }

    /// A name for files.
    pub(crate) fn key(&self) -> String {
        let letters = self.line().to_lowercase();
        letters
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("-")
    }
}
