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
pub(super) struct Plan<'a> {
    pub(super) binary: &'a Path,
    /// Its working folder, the same in all its lives.
    pub(super) folder: &'a Path,
    pub(super) name: &'a str,
    pub(super) listen: SocketAddr,
    pub(super) advertise: SocketAddr,
    pub(super) seed: u64,
    pub(super) start: &'a Start,
    /// The file with its bounds.
    pub(super) config: &'a Path,
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
        // What a node knew dies with its process, and each life is another incarnation: scenarios with disks
        // are refused. Their nodes would get a data folder here, below the working folder.
        command.arg("--memory");
        match self.start {
            Start::Found => command.arg("--new"),
            Start::Join(contacts) => {
                command.arg("--keep-trying").arg("--join");
                command.args(contacts.iter().map(ToString::to_string))
            }
            Start::Restore(_) => unreachable!("without disks nobody comes back as it was"),
        };
        command
    }
}

/// A process that runs or stands still. It is killed when this is dropped.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    input: ChildStdin,
    stderr: PathBuf,
}

impl Process {
    /// Starts it, with `output` as its standard output.
    pub(super) fn start(plan: &Plan<'_>, output: Stdio) -> io::Result<Process> {
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
    pub(super) fn type_line(&mut self, line: &str) -> bool {
        self.input.write_all(format!("{line}\n").as_bytes()).is_ok()
    }

    /// Ends it as `kill -9` does; when this is over it has done its last step.
    pub(super) fn kill(mut self) {
        self.end();
    }

    /// Stops it, or lets it go on; when this is over it stands still, or runs.
    pub(super) fn pause(&self, paused: bool) -> Result<(), String> {
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
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// The last of what it wrote to its standard error.
    pub(super) fn complaint(&self) -> String {
        let text = std::fs::read_to_string(&self.stderr).unwrap_or_default();
        let last: Vec<&str> = text.trim().lines().rev().take(5).collect();
        last.into_iter().rev().collect::<Vec<_>>().join(" / ")
    }

    fn pid(&self) -> Pid {
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
