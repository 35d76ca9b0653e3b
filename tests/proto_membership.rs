//! Membership by tables: a pending view, its quorums, and the ring that both views make.

use std::net::SocketAddr;

use ringchat::proto::id::{Index, NodeId};
use ringchat::proto::membership::{Membership, insert_behind};
use ringchat::proto::message::Stored;
use ringchat::proto::tally::Tally;
use ringchat::proto::view::{Member, View};

fn member(id: u64) -> Member {
    Member { id: NodeId(id), address: SocketAddr::from(([127, 0, 0, 1], 7400)) }
}

fn view(number: u64, ids: &[u64], tie_breaker: u64) -> View {
    let members = ids.iter().map(|id| member(*id)).collect();
    View { number, members, tie_breaker: NodeId(tie_breaker), changes: Vec::new() }
}

/// In force `base`, and pending at index 5 `next`; each as its members and its tie-breaker.
fn joint(base: (&[u64], u64), next: (&[u64], u64)) -> Membership {
    let mut membership = Membership::default();
    membership.install(view(1, base.0, base.1));
    membership.propose(Index(5), view(2, next.0, next.1));
    membership
}

fn tally(held: &[(u64, u64)]) -> Tally {
    let mut tally = Tally::default();
    for (id, index) in held {
        tally.merge(Stored { id: NodeId(*id), index: Index(*index), pulse: *index });
    }
    tally
}

fn ids(view: &View) -> Vec<u64> {
    view.members.iter().map(|member| member.id.0).collect()
}

#[test]
fn a_proposed_view_is_pending_until_it_is_installed() {
    let mut membership = joint((&[1, 2], 1), (&[1, 2, 3], 1));
    assert_eq!(membership.base().number, 1);
    assert_eq!(membership.newest().number, 2);
    assert_eq!(membership.pending().map(|(at, view)| (*at, view.number)), Some((Index(5), 2)));
    assert!(membership.contains(NodeId(3)));
    membership.install(view(2, &[1, 2, 3], 1));
    assert_eq!(membership.base().number, 2);
    assert_eq!(membership.pending(), None);
    assert_eq!(ids(membership.ring()), [1, 2, 3]);
}

#[test]
fn while_a_member_is_pending_removal_it_still_belongs_to_the_ring() {
    let mut membership = joint((&[1, 2, 3], 1), (&[1, 2], 1));
    assert!(membership.contains(NodeId(3)));
    membership.install(view(2, &[1, 2], 1));
    assert!(!membership.contains(NodeId(3)));
}

/// What counts in a log that is all known to be the leader's, and of its own ballot.
fn commit_index(membership: &Membership, held: &[(u64, u64)]) -> Index {
    membership.commit_index(&mut tally(held), Index(99), |_| true)
}

#[test]
fn a_pending_view_of_an_older_ballot_is_committed_with_an_own_entry_that_half_may_hold() {
    // Two of four and the tie-breaker hold the view at 5 and the leader's own first entry at 6.
    let membership = joint((&[1, 2, 3], 1), (&[1, 2, 3, 4], 1));
    let mut held = tally(&[(1, 6), (2, 6)]);
    let own_from = |first: u64| move |index: Index| index >= Index(first);
    assert_eq!(membership.commit_index(&mut held, Index(6), own_from(6)), Index(5));
    assert_eq!(membership.commit_index(&mut held, Index(6), own_from(7)), Index::ZERO);
}

#[test]
fn a_pending_view_behind_what_is_verified_judges_nothing() {
    // The view at 5 stands in a tail that may not be the leader's.
    let membership = joint((&[1, 2], 1), (&[1], 1));
    assert_eq!(membership.commit_index(&mut tally(&[(1, 7)]), Index(4), |_| true), Index::ZERO);
    let mut both = tally(&[(1, 7), (2, 7)]);
    assert_eq!(membership.commit_index(&mut both, Index(4), |_| true), Index(4));
}

#[test]
fn a_view_that_is_installed_makes_way_for_the_next_proposal() {
    let mut membership = joint((&[1], 1), (&[1, 2], 1));
    membership.install(view(2, &[1, 2], 1));
    membership.propose(Index(8), view(3, &[1, 2, 3], 1));
    assert_eq!(membership.base().number, 2);
    assert_eq!(membership.pending().map(|(at, _)| *at), Some(Index(8)));
    assert_eq!(ids(membership.ring()), [1, 2, 3]);
}

#[test]
fn truncation_takes_the_pending_view_along_only_if_it_stood_there() {
    // (truncated from, whether the view at 5 is still pending)
    for (from, pending) in [(1, false), (4, false), (5, false), (6, true), (9, true)] {
        let mut membership = joint((&[1, 2], 1), (&[1, 3], 1));
        membership.truncate(Index(from));
        assert_eq!(membership.pending().is_some(), pending, "from {from}");
        let ring: &[u64] = if pending { &[1, 2, 3] } else { &[1, 2] };
        assert_eq!(ids(membership.ring()), ring, "from {from}");
    }
}

#[test]
fn to_install_an_older_view_leaves_a_newer_one_pending() {
    let mut membership = Membership::default();
    membership.install(view(1, &[1], 1));
    membership.propose(Index(7), view(3, &[1, 2, 3], 1));
    membership.install(view(2, &[1, 2], 1));
    assert_eq!(membership.base().number, 2);
    assert_eq!(membership.newest().number, 3);
}

#[test]
fn an_election_needs_a_quorum_of_both_views_while_one_is_pending() {
    // (base, pending, holders, quorum)
    type Row<'a> = ((&'a [u64], u64), (&'a [u64], u64), &'a [u64], bool);
    let table: &[Row] = &[
        ((&[1, 2, 3], 1), (&[1, 2, 3, 4, 5], 1), &[1, 2], false),
        ((&[1, 2, 3], 1), (&[1, 2, 3, 4, 5], 1), &[1, 4, 5], false),
        ((&[1, 2, 3], 1), (&[1, 2, 3, 4, 5], 1), &[1, 2, 4], true),
        ((&[1, 2], 1), (&[1], 1), &[1], true),
        ((&[1, 2], 2), (&[1], 1), &[1], false),
        ((&[1], 1), (&[1, 2], 1), &[1], true),
        ((&[1], 1), (&[1, 2], 2), &[1], false),
        ((&[1, 2, 3, 4], 1), (&[3, 4, 5, 6], 3), &[1, 2, 5, 6], false),
        ((&[1, 2, 3, 4], 1), (&[3, 4, 5, 6], 3), &[1, 3], false),
        ((&[1, 2, 3, 4], 1), (&[3, 4, 5, 6], 3), &[1, 3, 4], true),
    ];
    for (base, next, holders, quorum) in table {
        let membership = joint(*base, *next);
        let holds = |id: NodeId| holders.contains(&id.0);
        let what = format!("{holders:?} of {base:?} and {next:?}");
        assert_eq!(membership.is_election_quorum(holds), *quorum, "{what}");
    }
}

#[test]
fn once_known_committed_the_new_view_alone_elects() {
    let mut membership = joint((&[1, 2, 3, 4], 1), (&[3, 4, 5], 3));
    let holds = |id: NodeId| [4, 5].contains(&id.0);
    assert!(!membership.is_election_quorum(holds));
    membership.install(view(2, &[3, 4, 5], 3));
    assert!(membership.is_election_quorum(holds));
}

#[test]
fn what_is_committed_before_at_and_behind_a_pending_view_at_5() {
    // (base, pending, what members hold, commit index)
    type Row<'a> = ((&'a [u64], u64), (&'a [u64], u64), &'a [(u64, u64)], u64);
    let table: &[Row] = &[
        // Before it, the view before it judges, and it alone.
        ((&[1, 2, 3], 1), (&[1, 2, 3, 4, 5], 1), &[(1, 3), (2, 3)], 3),
        ((&[1, 2, 3], 1), (&[1, 2, 3, 4, 5], 1), &[(3, 4), (4, 4), (5, 4)], 0),
        ((&[1, 2], 1), (&[1, 2, 3], 1), &[(1, 4), (3, 4)], 0),
        // The old view's quorum goes past it, the new one's does not: only what is before it.
        ((&[1, 2, 3], 1), (&[1, 2, 3, 4, 5], 1), &[(1, 7), (2, 7), (3, 4)], 4),
        // The new view's quorum goes past it, the old one's does not.
        ((&[1, 2, 3], 1), (&[1, 4, 5], 1), &[(1, 7), (4, 7), (5, 7), (2, 3)], 3),
        // Both: the view is committed, and behind it what the new view holds.
        ((&[1, 2, 3], 1), (&[1, 2, 3, 4, 5], 1), &[(1, 7), (2, 5), (4, 5)], 5),
        ((&[1, 2, 3], 1), (&[1, 2, 3, 4, 5], 1), &[(1, 7), (2, 7), (4, 6)], 6),
        // The survivor of a ring of two, with the tie-breaker: it shrinks the view and goes on.
        ((&[1, 2], 1), (&[1], 1), &[(1, 7)], 7),
        ((&[1, 2], 2), (&[1], 1), &[(1, 7)], 0),
        // A half with the tie-breaker commits the view, but nothing behind it.
        ((&[1], 1), (&[1, 2], 1), &[(1, 7)], 5),
        ((&[1], 1), (&[1, 2], 1), &[(1, 7), (2, 6)], 6),
        ((&[1], 1), (&[1, 2], 2), &[(1, 7)], 4),
        // The tie-breaker moves: both must hold the view.
        ((&[1, 2], 1), (&[1, 2], 2), &[(1, 7), (2, 4)], 4),
        ((&[1, 2], 1), (&[1, 2], 2), &[(1, 7), (2, 5)], 5),
    ];
    for (base, next, held, commit) in table {
        let membership = joint(*base, *next);
        let what = format!("{held:?} of {base:?} and {next:?}");
        assert_eq!(commit_index(&membership, held), Index(*commit), "{what}");
    }
}

#[test]
fn without_a_pending_view_the_base_alone_commits() {
    let mut membership = Membership::default();
    membership.install(view(1, &[1, 2, 3], 1));
    assert_eq!(commit_index(&membership, &[(1, 9), (2, 8), (7, 9)]), Index(8));
    assert_eq!(membership.election_pulse(&mut tally(&[(1, 9), (2, 8), (7, 9)])), 8);
}

#[test]
fn the_pulse_must_come_back_from_a_quorum_of_both_views() {
    let membership = joint((&[1, 2, 3], 1), (&[1, 4, 5], 1));
    assert_eq!(membership.election_pulse(&mut tally(&[(1, 9), (2, 8)])), 0);
    assert_eq!(membership.election_pulse(&mut tally(&[(1, 9), (2, 8), (4, 7)])), 7);
}

#[test]
fn the_ring_of_a_pending_view_is_the_union_in_order() {
    // (base, pending, ring)
    let table: &[(&[u64], &[u64], &[u64])] = &[
        (&[1, 2, 3], &[1, 2, 3], &[1, 2, 3]),
        (&[1, 2, 3], &[1, 2, 4, 3], &[1, 2, 4, 3]),
        (&[1, 2, 3, 4], &[1, 3, 5], &[1, 2, 3, 4, 5]),
        (&[1, 2, 3, 4], &[1], &[1, 2, 3, 4]),
        (&[1, 2, 3], &[2, 3], &[2, 3, 1]),
        (&[1, 2, 3], &[3, 2, 1], &[3, 2, 1]),
        (&[1, 2, 3, 4], &[1, 4, 3], &[1, 2, 4, 3]),
    ];
    for (base, next, ring) in table {
        let membership = joint((base, 1), (next, 1));
        assert_eq!(ids(membership.ring()), *ring, "{base:?} and {next:?}");
    }
}

#[test]
fn a_joiner_goes_in_behind_its_sponsor_and_else_at_the_end() {
    for (sponsor, expected) in [(Some(1), [1, 9, 2]), (Some(2), [1, 2, 9]), (Some(7), [1, 2, 9])] {
        let mut members = vec![member(1), member(2)];
        insert_behind(&mut members, sponsor.map(NodeId), member(9));
        let found: Vec<u64> = members.iter().map(|member| member.id.0).collect();
        assert_eq!(found, expected, "behind {sponsor:?}");
    }
}

#[test]
fn a_pending_view_of_an_older_ballot_is_committed_with_an_own_entry_behind_it() {
    // Half with the tie-breaker hold the view, at 5, and an entry of the leader's ballot, at 6.
    let mut membership = Membership::default();
    membership.install(view(1, &[1, 2], 1));
    membership.propose(Index(5), view(2, &[1], 1));
    let mut held = tally(&[(1, 6)]);
    assert_eq!(membership.commit_index(&mut held, Index(6), |at| at == Index(6)), Index(6));
    // Without an own entry behind it nothing is committed, nor where the view may not be the leader's.
    assert_eq!(membership.commit_index(&mut held, Index(6), |_| false), Index(0));
    assert_eq!(membership.commit_index(&mut held, Index(4), |_| true), Index(0));
}
