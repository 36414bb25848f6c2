//! The tour's pictures and the page that shows them with their captions.
//! Not in it: taking the pictures.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// The page shows the colours of who reads it; the three buttons need no script.
const STYLE: &str = ":root{color-scheme:light dark}:root:has(#light:checked){color-scheme:light}:root:has(#dark:checked){color-scheme:dark}\
body{font:16px/1.5 system-ui,sans-serif;max-width:75rem;margin:3rem auto;padding:0 1.5rem}h1{font-weight:600}\
fieldset{position:sticky;top:0;width:max-content;margin:0;padding:.5rem .75rem;border:1px solid #8884;border-radius:10px;background:Canvas}\
label{margin-right:1rem}figure{margin:3rem 0}img{width:100%;margin-bottom:1rem;border:1px solid #8884;border-radius:10px}\
:root:has(#light:checked) img.dark,:root:has(#dark:checked) img.light{display:none}\
figcaption{margin-bottom:.75rem}small{opacity:.7;display:block}";

/// The colours each picture is taken in.
pub(crate) const THEMES: [&str; 2] = ["light", "dark"];

/// A folder of numbered pictures, begun anew with each tour.
pub(crate) struct Album {
    folder: PathBuf,
    figures: String,
    count: usize,
}

impl Album {
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), figures: String::new(), count: 0 })
    }

    /// Where the next pictures go, one for each of [`THEMES`].
    pub(crate) fn next(&mut self, name: &str, caption: &str, figures: &str) -> [PathBuf; 2] {
        self.count += 1;
        let (caption, note) = (escaped(caption), escaped(figures));
        let files = THEMES.map(|theme| format!("{:02}-{name}-{theme}.png", self.count));
        let _infallible = writeln!(
            self.figures,
            "<figure><figcaption><b>{}. {caption}</b><small>{note}</small></figcaption>",
            self.count
        );
        for (theme, file) in THEMES.iter().zip(&files) {
            let _infallible = writeln!(
                self.figures,
                "<img class=\"{theme}\" src=\"{file}\" alt=\"{caption}, {theme}\" loading=\"lazy\">"
            );
        }
        self.figures.push_str("</figure>\n");
        files.map(|file| self.folder.join(file))
    }

    /// Writes the page and answers where it is.
    pub(crate) fn finish(self) -> Result<PathBuf> {
        let page = self.folder.join("index.html");
        std::fs::write(
            &page,
            format!(
                "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Session Keeper, the tour</title>\
                 <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style><h1>Session Keeper, the tour</h1>\n\
                 <fieldset aria-label=\"Colours\"><label><input type=\"radio\" name=\"colours\" id=\"both\" checked> both</label>\
                 <label><input type=\"radio\" name=\"colours\" id=\"light\"> light</label>\
                 <label><input type=\"radio\" name=\"colours\" id=\"dark\"> dark</label></fieldset>\n{}</html>\n",
                self.figures
            ),
        )?;
        Ok(page)
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
