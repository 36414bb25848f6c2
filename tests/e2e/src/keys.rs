//! The keyboard alone: keys that go to whatever has the focus, and where that is and whether it can be seen.
//! Not in it: any click; who presses keys here could not.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use thirtyfour::{Key, TypingData};

use crate::page::{Page, selector};

/// So many steps of Tab lead around any view.
const AROUND: usize = 120;

/// What has the focus.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Focus {
    /// Its handle, else its tag and its words.
    pub name: String,
    /// Whether a ring is drawn around it that nobody without the focus has.
    pub ring: bool,
    /// Whether it is in view, and nothing lies above it.
    pub in_view: bool,
}

impl Page {
    /// Presses a key once, or types a text.
    ///
    /// # Errors
    /// When the window does not take it.
    pub async fn press(&self, keys: impl Into<TypingData>) -> Result<()> {
        let chain = self.driver.action_chain().send_keys(keys);
        chain.perform().await.context("pressing keys")
    }

    /// Presses a key while Shift, or Control, or both are held.
    ///
    /// # Errors
    /// When the window does not take it.
    pub async fn press_with(&self, held: &[Key], key: char) -> Result<()> {
        let mut chain = self.driver.action_chain();
        for hold in held {
            chain = chain.key_down(hold.clone());
        }
        chain = chain.key_down(key).key_up(key);
        for hold in held.iter().rev() {
            chain = chain.key_up(hold.clone());
        }
        chain.perform().await.context("pressing keys")
    }

    /// What has the focus now.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn focus(&self) -> Result<Focus> {
        // What the focus has come to is scrolled to with the next picture.
        let drawn = "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))";
        self.driver.execute_async(drawn, Vec::new()).await.context("waiting for two pictures")?;
        Ok(serde_json::from_value(self.eval(FOCUS).await?)?)
    }

    /// Waits until something with this handle has the focus.
    ///
    /// # Errors
    /// When that does not happen in time: with what has it.
    pub async fn focuses(&self, handle: &str) -> Result<()> {
        let condition =
            format!("return document.activeElement?.matches({})", serde_json::json!(selector(handle)));
        match self.until(&format!("the focus on {handle}"), &condition).await {
            Ok(_) => Ok(()),
            Err(error) => Err(error).context(format!("{:?} has it", self.focus().await?)),
        }
    }

    /// Goes on by Tab until something with this handle has the focus; each step must be one that can be seen.
    ///
    /// # Errors
    /// When Tab does not lead there, or over something that does not show that it has the focus.
    pub async fn tab_to(&self, handle: &str) -> Result<()> {
        let there = format!("return document.activeElement.matches({})", serde_json::json!(selector(handle)));
        let mut passed = Vec::new();
        for _ in 0..AROUND {
            self.press(Key::Tab).await?;
            let focus = self.focus().await?;
            if !(focus.ring && focus.in_view) {
                bail!("the focus cannot be seen on its way to {handle}: {focus:?}");
            }
            if self.eval(&there).await? == true {
                return Ok(());
            }
            passed.push(focus.name);
        }
        bail!("Tab does not lead to {handle}; it led over {passed:?}")
    }
}

/// The ring may be drawn by what stands around the one with the focus, or by a picture beside it: whatever changes with the focus counts.
const FOCUS: &str = include_str!("keys/focus.js");
