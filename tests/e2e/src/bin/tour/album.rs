//! The tour's pictures and the page that shows them with their captions.
//! Not in it: taking the pictures.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;

const STYLE: &str = ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:75rem;margin:3rem auto;\
padding:0 1.5rem}h1{font-weight:600}figure{margin:3rem 0}img{width:100%;border:1px solid #8884;border-radius:10px}\
figcaption{margin-bottom:.75rem}small{opacity:.7;display:block}";

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

    /// Where the next picture goes.
    pub(crate) fn next(&mut self, name: &str, caption: &str, figures: &str) -> PathBuf {
        self.count += 1;
        let file = format!("{:02}-{name}.png", self.count);
        let (caption, note) = (escaped(caption), escaped(figures));
        let _infallible = writeln!(
            self.figures,
            "<figure><figcaption><b>{}. {caption}</b><small>{note}</small></figcaption>\
             <img src=\"{file}\" alt=\"{caption}\" loading=\"lazy\"></figure>",
            self.count
        );
        self.folder.join(file)
    }

    /// Writes the page and answers where it is.
    pub(crate) fn finish(self) -> Result<PathBuf> {
        let page = self.folder.join("index.html");
        std::fs::write(
            &page,
            format!(
                "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Session Keeper, the tour</title>\
                 <style>{STYLE}</style><h1>Session Keeper, the tour</h1>\n{}</html>\n",
                self.figures
            ),
        )?;
        Ok(page)
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
