//! The promises of security that only the running app can show: where no token is, and who may read what it writes.
//! Not in it: promises of the engine and the shell that their own tests keep.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use demo_api::Fault;
use session_keeper_e2e::{ACCOUNT, Keyring, Rig, Setting, play, until};

/// How every token of the demo server begins, whatever the order of its header's fields.
const TOKEN_STARTS: [&str; 2] = ["eyJ0eXAi", "eyJhbGci"];

/// P1, P6, P8: after a sign-in and a refresh, with the dev panel open, no token is anywhere but in memory and the keyring.
#[test]
fn no_token_is_in_the_page_in_a_file_in_the_arguments_or_in_the_environment() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        page.sign_in().await?;
        page.open_dev_panel().await?;
        server.handle().set_fault(Fault::ExpireAccess, true);
        page.fire(5).await?;
        until("a refresh", async || Ok(server.counts().refreshes_ok == 1)).await?;
        page.root_becomes("session", &["fresh"]).await?;
        page.shows("event-row[data-kind=\"refresh-succeeded\"]").await?;

        let kept = page
            .eval("return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])")
            .await?;
        assert_clean("the page", page.html().await?.as_bytes());
        assert_clean("the page's storage", kept.to_string().as_bytes());
        for process in rig.processes() {
            for part in ["cmdline", "environ"] {
                assert_clean(part, &std::fs::read(format!("/proc/{process}/{part}"))?);
            }
        }
        assert_files_clean(rig)
    })
}

/// P6, R8: without a keyring the token stays in memory, the window says so, and nothing is written in its stead.
#[test]
fn without_a_keyring_the_session_lives_in_memory_and_the_window_says_so() -> Result<()> {
    play(&Setting { keyring: Keyring::Absent, ..Setting::default() }, async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.shows("banner[data-kind=\"vault\"]").await?;
        assert_files_clean(rig)?;
        rig.restart().await?;
        rig.page()?.root_becomes("route", &["login"]).await?;
        assert_eq!(rig.page()?.root("session").await?, "signed-out");
        Ok(())
    })
}

/// P8: files 0600, folders 0700, whatever the app has written.
#[test]
fn what_the_app_writes_is_for_its_owner_alone() -> Result<()> {
    play(&Setting { embedded: true, ..Setting::default() }, async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        page.go_to("profile").await?;
        page.shows("profile-field").await?;
        let written = all_below(&rig.folder().join("app"))?;
        assert!(!written.is_empty());
        for path in written {
            let about = std::fs::metadata(&path)?;
            let wanted = if about.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(about.permissions().mode() & 0o777, wanted, "{}", path.display());
        }
        Ok(())
    })
}

/// Looks into every file of a run, but for the server's own.
fn assert_files_clean(rig: &Rig) -> Result<()> {
    let server = rig.folder().join("server");
    let mut looked = 0;
    for path in all_below(rig.folder())? {
        if path.is_file() && !path.starts_with(&server) {
            assert_clean(&path.display().to_string(), &std::fs::read(&path)?);
            looked += 1;
        }
    }
    assert!(looked > 5, "only {looked} files");
    Ok(())
}

fn assert_clean(place: &str, content: &[u8]) {
    for secret in TOKEN_STARTS.into_iter().chain([ACCOUNT.1]) {
        let found = content.windows(secret.len()).any(|part| part == secret.as_bytes());
        assert!(!found, "{secret:?}… is in {place}");
    }
}

/// Every file and folder below a folder, without sockets.
fn all_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            all.extend(all_below(&path)?);
        }
        if path.is_dir() || path.is_file() {
            all.push(path);
        }
    }
    Ok(all)
}
