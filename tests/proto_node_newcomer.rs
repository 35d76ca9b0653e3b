//! What a newcomer's voice depends on.

mod proto_hand;

use proto_hand::*;
use ringchat::proto::entry::{Body, Entry};
use ringchat::proto::event::Event;
use ringchat::proto::id::{Ballot, Index};
use ringchat::proto::message::{Elected, Freshness, Message};
use ringchat::proto::node::Start;

/// Else nobody could lead who needs its voice for a pending view (seed 900142555 of the swarm).
#[test]
fn a_newcomer_promises_however_fresh_the_log_is_that_it_was_served() {
    let (old, new) = (ballot(1, A), ballot(3, B));
    let mut hand = Hand::new(Start::Join(vec![address(A)]));
    hand.connect(A);
    hand.connect(B);
    let first = Entry { ballot: old, body: Body::View(view(1, &[A, B])) };
    hand.appended(B, append(new, (0, Ballot::ZERO), &[first, said(new, 1)], 1));
    let freshness = Freshness { ballot: old, index: Index(1) };
    let (view, met, promised_by) = (1, vec![A], vec![A]);
    let asked = ballot(4, A);
    let token = Elected { ballot: asked, freshness, view, met, promised_by, hops_left: 9 };
    let out = hand.hears(A, Message::Elected(token));
    assert!(events(&out).contains(&Event::Promised { ballot: asked }));
}

/// What a member holds was counted, so its log has to be in the candidate's.
#[test]
fn one_that_has_been_let_in_compares() {
    let leader = ballot(1, A);
    let mut hand = Hand::follower(&[B]);
    hand.appended(A, append(leader, (1, leader), &[said(leader, 1)], 1));
    let freshness = Freshness { ballot: leader, index: Index(1) };
    let (view, met, promised_by) = (1, vec![A], vec![A]);
    let asked = ballot(4, A);
    let token = Elected { ballot: asked, freshness, view, met, promised_by, hops_left: 9 };
    let out = hand.hears(A, Message::Elected(token));
    assert!(events(&out).contains(&Event::PromiseWithheld { ballot: asked }));
}
