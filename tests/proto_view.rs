//! Views by tables: what counts as a quorum, and who follows whom in the ring.

use std::net::SocketAddr;

use ringchat::proto::id::NodeId;
use ringchat::proto::view::{Member, View};

fn view(ids: &[u64], tie_breaker: u64) -> View {
    let address = SocketAddr::from(([127, 0, 0, 1], 7400));
    let members = ids.iter().map(|id| Member { id: NodeId(*id), address }).collect();
    View { number: 1, members, tie_breaker: NodeId(tie_breaker), changes: Vec::new() }
}

fn holds(holders: &[u64]) -> impl Fn(NodeId) -> bool {
    move |id| holders.contains(&id.0)
}

/// Every subset of the ids, as lists.
fn subsets(ids: &[u64]) -> Vec<Vec<u64>> {
    let chosen = |bits: usize| ids.iter().enumerate().filter(move |(at, _)| bits >> at & 1 == 1);
    (0..1 << ids.len()).map(|bits| chosen(bits).map(|(_, id)| *id).collect()).collect()
}

#[test]
fn more_than_half_is_a_quorum_and_exactly_half_only_for_elections_with_the_tie_breaker() {
    // (members, tie-breaker, holders, commit quorum, election quorum)
    type Row<'a> = (&'a [u64], u64, &'a [u64], bool, bool);
    let table: &[Row] = &[
        (&[1], 1, &[], false, false),
        (&[1], 1, &[1], true, true),
        (&[1, 2], 1, &[1], false, true),
        (&[1, 2], 1, &[2], false, false),
        (&[1, 2], 1, &[1, 2], true, true),
        (&[1, 2, 3], 1, &[1], false, false),
        (&[1, 2, 3], 1, &[2, 3], true, true),
        (&[1, 2, 3, 4], 1, &[1], false, false),
        (&[1, 2, 3, 4], 1, &[1, 4], false, true),
        (&[1, 2, 3, 4], 1, &[2, 3], false, false),
        (&[1, 2, 3, 4], 3, &[2, 3], false, true),
        (&[1, 2, 3, 4], 1, &[2, 3, 4], true, true),
        (&[1, 2, 3, 4, 5], 1, &[1, 2], false, false),
        (&[1, 2, 3, 4, 5], 1, &[3, 4, 5], true, true),
    ];
    for (members, tie_breaker, holders, commit, election) in table {
        let view = view(members, *tie_breaker);
        let what = format!("{holders:?} of {members:?} with tie-breaker {tie_breaker}");
        assert_eq!(view.is_commit_quorum(holds(holders)), *commit, "to commit: {what}");
        assert_eq!(view.is_election_quorum(holds(holders)), *election, "to elect: {what}");
    }
}

#[test]
fn nobody_is_a_quorum_of_an_empty_view() {
    let view = view(&[], 1);
    assert!(!view.is_commit_quorum(|_| true));
    assert!(!view.is_election_quorum(|_| true));
}

#[test]
fn outsiders_are_not_counted() {
    let view = view(&[1, 2, 3], 1);
    assert!(!view.is_commit_quorum(holds(&[1, 7, 8, 9])));
    assert!(!view.is_election_quorum(holds(&[1, 7, 8, 9])));
}

#[test]
fn any_two_election_quorums_of_one_view_meet_and_a_commit_quorum_is_one() {
    for size in 1..=6 {
        let ids: Vec<u64> = (1..=size).collect();
        for tie_breaker in &ids {
            let view = view(&ids, *tie_breaker);
            let all = subsets(&ids);
            for set in all.iter().filter(|set| view.is_commit_quorum(holds(set))) {
                assert!(view.is_election_quorum(holds(set)), "{set:?} of {size}");
            }
            let quorums: Vec<_> =
                all.iter().filter(|set| view.is_election_quorum(holds(set))).collect();
            for (a, b) in quorums.iter().flat_map(|a| quorums.iter().map(move |b| (a, b))) {
                assert!(a.iter().any(|id| b.contains(id)), "{a:?} and {b:?} of {size}");
            }
        }
    }
}

#[test]
fn the_ring_is_walked_from_the_successor_round_to_the_predecessor() {
    // (members in ring order, from whom, who follows, nearest first)
    let table: &[(&[u64], u64, &[u64])] = &[
        (&[], 1, &[]),
        (&[1], 1, &[]),
        (&[1, 2], 2, &[1]),
        (&[3, 1, 2], 3, &[1, 2]),
        (&[3, 1, 2], 1, &[2, 3]),
        (&[3, 1, 2], 2, &[3, 1]),
        (&[3, 1, 2], 9, &[3, 1, 2]),
    ];
    for (members, from, expected) in table {
        let view = view(members, 1);
        let found: Vec<u64> = view.after(NodeId(*from)).map(|member| member.id.0).collect();
        assert_eq!(found, *expected, "behind {from} in {members:?}");
    }
}

#[test]
fn a_view_knows_its_members() {
    let view = view(&[1, 2], 9);
    assert!(view.contains(NodeId(1)) && view.contains(NodeId(2)));
    assert!(!view.contains(NodeId(9)), "to be named tie-breaker makes nobody a member");
}
