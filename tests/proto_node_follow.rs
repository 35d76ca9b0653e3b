//! A follower by hand: what it takes, what it passes on, and what it holds committed.

mod proto_hand;

use bytes::Bytes;
use proto_hand::*;
use ringchat::proto::entry::{Payload, SnapshotHead};
use ringchat::proto::event::Event;
use ringchat::proto::facts::Facts;
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::input::{Disconnect, Input};
use ringchat::proto::message::{Append, AppendAck, Message, SnapshotChunk};
use ringchat::proto::output::Output;

/// The acknowledgements that were sent back to A.
fn acks(outputs: &[Output]) -> Vec<AppendAck> {
    let ack = |message| match message {
        Message::AppendAck(ack) => Some(ack),
        _ => None,
    };
    sent(outputs, A).into_iter().filter_map(ack).collect()
}

/// The successor's answer to a probe: from here on nothing holds frames back.
fn agreed(ballot: Ballot, verified: u64) -> Message {
    let (promised, verified) = (ballot, Index(verified));
    let (commit, stored) = (Index::ZERO, Box::default());
    Message::AppendAck(AppendAck { ballot, promised, verified, commit, mismatch: false, stored })
}

/// A follower under ballot 2 of A whose log is the view, and entries 2 and 3, not known committed.
fn with_a_tail() -> Hand {
    let mut hand = Hand::follower(&[B]);
    let leader = ballot(2, A);
    let entries = [said(leader, 1), said(leader, 2)];
    hand.appended(A, append(leader, (1, ballot(1, A)), &entries, 1));
    assert_eq!(hand.node.status().last, Index(3));
    hand
}

#[test]
fn an_append_below_the_promise_is_refused_and_changes_nothing() {
    let mut hand = with_a_tail();
    let before = hand.node.status();
    for old in [ballot(1, A), ballot(1, B), ballot(2, NodeId(1))] {
        let frame = append(old, (1, ballot(1, A)), &[said(old, 7)], 2);
        let out = hand.appended(
            A,
            Append { stored: [stored(A, 9), stored(B, 9)].into_iter().collect(), ..frame },
        );
        let refusal = AppendAck {
            ballot: old,
            promised: ballot(2, A),
            verified: Index::ZERO,
            commit: Index::ZERO,
            mismatch: false,
            stored: Box::default(),
        };
        assert_eq!(acks(&out), [refusal]);
        assert_eq!(delivered(&out), [0; 0]);
        assert_eq!(frames(&out, B), []);
        assert_eq!(hand.node.status(), before);
    }
}

#[test]
fn a_greater_ballot_is_promised_before_anything_of_it_is_passed_on() {
    let mut hand = with_a_tail();
    let leader = ballot(5, B);
    let out = hand.appended(B, append(leader, (1, ballot(1, A)), &[], 1));
    assert!(events(&out).contains(&Event::Promised { ballot: leader }));
    let promised = |write: &Output| matches!(write, Output::Persist(it) if it.promised == leader);
    assert!(out.iter().any(promised));
    assert_eq!(hand.node.status().promised, leader);
}

#[test]
fn a_commit_index_beyond_what_was_verified_is_not_delivered() {
    let mut hand = Hand::follower(&[B]);
    let leader = ballot(1, A);
    let out = hand.appended(A, append(leader, (1, leader), &[said(leader, 1)], 99));
    assert_eq!(delivered(&out), [1]);
    assert_eq!(hand.node.status().committed, Index(2));
    // The stretch before this one is missing, whatever is committed.
    let out = hand.appended(A, append(leader, (5, leader), &[said(leader, 5)], 99));
    assert_eq!(delivered(&out), [0; 0]);
    assert!(acks(&out)[0].mismatch);
    assert_eq!(acks(&out)[0].verified, Index(2));
    assert_eq!(hand.node.status().last, Index(2));
}

#[test]
fn a_tail_that_the_new_leader_has_not_verified_is_not_delivered_on_its_commit_index() {
    let mut hand = with_a_tail();
    let out = hand.appended(A, append(ballot(3, A), (1, ballot(1, A)), &[], 3));
    assert_eq!(delivered(&out), [0; 0]);
    assert_eq!(hand.node.status().committed, Index(1));
}

#[test]
fn an_entry_of_an_older_ballot_is_not_committed_by_counting() {
    // The Raft paper's figure 8: a quorum holds entry 2, and a leader without it may yet come.
    let mut hand = with_a_tail();
    let leader = ballot(4, B);
    let everybody = |index| [stored(A, index), stored(B, index)].into_iter().collect();
    let old = [said(ballot(2, A), 1), said(ballot(2, A), 2)];
    let frame = append(leader, (1, ballot(1, A)), &old, 1);
    let out = hand.appended(B, Append { stored: everybody(3), ..frame });
    assert_eq!(delivered(&out), [0; 0], "everybody holds it, under an older ballot");
    assert_eq!(hand.node.status().committed, Index(1));
    // An entry of its own takes the older ones along.
    let frame = append(leader, (3, ballot(2, A)), &[empty(leader)], 1);
    let out = hand.appended(B, Append { stored: everybody(4), ..frame });
    assert_eq!(delivered(&out), [1, 2]);
    assert_eq!(hand.node.status().committed, Index(4));
}

#[test]
fn a_stale_tail_is_neither_passed_on_nor_acknowledged() {
    let mut hand = with_a_tail();
    let out = hand.appended(A, append(ballot(3, A), (0, Ballot::ZERO), &[], 1));
    let mut all = out.clone();
    all.extend(hand.hears(B, agreed(ballot(3, A), 1)));
    assert!(frames(&all, B).iter().all(|frame| frame.entries.is_empty()), "{all:?}");
    assert!(!frames(&all, B).is_empty(), "the pulse goes on");
    assert_eq!(acks(&out)[0].verified, Index(1));
    assert_eq!(acks(&out)[0].stored.of(hand.me).index, Index(1));
    // Entry 2 turns out to be the new leader's, too; entry 3 behind it is still not.
    let out = hand.appended(A, append(ballot(3, A), (2, ballot(2, A)), &[], 1));
    let sent: Vec<_> = frames(&out, B).into_iter().flat_map(|frame| frame.entries).collect();
    assert_eq!(sent, [said(ballot(2, A), 1)]);
    assert_eq!(acks(&out)[0].verified, Index(2));
    assert_eq!(hand.node.status().last, Index(3), "and yet nothing is dropped");
}

#[test]
fn only_a_conflict_truncates_and_a_repeated_frame_changes_nothing() {
    let leader = ballot(2, A);
    let stretch = [said(leader, 1), said(leader, 2)];
    // (frame, last index then, whether something was truncated)
    let other = ballot(3, A);
    let table = [
        (append(leader, (1, ballot(1, A)), &stretch, 1), 3, false),
        (append(leader, (1, ballot(1, A)), &stretch[..1], 1), 3, false),
        (append(leader, (1, ballot(1, A)), &[], 1), 3, false),
        (append(other, (1, ballot(1, A)), &stretch[..1], 1), 3, false),
        (append(other, (1, ballot(1, A)), &[said(other, 1)], 1), 2, true),
        (append(other, (2, leader), &[said(other, 2)], 1), 3, true),
        (append(other, (3, leader), &[said(other, 3)], 1), 4, false),
        (append(other, (2, other), &[said(other, 2)], 1), 3, false),
    ];
    for (frame, last, truncates) in table {
        let mut hand = with_a_tail();
        let out = hand.appended(A, frame.clone());
        let found = events(&out).iter().any(|it| matches!(it, Event::Truncated { .. }));
        assert_eq!(found, truncates, "{frame:?}");
        assert_eq!(hand.node.status().last, Index(last), "{frame:?}");
    }
}

#[test]
fn what_is_not_durable_is_passed_on_but_not_acknowledged_as_stored() {
    let mut hand = Hand::follower(&[B]);
    let leader = ballot(1, A);
    hand.hears(B, agreed(leader, 1));
    hand.persists = false;
    let out = hand.appended(A, append(leader, (1, leader), &[said(leader, 1)], 1));
    let own = |hand: &Hand, facts: &Facts| facts.of(hand.me).index;
    let passed = frames(&out, B);
    assert_eq!(passed[0].entries, [said(leader, 1)], "the disk is not waited for");
    assert!(passed.iter().all(|frame| own(&hand, &frame.stored) <= Index(1)), "{passed:?}");
    assert_eq!(acks(&out)[0].verified, Index(2), "it is here");
    assert_eq!(own(&hand, &acks(&out)[0].stored), Index(1), "and not yet safe");
    // With what A holds, this node's own word would be a quorum.
    let frame = append(leader, (2, leader), &[], 1);
    let out = hand.appended(A, Append { stored: [stored(A, 2)].into_iter().collect(), ..frame });
    assert_eq!(delivered(&out), [0; 0]);
    let write = *hand.withheld.last().unwrap();
    let out = hand.persisted(write);
    assert_eq!(delivered(&out), [1]);
}

#[test]
fn a_quorum_seen_in_passing_delivers_at_once() {
    let mut hand = Hand::follower(&[B]);
    let leader = ballot(1, A);
    let frame = append(leader, (1, leader), &[said(leader, 1)], 1);
    let out = hand.appended(A, Append { stored: [stored(A, 2)].into_iter().collect(), ..frame });
    assert_eq!(delivered(&out), [1], "A and this node are two of three");
}

#[test]
fn the_word_of_outsiders_commits_nothing() {
    let mut hand = Hand::follower(&[B, C]);
    let leader = ballot(1, A);
    let outsiders = (100..110).map(|id| stored(NodeId(id), 2));
    let frame = append(leader, (1, leader), &[said(leader, 1)], 1);
    let out = hand.appended(A, Append { stored: outsiders.collect(), ..frame });
    assert_eq!(delivered(&out), [0; 0]);
}

/// A chunk of one byte of a snapshot of four, with its head if it is the first.
fn chunk(offset: u64) -> Message {
    let head = SnapshotHead {
        index: Index(9),
        ballot: ballot(1, A),
        view: view(1, &[A, B]),
        sessions: vec![],
        lamport: 0,
        exiles: vec![],
    };
    Message::SnapshotChunk(SnapshotChunk {
        ballot: ballot(2, A),
        index: head.index,
        head: (offset == 0).then(|| Box::new(head)),
        offset,
        total: 4,
        bytes: Payload::new(Bytes::from_static(b"x")).unwrap(),
    })
}

/// How much of a snapshot is said to be there, in answer to these chunks.
fn received(hand: &mut Hand, from: NodeId, offsets: &[u64]) -> Vec<u64> {
    let answers = offsets.iter().flat_map(|at| {
        let out = hand.hears(from, chunk(*at));
        sent(&out, from)
    });
    let answers: Vec<Message> = answers.collect();
    let received = |message: &Message| match message {
        Message::SnapshotAck { received, .. } => Some(*received),
        _ => None,
    };
    answers.iter().filter_map(received).collect()
}

#[test]
fn of_two_that_send_the_same_snapshot_one_is_listened_to_and_the_other_not_answered() {
    let mut hand = Hand::follower(&[B]);
    assert_eq!(received(&mut hand, A, &[0, 1]), [1, 2]);
    assert_eq!(received(&mut hand, B, &[0, 1, 2, 3]), [0; 0]);
    assert_eq!(received(&mut hand, A, &[3, 1]), [0; 0], "what does not fit is not answered");
    // Its link is gone: now the other one is listened to, from the start.
    hand.input(Input::Disconnected { link: link(A), why: Disconnect::Reset });
    assert_eq!(received(&mut hand, B, &[2, 3]), [0; 0]);
    assert_eq!(received(&mut hand, B, &[0, 1, 2, 3]), [1, 2, 3, 4]);
    assert_eq!(hand.node.status().committed, Index(9));
}

#[test]
fn what_a_neighbour_knows_committed_comes_back_with_its_acknowledgement() {
    let mut hand = with_a_tail();
    let leader = ballot(2, A);
    let out = hand.hears(B, agreed(leader, 3));
    assert_eq!(delivered(&out), [0; 0]);
    let Message::AppendAck(ack) = agreed(leader, 3) else { unreachable!() };
    let out = hand.hears(B, Message::AppendAck(AppendAck { commit: Index(9), ..ack.clone() }));
    assert_eq!(delivered(&out), [1, 2], "no further than what is verified here");
    let mut hand = with_a_tail();
    let other = AppendAck { ballot: ballot(1, A), commit: Index(3), ..ack };
    assert_eq!(delivered(&hand.hears(B, Message::AppendAck(other))), [0; 0], "of another ballot");
}
