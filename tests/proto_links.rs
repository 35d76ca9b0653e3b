//! The table of links: dialed, standing, replaced, lost, and which one to use.

use std::net::SocketAddr;
use std::time::Duration;

use ringchat::proto::id::{LinkId, NodeId};
use ringchat::proto::links::Links;
use ringchat::proto::message::Hello;
use ringchat::proto::time::Instant;
use ringchat::proto::view::Member;

const PEER: NodeId = NodeId(7);

fn at(ms: u64) -> Instant {
    Instant::from_micros(ms * 1_000)
}

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

fn hello(id: u64) -> Hello {
    Hello { ring: None, member: Member { id: NodeId(id), address: address(7400) } }
}

#[test]
fn a_dialed_link_is_of_use_only_once_it_stands() {
    let mut links = Links::default();
    let link = links.dial(at(1), Some(PEER), address(7400));
    assert_eq!(link, LinkId::Dialed(1));
    assert!(links.is_dialing(PEER));
    assert_eq!((links.to(PEER), links.peer_of(link)), (None, None));
    assert_eq!(links.stand(at(5), link, hello(7)), None);
    assert!(!links.is_dialing(PEER));
    assert_eq!((links.to(PEER), links.peer_of(link)), (Some(link), Some(PEER)));
    let known = links.get(link).unwrap();
    assert!(known.stands);
    assert_eq!((known.since, known.heard_at, known.wanted_at), (at(5), at(5), at(5)));
}

#[test]
fn dialed_links_are_numbered_from_1_and_no_number_comes_back() {
    let mut links = Links::default();
    for number in 1..=3 {
        let link = links.dial(at(0), None, address(7400));
        assert_eq!(link, LinkId::Dialed(number));
        links.remove(link);
    }
}

#[test]
fn who_was_dialed_by_address_alone_is_known_once_the_link_stands() {
    let mut links = Links::default();
    let link = links.dial(at(0), None, address(7401));
    assert!(!links.is_dialing(PEER));
    links.stand(at(1), link, hello(7));
    assert_eq!(links.peer_of(link), Some(PEER));
    assert_eq!(links.get(link).unwrap().address, address(7400), "where the peer says it listens");
}

#[test]
fn another_than_the_one_dialed_may_answer_and_it_counts_as_that_one() {
    let mut links = Links::default();
    let link = links.dial(at(0), Some(NodeId(6)), address(7400));
    links.stand(at(1), link, hello(7));
    assert_eq!((links.to(NodeId(6)), links.to(PEER)), (None, Some(link)));
    assert!(!links.is_dialing(NodeId(6)));
}

#[test]
fn a_peer_that_dials_again_has_given_up_its_older_link() {
    let mut links = Links::default();
    assert_eq!(links.stand(at(0), LinkId::Accepted(4), hello(7)), None);
    assert_eq!(links.stand(at(1), LinkId::Accepted(5), hello(8)), None, "another peer");
    assert_eq!(links.stand(at(2), LinkId::Accepted(6), hello(7)), Some(LinkId::Accepted(4)));
    links.remove(LinkId::Accepted(4));
    assert_eq!(links.to(PEER), Some(LinkId::Accepted(6)));
}

#[test]
fn links_dialed_from_both_ends_both_stand_and_the_own_one_is_used() {
    for accepted_first in [true, false] {
        let mut links = Links::default();
        let dialed = links.dial(at(0), Some(PEER), address(7400));
        let order = [LinkId::Accepted(1), dialed];
        for link in if accepted_first { order } else { [order[1], order[0]] } {
            assert_eq!(links.stand(at(1), link, hello(7)), None);
        }
        assert_eq!(links.to(PEER), Some(dialed));
        links.remove(dialed);
        assert_eq!(links.to(PEER), Some(LinkId::Accepted(1)));
        links.remove(LinkId::Accepted(1));
        assert_eq!(links.to(PEER), None);
    }
}

#[test]
fn a_link_that_is_gone_is_given_once() {
    let mut links = Links::default();
    let link = links.dial(at(0), Some(PEER), address(7400));
    let gone = links.remove(link).unwrap();
    assert_eq!((gone.peer, gone.stands), (Some(PEER), false));
    assert!(links.remove(link).is_none());
    assert!(links.remove(LinkId::Accepted(9)).is_none());
    assert!(!links.is_dialing(PEER));
    assert_eq!(links.iter().count(), 0);
}

#[test]
fn hearing_measuring_and_wanting_are_noted_and_nothing_else_changes() {
    let mut links = Links::default();
    let dialed = links.dial(at(0), Some(PEER), address(7400));
    links.stand(at(1), dialed, hello(7));
    links.stand(at(1), LinkId::Accepted(1), hello(7));
    links.heard(at(2), dialed);
    links.measured(dialed, Duration::from_millis(3));
    links.want(at(4), PEER);
    let (one, other) = (links.get(dialed).unwrap(), links.get(LinkId::Accepted(1)).unwrap());
    assert_eq!((one.heard_at, other.heard_at), (at(2), at(1)), "on that link alone");
    assert_eq!((one.round_trip, other.round_trip), (Some(Duration::from_millis(3)), None));
    assert_eq!((one.wanted_at, other.wanted_at), (at(4), at(4)), "whichever stands");
    assert_eq!((one.since, other.since), (at(1), at(1)));
}

#[test]
fn news_of_unknown_links_and_peers_changes_nothing() {
    let mut links = Links::default();
    links.heard(at(1), LinkId::Dialed(9));
    links.measured(LinkId::Accepted(9), Duration::from_secs(1));
    links.want(at(1), PEER);
    assert_eq!(links.iter().count() + links.peers().count(), 0);
}

#[test]
fn everybody_to_whom_a_link_stands_is_named_once_with_the_link_to_use() {
    let mut links = Links::default();
    let dialed = links.dial(at(0), Some(PEER), address(7400));
    links.dial(at(0), Some(NodeId(9)), address(7409));
    links.stand(at(0), LinkId::Accepted(2), hello(7));
    links.stand(at(0), dialed, hello(7));
    links.stand(at(0), LinkId::Accepted(1), hello(3));
    let peers: Vec<_> = links.peers().collect();
    assert_eq!(peers, [(NodeId(3), LinkId::Accepted(1)), (PEER, dialed)]);
    assert_eq!(links.iter().count(), 4);
}

#[test]
fn a_peer_is_as_far_as_the_shortest_of_its_last_round_trips_once_there_are_two() {
    let ms = Duration::from_millis;
    // (round trips in the order in which they were measured, the farthest by them)
    let table: &[(&[u64], Option<u64>)] = &[
        (&[], None),
        (&[90], None),
        (&[90, 5], Some(5)),
        (&[5, 90], Some(5)),
        (&[5, 90, 90, 90], Some(5)),
        (&[5, 90, 90, 90, 80], Some(80)),
    ];
    for (measured, farthest) in table {
        let mut links = Links::default();
        links.stand(at(0), LinkId::Accepted(1), hello(7));
        measured.iter().for_each(|trip| links.measured(LinkId::Accepted(1), ms(*trip)));
        assert_eq!(links.farthest(), farthest.map(ms), "{measured:?}");
        // A nearer peer changes nothing, a link that is only dialed has no distance.
        links.stand(at(0), LinkId::Accepted(2), hello(8));
        links.measured(LinkId::Accepted(2), ms(1));
        links.measured(LinkId::Accepted(2), ms(1));
        links.dial(at(0), Some(NodeId(9)), address(7409));
        assert_eq!(links.farthest(), Some(ms(farthest.unwrap_or(1))), "{measured:?}");
    }
}
