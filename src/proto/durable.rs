//! What must outlive the process: promise and log; and what waits until they are written.

use std::collections::VecDeque;

use super::entry::Entry;
use super::id::{Ballot, Index, NodeId, RingId};
use super::input::WriteId;
use super::log::Log;
use super::message::Elected;
use super::output::Write;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pending {
    id: WriteId,
    last: Index,
    then: Vec<Elected>,
}

/// Promise and log, and how much of them is durable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Durable {
    promised: Ballot,
    log: Log,
    /// Entries up to here were given to the store.
    written: Index,
    /// Entries up to here are durable.
    durable: Index,
    dirty: bool,
    waiting: Vec<Elected>,
    writes: VecDeque<Pending>,
    last_write: WriteId,
}

impl Durable {
    /// The greatest ballot promised, durably or not yet.
    pub fn promised(&self) -> Ballot {
        self.promised
    }

    /// The log.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Entries up to here are durable.
    pub fn index(&self) -> Index {
        self.durable
    }

    /// Nothing below `ballot` will be accepted any more.
    pub fn promise(&mut self, ballot: Ballot) {
        self.promised = self.promised.max(ballot);
        self.dirty = true;
    }

    /// Adds an entry at the end, and says where.
    pub fn append(&mut self, entry: Entry) -> Index {
        self.dirty = true;
        self.log.append(entry)
    }

    /// Drops the entry at `from` and all behind it.
    pub fn truncate(&mut self, from: Index) {
        self.log.truncate(from);
        self.dirty = true;
        let last = from.previous();
        self.written = self.written.min(last);
        self.durable = self.durable.min(last);
        for write in &mut self.writes {
            write.last = write.last.min(last);
        }
    }

    /// Drops committed entries that nobody is expected to need, see [`Log::compact`].
    pub fn compact(
        &mut self,
        committed: Index,
        needed: Index,
        keep_entries: u64,
        keep_bytes: usize,
    ) {
        self.log.compact(committed.min(self.durable), needed, keep_entries, keep_bytes);
    }

    /// Starts anew behind a snapshot.
    pub fn reset(&mut self, index: Index, ballot: Ballot) {
        self.log.reset(index, ballot);
        self.written = index;
        self.durable = index;
        self.writes.iter_mut().for_each(|write| write.last = Index::ZERO);
        self.dirty = true;
    }

    /// Gives `token` back from [`Self::persisted`] once everything so far is durable.
    pub fn then(&mut self, token: Elected) {
        self.waiting.push(token);
        self.dirty = true;
    }

    /// The write that is due, if anything changed since the last one.
    pub fn next_write(&mut self, node: NodeId, ring: Option<RingId>) -> Option<Write> {
        if !std::mem::take(&mut self.dirty) {
            return None;
        }
        self.last_write.0 += 1;
        let (id, behind, last) = (self.last_write, self.written, self.log.last());
        self.written = last;
        let then = std::mem::take(&mut self.waiting);
        self.writes.push_back(Pending { id, last, then });
        Some(Write { id, node, ring, promised: self.promised, behind, last })
    }

    /// The write `id` is durable, and with it all before it. Gives back what waited for it.
    pub fn persisted(&mut self, id: WriteId) -> Vec<Elected> {
        let mut then = Vec::new();
        while let Some(write) = self.writes.front()
            && write.id <= id
        {
            self.durable = self.durable.max(write.last);
            then.extend(self.writes.pop_front().into_iter().flat_map(|write| write.then));
        }
        then
    }
}
