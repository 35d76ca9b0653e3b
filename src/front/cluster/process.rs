//! One process of a node: how it is started, spoken to, stopped and killed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// How many lines of its last words are shown.
const COMPLAINT_LINES: usize = 5;

/// The process cannot be stopped, or made to go on; it is as it was.
#[derive(Debug, thiserror::Error)]
pub enum SignalError {
    /// The system does not deliver the signal.
    #[error("process {process} takes no signal: {error}")]
    Refused {
        /// Its number.
        process: Pid,
        /// What the system says.
        #[source]
        error: nix::Error,
    },
    /// It did something else, such as ending.
    #[error("expected process {process} to stand still, found {found}")]
    NotStopped {
        /// Its number.
        process: Pid,
        /// What it did.
        found: String,
    },
}

/// A process that runs or stands still. It is killed when this is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    input: Option<ChildStdin>,
    stderr: PathBuf,
}

impl Process {
    /// Starts it, with `output` as its standard output and a file of this path as its standard error.
    ///
    /// # Errors
    /// As the system says; nothing runs then.
    pub fn start(command: &mut Command, output: Stdio, stderr: &Path) -> io::Result<Process> {
        let errors = File::create(stderr)?;
        let mut child = command.stdin(Stdio::piped()).stdout(output).stderr(errors).spawn()?;
        let input = child.stdin.take();
        Ok(Process { child, input, stderr: stderr.to_owned() })
    }

    /// What it prints, if that goes into a pipe. There is one taker.
    pub fn take_output(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Types a line. False: nobody reads any more.
    pub fn type_line(&mut self, line: &str) -> bool {
        let input = self.input.as_mut();
        input.is_some_and(|input| input.write_all(format!("{line}\n").as_bytes()).is_ok())
    }

    /// Ends its input: a node leaves its ring then.
    pub fn end_input(&mut self) {
        self.input = None;
    }

    /// Ends it as `kill -9` does; when this is over it has done its last step.
    pub fn kill(mut self) {
        self.end();
    }

    /// Stops it, or lets it go on; when this is over it stands still, or runs.
    ///
    /// # Errors
    /// [`SignalError`].
    pub fn pause(&self, paused: bool) -> Result<(), SignalError> {
        let process = self.pid();
        let refused = |error: nix::Error| SignalError::Refused { process, error };
        let signal = if paused { Signal::SIGSTOP } else { Signal::SIGCONT };
        kill(process, signal).map_err(refused)?;
        if !paused {
            return Ok(());
        }
        match waitpid(process, Some(WaitPidFlag::WUNTRACED)).map_err(refused)? {
            WaitStatus::Stopped(..) => Ok(()),
            other => Err(SignalError::NotStopped { process, found: format!("{other:?}") }),
        }
    }

    /// How it ended by itself, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// The last of what it wrote to its standard error.
    pub fn complaint(&self) -> String {
        let text = fs::read_to_string(&self.stderr).unwrap_or_default();
        let last: Vec<&str> = text.trim().lines().rev().take(COMPLAINT_LINES).collect();
        last.into_iter().rev().collect::<Vec<_>>().join(" / ")
    }

    /// Its number in the system.
    pub fn pid(&self) -> Pid {
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
