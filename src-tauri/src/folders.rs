//! Folders and files that only their owner can read (P8).
//! Not here: what is put into them.

use std::io;
use std::path::Path;

/// From now on every file this process makes is 0600 and every folder 0700, from the first byte.
pub fn keep_new_files_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}

/// Makes a folder and those above it that are missing; the folder itself is 0700, also if it was there.
///
/// # Errors
/// When it cannot be made, or is not ours.
pub fn make_private(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}
