//! What must outlive the process: promise and log; and what waits until they are written.

use std::collections::VecDeque;

use super::entry::{Entry, Snapshot};
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
    /// The snapshot that goes with the next write.
    snapshot: Option<Box<Snapshot>>,
    /// How far the last snapshot goes that was given to the store, and how much was appended since.
    kept: Index,
    bytes_since: usize,
    /// The store takes nothing any more.
    failed: bool,
    waiting: Vec<Elected>,
    writes: VecDeque<Pending>,
    last_write: WriteId,
}

impl Durable {
    /// What a disk held: all of it is durable.
    pub fn restore(promised: Ballot, log: Log) -> Durable {
        let (kept, last) = (log.compacted(), log.last());
        // An entry is never written without the promise of its ballot.
        let promised = promised.max(log.freshness().ballot);
        let bytes_since = log.behind(kept).map(Entry::payload_bytes).sum();
        let (written, durable) = (last, last);
        Durable { promised, log, written, durable, kept, bytes_since, ..Durable::default() }
    }

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
        self.bytes_since += entry.payload_bytes();
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

    /// Starts anew behind a snapshot of another node. Until that is written nothing is durable.
    pub fn reset(&mut self, snapshot: Snapshot) {
        let (index, ballot) = (snapshot.head.index, snapshot.head.ballot);
        self.log.reset(index, ballot);
        self.written = index;
        self.durable = Index::ZERO;
        self.writes.iter_mut().for_each(|write| write.last = Index::ZERO);
        self.keep(snapshot);
    }

    /// A snapshot of this node's own is to be written, so what it covers need not be kept on disk.
    pub fn keep(&mut self, snapshot: Snapshot) {
        self.kept = snapshot.head.index;
        self.bytes_since = 0;
        self.snapshot = Some(Box::new(snapshot));
        self.dirty = true;
    }

    /// How far the last snapshot goes that was given to the store.
    pub fn kept(&self) -> Index {
        self.kept
    }

    /// Whether so much stands behind the last snapshot that was given to the store.
    pub fn exceeds(&self, committed: Index, entries: u64, bytes: usize) -> bool {
        let behind = committed.0.saturating_sub(self.kept.0);
        behind >= entries || (behind > 0 && self.bytes_since > bytes)
    }

    /// Something else that is to be durable has changed.
    pub fn touch(&mut self) {
        self.dirty = true;
    }

    /// Gives `token` back from [`Self::persisted`] once everything so far is durable.
    pub fn then(&mut self, token: Elected) {
        self.waiting.push(token);
        self.dirty = true;
    }

    /// Nothing more becomes durable. Gives back what waited for that.
    pub fn fail(&mut self) -> Vec<Elected> {
        self.failed = true;
        let mut waited: Vec<Elected> = self.writes.drain(..).flat_map(|write| write.then).collect();
        waited.append(&mut self.waiting);
        waited
    }

    /// Whether nothing more becomes durable.
    pub fn failed(&self) -> bool {
        self.failed
    }

    /// The write that is due, if anything changed since the last one; none once the store has failed.
    pub fn next_write(
        &mut self,
        node: NodeId,
        ring: Option<RingId>,
        committed: Index,
    ) -> Option<Write> {
        if !std::mem::take(&mut self.dirty) || self.failed {
            return None;
        }
        self.last_write.0 += 1;
        let (id, behind, last) = (self.last_write, self.written, self.log.last());
        self.written = last;
        let then = std::mem::take(&mut self.waiting);
        self.writes.push_back(Pending { id, last, then });
        let (promised, snapshot) = (self.promised, self.snapshot.take());
        Some(Write { id, node, ring, promised, committed, snapshot, behind, last })
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
