//! The history: what every node did and what the world did to it, in simulated order.

use std::cmp::Ordering;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use ringchat::proto::entry::Delivered;
use ringchat::proto::event::Event;
use ringchat::proto::id::NodeId;
use ringchat::proto::time::Instant;

/// What a scenario calls a node, through all its restarts. Cheap to clone, compared by number.
#[derive(Clone)]
pub struct NodeName {
    index: u32,
    text: Arc<str>,
}

impl NodeName {
    /// The name `text`. `index` is its place among the nodes of the run, counted from 0 without
    /// gaps: two names are the same if their places are.
    pub fn new(index: u32, text: &str) -> NodeName {
        NodeName { index, text: text.into() }
    }

    /// The node's place among the nodes of the run, from 0.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// The name as people write it.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for NodeName {
    fn eq(&self, other: &NodeName) -> bool {
        self.index == other.index
    }
}

impl Eq for NodeName {}

impl PartialOrd for NodeName {
    fn partial_cmp(&self, other: &NodeName) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for NodeName {
    fn cmp(&self, other: &NodeName) -> Ordering {
        self.index.cmp(&other.index)
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Which life of a node: it grows with each restart. What it counts from does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Incarnation(pub u32);

/// Something that happened to one node, or that the world did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// An incarnation begins. Comes before everything else of that incarnation.
    Started {
        /// Its identity.
        id: NodeId,
        /// Where it listens.
        address: SocketAddr,
    },
    /// The incarnation is dead for good, without a farewell.
    Died,
    /// The incarnation stands still from here on.
    Paused,
    /// The incarnation goes on where it stood still.
    Resumed,
    /// The node said so.
    Event(Event),
    /// The node gave this to its application.
    Delivered(Delivered),
    /// What the world did, in words, such as `cut n1 -> n2`. Stands at the node it was done to,
    /// or at any node if it was done to several.
    Fault(String),
}

/// One line of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// When, in simulated time.
    pub at: Instant,
    /// At which node.
    pub node: NodeName,
    /// In which of its lives.
    pub incarnation: Incarnation,
    /// What happened.
    pub what: Happening,
}

/// All records of a run, in simulated order.
#[derive(Clone, Debug, Default)]
pub struct History {
    records: Vec<Record>,
}

impl History {
    /// An empty history.
    pub fn new() -> History {
        History::default()
    }

    /// Adds a record at the end, and gives it back for the checkers to observe.
    pub fn record(&mut self, record: Record) -> &Record {
        self.records.push(record);
        &self.records[self.records.len() - 1]
    }

    /// All records, oldest first.
    pub fn records(&self) -> &[Record] {
        &self.records
    }
}
