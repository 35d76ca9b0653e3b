//! Elections by tables: the verdicts on tokens, and the message counts of Chang and Roberts (1979).

use std::collections::VecDeque;

use ringchat::proto::election::{Candidate, Election, Token, Verdict};
use ringchat::proto::entry::Committed;
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::message::{Elect, Elected, Freshness, TokenId};

fn ballot(round: u64, proposer: u64) -> Ballot {
    Ballot { round, proposer: NodeId(proposer) }
}

fn freshness(index: u64) -> Freshness {
    Freshness { ballot: ballot(1, 1), index: Index(index) }
}

/// A member with a log up to 5 that has promised nothing.
fn candidate(id: u64) -> Candidate {
    let promised = Ballot::ZERO;
    let (eligible, committed) = (true, Committed::default());
    Candidate { id: NodeId(id), eligible, freshness: freshness(5), promised, view: 3, committed }
}

fn token(candidate: u64, index: u64, met: &[u64]) -> Elect {
    Elect {
        candidate: NodeId(candidate),
        attempt: 1,
        freshness: freshness(index),
        promised: ballot(2, 2),
        view: 3,
        committed: Committed::default(),
        met: met.iter().copied().map(NodeId).collect(),
    }
}

fn elected(round: u64) -> Elected {
    let (ballot, freshness) = (ballot(round, 1), freshness(5));
    let (met, promised_by) = (vec![NodeId(1)], vec![]);
    Elected { ballot, freshness, view: 3, met, promised_by, hops_left: 9 }
}

#[test]
fn a_candidacy_carries_what_the_candidate_has_and_counts_its_attempts() {
    let mut election = Election::default();
    let own = Candidate { promised: ballot(4, 2), ..candidate(7) };
    let expected = Elect { promised: ballot(4, 2), ..token(7, 5, &[7]) };
    assert_eq!(election.start(own), expected);
    assert_eq!(election.start(own), Elect { attempt: 2, ..expected });
}

#[test]
fn the_freshest_log_wins_and_between_equals_the_greatest_id() {
    #[derive(Debug, PartialEq)]
    enum Is {
        Passed,
        Replaced,
        Swallowed,
    }
    use Is::{Passed, Replaced, Swallowed};
    // (token's candidate, its index, whom it met, runs itself, eligible, verdict) at 7, whose log
    // ends at 5
    type Row<'a> = (u64, u64, &'a [u64], bool, bool, Is);
    let table: &[Row] = &[
        (9, 5, &[9], false, true, Passed),
        (9, 5, &[9], true, true, Passed),
        (3, 5, &[3], false, true, Replaced),
        (3, 5, &[3], true, true, Swallowed),
        (3, 6, &[3], false, true, Passed),
        (3, 6, &[3], true, true, Passed),
        (9, 4, &[9], false, true, Replaced),
        (9, 4, &[9], true, true, Swallowed),
        // Only a member by its own log is ever a candidate; others pass everything on.
        (3, 5, &[3], false, false, Passed),
        (9, 4, &[9], false, false, Passed),
        // It could not go home from where its circle closed: it may pass once more.
        (9, 6, &[9, 7, 3], false, true, Passed),
        (3, 5, &[3, 7, 9], false, true, Passed),
        // It has been round twice without finding its candidate.
        (9, 6, &[9, 7, 3, 7], false, true, Swallowed),
        (9, 6, &[9, 7, 3, 7], false, false, Swallowed),
    ];
    for (from, index, met, running, eligible, expected) in table {
        let mut election = Election::default();
        let own = Candidate { eligible: *eligible, ..candidate(7) };
        if *running {
            election.start(own);
        }
        let found = match election.judge(token(*from, *index, met), own) {
            Verdict::Pass(_) => Passed,
            Verdict::Replace(_) => Replaced,
            Verdict::Swallow => Swallowed,
            Verdict::Won(token) => panic!("won with the token of another: {token:?}"),
        };
        assert_eq!(found, *expected, "{from} up to {index}, running {running}, {eligible}");
    }
}

#[test]
fn a_token_that_passes_notes_who_passed_it_and_the_greatest_promise() {
    // (promise of the one who passes it on, promise noted)
    for (own, noted) in [(ballot(1, 9), ballot(2, 2)), (ballot(2, 3), ballot(2, 3))] {
        let own = Candidate { promised: own, ..candidate(7) };
        let expected = Elect { promised: noted, ..token(9, 5, &[9, 8, 7]) };
        let verdict = Election::default().judge(token(9, 5, &[9, 8]), own);
        assert_eq!(verdict, Verdict::Pass(expected));
    }
}

#[test]
fn a_token_that_is_replaced_hands_on_the_greatest_promise_it_met() {
    let own = Candidate { promised: ballot(1, 9), ..candidate(7) };
    let verdict = Election::default().judge(token(3, 5, &[3, 2]), own);
    assert_eq!(verdict, Verdict::Replace(token(7, 5, &[7])));
}

#[test]
fn the_own_token_wins_once_and_only_that_of_the_latest_attempt() {
    let own = candidate(7);
    let mut election = Election::default();
    let old = election.start(own);
    assert_eq!(Election::default().judge(old.clone(), own), Verdict::Swallow, "after a restart");
    let new = election.start(own);
    assert_eq!(election.judge(new.clone(), own), Verdict::Won(new.clone()));
    assert_eq!(election.judge(new, own), Verdict::Swallow, "a second time");
    let new = election.start(own);
    assert_eq!(election.judge(old.clone(), own), Verdict::Swallow, "of an earlier attempt");
    let won = Verdict::Won(new.clone());
    assert_eq!(election.judge(new, own), won, "the earlier one ended nothing");
    let new = election.start(own);
    election.reset();
    assert_eq!(election.judge(new, own), Verdict::Swallow, "after a leader was heard");
}

#[test]
fn promises_are_counted_once_per_ballot_and_only_while_they_are_gathered() {
    let mut election = Election::default();
    assert!(!election.decide(ballot(3, 7)), "never gathered, or before a restart");
    election.gather(ballot(3, 7));
    assert!(!election.decide(ballot(2, 7)), "another ballot");
    assert!(election.decide(ballot(3, 7)));
    assert!(!election.decide(ballot(3, 7)), "the token is back a second time");
    election.gather(ballot(4, 7));
    election.reset();
    assert!(!election.decide(ballot(4, 7)), "a leader was heard");
    election.gather(ballot(5, 7));
    election.start(candidate(7));
    assert!(!election.decide(ballot(5, 7)), "another attempt has begun");
}

#[test]
fn the_newest_token_of_each_lap_is_kept_until_a_neighbour_has_it() {
    let mut election = Election::default();
    let (first, second) = (Token::Elect(token(9, 5, &[9])), Token::Elect(token(8, 5, &[8])));
    let (third, fourth) = (Token::Elected(elected(3)), Token::Elected(elected(4)));
    election.sending(first);
    election.sending(third);
    assert_eq!(election.unacknowledged.len(), 2);
    election.sending(second.clone());
    election.sending(fourth.clone());
    assert_eq!(election.unacknowledged, [second.clone(), fourth.clone()]);
    election.acknowledged(TokenId::Elected(ballot(3, 1)));
    assert_eq!(election.unacknowledged.len(), 2, "that of an older token");
    election.acknowledged(second.id());
    assert_eq!(election.unacknowledged, std::slice::from_ref(&fourth));
    election.acknowledged(fourth.id());
    assert_eq!(election.unacknowledged, []);
    election.sending(fourth);
    election.reset();
    assert_eq!(election.unacknowledged, []);
}

/// Runs lap 1 on a ring of these ids, in the order tokens travel: how many messages it took.
fn messages(ring: &[u64], starters: &[usize]) -> usize {
    let mut elections: Vec<Election> = ring.iter().map(|_| Election::default()).collect();
    let mut under_way: VecDeque<(usize, Elect)> = VecDeque::new();
    for at in starters {
        under_way.push_back((*at, elections[*at].start(candidate(ring[*at]))));
    }
    let (mut count, mut winner) = (0, None);
    while let Some((from, token)) = under_way.pop_front() {
        count += 1;
        let at = (from + 1) % ring.len();
        match elections[at].judge(token, candidate(ring[at])) {
            Verdict::Pass(token) | Verdict::Replace(token) => under_way.push_back((at, token)),
            Verdict::Swallow => {}
            Verdict::Won(token) => {
                assert_eq!(token.met.len(), ring.len(), "it met everybody");
                assert_eq!(winner.replace(ring[at]), None, "won twice");
            }
        }
    }
    assert_eq!(winner, ring.iter().max().copied(), "the greatest wins");
    count
}

#[test]
fn with_all_starting_at_once_it_takes_2n_minus_1_messages_in_the_best_order() {
    for n in 1..=20 {
        let ring: Vec<u64> = (1..=n as u64).collect();
        let all: Vec<usize> = (0..n).collect();
        assert_eq!(messages(&ring, &all), 2 * n - 1, "{n} nodes");
    }
}

#[test]
fn with_all_starting_at_once_it_takes_half_n_times_n_plus_1_in_the_worst_order() {
    for n in 1..=20 {
        let ring: Vec<u64> = (1..=n as u64).rev().collect();
        let all: Vec<usize> = (0..n).collect();
        assert_eq!(messages(&ring, &all), n * (n + 1) / 2, "{n} nodes");
    }
}

#[test]
fn one_starter_takes_n_messages_and_its_way_to_the_greatest_at_most_2n_minus_1() {
    for n in 1..=20 {
        for ring in [(1..=n as u64).collect::<Vec<_>>(), (1..=n as u64).rev().collect()] {
            let greatest = ring.iter().position(|id| *id == n as u64).unwrap();
            for starter in 0..n {
                let way = (greatest + n - starter) % n;
                assert_eq!(messages(&ring, &[starter]), n + way, "{starter} of {ring:?}");
            }
        }
    }
}

#[test]
fn over_all_orders_of_six_it_takes_n_times_the_harmonic_number_on_average() {
    let mut orders = vec![vec![1]];
    for id in 2..=6 {
        orders = orders.iter().flat_map(|order| inserted(order, id)).collect();
    }
    assert_eq!(orders.len(), 720);
    let total: usize = orders.iter().map(|ring| messages(ring, &[0, 1, 2, 3, 4, 5])).sum();
    // 6 · (1 + 1/2 + 1/3 + 1/4 + 1/5 + 1/6) = 14.7
    assert_eq!(total * 10, 720 * 147);
}

/// The order with `id` put in at each place.
fn inserted(order: &[u64], id: u64) -> Vec<Vec<u64>> {
    let at = |place: usize| {
        let mut longer = order.to_vec();
        longer.insert(place, id);
        longer
    };
    (0..=order.len()).map(at).collect()
}

#[test]
fn a_second_starter_saves_nothing_but_harms_nothing() {
    for first in 0..5 {
        for second in (0..5).filter(|second| *second != first) {
            let count = messages(&[4, 2, 5, 1, 3], &[first, second]);
            assert!((5..=15).contains(&count), "{first} and {second}: {count}");
        }
    }
}
