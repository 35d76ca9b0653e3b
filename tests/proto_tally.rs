//! The tally by tables: how acknowledgements merge, and which index or pulse a quorum holds.

use std::net::SocketAddr;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ringchat::proto::facts::Facts;
use ringchat::proto::id::{Index, NodeId};
use ringchat::proto::message::Stored;
use ringchat::proto::set::NODES_MAX;
use ringchat::proto::tally::{Spares, Tally};
use ringchat::proto::view::{Member, View, Voters};

fn view(ids: &[u64], tie_breaker: u64) -> View {
    let address = SocketAddr::from(([127, 0, 0, 1], 7400));
    let members = ids.iter().map(|id| Member { id: NodeId(*id), address }).collect();
    View { number: 1, members, tie_breaker: NodeId(tie_breaker), changes: Vec::new() }
}

fn fact(id: u64, index: u64, pulse: u64) -> Stored {
    Stored { id: NodeId(id), index: Index(index), pulse }
}

/// Members from 1 on hold these indexes; their pulses are ten times that.
fn tally(indexes: &[u64]) -> Tally {
    let mut tally = Tally::default();
    for (id, index) in (1..).zip(indexes) {
        tally.merge(fact(id, *index, index * 10));
    }
    tally
}

/// Whom facts speak of.
fn ids(facts: &Facts) -> Vec<u64> {
    facts.iter().map(|fact| fact.id.0).collect()
}

#[test]
fn facts_merge_by_maximum_and_none_is_none() {
    let mut tally = Tally::default();
    // (fact, what is known of that node then)
    let table = [
        (fact(2, 5, 1), fact(2, 5, 1)),
        (fact(2, 5, 1), fact(2, 5, 1)),
        (fact(2, 4, 0), fact(2, 5, 1)),
        (fact(2, 4, 3), fact(2, 5, 3)),
        (fact(2, 9, 2), fact(2, 9, 3)),
        (fact(1, 0, 0), fact(1, 0, 0)),
        (fact(4, 0, 1), fact(4, 0, 1)),
        (fact(3, 7, 7), fact(3, 7, 7)),
        (fact(3, 9, 7), fact(3, 9, 7)),
    ];
    for (said, known) in table {
        tally.merge(said);
        assert_eq!(tally.of(said.id), known, "after {said:?}");
    }
    assert_eq!(ids(tally.known()), [2, 3, 4], "sorted by node, and nothing is known of node 1");
    assert_eq!(tally.known().len(), 3);
    assert_eq!(tally.known().greatest(), 9);
}

#[test]
fn the_order_in_which_facts_arrive_does_not_matter() {
    let mut lots = ChaCha8Rng::seed_from_u64(7);
    for _ in 0..100 {
        let mut facts: Vec<Stored> = (0..12)
            .map(|_| {
                fact(lots.random_range(1..5), lots.random_range(0..9), lots.random_range(0..9))
            })
            .collect();
        let (mut one, mut other) = (Tally::default(), Tally::default());
        for fact in &facts {
            one.merge(*fact);
        }
        facts.reverse();
        for fact in &facts {
            other.merge(*fact);
        }
        assert_eq!(one, other, "{facts:?}");
    }
}

#[test]
fn many_facts_merge_as_each_of_them_does_whatever_their_order() {
    let mut lots = ChaCha8Rng::seed_from_u64(13);
    for _ in 0..1_000 {
        let mut some = |sorted: bool| {
            let count = lots.random_range(0..8);
            let mut draw = |below| lots.random_range(0..below);
            let mut facts: Vec<Stored> =
                (0..count).map(|_| fact(draw(7), draw(5), draw(5))).collect();
            if sorted {
                facts.sort_by_key(|fact| fact.id);
                facts.dedup_by_key(|fact| fact.id);
            }
            facts
        };
        let mut one_by_one = Tally::default();
        for fact in some(true) {
            one_by_one.merge(fact);
        }
        // Mostly sorted, as honest peers say them; and once in a while not.
        let sorted = !one_by_one.known().len().is_multiple_of(3);
        let (said, mut at_once) = (some(sorted), one_by_one.clone());
        let what = format!("{said:?} into {one_by_one:?}");
        let mut news = false;
        for fact in &said {
            news |= fact.index > one_by_one.of(fact.id).index;
            one_by_one.merge(*fact);
        }
        assert_eq!(at_once.merge_all(&said.into_iter().collect()), news, "{what}");
        assert_eq!(at_once, one_by_one, "{what}");
    }
}

#[test]
fn all_members_hold_what_the_least_of_them_does() {
    // (who counts, what members 1, 2 … hold, what all of them do)
    let table: &[(&[u64], &[u64], u64)] = &[
        (&[], &[4], 0),
        (&[1], &[4], 4),
        (&[2, 1, 3], &[4, 3, 5], 3),
        (&[3, 1], &[4, 3, 5], 4),
        (&[1, 2, 3], &[4, 3], 0),
        (&[9], &[4, 3], 0),
    ];
    for (members, held, all) in table {
        let voters = Voters::from(&view(members, 1));
        assert_eq!(tally(held).index_of_all(&voters), Index(*all), "{members:?} of {held:?}");
    }
}

#[test]
fn of_an_unknown_node_nothing_is_known_and_another_ballot_forgets_all() {
    let mut tally = tally(&[4, 5]);
    assert_eq!(tally.of(NodeId(9)), fact(9, 0, 0));
    tally.clear();
    assert!(tally.known().is_empty());
    assert_eq!(tally.of(NodeId(1)), fact(1, 0, 0));
}

#[test]
fn what_a_quorum_holds_by_table() {
    // (what members 1, 2 … hold, tie-breaker, commit index, election index)
    let table: &[(&[u64], u64, u64, u64)] = &[
        (&[], 1, 0, 0),
        (&[7], 1, 7, 7),
        (&[7, 3], 1, 3, 7),
        (&[7, 3], 2, 3, 3),
        (&[3, 7], 1, 3, 3),
        (&[7, 0], 1, 0, 7),
        (&[7, 5, 3], 3, 5, 5),
        (&[3, 3, 9], 3, 3, 3),
        (&[9, 8, 2, 1], 1, 2, 8),
        (&[9, 8, 2, 1], 2, 2, 8),
        (&[9, 8, 2, 1], 3, 2, 2),
        (&[9, 8, 2, 1], 4, 2, 2),
        (&[9, 8, 4, 6], 4, 6, 6),
        (&[9, 8, 7, 6], 3, 7, 7),
        (&[1, 2, 3, 4, 5], 1, 3, 3),
    ];
    for (held, tie_breaker, commit, election) in table {
        let ids: Vec<u64> = (1..=held.len() as u64).collect();
        let (voters, mut tally) = (Voters::from(&view(&ids, *tie_breaker)), tally(held));
        let what = format!("{held:?} with tie-breaker {tie_breaker}");
        assert_eq!(tally.commit_index(&voters), Index(*commit), "commit index of {what}");
        assert_eq!(tally.election_index(&voters), Index(*election), "election index of {what}");
        assert_eq!(tally.election_pulse(&voters), election * 10, "election pulse of {what}");
    }
}

#[test]
fn an_index_is_held_by_a_quorum_exactly_if_its_holders_are_one() {
    let mut lots = ChaCha8Rng::seed_from_u64(11);
    for _ in 0..2_000 {
        let size = lots.random_range(1..=7);
        let ids: Vec<u64> = (1..=size).collect();
        let view = view(&ids, lots.random_range(1..=size));
        let voters = Voters::from(&view);
        let held: Vec<u64> = ids.iter().map(|_| lots.random_range(0..6)).collect();
        let mut tally = tally(&held);
        let known = tally.clone();
        for index in 1..=6 {
            let holds = |id: NodeId| known.of(id).index >= Index(index);
            let commit = view.is_commit_quorum(holds);
            assert_eq!(tally.commit_index(&voters) >= Index(index), commit, "{held:?} at {index}");
            let elects = view.is_election_quorum(holds);
            let found = tally.election_index(&voters) >= Index(index);
            assert_eq!(found, elects, "{held:?} at {index}, {view:?}");
        }
    }
}

#[test]
fn a_view_of_more_nodes_than_can_be_spoken_of_has_no_quorum_and_harms_nobody() {
    let most = NODES_MAX as u64;
    let voters = Voters::from(&view(&(1..=most + 2).collect::<Vec<_>>(), 1));
    let mut tally = Tally::default();
    tally.merge_all(
        &[fact(1, 5, 5), fact(most + 1, 5, 5), fact(most + 2, 5, 5)].into_iter().collect(),
    );
    assert_eq!((tally.commit_index(&voters), tally.election_pulse(&voters)), (Index::ZERO, 0));
    let last = Voters::from(&view(&[1, most + 2], 1));
    assert_eq!((tally.commit_index(&last), tally.index_of_all(&last)), (Index(5), Index(5)));
}

#[test]
fn learners_are_not_counted() {
    let voters = Voters::from(&view(&[1, 2, 3], 1));
    let mut tally = tally(&[9, 2, 1, 9, 9, 9]);
    assert_eq!(tally.commit_index(&voters), Index(2));
    assert_eq!(tally.election_index(&voters), Index(2));
}

#[test]
fn only_an_index_beyond_the_committed_that_was_not_sent_is_worth_a_frame() {
    // (known, sent, committed, whether there is news)
    let table: &[(&[u64], &[u64], u64, bool)] = &[
        (&[], &[], 0, false),
        (&[3, 2], &[], 0, true),
        (&[3, 2], &[3, 2], 0, false),
        (&[3, 2], &[3, 1], 0, true),
        (&[3, 2], &[3, 1], 2, false),
        (&[3, 2], &[2, 2], 2, true),
        (&[3, 2], &[2, 2], 3, false),
        (&[3, 2], &[4, 4], 0, false),
        (&[3], &[3, 2], 0, false),
        (&[3, 2, 5], &[3, 2, 4], 4, true),
        (&[3, 2, 5], &[3, 2, 4], 5, false),
    ];
    for (known, sent, committed, news) in table {
        let found = tally(known).has_news_beyond(&tally(sent), Index(*committed));
        assert_eq!(found, *news, "known {known:?}, sent {sent:?}, committed {committed}");
    }
}

#[test]
fn what_was_sent_beyond_the_committed_is_no_news_until_it_grows() {
    let (known, mut sent) = (tally(&[3, 2, 5]), Tally::default());
    sent.copy_beyond(&known, Index(4));
    assert!(!known.has_news_beyond(&sent, Index(4)));
    let mut grown = known.clone();
    grown.merge(fact(2, 5, 0));
    assert!(grown.has_news_beyond(&sent, Index(4)));
    assert!(!grown.has_news_beyond(&sent, Index(5)), "it is committed by now");
    sent.copy_beyond(&grown, Index(5));
    assert!(sent.known().is_empty(), "nothing stands beyond");
    grown.merge(fact(4, 6, 0));
    assert!(grown.has_news_beyond(&sent, Index(5)));
}

#[test]
fn whoever_is_answered_is_told_what_it_has_not_told_itself() {
    // (what the answering node knows, what it was told, what goes back)
    let table: &[(&[u64], &[u64], &[u64])] = &[
        (&[3, 2, 4], &[], &[1, 2, 3]),
        (&[3, 2, 4], &[3, 2, 4], &[]),
        (&[3, 2, 4], &[3, 1, 4], &[2]),
        (&[3, 2, 4], &[3, 2], &[3]),
        (&[3, 2], &[3, 2, 4], &[]),
        (&[3, 2], &[4, 4], &[]),
        (&[], &[3], &[]),
    ];
    for (known, told, back) in table {
        let answer = Spares::default().news_for(tally(told).known(), &tally(known));
        assert_eq!(ids(&answer), *back, "known {known:?}, told {told:?}");
        assert!(answer.iter().all(|fact| fact == tally(known).of(fact.id)));
    }
    // Others than those of the answer may stand between.
    let mut known = tally(&[5, 5, 5, 5]);
    known.merge(fact(9, 1, 1));
    let told: Facts = [fact(2, 5, 50), fact(4, 5, 49)].into_iter().collect();
    let answer = Spares::default().news_for(&told, &known);
    assert_eq!(ids(&answer), [1, 3, 4, 9], "a pulse is news, too");
}
