//! Promise and log by tables: what a write holds, what is durable, and what waits until it is.

use bytes::Bytes;
use ringchat::proto::durable::Durable;
use ringchat::proto::entry::{Body, Entry, Payload, Snapshot, SnapshotHead, Submission};
use ringchat::proto::id::{Ballot, Index, NodeId, RingId};
use ringchat::proto::input::WriteId;
use ringchat::proto::log::Log;
use ringchat::proto::message::{Elected, Freshness};
use ringchat::proto::output::Write;

const ME: NodeId = NodeId(1);

fn ballot(round: u64) -> Ballot {
    Ballot { round, proposer: ME }
}

fn append(durable: &mut Durable, count: u64) {
    for _ in 0..count {
        durable.append(Entry { ballot: ballot(1), body: Body::Empty });
    }
}

fn snapshot(index: u64) -> Snapshot {
    let head = SnapshotHead { index: Index(index), ballot: ballot(7), ..SnapshotHead::default() };
    Snapshot { head, application: Bytes::from_static(b"state") }
}

fn token(round: u64) -> Elected {
    let freshness = Freshness::default();
    let (met, promised_by) = (vec![ME], vec![]);
    Elected { ballot: ballot(round), freshness, view: 1, met, promised_by, hops_left: 9 }
}

/// The number, and the stretch, of the write that is due.
fn write(durable: &mut Durable) -> Option<(u64, u64, u64)> {
    durable
        .next_write(ME, None, Index::ZERO)
        .map(|write| (write.id.0, write.behind.0, write.last.0))
}

#[test]
fn writes_are_numbered_from_1_and_each_goes_on_where_the_last_one_ended() {
    let mut durable = Durable::default();
    assert_eq!(write(&mut durable), None, "nothing has changed");
    append(&mut durable, 3);
    assert_eq!(write(&mut durable), Some((1, 0, 3)));
    assert_eq!(write(&mut durable), None, "nothing has changed since");
    append(&mut durable, 1);
    assert_eq!(write(&mut durable), Some((2, 3, 4)));
    durable.promise(ballot(2));
    assert_eq!(write(&mut durable), Some((3, 4, 4)), "a promise alone is a write, too");
}

#[test]
fn a_write_says_whose_it_is_and_what_is_promised_and_committed() {
    let mut durable = Durable::default();
    durable.promise(ballot(4));
    let ring = Some(RingId(7));
    append(&mut durable, 2);
    let (behind, last, committed) = (Index::ZERO, Index(2), Index(1));
    let (id, promised) = (WriteId(1), ballot(4));
    let expected = Write { id, node: ME, ring, promised, committed, snapshot: None, behind, last };
    assert_eq!(durable.next_write(ME, ring, committed), Some(expected));
}

#[test]
fn a_promise_never_goes_back() {
    let mut durable = Durable::default();
    for (round, promised) in [(3, 3), (2, 3), (5, 5), (0, 5)] {
        durable.promise(ballot(round));
        assert_eq!(durable.promised(), ballot(promised), "after {round}");
    }
}

#[test]
fn entries_are_durable_once_their_write_is_and_not_when_it_is_given_out() {
    let mut durable = Durable::default();
    append(&mut durable, 2);
    assert_eq!(durable.index(), Index::ZERO);
    write(&mut durable);
    append(&mut durable, 3);
    write(&mut durable);
    assert_eq!(durable.index(), Index::ZERO);
    durable.persisted(WriteId(1));
    assert_eq!(durable.index(), Index(2));
    durable.persisted(WriteId(1));
    assert_eq!(durable.index(), Index(2), "told twice");
    durable.persisted(WriteId(2));
    assert_eq!(durable.index(), Index(5));
}

#[test]
fn a_durable_write_stands_for_all_before_it() {
    let mut durable = Durable::default();
    for _ in 0..4 {
        append(&mut durable, 1);
        write(&mut durable);
    }
    durable.persisted(WriteId(3));
    assert_eq!(durable.index(), Index(3));
    durable.persisted(WriteId(1));
    assert_eq!(durable.index(), Index(3));
    durable.persisted(WriteId(u64::MAX));
    assert_eq!(durable.index(), Index(4));
}

#[test]
fn what_is_truncated_while_its_write_is_pending_does_not_become_durable_by_it() {
    let mut durable = Durable::default();
    append(&mut durable, 4);
    assert_eq!(write(&mut durable), Some((1, 0, 4)));
    append(&mut durable, 2);
    assert_eq!(write(&mut durable), Some((2, 4, 6)));
    durable.truncate(Index(4));
    append(&mut durable, 3);
    assert_eq!(write(&mut durable), Some((3, 3, 6)), "written anew from the truncation on");
    // (write, durable index then)
    for (id, index) in [(1, 3), (2, 3), (3, 6)] {
        durable.persisted(WriteId(id));
        assert_eq!(durable.index(), Index(index), "after write {id}");
    }
}

#[test]
fn truncation_takes_back_what_was_durable() {
    let mut durable = Durable::default();
    append(&mut durable, 4);
    write(&mut durable);
    durable.persisted(WriteId(1));
    durable.truncate(Index(3));
    assert_eq!((durable.index(), durable.log().last()), (Index(2), Index(2)));
    assert_eq!(write(&mut durable), Some((2, 2, 2)), "the truncation itself must be written");
    append(&mut durable, 1);
    assert_eq!(write(&mut durable), Some((3, 2, 3)));
    durable.persisted(WriteId(2));
    assert_eq!(durable.index(), Index(2));
}

#[test]
fn a_token_comes_back_only_when_all_that_was_promised_before_it_is_durable() {
    let mut durable = Durable::default();
    durable.promise(ballot(1));
    write(&mut durable);
    durable.promise(ballot(2));
    durable.then(token(2));
    assert_eq!(durable.persisted(WriteId(1)), [], "its write is not even given out");
    write(&mut durable);
    durable.then(token(3));
    assert_eq!(durable.persisted(WriteId(1)), []);
    assert_eq!(durable.persisted(WriteId(2)), [token(2)]);
    assert_eq!(durable.persisted(WriteId(2)), [], "once");
    assert_eq!(write(&mut durable), Some((3, 0, 0)), "a token alone asks for a write");
    assert_eq!(durable.persisted(WriteId(3)), [token(3)]);
}

#[test]
fn tokens_of_several_writes_come_back_together_in_order() {
    let mut durable = Durable::default();
    for round in 1..=3 {
        durable.then(token(round));
        durable.then(token(round + 10));
        write(&mut durable);
    }
    let back: Vec<u64> =
        durable.persisted(WriteId(2)).iter().map(|token| token.ballot.round).collect();
    assert_eq!(back, [1, 11, 2, 12]);
}

#[test]
fn behind_a_snapshot_of_another_nothing_is_durable_until_it_is_written() {
    let mut durable = Durable::default();
    append(&mut durable, 3);
    durable.then(token(1));
    write(&mut durable);
    durable.reset(snapshot(40));
    assert_eq!((durable.index(), durable.log().last()), (Index::ZERO, Index(40)));
    append(&mut durable, 2);
    let due = durable.next_write(ME, None, Index(40)).unwrap();
    assert_eq!((due.id.0, due.behind.0, due.last.0), (2, 40, 42));
    assert_eq!(due.snapshot, Some(Box::new(snapshot(40))));
    assert_eq!(durable.persisted(WriteId(1)), [token(1)], "a promise outlives a reset");
    assert_eq!(durable.index(), Index::ZERO, "older writes add nothing");
    append(&mut durable, 1);
    assert_eq!(durable.next_write(ME, None, Index(40)).unwrap().snapshot, None, "once");
    durable.persisted(WriteId(2));
    assert_eq!(durable.index(), Index(42));
}

#[test]
fn a_reset_to_a_smaller_index_is_not_undone_by_an_older_write() {
    let mut durable = Durable::default();
    append(&mut durable, 9);
    write(&mut durable);
    durable.reset(snapshot(5));
    append(&mut durable, 1);
    durable.persisted(WriteId(1));
    assert_eq!(durable.index(), Index::ZERO);
}

#[test]
fn a_snapshot_of_its_own_goes_with_the_next_write_and_changes_nothing_else() {
    let mut durable = Durable::default();
    append(&mut durable, 6);
    write(&mut durable);
    durable.persisted(WriteId(1));
    durable.keep(snapshot(4));
    assert_eq!((durable.index(), durable.kept()), (Index(6), Index(4)));
    let due = durable.next_write(ME, None, Index(4)).unwrap();
    assert_eq!((due.behind.0, due.last.0, due.snapshot), (6, 6, Some(Box::new(snapshot(4)))));
    assert_eq!(durable.index(), Index(6));
}

#[test]
fn a_snapshot_is_due_when_enough_stands_behind_the_last_one() {
    let mut durable = Durable::default();
    let payload = Payload::new(Bytes::from_static(b"12345678")).unwrap();
    for seq in 1..=3 {
        let message = Submission { origin: ME, seq, lamport: seq, payload: payload.clone() };
        durable.append(Entry { ballot: ballot(1), body: Body::Message(message) });
    }
    // (committed, entries, bytes, whether it is due)
    let table = [
        (3, 3, 99, true),
        (2, 3, 99, false),
        (2, 9, 24, false),
        (2, 9, 23, true),
        (0, 9, 0, false),
    ];
    for (committed, entries, bytes, due) in table {
        assert_eq!(durable.exceeds(Index(committed), entries, bytes), due, "{committed} {entries}");
    }
    durable.keep(snapshot(2));
    assert!(!durable.exceeds(Index(3), 2, 0));
    assert!(durable.exceeds(Index(4), 2, 99));
}

#[test]
fn what_a_disk_held_is_durable_and_is_not_written_again() {
    let entries = vec![Entry { ballot: ballot(3), body: Body::Empty }; 2];
    let mut durable = Durable::restore(ballot(2), Log::restore(Index(8), ballot(1), entries));
    assert_eq!(
        (durable.index(), durable.log().last(), durable.kept()),
        (Index(10), Index(10), Index(8))
    );
    assert_eq!(durable.promised(), ballot(3), "no entry is written without its promise");
    assert_eq!(write(&mut durable), None);
    append(&mut durable, 1);
    assert_eq!(write(&mut durable), Some((1, 10, 11)));
    durable.persisted(WriteId(1));
    assert_eq!(durable.index(), Index(11));
}

#[test]
fn a_store_that_failed_gives_back_what_waited_and_is_asked_for_nothing_more() {
    let mut durable = Durable::default();
    durable.then(token(1));
    write(&mut durable);
    append(&mut durable, 1);
    durable.then(token(2));
    assert!(!durable.failed());
    let waited: Vec<Ballot> = durable.fail().into_iter().map(|token| token.ballot).collect();
    assert_eq!(waited, [token(1).ballot, token(2).ballot]);
    assert!(durable.failed());
    assert_eq!(write(&mut durable), None);
    assert!(durable.persisted(WriteId(2)).is_empty());
    assert_eq!(durable.index(), Index::ZERO);
}

#[test]
fn only_what_is_durable_is_compacted() {
    let mut durable = Durable::default();
    append(&mut durable, 6);
    durable.compact(Index(6), Index(6), 0, 0);
    assert_eq!(durable.log().compacted(), Index::ZERO);
    write(&mut durable);
    append(&mut durable, 1);
    durable.persisted(WriteId(1));
    durable.compact(Index(7), Index(7), 0, usize::MAX);
    assert_eq!(durable.log().compacted(), Index(6));
}
