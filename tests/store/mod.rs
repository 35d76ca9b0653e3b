//! What the tests of the store write, and what must be there then.

#![allow(dead_code, reason = "each test file uses its part of this")]

pub mod drive;

use std::net::SocketAddr;
use std::path::PathBuf;

use bytes::Bytes;
use ringchat::proto::entry::{Body, Entry, Payload, Snapshot, SnapshotHead, Submission};
use ringchat::proto::id::{Ballot, Index, NodeId, RingId};
use ringchat::proto::input::WriteId;
use ringchat::proto::output::Write;
use ringchat::proto::recovered::Recovered;
use ringchat::proto::view::{Change, Member, View};
use ringchat::store::database::{Record, Store};
use ringchat::store::error::StoreError;

pub const ME: NodeId = NodeId(7);
pub const RING: RingId = RingId(5);

pub fn address() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 7_400))
}

pub fn ballot(round: u64) -> Ballot {
    Ballot { round, proposer: ME }
}

pub fn entry(round: u64, text: &str) -> Entry {
    let payload = Payload::new(Bytes::copy_from_slice(text.as_bytes())).unwrap();
    let message = Submission { origin: ME, seq: 1, lamport: round, payload };
    Entry { ballot: ballot(round), body: Body::Message(message) }
}

pub fn view() -> View {
    let members = [Member { id: ME, address: address() }].into();
    View { number: 1, members, tie_breaker: ME, changes: vec![Change::Founded(ME)] }
}

/// The write of these entries behind `behind`, under the ballot of this round.
pub fn record(round: u64, behind: u64, entries: &[Entry]) -> Record {
    let last = Index(behind + entries.len() as u64);
    let (node, ring, promised) = (ME, Some(RING), ballot(round));
    let (id, committed, behind) = (WriteId(1), Index(behind), Index(behind));
    let write = Write { id, node, ring, promised, committed, snapshot: None, behind, last };
    Record { write, entries: entries.to_vec() }
}

pub fn snapshot(index: u64, application: &str) -> Snapshot {
    let head = SnapshotHead {
        index: Index(index),
        ballot: ballot(index),
        view: view(),
        sessions: vec![(ME, index)],
        lamport: index,
        exiles: vec![],
    };
    Snapshot { head, application: Bytes::copy_from_slice(application.as_bytes()) }
}

fn with_snapshot(mut record: Record, index: u64, application: &str) -> Record {
    record.write.snapshot = Some(Box::new(snapshot(index, application)));
    record
}

/// What a node may want in its life, each line in one piece.
pub fn script() -> Vec<Vec<Record>> {
    let long = "x".repeat(20_000);
    let view_entry = Entry { ballot: ballot(1), body: Body::View(view()) };
    let empty = Entry { ballot: ballot(3), body: Body::Empty };
    vec![
        vec![record(1, 0, &[view_entry]), record(1, 1, &[entry(1, "a"), entry(1, "b")])],
        vec![record(2, 3, &[])],
        vec![record(2, 3, &[entry(2, &long), entry(2, "c")])],
        // Another leader's entries take the place of the tail.
        vec![record(3, 2, &[empty, entry(3, "d")])],
        vec![with_snapshot(record(3, 4, &[entry(3, "e"), entry(3, "f")]), 4, "abd")],
        vec![record(3, 6, &[entry(3, &long)]), record(4, 7, &[])],
        // A snapshot of another node, beyond the own log.
        vec![with_snapshot(record(5, 40, &[entry(5, "g")]), 40, &long)],
        vec![with_snapshot(record(5, 41, &[]), 41, "all")],
        vec![record(6, 41, &[entry(6, "h"), entry(6, &long), entry(6, "i")])],
    ]
}

/// What must be there, in the first life after that, once so many lines of the script are durable.
pub fn state_after(lines: usize) -> Option<Recovered> {
    let mut state: Option<Recovered> = None;
    for Record { write, entries } in script().into_iter().take(lines).flatten() {
        let state = state.get_or_insert_with(|| Recovered {
            node: ME,
            life: 1,
            ring: RING,
            promised: Ballot::ZERO,
            committed: Index::ZERO,
            snapshot: Snapshot::default(),
            entries: vec![],
        });
        state.promised = write.promised;
        state.committed = write.committed;
        let first = state.snapshot.head.index.0;
        let keep = write.behind.0.saturating_sub(first) as usize;
        state.entries.truncate(keep);
        let gap = (write.behind.0 - first) as usize > state.entries.len();
        if gap {
            state.entries.clear();
        }
        let start = if gap { write.behind.0 } else { first };
        state.entries.extend(entries);
        if let Some(snapshot) = write.snapshot {
            let covered = (snapshot.head.index.0 - start) as usize;
            state.entries.drain(..covered.min(state.entries.len()));
            state.snapshot = *snapshot;
        }
    }
    state
}

pub fn open(drive: &drive::Drive) -> Result<Store, StoreError> {
    Store::open_in(PathBuf::from("the drive"), drive.clone())
}
