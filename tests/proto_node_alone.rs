//! A member that finds itself alone.

mod proto_hand;

use proto_hand::*;
use ringchat::proto::event::Event;
use ringchat::proto::input::{Disconnect, Input};
use ringchat::proto::message::{Message, TokenId};

/// Else people would hear of it when the next election comes to nothing, and in a ring that seemed large that
/// may be ten seconds later (seed 1400382030 of the elections).
#[test]
fn whoever_loses_its_last_link_between_two_elections_says_so_at_once() {
    let mut hand = Hand::follower(&[B]);
    let out = hand.pass(900, &[B]);
    let token = TokenId::Elect(hand.me, 1);
    assert!(
        sent(&out, B).iter().any(|message| matches!(message, Message::Elect(_))),
        "an election"
    );
    let out = hand.hears(B, Message::TokenAck { token });
    assert_eq!(events(&out), []);
    let mut out = hand.input(Input::Disconnected { link: link(B), why: Disconnect::Closed });
    out.extend(hand.pass(100, &[]));
    let alone = Event::NoQuorum { reachable: 1, members: 3 };
    assert!(events(&out).contains(&alone), "{:?}", events(&out));
}
