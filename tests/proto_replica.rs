//! The way to one neighbour by tables: probing, windows, mismatches, and being overtaken.

use ringchat::proto::id::{Ballot, Index, LinkId};
use ringchat::proto::message::AppendAck;
use ringchat::proto::replica::Replica;

const BYTES: usize = 100;
const ENTRIES: u64 = 10;

fn replica(next: u64) -> Replica {
    Replica::new(LinkId::Dialed(1), Index(next))
}

/// A replica whose neighbour has answered a probe: it holds everything up to `verified`.
fn following(verified: u64) -> Replica {
    let mut replica = replica(verified + 1);
    replica.sent(None, 0);
    replica.acknowledged(&ack(verified));
    replica
}

fn ack(verified: u64) -> AppendAck {
    let ballot = Ballot { round: 1, ..Ballot::ZERO };
    let verified = Index(verified);
    let commit = Index::ZERO;
    let stored = Box::default();
    AppendAck { ballot, promised: ballot, verified, commit, mismatch: false, stored }
}

fn mismatch(verified: u64) -> AppendAck {
    AppendAck { mismatch: true, ..ack(verified) }
}

fn may_send(replica: &Replica) -> bool {
    replica.may_send(BYTES, ENTRIES)
}

#[test]
fn one_probe_goes_out_and_nothing_more_until_it_is_answered() {
    let mut replica = replica(5);
    assert!(replica.may_speak() && may_send(&replica));
    replica.sent(Some(Index(7)), 30);
    assert!(!replica.may_speak() && !may_send(&replica));
    replica.acknowledged(&ack(7));
    assert!(replica.may_speak() && may_send(&replica));
    assert_eq!((replica.next, replica.acked), (Index(8), Index(7)));
}

#[test]
fn a_frame_without_entries_is_a_probe_as_well() {
    let mut replica = replica(5);
    replica.sent(None, 0);
    assert!(!replica.may_speak());
    assert_eq!(replica.next, Index(5));
}

#[test]
fn the_answer_to_a_probe_is_the_neighbours_place_whatever_was_tried() {
    // (tried from, answer, next then)
    let table = [
        (5, ack(4), 5),
        (5, ack(0), 1),
        (5, mismatch(0), 1),
        (5, mismatch(3), 4),
        (5, ack(9), 10),
        (1, mismatch(0), 1),
    ];
    for (next, answer, expected) in table {
        let mut replica = replica(next);
        replica.sent(Some(Index(next + 2)), 30);
        replica.acknowledged(&answer);
        assert_eq!(replica.next, Index(expected), "tried {next}, answered {answer:?}");
        assert!(may_send(&replica), "tried {next}, answered {answer:?}");
    }
}

#[test]
fn entries_under_way_are_bounded_by_bytes() {
    let mut replica = following(4);
    replica.sent(Some(Index(5)), 60);
    assert!(may_send(&replica));
    replica.sent(Some(Index(6)), 60);
    assert!(!may_send(&replica), "120 of 100 bytes are under way");
    assert!(replica.may_speak(), "frames without entries are not held back");
    replica.acknowledged(&ack(5));
    assert!(may_send(&replica));
    replica.acknowledged(&ack(6));
    replica.sent(Some(Index(7)), 100);
    assert!(!may_send(&replica), "exactly as many as may be");
}

#[test]
fn entries_under_way_are_bounded_by_their_number() {
    let mut replica = following(4);
    replica.sent(Some(Index(13)), 0);
    assert!(may_send(&replica), "9 of 10");
    replica.sent(Some(Index(14)), 0);
    assert!(!may_send(&replica), "10 of 10");
    replica.acknowledged(&ack(5));
    assert!(may_send(&replica));
}

#[test]
fn an_acknowledgement_frees_only_the_frames_it_covers_whole() {
    let mut replica = following(0);
    replica.sent(Some(Index(3)), 50);
    replica.sent(Some(Index(6)), 50);
    assert!(!may_send(&replica));
    replica.acknowledged(&ack(2));
    assert!(!may_send(&replica), "the first frame goes up to 3");
    assert_eq!(replica.acked, Index(2));
    replica.acknowledged(&ack(3));
    assert!(may_send(&replica));
    assert_eq!(replica.next, Index(7), "what is under way is not sent again");
}

#[test]
fn acknowledgements_that_come_late_take_nothing_back() {
    let mut replica = following(4);
    replica.sent(Some(Index(6)), 10);
    replica.acknowledged(&ack(6));
    replica.acknowledged(&ack(5));
    assert_eq!((replica.acked, replica.next), (Index(6), Index(7)));
}

#[test]
fn a_mismatch_without_a_probe_asks_again_from_where_the_neighbour_stands() {
    let mut replica = following(4);
    replica.sent(Some(Index(6)), 60);
    replica.sent(Some(Index(8)), 60);
    replica.acknowledged(&mismatch(4));
    assert_eq!(replica.next, Index(5));
    assert!(may_send(&replica), "what was under way is in vain, and frees its room");
    replica.sent(Some(Index(6)), 60);
    assert!(!replica.may_speak(), "it is a probe");
    replica.acknowledged(&ack(6));
    assert!(replica.may_speak());
    assert_eq!(replica.next, Index(7));
}

#[test]
fn a_neighbour_that_learned_more_by_another_way_is_not_sent_it() {
    let mut replica = following(4);
    replica.sent(Some(Index(6)), 90);
    replica.acknowledged(&ack(9));
    assert_eq!((replica.next, replica.acked), (Index(10), Index(9)));
    replica.sent(Some(Index(10)), 90);
    assert!(may_send(&replica), "what was under way does not count any more");
}

#[test]
fn a_snapshot_lets_it_go_on_behind_it() {
    let mut replica = following(4);
    replica.sent(Some(Index(6)), 120);
    replica.skip_to(Index(41));
    assert_eq!(replica.next, Index(41));
    // Entries count from what was acknowledged, and the snapshot's own answer is still to come.
    replica.acknowledged(&ack(40));
    assert!(may_send(&replica));
}
