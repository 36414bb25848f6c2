//! The same window around a page that lies in a folder, `STILL_PAGE` (`STILL_FIRST` there): the first view of another program, drawn without
//! a script, or with the least of one.
//! Not here: a command, or anything that moves.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use tauri::http::{Response, StatusCode};
use tauri::utils::config::WebviewUrl;

fn main() {
    let Some(folder) = std::env::var_os("STILL_PAGE").map(PathBuf::from) else {
        return eprintln!("STILL_PAGE: which folder?");
    };
    let mut context = tauri::generate_context!();
    let first = std::env::var("STILL_FIRST").unwrap_or_else(|_| "index.html".to_owned());
    if let (Some(window), Ok(page)) =
        (context.config_mut().app.windows.first_mut(), format!("still://localhost/{first}").parse())
    {
        window.url = WebviewUrl::CustomProtocol(page);
    }
    context.config_mut().app.security.csp = None; // its pages bring none: what they may do is nothing
    let window = tauri::Builder::default()
        .register_uri_scheme_protocol("still", move |_, request| answer(&folder, request.uri().path()));
    if let Err(error) = window.run(context) {
        eprintln!("{error}");
    }
}

fn answer(folder: &Path, path: &str) -> Response<Cow<'static, [u8]>> {
    let Ok(content) = std::fs::read(folder.join(path.trim_start_matches('/'))) else {
        let mut none = Response::new(Cow::Borrowed(&[][..]));
        *none.status_mut() = StatusCode::NOT_FOUND;
        return none;
    };
    let kind = match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        _ => "font/woff2",
    };
    let mut found = Response::new(Cow::Owned(content));
    if let Ok(kind) = kind.parse() {
        found.headers_mut().insert("content-type", kind);
    }
    found
}
