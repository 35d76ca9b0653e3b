//! Real processes of the binary `node` on loopback, as a script would run them.

#![allow(dead_code, reason = "each test file uses its part of this")]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

mod ports;

#[allow(unused_imports, reason = "each test file uses its part of this")]
pub use ports::{address_in, free_address, free_ports};

/// How long anything may take. Far more than it does: the machine may be busy.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// What a process has printed by now.
#[derive(Default)]
struct Printed {
    lines: Mutex<Vec<String>>,
    more: Condvar,
}

/// A folder that vanishes, for log files.
pub fn folder() -> TempDir {
    TempDir::new().unwrap()
}

/// The binary, in this folder, without any variable that would speak to it. It keeps nothing, unless
/// `--data` says where; and it knows no home, so nothing can be left in that of whoever runs this.
pub fn command(folder: &Path) -> Command {
    prepare(Command::new(env!("CARGO_BIN_EXE_node")), folder)
}

/// The same, started by another program: `ip netns exec NAME`, say. It must become the node, and not
/// wait for it.
pub fn command_through(program: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(program[0]);
    command.args(&program[1..]).arg(env!("CARGO_BIN_EXE_node"));
    prepare(command, folder)
}

fn prepare(mut command: Command, folder: &Path) -> Command {
    command.current_dir(folder);
    for variable in [
        "NAME",
        "LISTEN",
        "JOIN",
        "NEW",
        "PORTS",
        "DATA",
        "CONFIG",
        "ID",
        "VERBOSE",
        "KEEP_HISTORY",
    ] {
        command.env_remove(format!("RINGCHAT_{variable}"));
    }
    command.env_remove("HOME").env_remove("XDG_DATA_HOME").env("RINGCHAT_MEMORY", "1");
    command
}

/// Sends a signal to a process that this test started.
pub fn signal(process: u32, signal: Signal) {
    kill(Pid::from_raw(process.try_into().unwrap()), signal).unwrap();
}

/// Runs the binary to its end, with nothing to read.
pub fn run_to_end(folder: &Path, arguments: &[&str]) -> Output {
    command(folder).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// What it says of an error.
pub fn errors_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A node that runs; it is killed when this is dropped.
pub struct Running {
    child: Child,
    input: Option<ChildStdin>,
    printed: Arc<Printed>,
    pub folder: PathBuf,
    /// Where it listens.
    pub address: String,
}

impl Running {
    /// Starts a node, and waits until it says where it listens.
    pub fn start(folder: &Path, arguments: &[&str]) -> Running {
        Running::spawn(command(folder).args(arguments), folder).listening()
    }

    /// A node of this name that founds a ring.
    pub fn found(folder: &Path, name: &str) -> Running {
        let own = ["--name", name, "--listen", &free_address(), "--new"];
        let node = Running::start(folder, &own);
        node.wait_for("* you are");
        node
    }

    /// A node of this name that joins `other`, and is a member.
    pub fn join(folder: &Path, name: &str, other: &Running) -> Running {
        let join = ["--name", name, "--listen", &free_address(), "--join", &other.address];
        let node = Running::start(folder, &join);
        node.wait_for("* you are");
        node
    }

    /// Starts a node without waiting for anything.
    pub fn spawn(command: &mut Command, folder: &Path) -> Running {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let printed = Arc::new(Printed::default());
        let output = child.stdout.take().unwrap();
        let input = child.stdin.take();
        let (into, folder) = (Arc::clone(&printed), folder.to_owned());
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                into.lines.lock().unwrap().push(line);
                into.more.notify_all();
            }
        });
        Running { child, input, printed, folder, address: String::new() }
    }

    /// Waits until it says where it listens.
    pub fn listening(mut self) -> Running {
        let line = self.wait_for("* listening at ");
        let rest = line.trim_start_matches("* listening at ");
        self.address = rest.split(',').next().unwrap().to_owned();
        self
    }

    /// Types a line.
    pub fn type_line(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{line}").unwrap();
        input.flush().unwrap();
    }

    /// Ends its input.
    pub fn end_input(&mut self) {
        self.input = None;
    }

    /// Waits until it has printed a line that holds `part`.
    pub fn wait_for(&self, part: &str) -> String {
        self.wait_for_nth(part, 1)
    }

    /// Waits until it has printed so many lines that hold `part`, and gives that one.
    pub fn wait_for_nth(&self, part: &str, nth: usize) -> String {
        self.wait(part, |lines| {
            lines.iter().filter(|line| line.contains(part)).nth(nth - 1).cloned()
        })
    }

    /// Waits until what it has printed satisfies `found`.
    pub fn wait<T>(&self, what: &str, found: impl Fn(&[String]) -> Option<T>) -> T {
        let deadline = Instant::now() + DEADLINE;
        let mut lines = self.printed.lines.lock().unwrap();
        loop {
            if let Some(found) = found(&lines) {
                return found;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "expected {what:?} at {}, found {lines:#?}", self.address);
            (lines, _) = self.printed.more.wait_timeout(lines, left).unwrap();
        }
    }

    /// All it has printed.
    pub fn lines(&self) -> Vec<String> {
        self.printed.lines.lock().unwrap().clone()
    }

    /// What was said, with place and Lamport time, without times of day: `bob[5·3]: hi`.
    pub fn said(&self) -> Vec<String> {
        said(&self.lines())
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        crate::node::signal(self.child.id(), signal);
    }

    /// Kills it as `kill -9` does, and waits until it is dead.
    pub fn kill_9(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// How it ended, if it has by now and by itself.
    pub fn exit_code(&mut self) -> Option<i32> {
        self.child.try_wait().unwrap().and_then(|status| status.code())
    }

    /// Waits until it has ended by itself. Its exit code; none, if a signal ended it.
    pub fn wait_exit(&mut self) -> Option<i32> {
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < deadline, "expected the end, found {:#?}", self.lines());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// What its log file holds.
    pub fn log(&self) -> String {
        let port = self.address.rsplit(':').next().unwrap();
        std::fs::read_to_string(self.folder.join(format!("chat_{port}.log"))).unwrap()
    }

    /// Waits until its log file holds `part`.
    pub fn wait_for_log(&self, part: &str) {
        let deadline = Instant::now() + DEADLINE;
        while !self.log().contains(part) {
            assert!(
                Instant::now() < deadline,
                "expected {part:?} in the log, found {}",
                self.log()
            );
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn said(lines: &[String]) -> Vec<String> {
    let time = |c: char| c.is_ascii_digit() || c == ':' || c == ' ';
    let said = lines.iter().filter(|line| !line.starts_with(['*', '!', '…']));
    said.filter(|line| line.contains('·') && line.contains("]: "))
        .map(|line| line.trim_start_matches(time).to_owned())
        .collect()
}

/// A process that is killed when this is dropped.
pub struct Guard(pub Child);

impl Drop for Guard {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.0.kill();
        let _ended = self.0.wait();
    }
}

/// Waits until all of them have shown `count` lines, and asserts that these are the same, once each.
pub fn assert_same_order(nodes: &[&Running], count: usize) {
    for node in nodes {
        node.wait(&format!("{count} lines said"), |lines| {
            (said(lines).len() >= count).then_some(())
        });
    }
    let first = nodes[0].said();
    for node in nodes {
        assert_eq!(node.said(), first);
    }
    let mut once = first.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), first.len(), "a line was shown twice: {first:#?}");
}
