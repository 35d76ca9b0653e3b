//! The log: what this node holds of the one order, from the last compaction to the last entry.

use std::collections::VecDeque;

use super::entry::Entry;
use super::event::LogSummary;
use super::id::{Ballot, Index};
use super::message::Freshness;

/// A stretch of the order. Entries up to `compacted` were delivered and are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Log {
    compacted: Index,
    compacted_ballot: Ballot,
    entries: VecDeque<Entry>,
    payload_bytes: usize,
}

impl Log {
    /// The last index; [`Self::compacted`] if nothing stands behind it.
    pub fn last(&self) -> Index {
        Index(self.compacted.0 + self.entries.len() as u64)
    }

    /// Everything up to here is gone.
    pub fn compacted(&self) -> Index {
        self.compacted
    }

    /// How up to date this log is.
    pub fn freshness(&self) -> Freshness {
        let ballot = self.entries.back().map_or(self.compacted_ballot, |entry| entry.ballot);
        Freshness { ballot, index: self.last() }
    }

    /// The entry at `index`, if it is there.
    pub fn get(&self, index: Index) -> Option<&Entry> {
        let at = index.0.checked_sub(self.compacted.0 + 1)?;
        self.entries.get(usize::try_from(at).ok()?)
    }

    /// The ballot of the entry at `index`, if that is known. Index 0 has [`Ballot::ZERO`].
    pub fn ballot_at(&self, index: Index) -> Option<Ballot> {
        if index == self.compacted {
            return Some(self.compacted_ballot);
        }
        self.get(index).map(|entry| entry.ballot)
    }

    /// The entries behind `previous`, in order.
    pub fn behind(&self, previous: Index) -> impl Iterator<Item = &Entry> {
        let at = previous.0.saturating_sub(self.compacted.0);
        self.entries.range(usize::try_from(at).unwrap_or(usize::MAX).min(self.entries.len())..)
    }

    /// Adds an entry at the end, and says where.
    pub fn append(&mut self, entry: Entry) -> Index {
        self.payload_bytes += entry.payload_bytes();
        self.entries.push_back(entry);
        self.last()
    }

    /// Drops the entry at `from` and all behind it.
    pub fn truncate(&mut self, from: Index) {
        let keep = from.0.saturating_sub(self.compacted.0 + 1);
        while self.entries.len() as u64 > keep {
            let entry = self.entries.pop_back();
            self.payload_bytes -= entry.as_ref().map_or(0, Entry::payload_bytes);
        }
    }

    /// Whether [`Self::compact`] may have something to drop, whatever is needed.
    pub fn is_long(&self, committed: Index, keep_entries: u64, keep_bytes: usize) -> bool {
        self.compacted.0 + keep_entries < committed.0 || self.payload_bytes > keep_bytes
    }

    /// Drops entries up to `committed`, but for the last `keep_entries` and for what stands behind
    /// `needed`. If the payloads that are kept exceed `keep_bytes`, those entries go, too.
    pub fn compact(
        &mut self,
        committed: Index,
        needed: Index,
        keep_entries: u64,
        keep_bytes: usize,
    ) {
        let spare = Index(committed.0.saturating_sub(keep_entries)).min(needed);
        while self.compacted < spare
            || (self.compacted < committed && self.payload_bytes > keep_bytes)
        {
            let Some(entry) = self.entries.pop_front() else { return };
            self.payload_bytes -= entry.payload_bytes();
            self.compacted_ballot = entry.ballot;
            self.compacted = self.compacted.next();
        }
    }

    /// Starts anew behind a snapshot.
    pub fn reset(&mut self, index: Index, ballot: Ballot) {
        *self = Log { compacted: index, compacted_ballot: ballot, ..Log::default() };
    }

    /// What a disk held: a stretch behind a snapshot.
    pub fn restore(index: Index, ballot: Ballot, entries: Vec<Entry>) -> Log {
        let payload_bytes = entries.iter().map(Entry::payload_bytes).sum();
        let entries = VecDeque::from(entries);
        Log { compacted: index, compacted_ballot: ballot, entries, payload_bytes }
    }

    /// Which ballots stand where, for those who check.
    pub fn summary(&self) -> LogSummary {
        let mut runs: Vec<(Ballot, Index)> = Vec::new();
        for (at, entry) in (self.compacted.0 + 1..).zip(&self.entries) {
            match runs.last_mut() {
                Some((ballot, last)) if *ballot == entry.ballot => *last = Index(at),
                Some(_) | None => runs.push((entry.ballot, Index(at))),
            }
        }
        LogSummary { compacted: self.compacted, runs }
    }
}
