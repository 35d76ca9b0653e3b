//! One process of the real binary: how it is started, spoken to, stopped and killed.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use ringchat::proto::node::Start;

/// Everything that one life of a node is started with.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) binary: &'a Path,
    /// Its working folder, the same in all its lives.
    pub(crate) folder: &'a Path,
    pub(crate) name: &'a str,
    pub(crate) listen: SocketAddr,
    pub(crate) advertise: SocketAddr,
    pub(crate) seed: u64,
    pub(crate) start: &'a Start,
    /// The file with its bounds.
    pub(crate) config: &'a Path,
    /// Where it keeps what must outlive it; none, if it keeps nothing.
    pub(crate) data: Option<&'a Path>,
}

impl Plan<'_> {
    /// The command that starts it.
    fn command(&self) -> Command {
        let mut command = Command::new(self.binary);
        command.current_dir(self.folder);
        // What is set for a person's node must not speak to these.
        let ours = std::env::vars_os().map(|(name, _)| name);
        for variable in ours.filter(|name| name.to_string_lossy().starts_with("RINGCHAT_")) {
            command.env_remove(variable);
        }
        let option = |name: &str, value: &dyn ToString| [name.to_owned(), value.to_string()];
        command.args(["--output", "jsonl"]);
        command.args(option("--name", &self.name));
        command.args(option("--listen", &self.listen));
        command.args(option("--advertise", &self.advertise));
        command.args(option("--seed", &self.seed));
        command.arg("--config").arg(self.config);
        match self.data {
            Some(folder) => command.arg("--data").arg(folder),
            None => command.arg("--memory"),
        };
        let contacts = match self.start {
            Start::Found => {
                command.arg("--new");
                return command;
            }
            Start::Join(contacts) => contacts,
            // What it was it finds in its folder.
            Start::Restore(restart) => &restart.contacts,
        };
        if !contacts.is_empty() {
            command.arg("--keep-trying").arg("--join");
            command.args(contacts.iter().map(ToString::to_string));
        }
        command
    }
}

/// A process that runs or stands still. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    input: ChildStdin,
    stderr: PathBuf,
}

impl Process {
    /// Starts it, with `output` as its standard output.
    pub(crate) fn start(plan: &Plan<'_>, output: Stdio) -> io::Result<Process> {
        let stderr = plan.folder.join("stderr");
        let mut child = plan
            .command()
            .stdin(Stdio::piped())
            .stdout(output)
            .stderr(std::fs::File::create(&stderr)?)
            .spawn()?;
        let input = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(Process { child, input, stderr })
    }

    /// Types a line. False: nobody reads any more.
    pub(crate) fn type_line(&mut self, line: &str) -> bool {
        self.input.write_all(format!("{line}\n").as_bytes()).is_ok()
    }

    /// Ends it as `kill -9` does; when this is over it has done its last step.
    pub(crate) fn kill(mut self) {
        self.end();
    }

    /// Stops it, or lets it go on; when this is over it stands still, or runs.
    pub(crate) fn pause(&self, paused: bool) -> Result<(), String> {
        let pid = self.pid();
        let failed = |error: nix::Error| format!("process {pid} takes no signal: {error}");
        let signal = if paused { Signal::SIGSTOP } else { Signal::SIGCONT };
        kill(pid, signal).map_err(failed)?;
        if !paused {
            return Ok(());
        }
        match waitpid(pid, Some(WaitPidFlag::WUNTRACED)).map_err(failed)? {
            WaitStatus::Stopped(..) => Ok(()),
            other => Err(format!("expected process {pid} to stand still, found {other:?}")),
        }
    }

    /// How it ended by itself, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// The last of what it wrote to its standard error.
    pub(crate) fn complaint(&self) -> String {
        let text = std::fs::read_to_string(&self.stderr).unwrap_or_default();
        let last: Vec<&str> = text.trim().lines().rev().take(5).collect();
        last.into_iter().rev().collect::<Vec<_>>().join(" / ")
    }

    /// Its number in the system.
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap_or(i32::MAX))
    }

    fn end(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}
