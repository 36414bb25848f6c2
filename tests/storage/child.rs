//! This test binary once more, as a process of its own that may be killed, or that meets a worse disk than this one.
//! Not here: what it does there.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// Names the folder a child works in.
const FOLDER: &str = "STORAGE_TEST_FOLDER";

/// Stands before what a child tells.
const MARK: &str = "the child tells: ";

/// The folder that the parent gave to this child.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os(FOLDER).expect("only as a child: another test of this file starts it"))
}

/// Tells the parent something.
#[expect(clippy::print_stdout, reason = "it has no other way to say it")]
pub(crate) fn tell(what: impl std::fmt::Display) {
    println!("{MARK}{what}");
}

/// What the child runs in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inside {
    /// Nothing special.
    Nothing,
    /// A mount namespace of its own, in which it may mount what it likes.
    OwnMounts,
    /// No file may grow beyond 8 KB, which a write then says as the disk would.
    SmallFiles,
    /// Without the power to pass permissions by, which root has.
    NoPrivileges,
}

impl Inside {
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Nothing => &[],
            Self::OwnMounts => &["unshare", "--map-root-user", "--mount"],
            Self::SmallFiles => &["sh", "-c", "trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\""],
            Self::NoPrivileges if is_root() => &["setpriv", "--bounding-set=-all", "--inh-caps=-all"],
            Self::NoPrivileges => &[],
        }
    }
}

/// Whether this process passes permissions by.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Starts an ignored test of this binary, `module::name`.
pub(crate) fn start(test: &str, inside: Inside, folder: &Path) -> Child {
    let binary = std::env::current_exe().unwrap();
    let test = format!("storage::{test}");
    let test = ["--exact", &test, "--ignored", "--nocapture"].map(OsStr::new);
    let mut words = inside.words().iter().map(OsStr::new).chain([binary.as_os_str()]).chain(test);
    let mut command = Command::new(words.next().unwrap());
    command.args(words).env(FOLDER, folder).env("TMPDIR", folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Runs an ignored test of this binary and fails if it fails.
pub(crate) fn run(test: &str, inside: Inside, folder: &Path) {
    let output = start(test, inside, folder).wait_with_output().unwrap();
    let [said, erred] =
        [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{test} failed. It runs inside {:?}, which this system must allow (unshare: user namespaces).\n{said}{erred}",
        inside.words()
    );
}

/// What a child tells, line by line, until it ends.
pub(crate) fn told(child: &mut Child) -> Told {
    Told(BufReader::new(child.stdout.take().unwrap()))
}

/// The lines of a child.
pub(crate) struct Told(BufReader<ChildStdout>);

impl Iterator for Told {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let mut line = String::new();
        while self.0.read_line(&mut line).is_ok_and(|length| length > 0) {
            // A line that a kill cut off was not told.
            if let Some(what) = line.strip_suffix('\n').and_then(|line| line.split(MARK).nth(1)) {
                return Some(what.to_owned());
            }
            line.clear();
        }
        None
    }
}
