//! What a node's disk holds, where a scenario has disks that are read again: transactions, whole or not.

use std::collections::{BTreeMap, VecDeque};

use ringchat::proto::entry::{Entry, Snapshot};
use ringchat::proto::id::{Ballot, Index, NodeId, RingId};
use ringchat::proto::input::WriteId;
use ringchat::proto::recovered::Recovered;
use ringchat::store::database::Record;

/// A disk. It outlives the lives of the nodes on its machine.
#[derive(Debug, Default)]
pub(super) struct Image {
    kept: Option<Kept>,
    /// Begun, and not durable yet.
    begun: VecDeque<Record>,
}

#[derive(Debug)]
struct Kept {
    node: NodeId,
    life: u64,
    ring: RingId,
    promised: Ballot,
    committed: Index,
    snapshot: Snapshot,
    log: BTreeMap<u64, Entry>,
}

impl Image {
    /// The node wants this written.
    pub(super) fn begins(&mut self, record: Record) {
        self.begun.push_back(record);
    }

    /// A write is durable, and with it all before it.
    pub(super) fn is_done(&mut self, id: WriteId) {
        while let Some(record) = self.begun.pop_front_if(|record| record.write.id <= id) {
            self.apply(record);
        }
    }

    /// The process had time to write all that it had begun.
    pub(super) fn drain(&mut self) {
        while let Some(record) = self.begun.pop_front() {
            self.apply(record);
        }
    }

    /// Whether something is begun and not durable.
    pub(super) fn is_being_written(&self) -> bool {
        !self.begun.is_empty()
    }

    /// Whether there is anything that a next life would find.
    pub(super) fn is_kept(&self) -> bool {
        self.kept.is_some()
    }

    /// The process is gone. Of what was begun the first are written, as long as `keeps` says so: later
    /// ones never without those before. Gives how many were lost.
    pub(super) fn is_cut(&mut self, mut keeps: impl FnMut() -> bool) -> u64 {
        while !self.begun.is_empty() && keeps() {
            if let Some(record) = self.begun.pop_front() {
                self.apply(record);
            }
        }
        let lost = self.begun.len() as u64;
        self.begun.clear();
        lost
    }

    /// What the next life finds; none, if the last one was in no ring.
    pub(super) fn wake(&mut self) -> Option<Recovered> {
        let kept = self.kept.as_mut()?;
        kept.life += 1;
        let first = kept.snapshot.head.index.0 + 1;
        let contiguous = kept.log.keys().copied().eq((first..).take(kept.log.len()));
        assert!(contiguous, "a gap on disk behind {}: {:?}", first - 1, kept.log.keys());
        Some(Recovered {
            node: kept.node,
            life: kept.life,
            ring: kept.ring,
            promised: kept.promised,
            committed: kept.committed,
            snapshot: kept.snapshot.clone(),
            entries: kept.log.values().cloned().collect(),
        })
    }

    fn apply(&mut self, Record { write, entries }: Record) {
        let Some(ring) = write.ring else {
            self.kept = None;
            return;
        };
        let of_another = self.kept.as_ref().is_some_and(|kept| kept.node != write.node);
        if of_another {
            self.kept = None;
        }
        let kept = self.kept.get_or_insert_with(|| Kept {
            node: write.node,
            life: 0,
            ring,
            promised: Ballot::ZERO,
            committed: Index::ZERO,
            snapshot: Snapshot::default(),
            log: BTreeMap::new(),
        });
        (kept.ring, kept.promised, kept.committed) = (ring, write.promised, write.committed);
        kept.log.split_off(&write.behind.next().0);
        kept.log.extend((write.behind.next().0..).zip(entries));
        if let Some(snapshot) = write.snapshot {
            kept.log = kept.log.split_off(&snapshot.head.index.next().0);
            kept.snapshot = *snapshot;
        }
    }
}
