//! `--output jsonl`: everything that happens at a node, for machines, one JSON object a line.
//!
//! Each line is written at once and before any frame that follows from it goes out: the driver tells its
//! application what happened before it hands frames to the sockets. So a record of what a node did is
//! complete even after `kill -9`; and where several nodes append to one file, whatever one node did
//! stands before everything that followed from it at the others. The price is that a node waits for
//! whoever reads this: ask for it only where somebody does.

use std::fs::File;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::door::News;
use super::output::Print;
use super::parts::Past;
use crate::chat::lines::Revision;
use crate::driver::application::Application;
use crate::proto::archive::{Ask, Faded, Found};
use crate::proto::entry::Delivered;
use crate::proto::event::Event;
use crate::proto::id::{Index, NodeId};
use crate::proto::status::Status;
use crate::proto::time::Instant;

/// One line: what happened at a node, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// In microseconds since the node began to run. An answer has the time of the last event.
    pub at: Instant,
    /// At which node.
    pub node: NodeId,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What a line tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The node listens. The first line.
    Listening {
        /// Where.
        listen: SocketAddr,
        /// Where others reach it.
        advertise: SocketAddr,
    },
    /// Something happened.
    Event(Event),
    /// The chat was given an ordered message; the payload stands as hexadecimal digits.
    Delivered(Delivered),
    /// The answer to `/state`.
    State(Box<State>),
    /// The answer to `/history`.
    History(Told),
    /// What the person at the node is told of the chat: lines that are theirs to read, groups,
    /// accounts, refusals, and answers.
    Chat(Box<News>),
    /// Something for the person at the node.
    Notice(String),
}

/// Lines of the past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// In which group, if not in the lobby.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The lines, the oldest first.
    pub lines: Vec<ToldLine>,
    /// Between which places more may stand that is not here.
    pub lacking: Vec<(Index, Index)>,
    /// Whether older lines may be found.
    pub goes_on: bool,
}

/// A line of the past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldLine {
    /// Its place in the order.
    pub place: Index,
    /// Its Lamport time.
    pub lamport: u64,
    /// Who said it.
    pub origin: NodeId,
    /// What that one was called by then.
    pub name: Option<String>,
    /// That one's clock in minutes since 1970 (UTC).
    pub minute: u64,
    /// What was said; nothing, if it was taken back.
    pub text: String,
    /// What became of it.
    pub revision: Revision,
}

impl From<Past> for Told {
    fn from(past: Past) -> Told {
        let line = |line: crate::chat::lines::Line| ToldLine {
            minute: line.minute(),
            place: line.place,
            lamport: line.lamport,
            origin: line.origin,
            name: line.name.map(|name| name.to_string()),
            text: line.text,
            revision: line.revision,
        };
        let lacking = past.lacking.into_iter().map(|it| (it.first, it.last)).collect();
        let group = past.group.map(|name| name.to_string());
        let lines = past.lines.into_iter().map(line).collect();
        Told { group, lines, lacking, goes_on: past.goes_on }
    }
}

/// What a node knows, and what its chat holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// What the node knows of its ring.
    pub status: Status,
    /// How many lines the chat remembers.
    pub lines: u64,
    /// A hash of all that the chat holds, as hexadecimal digits: equal where the chats are.
    pub digest: String,
}

/// Where the lines go. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Journal {
    node: NodeId,
    sink: Arc<Mutex<Sink>>,
}

#[derive(Debug)]
struct Sink {
    file: File,
    last: Instant,
    unread: bool,
}

impl Journal {
    /// A journal of this node on standard output.
    ///
    /// # Errors
    /// As the system says, if there is no standard output.
    pub fn on_stdout(node: NodeId) -> io::Result<Journal> {
        let file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        Ok(Journal {
            node,
            sink: Arc::new(Mutex::new(Sink { file, last: Instant::START, unread: false })),
        })
    }

    /// Writes a line about this moment.
    ///
    /// # Errors
    /// As the system says, such as that nobody reads any more.
    pub fn write(&self, at: Option<Instant>, what: What) -> io::Result<()> {
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        sink.last = at.unwrap_or(sink.last);
        let line = Line { at: sink.last, node: self.node, what };
        let mut bytes = serde_json::to_vec(&line)?;
        bytes.push(b'\n');
        // In one piece: other nodes may append to the same file.
        let written = sink.file.write_all(&bytes);
        sink.unread |= written.is_err();
        written
    }

    /// Writes what the person is told of the chat. What the ring does stands there as an event
    /// already.
    ///
    /// # Errors
    /// As the system says, also if an earlier line could not be written: nobody reads any more.
    pub fn news(&self, news: News) -> io::Result<()> {
        let of_the_ring = match &news {
            News::Admitted(_)
            | News::Pending { .. }
            | News::Went { .. }
            | News::Leader { .. }
            | News::NoQuorum { .. }
            | News::QuorumBack
            | News::Evicted
            | News::WentAlone { .. }
            | News::Left
            | News::Refused { .. }
            | News::Unreadable { .. } => true,
            News::Said { .. }
            | News::Private { .. }
            | News::Changed(_)
            | News::Chat { .. }
            | News::WhileAway { .. }
            | News::AtAll { .. }
            | News::Arrived { .. }
            | News::Missed
            | News::Skipped { .. }
            | News::Members(_)
            | News::State(_)
            | News::History(_)
            | News::Mail(_)
            | News::Group(_)
            | News::Groups(_)
            | News::Found { .. }
            | News::Lines { .. }
            | News::Limits(_) => false,
        };
        if self.is_unread() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        if of_the_ring { Ok(()) } else { self.write(None, What::Chat(Box::new(news))) }
    }

    /// Whether a line could not be written: nobody reads any more.
    pub fn is_unread(&self) -> bool {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner).unread
    }
}

/// What the console says beside the events.
impl Print for Journal {
    fn print(&mut self, line: &str) -> io::Result<()> {
        self.write(None, What::Notice(line.to_owned()))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An application of which everything is written down, if there is a journal.
#[derive(Debug)]
pub struct Recorded<A> {
    /// The application itself.
    pub application: A,
    /// Where it is written down.
    pub journal: Option<Journal>,
}

impl<A> Recorded<A> {
    fn record(&self, now: Instant, what: impl FnOnce() -> What) {
        if let Some(journal) = &self.journal {
            // The journal keeps in mind that nobody reads any more, and the console ends the node.
            let _noted = journal.write(Some(now), what());
        }
    }
}

impl<A: Application> Application for Recorded<A> {
    fn deliver(&mut self, now: Instant, message: &Delivered) {
        self.record(now, || What::Delivered(message.clone()));
        self.application.deliver(now, message);
    }

    fn snapshot(&self) -> Bytes {
        self.application.snapshot()
    }

    fn install(&mut self, now: Instant, index: Index, state: &Bytes) -> Result<(), String> {
        self.application.install(now, index, state)
    }

    fn event(&mut self, now: Instant, event: &Event) {
        self.record(now, || What::Event(event.clone()));
        self.application.event(now, event);
    }

    fn fading(&mut self, index: Index) -> Faded {
        self.application.fading(index)
    }

    fn faded(&mut self, index: Index) {
        self.application.faded(index);
    }

    fn lines(&self, ask: Ask) -> Option<Found> {
        self.application.lines(ask)
    }
}
