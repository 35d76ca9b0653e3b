//! The store of one node: what is written, what is durable, and what a crash takes along.

use ringchat::proto::entry::Entry;
use ringchat::proto::id::{Ballot, Index};
use ringchat::proto::input::WriteId;
use ringchat::proto::log::Log;

/// What a crash leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Disk {
    /// The promise.
    pub promised: Ballot,
    /// The log.
    pub entries: Vec<Entry>,
}

/// A write that is not durable yet, with what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outstanding {
    /// Which one.
    pub id: WriteId,
    /// What the disk will hold then.
    pub promised: Ballot,
    /// Everything behind this index is replaced ...
    pub behind: Index,
    /// ... by these.
    pub entries: Vec<Entry>,
    /// The ballot whose token of lap 2 waits for it.
    pub then: Option<Ballot>,
}

impl std::hash::Hash for Outstanding {
    /// Without the number: in which order they were written, their place among the others tells.
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.promised, self.behind, &self.entries, self.then).hash(state);
    }
}

impl Disk {
    /// All that is in memory.
    pub fn of(promised: Ballot, log: &Log) -> Disk {
        Disk { promised, entries: log.behind(Index::ZERO).cloned().collect() }
    }

    /// A write becomes durable.
    pub fn complete(&mut self, write: Outstanding) {
        self.promised = write.promised;
        self.entries.truncate(usize::try_from(write.behind.0).unwrap_or(usize::MAX));
        self.entries.extend(write.entries);
    }
}
