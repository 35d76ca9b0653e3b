//! Suspects by tables: when they are probed, and who is the successor without them.

use std::net::SocketAddr;
use std::time::Duration;

use ringchat::proto::id::NodeId;
use ringchat::proto::suspects::Suspects;
use ringchat::proto::time::Instant;
use ringchat::proto::view::{Member, View};

const FIRST: Duration = Duration::from_millis(50);
const MOST: Duration = Duration::from_millis(300);

fn at(ms: u64) -> Instant {
    Instant::from_micros(ms * 1_000)
}

fn ring(ids: &[u64]) -> View {
    let address = SocketAddr::from(([127, 0, 0, 1], 7400));
    let members = ids.iter().map(|id| Member { id: NodeId(*id), address }).collect();
    View { number: 1, members, tie_breaker: NodeId(ids[0]), changes: Vec::new() }
}

fn suspects(ids: &[u64]) -> Suspects {
    let mut suspects = Suspects::default();
    for id in ids {
        assert!(suspects.suspect(at(0), NodeId(*id), FIRST, MOST));
    }
    suspects
}

fn numbers(ids: &[NodeId]) -> Vec<u64> {
    ids.iter().map(|id| id.0).collect()
}

#[test]
fn the_wait_between_two_probes_doubles_up_to_its_bound() {
    let mut suspects = Suspects::default();
    let mut now = 1_000;
    for (turn, wait) in [50, 100, 200, 300, 300].into_iter().enumerate() {
        let news = suspects.suspect(at(now), NodeId(2), FIRST, MOST);
        assert_eq!(news, turn == 0, "failure {turn}");
        assert_eq!(suspects.due(at(now + wait - 1)), [], "failure {turn}");
        assert_eq!(suspects.due(at(now + wait)), [NodeId(2)], "failure {turn}");
        now += wait;
    }
}

#[test]
fn who_answers_is_no_suspect_and_starts_from_the_shortest_wait_if_lost_again() {
    let mut suspects = suspects(&[2]);
    suspects.suspect(at(0), NodeId(2), FIRST, MOST);
    assert!(suspects.clear(NodeId(2)));
    assert!(!suspects.clear(NodeId(2)), "it is none any more");
    assert!(!suspects.contains(NodeId(2)));
    assert!(suspects.suspect(at(0), NodeId(2), FIRST, MOST));
    assert_eq!(suspects.due(at(50)), [NodeId(2)]);
}

#[test]
fn the_successor_is_the_next_in_the_ring_that_is_not_skipped() {
    // (ring, suspects, of whom, successor, skipped)
    type Row<'a> = (&'a [u64], &'a [u64], u64, Option<u64>, &'a [u64]);
    let table: &[Row] = &[
        (&[1], &[], 1, None, &[]),
        (&[1, 2, 3, 4], &[], 1, Some(2), &[]),
        (&[1, 2, 3, 4], &[], 4, Some(1), &[]),
        (&[1, 2, 3, 4], &[2], 1, Some(3), &[2]),
        (&[1, 2, 3, 4], &[2, 3], 1, Some(4), &[2, 3]),
        (&[1, 2, 3, 4], &[1, 4], 3, Some(2), &[4, 1]),
        (&[1, 2, 3, 4], &[3], 1, Some(2), &[]),
        (&[1, 2, 3, 4], &[2, 3, 4], 1, None, &[2, 3, 4]),
        (&[1, 2, 3, 4], &[1], 9, Some(2), &[1]),
    ];
    for (members, suspected, me, successor, skipped) in table {
        let (ring, suspects) = (ring(members), suspects(suspected));
        let what = format!("{suspected:?} suspected by {me} in {members:?}");
        let found = suspects.successor(&ring, NodeId(*me)).map(|member| member.id.0);
        assert_eq!(found, *successor, "{what}");
        assert_eq!(numbers(&suspects.skipped(&ring, NodeId(*me))), *skipped, "{what}");
    }
}

#[test]
fn only_those_that_are_skipped_in_the_new_ring_or_dialed_ahead_stay_suspects() {
    // (ring, suspects before, dialed ahead, suspects of 1 after)
    type Row<'a> = (&'a [u64], &'a [u64], &'a [u64], &'a [u64]);
    let table: &[Row] = &[
        (&[1, 2, 3, 4], &[2, 3], &[], &[2, 3]),
        (&[1, 2, 3, 4], &[2, 4], &[], &[2]),
        (&[1, 2, 3, 4], &[2, 4], &[4], &[2, 4]),
        (&[1, 2, 3, 4], &[2], &[4], &[2]),
        (&[1, 4, 2, 3], &[2, 3], &[], &[]),
        (&[1, 4], &[2, 3], &[], &[]),
        (&[1, 2, 3], &[2, 3], &[], &[2, 3]),
    ];
    for (members, before, ahead, after) in table {
        let mut suspects = suspects(before);
        let ahead: Vec<NodeId> = ahead.iter().copied().map(NodeId).collect();
        suspects.retain(&ring(members), NodeId(1), &ahead);
        let left: Vec<u64> = suspects.iter().map(|id| id.0).collect();
        assert_eq!(left, *after, "{before:?} in {members:?}");
    }
}
