//! Links at one node by hand: what comes late, twice, or from where nobody was expected.

mod proto_hand;

use proto_hand::*;
use ringchat::proto::entry::Committed;
use ringchat::proto::event::{Event, LinkLoss};
use ringchat::proto::id::{Ballot, Index, LinkId, NodeId, RingId};
use ringchat::proto::input::{Disconnect, Input, WriteId};
use ringchat::proto::message::{Hello, Message, Request};
use ringchat::proto::node::{Node, Start};
use ringchat::proto::output::Output;

const REASONS: [Disconnect; 4] =
    [Disconnect::Closed, Disconnect::Reset, Disconnect::Refused, Disconnect::Unreachable];

/// The node as it is, for a look whether anything changed.
fn picture(node: &Node) -> String {
    format!("{node:?}")
}

fn nodes() -> Vec<Hand> {
    let founder = Hand::new(Start::Found);
    let newcomer = Hand::new(Start::Join(vec![address(A)]));
    vec![founder, newcomer, Hand::follower(&[B, C])]
}

#[test]
fn the_end_of_a_link_nobody_knows_has_no_effect() {
    for mut hand in nodes() {
        hand.input(Input::Timeout);
        let before = hand.node.status();
        for link in [LinkId::Dialed(99), LinkId::Accepted(99)] {
            for why in REASONS {
                let out = hand.input(Input::Disconnected { link, why });
                assert_eq!(out, []);
                assert_eq!(hand.node.status(), before);
            }
        }
    }
}

#[test]
fn a_message_of_a_link_nobody_knows_has_no_effect() {
    let frame = append(ballot(9, A), (0, Ballot::ZERO), &[empty(ballot(9, A))], 1);
    for mut hand in nodes() {
        hand.input(Input::Timeout);
        let before = picture(&hand.node);
        for link in [LinkId::Dialed(99), LinkId::Accepted(99)] {
            for message in [
                Message::Append(frame.clone()),
                Message::LeaderAlive { ballot: ballot(9, A) },
                Message::Welcome { ring: RING, view: view(9, &[A]), sponsored: true },
                Message::Join { committed: Committed::default() },
            ] {
                assert_eq!(hand.input(Input::Message { link, message }), []);
                assert_eq!(picture(&hand.node), before);
            }
        }
    }
}

#[test]
fn a_link_ends_once_and_what_it_brings_afterwards_is_not_heard() {
    let mut hand = Hand::follower(&[B]);
    let why = Disconnect::Reset;
    let out = hand.input(Input::Disconnected { link: link(A), why: why.clone() });
    let down = Event::LinkDown { link: link(A), peer: Some(A), why: LinkLoss::Lost(why.clone()) };
    assert!(events(&out).contains(&down));
    assert_eq!(hand.input(Input::Disconnected { link: link(A), why }), []);
    let leader = ballot(1, A);
    let out = hand.appended(A, append(leader, (1, leader), &[said(leader, 1)], 2));
    assert_eq!(out, []);
    assert_eq!(hand.node.status().last, Index(1));
}

#[test]
fn a_dialed_link_that_was_given_up_does_not_come_to_stand_any_more() {
    let mut hand = Hand::follower(&[B]);
    let hello = Hello { ring: Some(RING), member: member(C) };
    let out = hand.input(Input::Connected { link: LinkId::Dialed(99), hello });
    assert_eq!(out, []);
}

#[test]
fn neither_another_ring_nor_the_node_itself_is_let_in() {
    let mut hand = Hand::follower(&[B]);
    let own = hand.node.hello();
    let other = Hello { ring: Some(RingId(1)), member: member(C) };
    let table = [(other, LinkLoss::OtherRing(RingId(1))), (own, LinkLoss::Itself)];
    for (hello, why) in table {
        let link = LinkId::Accepted(50);
        let peer = Some(hello.member.id);
        let out = hand.input(Input::Connected { link, hello });
        assert!(out.contains(&Output::HangUp { link }), "{out:?}");
        assert!(events(&out).contains(&Event::LinkDown { link, peer, why }));
        let message = Message::Join { committed: Committed::default() };
        assert_eq!(hand.input(Input::Message { link, message }), []);
    }
}

#[test]
fn an_answer_to_a_write_or_a_snapshot_that_nobody_asked_for_is_harmless() {
    for mut hand in nodes() {
        hand.input(Input::Timeout);
        let before = hand.node.status();
        for write in [WriteId(0), WriteId(u64::MAX)] {
            hand.input(Input::Persisted { write });
        }
        let application = bytes::Bytes::from_static(b"state");
        hand.input(Input::SnapshotTaken { index: Index(9), application });
        assert_eq!(hand.node.status(), before);
    }
}

#[test]
fn a_link_from_a_stranger_is_answered_with_the_view() {
    let mut hand = Hand::follower(&[B]);
    let out = hand.connect(NodeId(40));
    let view = hand.node.status().view;
    let welcome = Message::Welcome { ring: RING, view, sponsored: false };
    assert_eq!(sent(&out, NodeId(40))[0], welcome);
}

/// Whom this node accused in front of the leader, A, each time.
fn accusations(outputs: &[Output]) -> Vec<Vec<NodeId>> {
    let accusation = |message| match message {
        Message::ToLeader { request: Request::Accuse { skipped, .. }, .. } => Some(skipped),
        _ => None,
    };
    sent(outputs, A).into_iter().filter_map(accusation).collect()
}

#[test]
fn an_accusation_is_taken_back_once_when_the_accused_is_reached_again() {
    let mut hand = Hand::follower(&[B, C]);
    let leader = ballot(1, A);
    let hears = |hand: &mut Hand, ms: u64, answering: &[NodeId]| {
        let mut out = Vec::new();
        for _ in 0..ms / 100 {
            out.extend(hand.appended(A, append(leader, (1, leader), &[], 1)));
            out.extend(hand.pass(100, answering));
        }
        accusations(&out)
    };
    let accused = hears(&mut hand, 2_000, &[A, C]);
    assert!(accused.len() >= 2, "said again as long as B is silent: {accused:?}");
    assert!(accused.iter().all(|skipped| *skipped == [B]), "{accused:?}");
    let out = hand.connect(B);
    assert_eq!(accusations(&out), [Vec::<NodeId>::new()], "B is there");
    assert_eq!(hears(&mut hand, 2_000, &[A, B, C]), Vec::<Vec<NodeId>>::new());
}

/// Whom this node hung up on.
fn hung_up(outputs: &[Output]) -> Vec<LinkId> {
    let link = |output: &Output| match output {
        Output::HangUp { link } => Some(*link),
        _ => None,
    };
    outputs.iter().filter_map(link).collect()
}

#[test]
fn whoever_comes_to_belong_to_a_ring_keeps_only_links_to_those_who_had_named_it() {
    let mut hand = Hand::new(Start::Join(vec![address(A)]));
    for (peer, ring) in [(A, Some(RING)), (B, None), (C, Some(RingId(1)))] {
        hand.input(Input::Connected {
            link: link(peer),
            hello: Hello { ring, member: member(peer) },
        });
    }
    let view = view(1, &[A]);
    let out = hand.hears(A, Message::Welcome { ring: RING, view, sponsored: false });
    assert_eq!(hung_up(&out), [link(B), link(C)]);
}

#[test]
fn a_peer_that_has_come_into_another_ring_is_not_listened_to_any_more() {
    let mut hand = Hand::follower(&[B, C]);
    let other = RingId(1);
    let welcome = Message::Welcome { ring: other, view: view(9, &[B]), sponsored: true };
    let out = hand.hears(B, welcome);
    assert_eq!(hung_up(&out), [link(B)]);
    let why = LinkLoss::OtherRing(other);
    assert!(events(&out).contains(&Event::LinkDown { link: link(B), peer: Some(B), why }));
    assert_eq!(hand.node.status().ring, Some(RING));
}

/// Else nobody ever gets in who is behind a way on which a frame of the log takes longer than a peer may be
/// silent. Whoever hears only parts asks all the same whether the peer is there, which has to hear it, too.
#[test]
fn a_peer_of_which_a_part_has_just_come_is_not_silent() {
    for arrives in [false, true] {
        let mut hand = Hand::follower(&[B]);
        let mut out = Vec::new();
        for _ in 0..20 {
            if arrives {
                out.extend(hand.input(Input::Arriving { link: link(B) }));
            }
            out.extend(hand.pass(100, &[A]));
        }
        assert_eq!(hung_up(&out).contains(&link(B)), !arrives, "{out:?}");
        let asked = sent(&out, B).iter().filter(|it| matches!(it, Message::Ping { .. })).count();
        assert!(!arrives || asked >= 15, "asked {asked} times");
    }
    let mut hand = Hand::follower(&[B]);
    let unknown = hand.input(Input::Arriving { link: LinkId::Accepted(99) });
    assert_eq!(unknown, []);
}
