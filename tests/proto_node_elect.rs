//! Elections at one node by hand: promises, what is counted, and who is answered how.

mod proto_hand;

use proto_hand::*;
use ringchat::proto::entry::{Body, Committed, Entry};
use ringchat::proto::event::Event;
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::input::{Disconnect, Input};
use ringchat::proto::message::{Elect, Elected, Freshness, Message, TokenId};
use ringchat::proto::node::Start;
use ringchat::proto::output::Output;
use ringchat::proto::status::Role;

fn freshness(ballot: Ballot, index: u64) -> Freshness {
    Freshness { ballot, index: Index(index) }
}

/// Lap 2 of this ballot: its candidate's log is that of every follower here, unless said otherwise.
fn gathering(ballot: Ballot, promised_by: &[NodeId]) -> Elected {
    let freshness = freshness(proto_hand::ballot(1, A), 1);
    let promised_by = promised_by.to_vec();
    Elected { ballot, freshness, view: 1, met: promised_by.clone(), promised_by, hops_left: 9 }
}

fn candidacy(candidate: NodeId, freshness: Freshness, view: u64) -> Elect {
    let met = vec![candidate];
    let committed = Committed::default();
    Elect { candidate, attempt: 1, freshness, promised: ballot(1, A), view, committed, met }
}

fn tokens(outputs: &[Output], to: NodeId) -> Vec<Elect> {
    let token = |message| match message {
        Message::Elect(token) => Some(*token),
        _ => None,
    };
    sent(outputs, to).into_iter().filter_map(token).collect()
}

/// A member whose leader has been silent for long: it has sent its own token to B, which this is.
fn candidate() -> (Hand, Elect) {
    let mut hand = Hand::follower(&[B]);
    let out = hand.pass(900, &[B]);
    let token = tokens(&out, B).pop().expect("an election, as A is silent");
    assert_eq!((token.candidate, &token.met), (hand.me, &vec![hand.me]));
    (hand, token)
}

/// The own token of lap 1 comes back, having met everybody.
fn won(hand: &mut Hand, mut token: Elect) -> Vec<Output> {
    token.met.extend([B, A]);
    hand.hears(B, Message::Elect(Box::new(token)))
}

#[test]
fn a_promise_is_not_counted_before_it_is_durable() {
    let mut hand = Hand::follower(&[B]);
    hand.persists = false;
    let asked = ballot(4, A);
    let out = hand.hears(A, Message::Elected(gathering(asked, &[A])));
    assert!(events(&out).contains(&Event::Promised { ballot: asked }));
    assert_eq!(elected(&out, B), [], "it waits for the disk");
    assert_eq!(sent(&out, A), [Message::TokenAck { token: TokenId::Elected(asked) }]);
    let write = *hand.withheld.last().unwrap();
    let out = hand.persisted(write);
    let expected = Elected { hops_left: 8, ..gathering(asked, &[A, hand.me]) };
    assert_eq!(elected(&out, B), [expected]);
}

#[test]
fn a_candidates_own_promise_is_not_counted_before_it_is_durable() {
    let (mut hand, token) = candidate();
    hand.persists = false;
    let out = won(&mut hand, token);
    assert_eq!(elected(&out, B), []);
    let write = *hand.withheld.last().unwrap();
    let out = hand.persisted(write);
    assert_eq!(elected(&out, B)[0].promised_by, [hand.me]);
}

#[test]
fn a_promise_overtaken_by_a_greater_one_before_it_was_durable_is_not_counted() {
    let mut hand = Hand::follower(&[B]);
    hand.persists = false;
    hand.hears(A, Message::Elected(gathering(ballot(4, A), &[A])));
    let first = *hand.withheld.last().unwrap();
    hand.hears(A, Message::Elected(gathering(ballot(5, B), &[B])));
    let out = hand.persisted(first);
    assert_eq!(elected(&out, B)[0].promised_by, [A], "ballot 5 is promised by now");
}

#[test]
fn a_fresher_log_passes_the_token_on_without_its_promise() {
    let leader = ballot(1, A);
    // (freshness of the candidate's log, whether this node, whose log ends at 1.A and 2, promises)
    let table = [
        (freshness(leader, 1), false),
        (freshness(ballot(0, A), 9), false),
        (freshness(leader, 2), true),
        (freshness(leader, 3), true),
        (freshness(ballot(2, A), 1), true),
    ];
    for (freshness, promises) in table {
        let mut hand = Hand::follower(&[B]);
        hand.appended(A, append(leader, (1, leader), &[said(leader, 1)], 1));
        let asked = ballot(4, A);
        let out = hand.hears(A, Message::Elected(Elected { freshness, ..gathering(asked, &[A]) }));
        let expected = if promises { vec![A, hand.me] } else { vec![A] };
        assert_eq!(elected(&out, B)[0].promised_by, expected, "{freshness:?}");
        let withheld = events(&out).contains(&Event::PromiseWithheld { ballot: asked });
        assert_eq!(withheld, !promises, "{freshness:?}");
        let promised = if promises { asked } else { leader };
        assert_eq!(hand.node.status().promised, promised, "{freshness:?}");
    }
}

#[test]
fn nothing_below_the_promise_is_promised() {
    let mut hand = Hand::follower(&[B]);
    hand.hears(A, Message::Elected(gathering(ballot(4, B), &[B])));
    let out = hand.hears(A, Message::Elected(gathering(ballot(3, A), &[A])));
    assert_eq!(elected(&out, B)[0].promised_by, [A]);
    assert_eq!(hand.node.status().promised, ballot(4, B));
}

#[test]
fn a_candidate_decides_once_although_its_token_comes_back_again_and_again() {
    let (mut hand, token) = candidate();
    let out = won(&mut hand, token);
    let mut token = elected(&out, B).pop().unwrap();
    token.promised_by.extend([B, A]);
    let back = Message::Elected(token);
    assert_eq!(led(&hand.hears(B, back.clone())), 1);
    assert_eq!(led(&hand.hears(B, back.clone())), 0, "it leads already");
    // Nobody answers its pulse, so it steps down; then a copy comes, long after.
    let mut out = Vec::new();
    while hand.node.status().role == Role::Leader {
        out.extend(hand.pass(10, &[B]));
    }
    out.extend(hand.hears(B, back.clone()));
    out.extend(hand.pass(100, &[B]));
    out.extend(hand.hears(B, back));
    assert_eq!(led(&out), 0, "it must not lead twice under one ballot");
}

#[test]
fn promises_for_a_ballot_of_an_earlier_life_are_nothing_to_the_next() {
    let mut hand = Hand::follower(&[B]);
    let before = ballot(4, hand.me);
    let out = hand.hears(B, Message::Elected(gathering(before, &[hand.me, B, A])));
    assert_eq!(led(&out), 0);
    assert_eq!(hand.node.status().promised, ballot(1, A));
}

#[test]
fn a_candidate_that_promised_another_in_the_meantime_does_not_lead() {
    let (mut hand, token) = candidate();
    let out = won(&mut hand, token);
    let mut token = elected(&out, B).pop().unwrap();
    token.promised_by.extend([B, A]);
    let greater = ballot(token.ballot.round + 1, B);
    hand.hears(B, Message::Elected(gathering(greater, &[B])));
    assert_eq!(led(&hand.hears(B, Message::Elected(token))), 0);
}

#[test]
fn too_few_promises_make_no_leader() {
    // (who else promised, whether that is enough of A, this node, B, with A as tie-breaker)
    let outsider = NodeId(100);
    for (others, leads) in [(vec![], 0), (vec![outsider, outsider], 0), (vec![B], 1)] {
        let (mut hand, token) = candidate();
        let out = won(&mut hand, token);
        let mut token = elected(&out, B).pop().unwrap();
        token.promised_by.extend(&others);
        assert_eq!(led(&hand.hears(B, Message::Elected(token))), leads, "{others:?}");
    }
}

#[test]
fn a_lap_that_met_too_few_costs_nobody_a_promise() {
    let (mut hand, token) = candidate();
    let out = hand.hears(B, Message::Elect(Box::new(token)));
    assert_eq!(elected(&out, B), []);
    assert_eq!(hand.node.status().promised, ballot(1, A));
    assert_eq!(hand.node.status().no_quorum, Some((1, 3)));
}

#[test]
fn whoever_hears_the_leader_stops_a_token_and_says_so() {
    let mut hand = Hand::follower(&[B]);
    let leader = ballot(1, A);
    let token = candidacy(NodeId(u64::MAX), freshness(leader, 9), 1);
    let out = hand.hears(B, Message::Elect(Box::new(token)));
    assert_eq!(tokens(&out, B), [], "it is held until the next pulse");
    let out = hand.appended(A, append(leader, (1, leader), &[], 1));
    assert!(sent(&out, B).contains(&Message::LeaderAlive { ballot: leader }));
    assert_eq!(tokens(&hand.pass(200, &[A, B]), B), []);
}

#[test]
fn a_token_that_is_held_goes_on_when_the_pulse_does_not_come() {
    let mut hand = Hand::follower(&[B]);
    let token = candidacy(NodeId(u64::MAX), freshness(ballot(1, A), 9), 1);
    hand.hears(B, Message::Elect(Box::new(token.clone())));
    let out = hand.pass(300, &[A, B]);
    let met = vec![token.candidate, hand.me];
    let committed = Committed { index: Index(1), ballot: ballot(1, A), under: ballot(1, A) };
    assert_eq!(tokens(&out, B), [Elect { met, committed, ..token }], "with what this node knows");
}

#[test]
fn a_token_from_a_removed_node_is_answered_with_the_view() {
    let mut hand = Hand::follower(&[B, C]);
    let leader = ballot(1, A);
    let newer = view(2, &[A, hand.me, B]);
    let entry = Entry { ballot: leader, body: Body::View(newer.clone()) };
    hand.appended(A, append(leader, (1, leader), &[entry], 2));
    assert_eq!(hand.node.status().view, newer);
    hand.pass(700, &[B, C]);
    let answer = Message::Welcome { ring: RING, view: newer, sponsored: false };
    let fresher = freshness(ballot(3, C), 9);
    let lap_one = hand.hears(C, Message::Elect(Box::new(candidacy(C, fresher, 1))));
    assert!(sent(&lap_one, C).contains(&answer), "{lap_one:?}");
    assert_eq!(tokens(&lap_one, B), [], "its token ends here");
    let token = Elected { freshness: fresher, ..gathering(ballot(7, C), &[C]) };
    let lap_two = hand.hears(C, Message::Elected(token));
    assert!(sent(&lap_two, C).contains(&answer));
    assert_eq!(elected(&lap_two, B), []);
    assert_eq!(hand.node.status().promised, leader);
}

#[test]
fn a_node_that_does_not_know_itself_a_member_promises_all_the_same() {
    let mut hand = Hand::new(Start::Join(vec![address(A)]));
    hand.connect(A);
    hand.connect(B);
    let out = hand.hears(A, Message::Elected(gathering(ballot(4, A), &[A])));
    assert!(events(&out).contains(&Event::Promised { ballot: ballot(4, A) }));
    assert_eq!(hand.node.status().promised, ballot(4, A));
}

#[test]
fn a_candidate_learns_on_the_way_that_its_pending_view_is_in_force() {
    // (entry that somebody knows committed, whether it is the pending view of this log)
    let first = ballot(1, A);
    for (index, of, learned) in [(2, first, true), (2, ballot(1, B), false), (3, first, false)] {
        let mut hand = Hand::follower(&[B, C]);
        let smaller = Body::View(view(2, &[A, hand.me, B]));
        let entry = Entry { ballot: first, body: smaller };
        hand.appended(A, append(first, (1, first), &[entry], 1));
        let out = hand.pass(1_100, &[B, C]);
        let mut token = tokens(&out, B).pop().expect("an election, as A is silent");
        // Two of the four are no quorum of the old view, and all that the new one needs.
        token.met.push(B);
        token.committed = Committed { index: Index(index), ballot: of, under: first };
        let out = hand.hears(B, Message::Elect(Box::new(token)));
        assert_eq!(hand.node.status().committed, Index(if learned { 2 } else { 1 }));
        assert_eq!(elected(&out, B).len(), usize::from(learned));
    }
}

#[test]
fn one_that_was_removed_passes_on_that_there_are_too_few_and_misses_no_quorum_itself() {
    let mut hand = Hand::follower(&[B]);
    let out =
        hand.hears(A, Message::Welcome { ring: RING, view: view(2, &[A, B]), sponsored: true });
    assert!(events(&out).contains(&Event::Evicted { view: 2 }));
    hand.pass(900, &[A, B]);
    let met = vec![A, hand.me];
    let out = hand.hears(A, Message::TooFew { met: met.clone(), hops_left: 2 });
    assert_eq!(sent(&out, B), [Message::TooFew { met, hops_left: 1 }]);
    let complains = |event: &Event| matches!(event, Event::NoQuorum { .. });
    assert!(!events(&out).iter().any(complains));
}

#[test]
fn whoever_meets_too_few_tells_all_that_it_met_and_reaches_straight() {
    let mut hand = Hand::follower(&[B, C]);
    let out = hand.pass(900, &[B, C]);
    let mut token = tokens(&out, B).pop().expect("an election, as A is silent");
    hand.input(Input::Disconnected { link: link(B), why: Disconnect::Reset });
    token.met.push(C);
    let out = hand.hears(C, Message::Elect(Box::new(token.clone())));
    let told = |peer| {
        let too_few = |message: &Message| matches!(message, Message::TooFew { hops_left: 0, .. });
        sent(&out, peer).iter().filter(|message| too_few(message)).count()
    };
    assert_eq!((told(A), told(B), told(C)), (0, 0, 1), "{out:?}");
}
