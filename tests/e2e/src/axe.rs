//! What somebody could not see, read or operate of what the window shows: by axe-core, in the real webview, where there are colours and sizes.
//! Not in it: which views and states are looked at (`tests/picture/access.rs`).

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::page::Page;
use crate::stage::workspace;

/// The rules of WCAG 2.2, levels A and AA, and those that axe-core holds to be good practice.
const RULES: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

impl Page {
    /// What axe-core finds now: a line for each place that breaks a rule.
    ///
    /// # Errors
    /// When axe-core is not installed, or does not come to an end.
    pub async fn barriers(&self) -> Result<Vec<String>> {
        if self.eval("return typeof axe").await? == "undefined" {
            let file = workspace().join("node_modules/axe-core/axe.min.js");
            let source =
                std::fs::read_to_string(&file).with_context(|| format!("{}: npm ci", file.display()))?;
            // It looks for a module system first and finds none: its name is then given to the window.
            self.eval(&format!("{source}\nwindow.axe = axe; return true")).await?;
        }
        self.settle().await?;
        let run = format!(
            "window.found = null;
             axe.run(document, {{ runOnly: {}, resultTypes: ['violations'] }}).then(
                 ({{ violations, passes }}) => {{
                     window.found = {{ rules: passes.length, lines: violations.flatMap(({{ id, nodes }}) =>
                         nodes.map((node) => `${{id}}: ${{node.html.slice(0, 200)}} ${{node.any[0]?.message ?? ''}}`)) }};
                 }},
                 (error) => {{ window.found = {{ trouble: String(error) }}; }});
             return true",
            json!(RULES)
        );
        self.eval(&run).await?;
        let found = self.until("axe-core to come to its end", "return window.found").await?;
        if let Some(trouble) = found["trouble"].as_str() {
            bail!("axe-core: {trouble}");
        }
        // A page that it could not look into breaks no rule either.
        if found["rules"].as_u64().unwrap_or_default() < 10 {
            bail!("axe-core has looked at hardly anything: {found}");
        }
        Ok(serde_json::from_value(found["lines"].clone())?)
    }

    /// Light or dark, as the settings would have it.
    ///
    /// # Errors
    /// When the page does not answer.
    pub async fn paint(&self, theme: &str) -> Result<()> {
        self.eval(&format!("document.documentElement.dataset.theme = {}; return true", json!(theme)))
            .await
            .map(drop)
    }
}
