//! What a newcomer's voice depends on.

mod proto_hand;

use proto_hand::*;
use ringchat::proto::entry::{Body, Committed, Entry};
use ringchat::proto::event::Event;
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::input::{Disconnect, Input};
use ringchat::proto::message::{Elect, Elected, Freshness, Message};
use ringchat::proto::node::Start;
use ringchat::proto::output::Output;
use ringchat::proto::status::Role;

/// A asks for a promise under a greater ballot. Its log ends with this ballot and index, and this is the number
/// of its view.
fn asked_for_a_promise(hand: &mut Hand, log: (Ballot, u64), view: u64) -> (Ballot, Vec<Output>) {
    let (asked, freshness) = (ballot(4, A), Freshness { ballot: log.0, index: Index(log.1) });
    let (met, promised_by) = (vec![A], vec![A]);
    let token = Elected { ballot: asked, freshness, view, met, promised_by, hops_left: 9 };
    (asked, hand.hears(A, Message::Elected(token)))
}

/// Else nobody could lead who needs its voice for a pending view (seed 900142555 of the swarm).
#[test]
fn a_newcomer_promises_however_fresh_the_log_is_that_it_was_served() {
    let (old, new) = (ballot(1, A), ballot(3, B));
    let mut hand = Hand::new(Start::Join(vec![address(A)]));
    hand.connect(A);
    hand.connect(B);
    let first = Entry { ballot: old, body: Body::View(view(1, &[A, B])) };
    hand.appended(B, append(new, (0, Ballot::ZERO), &[first, said(new, 1)], 1));
    let (asked, out) = asked_for_a_promise(&mut hand, (old, 1), 1);
    assert!(events(&out).contains(&Event::Promised { ballot: asked }));
}

/// What a member holds was counted, so its log has to be in the candidate's.
#[test]
fn one_that_has_been_let_in_compares() {
    let leader = ballot(1, A);
    let mut hand = Hand::follower(&[B]);
    hand.appended(A, append(leader, (1, leader), &[said(leader, 1)], 1));
    let (asked, out) = asked_for_a_promise(&mut hand, (leader, 1), 1);
    assert!(events(&out).contains(&Event::PromiseWithheld { ballot: asked }));
}

/// Else whoever was let go from a ring that has lost many asks the dead first, one after the other, while the
/// ring waits at the other end of a link (seed 1200003214 of the swarm).
#[test]
fn whoever_was_let_go_asks_one_at_hand_before_it_has_dialed_all_who_are_gone() {
    let dead: Vec<NodeId> = (5..9).map(|n| NodeId(2 * n)).collect();
    let mut hand = Hand::follower(&[B]);
    for gone in &dead {
        hand.connect(*gone);
    }
    // It has forgotten whom it was told of at first.
    hand.pass(200, &[A, B]);
    // The view without it names those who are gone by now before the one who is there.
    let members: Vec<NodeId> = dead.iter().copied().chain([A]).collect();
    let welcome = Message::Welcome { ring: RING, view: view(2, &members), sponsored: false };
    let mut asked = hand.hears(A, welcome);
    for gone in dead {
        asked.extend(hand.input(Input::Disconnected { link: link(gone), why: Disconnect::Closed }));
    }
    asked.extend(hand.pass(2_000, &[A]));
    let joins = |output: &Output| match output {
        Output::Send { link: on, message: Message::Join { .. } } => Some(*on == link(A)),
        Output::Event(Event::Joining { .. }) => Some(false),
        _ => None,
    };
    let asked: Vec<bool> = asked.iter().filter_map(joins).collect();
    let first = asked.iter().position(|at_hand| *at_hand);
    assert!(first.is_some_and(|place| place <= 2), "asked one who is there: {asked:?}");
}

/// What it held while it was a member was counted then, and may be committed by that.
#[test]
fn one_that_was_let_go_compares_all_the_same() {
    let leader = ballot(1, A);
    let mut hand = Hand::follower(&[B]);
    let without = Entry { ballot: leader, body: Body::View(view(2, &[A, B])) };
    let entries = [said(leader, 1), without, said(leader, 2)];
    hand.appended(A, append(leader, (1, leader), &entries, 3));
    let status = hand.node.status();
    assert_eq!((status.role, status.last, status.committed), (Role::Learner, Index(4), Index(3)));
    let (asked, out) = asked_for_a_promise(&mut hand, (leader, 3), 2);
    assert!(events(&out).contains(&Event::PromiseWithheld { ballot: asked }));
}

/// But what it is served since counts no more than with any newcomer: else nobody could lead who needs its voice
/// for the view that takes it in again (seed 3400341680 of catch-up).
#[test]
fn one_that_was_let_go_promises_whatever_it_was_served_since() {
    let (old, new) = (ballot(1, A), ballot(3, B));
    let mut hand = Hand::follower(&[B]);
    let without = Entry { ballot: old, body: Body::View(view(2, &[A, B])) };
    hand.appended(A, append(old, (1, old), &[without], 2));
    hand.appended(B, append(new, (2, old), &[said(new, 1)], 2));
    let status = hand.node.status();
    assert_eq!((status.role, status.last, status.committed), (Role::Learner, Index(3), Index(2)));
    let (asked, out) = asked_for_a_promise(&mut hand, (old, 2), 2);
    assert!(events(&out).contains(&Event::Promised { ballot: asked }), "{out:?}");
}

/// A view that A tells of, whether it serves this node or not.
fn told(hand: &mut Hand, number: u64, members: &[NodeId]) -> Vec<Output> {
    let view = view(number, members);
    hand.hears(A, Message::Welcome { ring: RING, view, sponsored: true })
}

/// Else a token ends between those who know nobody but each other, and comes neither on nor home (seed
/// 1800142487 of the disks). Whoever was told that it is no member, as all are at first, can be one later.
#[test]
fn whoever_was_only_told_of_the_view_passes_a_token_on_at_its_place_in_it() {
    // (whether it is told of a view without it, and of one with it; who takes the token)
    let table = [(false, false, A), (false, true, C), (true, true, C)];
    for (without, with, taken_by) in table {
        let mut hand = Hand::new(Start::Join(vec![address(A)]));
        let me = hand.me;
        [A, B, C].into_iter().for_each(|peer| drop(hand.connect(peer)));
        if without {
            told(&mut hand, 3, &[B, A]);
        }
        if with {
            told(&mut hand, 4, &[B, me, C, A]);
        }
        let out = passes_a_token(&mut hand, B, A, vec![A, B]);
        let takes = |peer| sent(&out, peer).iter().any(|it| matches!(it, Message::Elect(_)));
        assert_eq!([A, B, C].map(takes), [A, B, C].map(|peer| peer == taken_by), "{out:?}");
    }
}

/// A neighbour passes on the token of a candidate, which has met these.
fn passes_a_token(
    hand: &mut Hand,
    from: NodeId,
    candidate: NodeId,
    met: Vec<NodeId>,
) -> Vec<Output> {
    let freshness = Freshness { ballot: ballot(1, A), index: Index(4) };
    let (promised, committed) = (ballot(1, A), Committed::default());
    let token = Elect { candidate, attempt: 1, freshness, promised, view: 4, committed, met };
    hand.hears(from, Message::Elect(Box::new(token)))
}

/// By its log the next is B, who may know as little of those who know the way home. Where it came from it was
/// already: there is no way on, unless nobody else is at hand.
#[test]
fn a_token_goes_home_by_the_newest_view_that_is_known_and_not_straight_back() {
    let gone = NodeId(8);
    // (whether it is told of a view with C, who passes the token on, who takes it)
    for (is_told, from, taken_by) in [(false, B, B), (true, B, C), (true, C, B)] {
        let mut hand = Hand::follower(&[B]);
        let me = hand.me;
        hand.connect(C);
        if is_told {
            told(&mut hand, 4, &[A, me, gone, C, B]);
        }
        hand.pass(2_000, &[B, C]);
        let out = passes_a_token(&mut hand, from, gone, vec![gone, C, A, B, me]);
        let takes = |peer| sent(&out, peer).iter().any(|it| matches!(it, Message::Elect(_)));
        assert_eq!([B, C].map(takes), [B, C].map(|peer| peer == taken_by), "{from}: {out:?}");
    }
}

/// Who was let go by the view that it was told of may have the voice that the log's still needs.
#[test]
fn a_token_makes_a_detour_to_one_who_is_a_member_by_the_log_only() {
    let (only_by_log, silent) = (NodeId(8), NodeId(10));
    let mut hand = Hand::follower(&[B, only_by_log, silent]);
    let me = hand.me;
    hand.connect(C);
    told(&mut hand, 2, &[A, me, C]);
    hand.pass(2_000, &[B, C, only_by_log]);
    let out = passes_a_token(&mut hand, C, C, vec![C, B]);
    let takes = |peer| sent(&out, peer).iter().any(|it| matches!(it, Message::Elect(_)));
    assert_eq!([B, C, only_by_log].map(takes), [false, false, true], "{out:?}");
}

/// Its log has to say that it is back, behind all that was said in between.
#[test]
fn one_that_was_evicted_is_no_member_again_by_a_word() {
    let mut hand = Hand::follower(&[B]);
    let me = hand.me;
    told(&mut hand, 2, &[A, B]);
    told(&mut hand, 3, &[A, B, me]);
    let status = hand.node.status();
    assert_eq!((status.role, status.view.number), (Role::Learner, 2));
}

/// Whoever is told of a view that it is in goes on by the one in its log, and tells others of the newer, though
/// a rival of it may be pending here. It serves those who are members by it only as long as a leader brings it
/// what they lack: else they would wait in vain for the one who has it.
#[test]
fn a_member_that_is_told_of_a_newer_view_serves_the_members_of_it_where_it_is_led() {
    for (rival, led) in [(false, true), (true, true), (false, false), (true, false)] {
        let mut hand = Hand::follower(&[B]);
        let members = [A, hand.me, B, C];
        hand.connect(C);
        if rival {
            let leader = ballot(1, A);
            let pending = Entry { ballot: leader, body: Body::View(view(2, &[A, hand.me])) };
            hand.appended(A, append(leader, (1, leader), &[pending], 1));
            assert_eq!(hand.node.status().pending_view, Some(2));
        }
        told(&mut hand, 2, &members);
        let status = hand.node.status();
        assert_eq!((status.role, status.view.number), (Role::Follower, 1));
        if !led {
            hand.pass(2_000, &[B, C]);
        }
        assert_eq!(hand.node.status().leading.is_some(), led);
        let out = hand.hears(C, Message::Join { committed: Committed::default() });
        let welcome = Message::Welcome { ring: RING, view: view(2, &members), sponsored: led };
        assert!(sent(&out, C).contains(&welcome), "{rival} {led}: {out:?}");
        // As a member, not as a newcomer: it must not have to wait for a place.
        assert!(!events(&out).contains(&Event::Sponsors { learner: C }), "{rival} {led}: {out:?}");
    }
}

/// It may know by a word that one of its view is none any more: who has nothing to bring, too, keeps it waiting.
#[test]
fn a_member_that_hears_no_leader_serves_nobody_of_whose_eviction_it_was_told() {
    for stays in [true, false] {
        let mut hand = Hand::follower(&[B]);
        let members = if stays { vec![A, hand.me, B, C] } else { vec![A, hand.me, C] };
        told(&mut hand, 2, &members);
        hand.pass(2_000, &[B]);
        let out = hand.hears(B, Message::Join { committed: Committed::default() });
        let welcome = Message::Welcome { ring: RING, view: view(2, &members), sponsored: stays };
        assert!(sent(&out, B).contains(&welcome), "{stays}: {out:?}");
    }
}
