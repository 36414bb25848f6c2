//! Larger letters (WCAG 1.4.4), and what of the text in the window cannot be read whole with them.
//! Not in it: which views and states are looked at (`tests/picture/letters.rs`).

use anyhow::{Result, bail};

use crate::page::Page;

impl Page {
    /// Letters of so many per cent, as a desktop's setting would have them.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn enlarge(&self, percent: u32) -> Result<()> {
        self.eval(&format!("document.documentElement.style.fontSize = '{percent}%'; return true"))
            .await
            .map(drop)
    }

    /// What is cut off, out of reach or under something else now: a line for each place.
    ///
    /// # Errors
    /// When the page does not answer, or has no text that could be looked at.
    pub async fn cramped(&self) -> Result<Vec<String>> {
        self.settle().await?;
        let found = self.eval(include_str!("letters/cramped.js")).await?;
        // A page of which nothing was looked at has nothing that is cramped.
        if found["texts"].as_u64().unwrap_or_default() < 5 {
            bail!("there is hardly any text: {found}");
        }
        Ok(serde_json::from_value(found["lines"].clone())?)
    }
}
