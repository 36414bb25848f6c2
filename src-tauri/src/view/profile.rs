//! The kept profile, and where it is on the disk.
//! Not here: how it is kept (`keepsakes`).

use serde::Serialize;
use specta::Type;

use crate::keepsakes::SlotFound;

/// The kept profile.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProfileView {
    /// Whose it is.
    pub account: String,
    /// When it was last written, Unix milliseconds.
    pub updated_at_ms: i64,
    /// Its fields in order.
    pub fields: Vec<ProfileField>,
}

/// Where the kept profile is on the disk: the newest slot whose checksum is right (P13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProfileSlotView {
    /// `A` or `B`.
    pub slot: char,
    /// Rises with each write of the user's record: profile, draft or route.
    pub generation: u64,
    /// When the profile in it was written, Unix milliseconds.
    pub written_at_ms: i64,
}

/// One field of a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct ProfileField {
    /// Its name.
    pub key: String,
    /// Its value, exact JSON text.
    pub json: String,
}

impl From<(SlotFound, i64)> for ProfileSlotView {
    fn from((slot, written_at_ms): (SlotFound, i64)) -> Self {
        Self { slot: slot.name, generation: slot.generation, written_at_ms }
    }
}
