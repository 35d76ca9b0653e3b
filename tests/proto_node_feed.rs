//! Frames for those whom the ring's way does not reach, at one node by hand; and what people are told.

mod proto_hand;

use proto_hand::*;
use ringchat::proto::config::Config;
use ringchat::proto::entry::Committed;
use ringchat::proto::event::Event;
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::message::Message;
use ringchat::proto::output::Output;

const NEWCOMER: NodeId = NodeId(40);

fn join() -> Message {
    Message::Join { committed: Committed::default() }
}

fn sponsored(outputs: &[Output], to: NodeId) -> Vec<bool> {
    let messages = sent(outputs, to).into_iter();
    let answer = messages.filter_map(|message| match message {
        Message::Welcome { sponsored, .. } => Some(sponsored),
        _other => None,
    });
    answer.collect()
}

#[test]
fn a_member_does_not_wait_for_a_place_among_the_newcomers() {
    let config = Config { learners: 1, ..Config::default() };
    let mut hand = Hand::follower_with(config, &[B, C]);
    hand.connect(NEWCOMER);
    hand.connect(NodeId(41));
    assert_eq!(sponsored(&hand.hears(NEWCOMER, join()), NEWCOMER), [true]);
    let table = [(NodeId(41), false), (C, true), (NEWCOMER, true)];
    for (peer, served) in table {
        assert_eq!(sponsored(&hand.hears(peer, join()), peer), [served], "{peer}");
    }
}

#[test]
fn who_knows_more_is_not_served() {
    let mut hand = Hand::follower(&[B, C]);
    hand.connect(NEWCOMER);
    for peer in [C, NEWCOMER] {
        for (index, served) in [(0, true), (1, true), (2, false)] {
            let known = Committed { index: Index(index), ..Committed::default() };
            let out = hand.hears(peer, Message::Join { committed: known });
            assert_eq!(sponsored(&out, peer), [served], "{peer} knows {index}");
        }
    }
}

#[test]
fn a_leader_that_is_ahead_is_asked_although_another_was_just_asked() {
    let asks = |out: &[Output], peer| {
        sent(out, peer).iter().any(|message| matches!(message, Message::Join { .. }))
    };
    let leader = ballot(1, A);
    let mut hand = Hand::follower(&[B, C]);
    // The leader falls silent. C, which hears it, is asked for frames; it passes one on, and has no more.
    let ask_c = |hand: &mut Hand| {
        hand.pass(100, &[B, C]);
        asks(&hand.hears(C, Message::LeaderAlive { ballot: leader }), C)
    };
    assert!((0..100).any(|_| ask_c(&mut hand)));
    hand.appended(C, append(leader, (1, leader), &[], 1));
    // Then the leader itself is heard again, far ahead of what C brought.
    let mut asked = (0, 0);
    for pulse in 100..130 {
        let out = hand.pass(100, &[A, B, C]);
        asked.0 += u64::from(asks(&out, C));
        let ping = Message::Ping { sent_at: hand.now, leading: Some((leader, pulse)) };
        asked.1 += u64::from(asks(&hand.hears(A, ping), A));
    }
    assert!(asked.1 > 0, "C was asked {} times, the leader never", asked.0);
}

#[test]
fn who_gives_way_again_and_again_says_that_lines_wait() {
    let mut hand = Hand::follower(&[B, C]);
    let mut told = Vec::new();
    for _ in 0..400 {
        let out = hand.pass(100, &[B, C]);
        told.extend(events(&out).into_iter().filter_map(|event| match event {
            Event::NoQuorum { reachable, members } => Some((reachable, members)),
            _other => None,
        }));
    }
    // No token comes back: B takes them all, and says nothing.
    assert_eq!(told, [(3, 4)]);
    assert_eq!(hand.node.status().no_quorum, Some((3, 4)));
    let leader = ballot(2, B);
    let out = hand.appended(B, append(leader, (1, ballot(1, A)), &[empty(leader)], 1));
    assert!(events(&out).contains(&Event::QuorumBack));
    assert_eq!(hand.node.status().no_quorum, None);
    assert!(Ballot::ZERO < hand.node.status().promised);
}
