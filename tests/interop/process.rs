//! The process of a server that nobody here wrote: started on a free port of loopback, ended with its process group.
//! Not here: which servers there are and how they are set; the tests of the window, which use this file too, have their own.

use std::fs::File;
use std::io::{BufRead, BufReader, Error, Result};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// It runs until it is dropped, or until this process ends.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) address: SocketAddr,
    /// The versions that answer, as the program says them.
    pub(crate) versions: String,
    child: Child,
}

impl Process {
    /// Starts `program` of `tests/interop/servers` and waits until it listens. `project` is the project's folder, `home` the one in
    /// which the server keeps its database, `log` what it says.
    ///
    /// # Errors
    /// When the servers are not installed, or this one does not come up: with what it said.
    pub(crate) fn start(
        project: &Path,
        program: &str,
        options: &[(&str, &str)],
        home: &Path,
        log: &Path,
    ) -> Result<Self> {
        let installed = project.join(".tools/interop");
        if !installed.join("complete").exists() {
            return Err(Error::other("The servers are not installed. Run: node scripts/interop.mjs install"));
        }
        let programs = project.join("tests/interop/servers");
        let mut command = Command::new(interpreter(program, &installed));
        command.arg(programs.join(program));
        for (name, value) in options {
            command.env(format!("INTEROP_{name}"), value);
        }
        let mut child = command
            .env("INTEROP_FOLDER", home)
            .env("INTEROP_INSTALLED", &installed)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(programs)
            .stdin(Stdio::piped()) // it ends when this ends, however this test does
            .stdout(Stdio::piped())
            .stderr(File::create(log)?)
            .process_group(0)
            .spawn()?;
        match child.stdout.take().and_then(|said| heard(BufReader::new(said))) {
            Some((address, versions)) => Ok(Self { address, versions, child }),
            None => {
                let _ = child.kill();
                let _ = child.wait();
                let said = std::fs::read_to_string(log).unwrap_or_default();
                Err(Error::other(format!("{program} did not start: {said}")))
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Ok(group) = i32::try_from(self.child.id()).map(rustix::process::Pid::from_raw)
            && let Some(group) = group
        {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

fn interpreter(program: &str, installed: &Path) -> PathBuf {
    if program.ends_with(".py") { installed.join("python/bin/python") } else { PathBuf::from("node") }
}

/// "listening on 8000 as django 5.2".
fn heard(said: impl BufRead) -> Option<(SocketAddr, String)> {
    let line = said.lines().map_while(Result::ok).find(|line| line.starts_with("listening on "))?;
    let (port, versions) = line.strip_prefix("listening on ")?.split_once(" as ")?;
    Some((SocketAddr::from(([127, 0, 0, 1], port.parse().ok()?)), versions.to_owned()))
}
