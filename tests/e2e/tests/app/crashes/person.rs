//! What must be there for a person after a crash: the session, the profile to the letter, the draft; and of nobody else anything.
//! Not in it: the crash itself.

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use session_keeper_e2e::{Page, Rig};

/// Waits until the session is at rest, then asks the program what it has. `reload_profile` comes last: it changes what is kept.
const LOOK: &str = r#"
    const root = document.querySelector('[data-route]');
    if (!['fresh', 'signed-out', 'expired'].includes(root?.dataset.session)) return false;
    if (!window.looking) {
        window.looking = true;
        const invoke = window.__TAURI_INTERNALS__.invoke;
        const text = (view) => view && `{${view.fields.map(({ key, json }) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
        const asked = (command) => invoke(command).catch((error) => { if (error.code !== 'signed-out') throw error; return null; });
        (async () => {
            const { state, account } = await invoke('session');
            const { route } = root.dataset;
            const notice = document.querySelector('[data-testid="login-notice"]')?.dataset.kind ?? null;
            const [draft, profile] = [await asked('draft'), text(await asked('profile'))];
            const reloaded = state === 'fresh' ? text(await invoke('reload_profile')) : null;
            const name = document.querySelector('[data-testid="login-username"]')?.value ?? '';
            window.looked = { state, route, account, notice, name, draft, profile, reloaded };
        })().catch((error) => { window.looked = { state: `nothing: ${JSON.stringify(error)}` }; });
    }
    if (!window.looked) return false;
    const shown = document.querySelector('[data-testid="draft"]')?.value ?? null;
    if (window.looked.state === 'fresh' && shown !== window.looked.draft) return false;
    return { ...window.looked, page: document.documentElement.outerHTML }"#;

/// What the app says about itself once it has come to rest.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Seen {
    state: String,
    route: String,
    account: Option<String>,
    notice: Option<String>,
    /// What the login form has filled in.
    pub(crate) name: String,
    draft: Option<String>,
    profile: Option<String>,
    reloaded: Option<String>,
    page: Html,
}

/// The page; too long to be told.
#[derive(Default, Deserialize)]
struct Html(String);

impl std::fmt::Debug for Html {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Seen {
    /// Looks at a running app once it is at rest.
    pub(crate) async fn on(page: &Page) -> Result<Self> {
        page.eval("window.looking = window.looked = null").await?;
        Ok(serde_json::from_value(page.until("the session to come to rest", LOOK).await?)?)
    }

    /// A state to be at rest in, shown as it should be; what is kept is hidden when nobody is signed in.
    pub(crate) fn end(&self) -> Result<End> {
        let is_hidden = self.draft.is_none() && self.profile.is_none();
        let end = match (self.state.as_str(), self.route.as_str(), &self.notice) {
            ("fresh", "home", None) => End::Resumed,
            ("expired", "login", Some(reason)) if is_hidden => End::Ended(reason.clone()),
            ("signed-out", "login", None) if is_hidden => End::SignedOut,
            _ => bail!("no way to end: {self:?}"),
        };
        Ok(end)
    }
}

/// How a crash ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The same session goes on.
    Resumed,
    /// It is over, and the login view says why.
    Ended(String),
    /// Nobody is signed in, and nothing needs a reason.
    SignedOut,
}

/// Two truths at most: what was confirmed, and what was being written.
#[derive(Debug)]
struct Truth {
    kept: Option<String>,
    coming: Option<String>,
}

impl Truth {
    fn is(value: impl Into<String>) -> Self {
        Self { kept: Some(value.into()), coming: None }
    }

    fn none() -> Self {
        Self { kept: None, coming: None }
    }

    fn holds(&self, what: &str, found: Option<&str>) -> Result<()> {
        let is_coming = self.coming.is_some() && found == self.coming.as_deref();
        let short = |text: Option<&str>| {
            text.map_or("nothing".to_owned(), |text| {
                format!("{} bytes {:?}…", text.len(), text.chars().take(60).collect::<String>())
            })
        };
        let (kept, coming) = (short(self.kept.as_deref()), short(self.coming.as_deref()));
        ensure!(
            is_coming || found == self.kept.as_deref(),
            "{what}: kept was {kept}, coming was {coming}, found was {}",
            short(found)
        );
        Ok(())
    }
}

/// What is known of a person, from outside.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    password: &'static str,
    draft: Truth,
    profile: Truth,
}

impl Person {
    /// Somebody of whom nothing is kept.
    pub(crate) fn stranger((name, password): (&'static str, &'static str)) -> Self {
        Self { name, password, draft: Truth::is(""), profile: Truth::none() }
    }

    /// Signs in by the form, and has a profile and a draft.
    pub(crate) async fn sign_in(account: (&'static str, &'static str), rig: &Rig) -> Result<Self> {
        rig.page()?.submit_login(account.0, account.1).await?;
        rig.page()?.root_becomes("route", &["home"]).await?;
        let mut person = Self::stranger(account);
        person.profile_comes(rig)?;
        person.check(rig, &Seen::on(rig.page()?).await?)?;
        Ok(person)
    }

    /// The script that signs them in, past the form.
    pub(crate) fn signing_in(&self) -> String {
        format!("invoke('sign_in', {{ username: '{}', password: '{}' }})", self.name, self.password)
    }

    /// This draft is on its way to the disk.
    pub(crate) fn writes(&mut self, draft: &str) {
        self.draft.coming = Some(draft.to_owned());
    }

    /// That draft is kept: the program said so.
    pub(crate) fn wrote(&mut self) {
        if let Some(draft) = self.draft.coming.take() {
            self.draft = Truth::is(draft);
        }
    }

    /// The server's profile is what may be kept from now on.
    pub(crate) fn profile_comes(&mut self, rig: &Rig) -> Result<()> {
        self.profile.coming = Some(self.served(rig)?);
        Ok(())
    }

    /// That profile is kept: the program said so.
    pub(crate) fn profile_came(&mut self) {
        if let Some(profile) = self.profile.coming.take() {
            self.profile = Truth::is(profile);
        }
    }

    /// Nothing is kept of them from now on.
    pub(crate) fn is_forgotten(&mut self) {
        *self = Self::stranger((self.name, self.password));
    }

    /// What is on the disk is whole, app or no app.
    pub(crate) fn check_disk(&self, rig: &Rig) -> Result<()> {
        let all = rig.kept()?;
        let record = all.get(self.name);
        let draft = record.map_or("", |record| &record.draft);
        let profile = record.and_then(|record| Some(record.profile.as_ref()?.get()));
        let whole =
            self.draft.holds("the draft", Some(draft)).and(self.profile.holds("the profile", profile));
        whole.with_context(|| format!("on the disk, of {}", self.name))
    }

    /// On a running app with a session: everything is as it was, or as it was about to be, and it says so itself.
    pub(crate) fn check(&mut self, rig: &Rig, seen: &Seen) -> Result<()> {
        ensure!(seen.account.as_deref() == Some(self.name), "somebody else: {seen:?}");
        let served = self.served(rig)?;
        let draft = seen.draft.clone().unwrap_or_default();
        self.draft.holds("the draft", Some(&draft))?;
        self.profile.holds("the profile", seen.profile.as_deref())?;
        ensure!(seen.reloaded.as_ref() == Some(&served), "the profile is not the server's: {seen:?}");
        (self.draft, self.profile) = (Truth::is(draft), Truth::is(served));
        Ok(())
    }

    /// Nothing of theirs is to be seen; only their name may be, for who signs in next, if they wished it.
    pub(crate) fn check_unseen(&self, seen: &Seen) -> Result<()> {
        let told = format!("{:?} {:?} {}", seen.draft, seen.profile, seen.page.0);
        ensure!(!told.contains(self.name), "{} is seen: {seen:?}", self.name);
        Ok(())
    }

    /// The profile as the server serves it.
    fn served(&self, rig: &Rig) -> Result<String> {
        Ok(rig.server()?.handle().profile(self.name)?.get().to_owned())
    }
}
