//! The log by tables: appending, truncating, compacting, and starting anew.

use bytes::Bytes;
use ringchat::proto::entry::{Body, Entry, Payload, Submission};
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::log::Log;
use ringchat::proto::message::Freshness;

/// Nobody lacks anything.
const ANY: Index = Index(u64::MAX);

fn ballot(round: u64) -> Ballot {
    Ballot { round, proposer: NodeId(1) }
}

fn empty(round: u64) -> Entry {
    Entry { ballot: ballot(round), body: Body::Empty }
}

fn message(round: u64, seq: u64, bytes: usize) -> Entry {
    let payload = Payload::new(Bytes::from(vec![b'x'; bytes])).unwrap();
    let message = Submission { origin: NodeId(1), seq, lamport: seq, payload };
    Entry { ballot: ballot(round), body: Body::Message(message) }
}

/// A log of empty entries, of ballots of these rounds.
fn log(rounds: &[u64]) -> Log {
    let mut log = Log::default();
    for round in rounds {
        log.append(empty(*round));
    }
    log
}

fn rounds_behind(log: &Log, previous: u64) -> Vec<u64> {
    log.behind(Index(previous)).map(|entry| entry.ballot.round).collect()
}

#[test]
fn a_new_log_is_empty_and_knows_the_ballot_before_all_entries() {
    let log = Log::default();
    assert_eq!((log.last(), log.compacted()), (Index::ZERO, Index::ZERO));
    assert_eq!(log.freshness(), Freshness::default());
    assert_eq!(log.ballot_at(Index::ZERO), Some(Ballot::ZERO));
    assert_eq!(log.ballot_at(Index(1)), None);
    assert_eq!(log.get(Index::ZERO), None);
    assert_eq!(log.behind(Index::ZERO).count(), 0);
}

#[test]
fn entries_stand_from_1_on_in_the_order_they_were_appended() {
    let mut log = Log::default();
    assert_eq!(log.append(empty(1)), Index(1));
    assert_eq!(log.append(empty(3)), Index(2));
    assert_eq!(log.last(), Index(2));
    assert_eq!(log.get(Index(1)), Some(&empty(1)));
    assert_eq!(log.ballot_at(Index(2)), Some(ballot(3)));
    assert_eq!(log.get(Index(3)), None);
    assert_eq!(log.freshness(), Freshness { ballot: ballot(3), index: Index(2) });
}

#[test]
fn freshness_is_the_last_entrys_ballot_before_it_is_length() {
    let (short, long) = (log(&[1, 3]), log(&[1, 1, 1, 2, 2]));
    assert!(short.freshness() > long.freshness());
    assert!(log(&[1, 2, 2]).freshness() > log(&[2, 2]).freshness());
}

#[test]
fn truncation_drops_the_entry_named_and_all_behind_it() {
    // (truncated from, last index left)
    for (from, last) in [(1, 0), (2, 1), (4, 3), (5, 4), (9, 4), (0, 0)] {
        let mut log = log(&[1, 1, 2, 2]);
        log.truncate(Index(from));
        assert_eq!(log.last(), Index(last), "from {from}");
        assert_eq!(log.get(Index(last + 1)), None, "from {from}");
    }
}

#[test]
fn truncation_does_not_reach_what_is_compacted() {
    let mut log = log(&[1, 1, 2, 2]);
    log.compact(Index(3), ANY, 1, usize::MAX);
    assert_eq!(log.compacted(), Index(2));
    log.truncate(Index(1));
    assert_eq!((log.compacted(), log.last()), (Index(2), Index(2)));
    assert_eq!(log.freshness(), Freshness { ballot: ballot(1), index: Index(2) });
}

#[test]
fn compaction_keeps_so_many_committed_entries_and_none_too_few() {
    // (committed, entries kept, compacted then) for a log of 10
    let table = [
        (0, 0, 0),
        (8, 3, 5),
        (8, 0, 8),
        (8, 8, 0),
        (8, 100, 0),
        (10, 1, 9),
        (8, u64::MAX >> 1, 0),
    ];
    for (committed, keep, compacted) in table {
        let mut log = log(&[1; 10]);
        log.compact(Index(committed), ANY, keep, usize::MAX);
        assert_eq!(log.compacted(), Index(compacted), "committed {committed}, kept {keep}");
        assert_eq!(log.last(), Index(10), "committed {committed}, kept {keep}");
    }
}

#[test]
fn compaction_by_bytes_stops_at_the_committed_end() {
    // (committed, bytes kept, compacted then) for ten messages of ten bytes
    for (committed, bytes, compacted) in
        [(8, 45, 6), (8, 100, 0), (3, 0, 3), (10, 0, 10), (10, 9, 10)]
    {
        let mut log = Log::default();
        for seq in 1..=10 {
            log.append(message(1, seq, 10));
        }
        log.compact(Index(committed), ANY, 1_000, bytes);
        assert_eq!(log.compacted(), Index(compacted), "committed {committed}, {bytes} bytes");
    }
}

#[test]
fn what_somebody_still_needs_is_kept_unless_it_is_too_many_bytes() {
    // (needed behind, entries kept, bytes kept, compacted then) for ten messages of ten bytes
    let table = [
        (10, 2, 100, 6),
        (6, 2, 100, 6),
        (4, 2, 100, 4),
        (0, 2, 100, 0),
        (4, 2, 40, 6),
        (0, 2, 0, 8),
        (0, 100, 30, 7),
    ];
    for (needed, keep, bytes, compacted) in table {
        let mut log = Log::default();
        for seq in 1..=10 {
            log.append(message(1, seq, 10));
        }
        log.compact(Index(8), Index(needed), keep, bytes);
        assert_eq!(log.compacted(), Index(compacted), "{needed}, {keep} entries, {bytes} bytes");
    }
}

#[test]
fn bytes_of_truncated_entries_do_not_count_for_compaction() {
    let mut log = Log::default();
    for seq in 1..=10 {
        log.append(message(1, seq, 10));
    }
    log.truncate(Index(5));
    log.compact(Index(4), ANY, 1_000, 40);
    assert_eq!(log.compacted(), Index::ZERO);
    log.compact(Index(4), ANY, 1_000, 39);
    assert_eq!(log.compacted(), Index(1));
}

#[test]
fn behind_a_compaction_the_ballot_of_its_last_entry_is_still_known_and_no_other() {
    let mut log = log(&[1, 2, 3, 4]);
    log.compact(Index(2), ANY, 0, usize::MAX);
    assert_eq!(log.ballot_at(Index(1)), None);
    assert_eq!(log.ballot_at(Index(2)), Some(ballot(2)));
    assert_eq!(log.get(Index(2)), None);
    assert_eq!(log.get(Index(3)), Some(&empty(3)));
    assert_eq!(log.append(empty(5)), Index(5));
}

#[test]
fn the_entries_behind_an_index_come_in_order() {
    // (behind, rounds found) in a log of 2 … 5 behind a compaction at 1
    let mut log = log(&[1, 2, 3, 4, 5]);
    log.compact(Index(1), ANY, 0, usize::MAX);
    let table: &[(u64, &[u64])] = &[
        (0, &[2, 3, 4, 5]),
        (1, &[2, 3, 4, 5]),
        (2, &[3, 4, 5]),
        (4, &[5]),
        (5, &[]),
        (9, &[]),
        (u64::MAX, &[]),
    ];
    for (previous, rounds) in table {
        assert_eq!(rounds_behind(&log, *previous), *rounds, "behind {previous}");
    }
}

#[test]
fn a_reset_starts_anew_behind_a_snapshot() {
    let mut log = log(&[1, 1, 1]);
    log.reset(Index(40), ballot(7));
    assert_eq!((log.compacted(), log.last()), (Index(40), Index(40)));
    assert_eq!(log.freshness(), Freshness { ballot: ballot(7), index: Index(40) });
    assert_eq!(log.ballot_at(Index(40)), Some(ballot(7)));
    assert_eq!(log.ballot_at(Index(3)), None);
    assert_eq!(log.append(empty(8)), Index(41));
    assert_eq!(log.get(Index(41)), Some(&empty(8)));
}

#[test]
fn the_summary_tells_each_stretch_of_one_ballot() {
    let mut log = log(&[1, 1, 2, 5, 5, 5]);
    assert_eq!(
        log.summary().runs,
        [(ballot(1), Index(2)), (ballot(2), Index(3)), (ballot(5), Index(6))]
    );
    log.compact(Index(4), ANY, 0, usize::MAX);
    let summary = log.summary();
    assert_eq!(summary.compacted, Index(4));
    assert_eq!(summary.runs, [(ballot(5), Index(6))]);
    assert_eq!(summary.last(), Index(6));
    // (index, ballot)
    for (index, found) in [(4, None), (5, Some(5)), (6, Some(5)), (7, None)] {
        assert_eq!(summary.ballot_at(Index(index)), found.map(ballot), "at {index}");
    }
    log.reset(Index(9), ballot(6));
    assert_eq!((log.summary().runs.len(), log.summary().last()), (0, Index(9)));
}
