//! What is kept of who is signed in: profile, draft, route, and why their session ended.
//! Not here: how it is kept (`keepsakes`), and when a profile is written (the engine).

use session_engine::SessionState;
use session_engine::error::ExpiryReason;

use super::{Program, signed_out, too_large};
use crate::keepsakes::Keepsake;
use crate::view::{CommandError, CommandErrorCode, ProfileField, ProfileSlotView, ProfileView};

/// The longest draft that is kept, in bytes.
const LONGEST_DRAFT: usize = 16 * 1024 * 1024;

/// The longest route that is kept, in bytes.
const LONGEST_ROUTE: usize = 512;

impl Program {
    /// The kept profile.
    ///
    /// # Errors
    /// [`CommandError`] when nobody is signed in or it cannot be read.
    pub async fn profile(&self) -> Result<Option<ProfileView>, CommandError> {
        let kept = self.kept().await?;
        Ok(profile_view(kept))
    }

    /// Where the kept profile is on the disk, read and checked anew (P13).
    ///
    /// # Errors
    /// [`CommandError`] when nobody is signed in or it cannot be read.
    pub async fn profile_slot(&self) -> Result<Option<ProfileSlotView>, CommandError> {
        self.ready().await;
        let found = self.keepsakes.slot_of(&self.account()?).await?;
        Ok(found.map(ProfileSlotView::from))
    }

    /// Reads the profile from the server and keeps it.
    ///
    /// # Errors
    /// [`CommandError`]; the kept profile is then as it was.
    pub async fn reload_profile(&self) -> Result<ProfileView, CommandError> {
        let path = self.settings.profile_path.as_deref().ok_or_else(|| {
            CommandError::new(
                CommandErrorCode::Misconfigured,
                "config.toml names no [profile] path to read the profile from.",
            )
        })?;
        self.session.reload_profile(path).await?;
        let kept = self.kept().await?;
        profile_view(kept)
            .ok_or_else(|| CommandError::new(CommandErrorCode::Store, "The profile could not be kept."))
    }

    /// Where both copies of what was kept were damaged, the profile comes from the server again (P13).
    pub(crate) async fn rebuild_profile(&self) {
        let status = self.session.status();
        let (Some(account), Some(_)) = (status.account, &self.settings.profile_path) else { return };
        let is_lost = self.keepsakes.of(&account).await.is_ok_and(|kept| kept.profile.is_none());
        if is_lost
            && self.keepsakes.damage().is_some()
            && let Err(error) = self.reload_profile().await
        {
            tracing::warn!(?error, "the profile is not rebuilt yet; its view asks for it again");
        }
    }

    /// The note that is not sent yet.
    ///
    /// # Errors
    /// [`CommandError`] when nobody is signed in or it cannot be read.
    pub async fn draft(&self) -> Result<String, CommandError> {
        Ok(self.kept().await?.draft)
    }

    /// Keeps the note that is not sent yet; also when the session has just ended, so that it is there again after signing in.
    ///
    /// # Errors
    /// [`CommandError`] when it cannot be kept.
    pub async fn save_draft(&self, text: String) -> Result<(), CommandError> {
        if text.len() > LONGEST_DRAFT {
            return Err(too_large("The draft is longer than 16 MB and cannot be kept. Make it shorter."));
        }
        self.change(move |kept| kept.draft = text).await
    }

    /// Keeps where the user is, to come back there (R13).
    ///
    /// # Errors
    /// [`CommandError`] when it cannot be kept.
    pub async fn save_route(&self, route: String) -> Result<(), CommandError> {
        if !route.starts_with('/') || route.len() > LONGEST_ROUTE {
            return Err(CommandError::new(
                CommandErrorCode::InvalidInput,
                "A route starts with a slash and is short.",
            ));
        }
        self.change(move |kept| kept.route = Some(route)).await
    }

    /// So that the login view can still say it after a restart.
    pub(super) async fn keep_why_it_ended(&self, account: &str, reason: &ExpiryReason) {
        let session = self.session.clone();
        let still_so = move || session.status().state == SessionState::Expired;
        if let Err(error) = self.keepsakes.add_why_it_ended(account, reason.clone(), still_so).await {
            tracing::warn!(%error, "why the session ended could not be kept");
        }
    }

    /// What is kept of who is signed in.
    async fn kept(&self) -> Result<Keepsake, CommandError> {
        self.session.note_activity();
        self.ready().await;
        Ok(self.keepsakes.of(&self.account()?).await?)
    }

    /// Who is signed in.
    fn account(&self) -> Result<String, CommandError> {
        let status = self.session.status();
        let signed_in = !matches!(status.state, SessionState::SignedOut | SessionState::Expired);
        status.account.filter(|_| signed_in).ok_or_else(signed_out)
    }

    async fn change(&self, change: impl FnOnce(&mut Keepsake) + Send + 'static) -> Result<(), CommandError> {
        self.session.note_activity();
        self.ready().await;
        let account = self.session.status().account.ok_or_else(signed_out)?;
        let (session, owner) = (self.session.clone(), account.clone());
        let still_ours = move || session.status().account == Some(owner);
        match self.keepsakes.change(&account, still_ours, change).await? {
            true => Ok(()),
            false => Err(signed_out()),
        }
    }
}

fn profile_view(kept: Keepsake) -> Option<ProfileView> {
    let field = |(key, json): (&str, &str)| ProfileField { key: key.to_owned(), json: json.to_owned() };
    let fields = kept.profile?.fields().map(field).collect();
    Some(ProfileView { account: kept.account, updated_at_ms: kept.profile_at_ms, fields })
}
