//! A machine of this engine: the life of its node that runs, and what that has told.

use std::net::SocketAddr;

use ringchat::chat::command::Command;
use ringchat::front::cluster::process::Process;
use ringchat::front::journal::State;
use ringchat::proto::event::{Event, Refusal};

/// A machine and the last life of its node.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) name: String,
    /// What others are told: there the proxy accepts.
    pub(super) advertise: SocketAddr,
    pub(super) listen: SocketAddr,
    /// None, if it is dead or has never run.
    pub(super) process: Option<Process>,
    pub(super) listens: bool,
    pub(super) paused: bool,
    /// It was asked to leave, and takes no more lines; and then it has left.
    pub(super) leaving: bool,
    pub(super) left: bool,
    /// What it answered last; none if it did not.
    pub(super) state: Option<State>,
    /// Whether it has not answered the last question yet. Until it does it is asked no other.
    pub(super) owes_answer: bool,
    /// What its chat held when it was asked last.
    pub(super) content: (u64, u64),
    typed: u64,
    taken: u64,
}

impl Host {
    /// A machine on which nothing runs yet.
    pub(super) fn new(name: &str, advertise: SocketAddr, listen: SocketAddr) -> Host {
        Host {
            name: name.to_owned(),
            advertise,
            listen,
            process: None,
            listens: false,
            paused: false,
            leaving: false,
            left: false,
            state: None,
            owes_answer: false,
            content: (0, 0),
            typed: 0,
            taken: 0,
        }
    }

    /// A life begins.
    pub(super) fn begin(&mut self, process: Process) {
        let fresh = Host::new(&self.name, self.advertise, self.listen);
        *self = Host { process: Some(process), ..fresh };
    }

    /// The process is gone, and with it all that was typed and not taken.
    pub(super) fn end(&mut self) -> Option<Process> {
        self.state = None;
        self.owes_answer = false;
        self.typed = self.taken;
        self.process.take()
    }

    /// Whether it answers when it is asked. One that is leaving reads no more.
    pub(super) fn answers(&self) -> bool {
        self.process.is_some() && self.listens && !self.paused && !self.leaving
    }

    /// Asks it what it knows. Tells whether an answer can be waited for.
    pub(super) fn ask(&mut self) -> bool {
        self.state = None;
        let asked = self.answers() && !self.owes_answer && self.type_line("/state");
        self.owes_answer |= asked;
        asked
    }

    /// It answers.
    pub(super) fn answer(&mut self, state: State) {
        self.owes_answer = false;
        let digest = u64::from_str_radix(&state.digest, 16).unwrap_or_default();
        self.content = (state.lines, digest);
        self.state = Some(state);
    }

    /// Types a line. Tells whether anybody is there to take it.
    pub(super) fn say(&mut self, text: &str) -> bool {
        // What begins with a slash would be a command.
        let slash = if text.starts_with('/') { "/" } else { "" };
        let said = self.type_line(&format!("{slash}{text}"));
        self.typed += u64::from(said);
        said
    }

    /// Types anything. False: nobody is there.
    pub(super) fn type_line(&mut self, line: &str) -> bool {
        self.process.as_mut().is_some_and(|process| process.type_line(line))
    }

    /// Whether the node has taken all that was typed.
    pub(super) fn has_said_all(&self) -> bool {
        self.taken >= self.typed
    }

    /// Takes note of what it tells.
    pub(super) fn hear(&mut self, event: &Event) {
        match event {
            Event::Submitted { payload, .. } if is_said(payload) => self.taken += 1,
            Event::Refused { why: Refusal::Full | Refusal::TooLarge | Refusal::Leaving } => {
                self.taken += 1;
            }
            Event::Left => self.left = true,
            _no_part_of_talk => {}
        }
    }
}

/// Whether this is something that was typed to be said, and no name or other word of the node's
/// own.
fn is_said(payload: &[u8]) -> bool {
    Command::decode(payload).is_ok_and(|command| command.said().is_some())
}
