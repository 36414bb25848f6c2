//! What others on the same desktop do with the keyring of a run: lock it, unlock it, kill it, start it again, put entries in it.
//! Not in it: what the app makes of it.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use secret_service::{EncryptionType, SecretService};
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

use crate::rig::{Rig, until};
use crate::stage::{Keyring, PASSWORD};

const PROVIDER: &str = "org.freedesktop.secrets";
const HOME: &str = "/org/freedesktop/secrets";
const SERVICE: &str = "org.freedesktop.Secret.Service";
const LOGIN: ObjectPath<'_> =
    ObjectPath::from_static_str_unchecked("/org/freedesktop/secrets/collection/login");

/// How the app's entries are filed.
const OURS: (&str, &str) = ("service", "dev.session-keeper.app");

impl Rig {
    /// Locks it, as when the user leaves.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn lock_keyring(&self) -> Result<()> {
        let bus = self.bus().await?;
        bus.call_method(Some(PROVIDER), HOME, Some(SERVICE), "Lock", &(vec![LOGIN],)).await?;
        ensure!(self.is_locked().await?, "the keyring is still open");
        Ok(())
    }

    /// Unlocks it with its password, by another way than the dialog.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn unlock_keyring(&self) -> Result<()> {
        let bus = self.bus().await?;
        let plain = ("plain", Value::from(""));
        let reply = bus.call_method(Some(PROVIDER), HOME, Some(SERVICE), "OpenSession", &plain).await?;
        let (_, session): (OwnedValue, OwnedObjectPath) = reply.body().deserialize()?;
        let password = (session, Vec::<u8>::new(), PASSWORD.to_vec(), "text/plain");
        let inner = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface";
        bus.call_method(Some(PROVIDER), HOME, Some(inner), "UnlockWithMasterPassword", &(LOGIN, password))
            .await?;
        ensure!(!self.is_locked().await?, "the keyring is still locked");
        Ok(())
    }

    /// kill -9.
    ///
    /// # Errors
    /// When there is none.
    pub async fn kill_keyring(&mut self) -> Result<()> {
        self.stage.end_keyring()?;
        until("the keyring to be gone from the bus", async || Ok(!self.stage.has_keyring()?)).await
    }

    /// Starts one, on what the last has kept; open, as after a login to the desktop.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start_keyring(&mut self) -> Result<()> {
        self.stage.start_keyring(Keyring::Unlocked).await?;
        until("the keyring to be open", async || Ok(!self.is_locked().await.unwrap_or(true))).await
    }

    /// What each of the app's entries holds. It must be open.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn entries(&self) -> Result<Vec<Vec<u8>>> {
        let service = self.service().await?;
        let found = service.search_items(HashMap::from([OURS])).await?;
        ensure!(found.locked.is_empty(), "the keyring is locked");
        let mut entries = Vec::new();
        for item in &found.unlocked {
            entries.push(item.get_secret().await?);
        }
        Ok(entries)
    }

    /// Puts an entry beside the app's own, filed as that is, as a backup that is played back does.
    ///
    /// # Errors
    /// When it does not answer, or there is no entry of the app.
    pub async fn add_entry(&self, secret: &[u8]) -> Result<()> {
        let service = self.service().await?;
        let found = service.search_items(HashMap::from([OURS])).await?;
        let mut filed = found.unlocked.first().context("no entry of the app")?.get_attributes().await?;
        filed.insert("restored-from".to_owned(), "a backup".to_owned());
        let filed = filed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let drawer = service.get_default_collection().await?;
        drawer.create_item("another", filed, secret, false, "text/plain").await?;
        Ok(())
    }

    async fn is_locked(&self) -> Result<bool> {
        Ok(self.service().await?.get_default_collection().await?.is_locked().await?)
    }

    async fn service(&self) -> Result<SecretService<'static>> {
        Ok(SecretService::connect_with_existing(EncryptionType::Plain, self.bus().await?).await?)
    }

    async fn bus(&self) -> Result<zbus::Connection> {
        Ok(zbus::connection::Builder::address(self.stage.bus())?.build().await?)
    }
}
