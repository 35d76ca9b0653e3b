//! A server of the cluster: the life of its node that runs, and what that has told.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::ChildStdout;

use tokio::sync::mpsc;

use super::process::Process;
use super::talk;
use crate::front::journal::{Line, State};
use crate::proto::event::{Event, Refusal};
use crate::proto::id::NodeId;

/// Something that a server has told, or its end.
#[derive(Debug)]
pub struct Heard {
    /// Which server.
    pub server: usize,
    /// In which of its lives.
    pub life: u64,
    /// What; none, if it tells nothing more.
    pub told: Option<Result<Box<Line>, String>>,
}

/// What a server is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Its process looks for the ring.
    Starts,
    /// It runs.
    Runs,
    /// It stands still.
    Paused,
    /// It was asked to leave.
    Leaves,
    /// No process is there: it was killed, or whatever this says.
    Ended(String),
}

/// What a server is given first: lines that stood before it was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// What it had kept.
    Kept,
    /// What the ring had when it came in.
    Log,
    /// Nothing any more: what it is given now is new.
    Nothing,
}

/// A server, and the last life of its node.
#[derive(Debug)]
pub struct Server {
    /// What it is called on the screen, and in the ring file.
    pub name: String,
    /// What others are told: there the proxy accepts.
    pub address: SocketAddr,
    /// Where it listens itself.
    pub listen: SocketAddr,
    /// What it is doing.
    pub phase: Phase,
    /// None, if it does not run.
    pub process: Option<Process>,
    /// Counts its lives.
    pub life: u64,
    /// Which incarnation of a node it is, once it has said so.
    pub node: Option<NodeId>,
    /// What its person is called, once it has said so.
    pub person: Option<String>,
    /// What it answered since the last command.
    pub state: Option<Box<State>>,
    /// Whether it has not answered the last question yet. Until it does it is asked no other.
    owes_answer: bool,
    /// Whether that question was asked before the last command, so that the answer tells nothing.
    outdated: bool,
    /// Whether it is only given what there was before.
    pub repeats: Repeats,
    /// Whether it has told the last that it will ever tell.
    pub silent: bool,
    typed: u64,
    taken: u64,
}

impl Server {
    /// A server that has never run.
    pub fn new(name: &str, address: SocketAddr, listen: SocketAddr) -> Server {
        Server {
            name: name.to_owned(),
            address,
            listen,
            phase: Phase::Ended("not started".to_owned()),
            process: None,
            life: 0,
            node: None,
            person: None,
            state: None,
            owes_answer: false,
            outdated: false,
            repeats: Repeats::Log,
            silent: false,
            typed: 0,
            taken: 0,
        }
    }

    /// A life begins; one that comes back repeats first what it had kept.
    pub fn begin(&mut self, process: Process, comes_back: bool) {
        self.life += 1;
        self.process = Some(process);
        self.phase = Phase::Starts;
        self.repeats = if comes_back { Repeats::Kept } else { Repeats::Log };
        self.silent = false;
        self.forget();
    }

    /// The process is gone, and with it all that was typed and not taken.
    pub fn end(&mut self, how: String) -> Option<Process> {
        self.phase = Phase::Ended(how);
        self.forget();
        self.process.take()
    }

    fn forget(&mut self) {
        self.state = None;
        (self.owes_answer, self.outdated) = (false, false);
        (self.typed, self.taken) = (0, 0);
    }

    /// Asks what it knows, if it can answer.
    pub fn ask(&mut self) {
        if self.phase == Phase::Runs && !self.owes_answer {
            self.owes_answer = self.type_line("/state");
        }
    }

    /// What it knew before a command tells nothing of what that leads to.
    pub fn outdate(&mut self) {
        self.state = None;
        self.outdated = self.owes_answer;
    }

    /// It answers.
    pub fn answer(&mut self, state: Box<State>) {
        self.owes_answer = false;
        self.state = Some(state).filter(|_| !std::mem::take(&mut self.outdated));
    }

    /// Whether an answer of it can be waited for.
    pub fn will_answer(&self) -> bool {
        self.phase == Phase::Runs && self.state.is_none()
    }

    /// Says a line. False: nobody is there to take it.
    pub fn say(&mut self, text: &str) -> bool {
        // What begins with a slash would be a command.
        let slash = if text.starts_with('/') { "/" } else { "" };
        let said = self.type_line(&format!("{slash}{text}"));
        self.typed += u64::from(said);
        said
    }

    /// Types anything. False: nobody is there to take it.
    pub fn type_line(&mut self, line: &str) -> bool {
        self.process.as_mut().is_some_and(|process| process.type_line(line))
    }

    /// Whether the node has taken all lines that were said at it.
    pub fn has_said_all(&self) -> bool {
        self.taken >= self.typed
    }

    /// Takes note of what happened at it.
    pub fn hear(&mut self, event: &Event) {
        match event {
            Event::Submitted { payload, .. } if talk::line(payload).is_some() => self.taken += 1,
            Event::Refused { why: Refusal::Full | Refusal::TooLarge | Refusal::Leaving } => {
                self.taken += 1;
            }
            _not_of_talk => {}
        }
        self.repeats = self.repeats.after(event, self.node);
    }
}

impl Repeats {
    /// What it is given behind this event. `node` is what it is itself.
    #[must_use]
    pub fn after(self, event: &Event, node: Option<NodeId>) -> Repeats {
        match event {
            Event::Restored { .. } => Repeats::Nothing,
            // Whoever has kept something says that before it hears or begins anything.
            Event::LinkUp { .. } | Event::ElectionStarted { .. } if self == Repeats::Kept => {
                Repeats::Log
            }
            Event::ViewInstalled { view, .. } | Event::SnapshotInstalled { view, .. }
                if self == Repeats::Log && node.is_some_and(|node| view.contains(node)) =>
            {
                Repeats::Nothing
            }
            _not_of_beginning => self,
        }
    }
}

/// Starts a thread that reads what a server tells, to its end.
pub fn listen(output: ChildStdout, server: usize, life: u64, heard: mpsc::Sender<Heard>) {
    std::thread::spawn(move || {
        let mut output = BufReader::new(output);
        loop {
            let told = next(&mut output);
            let last = told.is_none();
            let gone = heard.blocking_send(Heard { server, life, told }).is_err();
            if gone || last {
                return;
            }
        }
    });
}

/// The next line. One that is killed within a write leaves the beginning of a line, which is its end.
fn next(output: &mut impl BufRead) -> Option<Result<Box<Line>, String>> {
    let mut text = String::new();
    output.read_line(&mut text).ok().filter(|_| text.ends_with('\n'))?;
    Some(serde_json::from_str(&text).map_err(|error| {
        let shown: String = text.chars().take(80).collect();
        format!("expected a line of a node's journal, found {shown:?}: {error}")
    }))
}
