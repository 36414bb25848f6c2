//! Folders and files that only their owner can read (P8), and what to do about a disk that refuses.
//! Not here: what is put into them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// From now on every file this process makes is 0600 and every folder 0700, from the first byte.
pub fn keep_new_files_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}

/// Makes a folder and those above it that are missing; the folder itself is 0700, also if it was there.
///
/// # Errors
/// When it cannot be made, is not ours, or is one that all users share, as `/tmp` is: to close that would lock them out.
pub fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder)?.permissions().mode();
        if mode & 0o1000 != 0 {
            return Err(io::Error::new(ErrorKind::PermissionDenied, "all users share it"));
        }
        if mode & 0o777 != 0o700 {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        }
    }
    Ok(())
}

/// Makes a new file, 0600 from the first byte whatever the umask.
///
/// # Errors
/// When there is something of the name already, or it cannot be made.
pub fn new_private_file(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().write(true).create_new(true)).open(path)
}

/// Opens a file to read and write, and makes it if it is missing, then 0600.
///
/// # Errors
/// When it cannot be opened or made.
pub fn open_private_file(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().read(true).write(true).create(true).truncate(false)).open(path)
}

/// Writes beside the file, 0600, and moves it over: whoever reads it finds the old or the new one, whole. A link stays one.
///
/// # Errors
/// When its folder cannot be made, or it cannot be written; the old one is as it was then.
pub fn replace_file(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    beside.write_all(bytes)?;
    beside.as_file().sync_all()?;
    beside.persist(&file).map_err(|error| error.error)?;
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// Gives a file of ours back to us, 0600.
///
/// # Errors
/// When it is not ours.
pub fn reclaim(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(path, <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o600))?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// What the user can do, one sentence.
#[must_use]
#[expect(clippy::wildcard_enum_match_arm, reason = "the standard library adds kinds as it likes")]
pub fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "Free some space there; the next change is kept again."
        }
        ErrorKind::ReadOnlyFilesystem => {
            "That disk is read-only: make it writable, or set SESSION_KEEPER_DATA_DIR to a folder elsewhere."
        }
        ErrorKind::PermissionDenied => {
            "Make the folder and what is in it yours again, or set SESSION_KEEPER_DATA_DIR to another folder."
        }
        _ => "Check that disk's space and the folder's permissions.",
    }
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
