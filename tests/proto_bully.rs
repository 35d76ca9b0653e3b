//! Fast Bully by tables: who is named, when, and what it comes to if nobody answers.

use ringchat::proto::bully::{Bully, Verdict};
use ringchat::proto::entry::Committed;
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::message::{Answer, Freshness};

const ATTEMPT: u64 = 3;

/// What a node would run with: its id, the round and the end of its log, its priority.
fn answer(id: u64, (round, index): (u64, u64), priority: u32) -> Answer {
    Answer {
        id: NodeId(id),
        attempt: ATTEMPT,
        eligible: true,
        freshness: Freshness { ballot: promised(round), index: Index(index) },
        priority,
        promised: Ballot::ZERO,
        committed: Committed::default(),
    }
}

fn promised(round: u64) -> Ballot {
    Ballot { round, proposer: NodeId(0) }
}

fn more_than_half_of(all: usize) -> impl Fn(&[NodeId]) -> bool {
    move |met| 2 * met.len() > all
}

/// Everybody but the first of `answers`, who asks, answers in this order. The last verdict.
fn asked(answers: &[Answer]) -> Verdict {
    let mut bully = Bully::default();
    let others = answers[1..].iter().map(|answer| answer.id).collect();
    bully.start(answers[0].clone(), others);
    let mut verdict = Verdict::Wait;
    for answer in &answers[1..] {
        assert_eq!(verdict, Verdict::Wait, "a verdict before all have answered");
        verdict = bully.answered(answer.clone(), more_than_half_of(answers.len()));
    }
    verdict
}

#[test]
fn the_freshest_log_comes_before_priority_and_that_before_the_id() {
    let same = (1, 9);
    // (what the asker and the two others would run with, who is to lead)
    let table = [
        ([answer(1, same, 5), answer(2, same, 4), answer(3, same, 3)], 1),
        ([answer(1, same, 3), answer(2, same, 5), answer(3, same, 4)], 2),
        ([answer(1, same, 3), answer(2, same, 3), answer(3, same, 3)], 3),
        ([answer(3, same, 3), answer(2, same, 3), answer(1, same, 3)], 3),
        ([answer(1, (1, 9), 9), answer(2, (1, 10), 1), answer(3, (1, 9), 9)], 2),
        ([answer(1, (1, 99), 9), answer(2, (2, 1), 1), answer(3, (1, 98), 9)], 2),
        ([answer(1, (2, 1), 1), answer(2, (1, 99), 9), answer(3, (1, 98), 9)], 1),
    ];
    for (answers, leads) in table {
        let expected = if answers[0].id == NodeId(leads) {
            Verdict::Coordinate(Ballot::ZERO)
        } else {
            Verdict::Nominate(NodeId(leads), Ballot::ZERO)
        };
        assert_eq!(asked(&answers), expected, "{answers:?}");
    }
}

#[test]
fn whoever_may_not_lead_is_not_named_but_counts_as_met() {
    let mut answers = [answer(1, (1, 1), 1), answer(2, (1, 1), 2), answer(3, (1, 1), 3)];
    answers[2].eligible = false;
    assert_eq!(asked(&answers), Verdict::Nominate(NodeId(2), Ballot::ZERO));
    answers[1].eligible = false;
    assert_eq!(asked(&answers), Verdict::Coordinate(Ballot::ZERO));
    answers[0].eligible = false;
    assert_eq!(asked(&answers), Verdict::GiveUp, "none of them may");
}

#[test]
fn the_greatest_promise_of_all_goes_with_the_verdict() {
    let mut answers = [answer(1, (1, 1), 1), answer(2, (1, 1), 2), answer(3, (1, 1), 3)];
    answers[1].promised = promised(7);
    answers[2].promised = promised(4);
    assert_eq!(asked(&answers), Verdict::Nominate(NodeId(3), promised(7)));
}

#[test]
fn nobody_waits_for_those_who_cannot_be_reached() {
    let mut bully = Bully::default();
    bully.start(answer(1, (1, 1), 1), vec![NodeId(2), NodeId(3)]);
    assert_eq!(bully.unreachable(NodeId(3), more_than_half_of(3)), Verdict::Wait);
    let verdict = bully.answered(answer(2, (1, 1), 2), more_than_half_of(3));
    assert_eq!(verdict, Verdict::Nominate(NodeId(2), Ballot::ZERO));
}

#[test]
fn too_few_are_told_of_and_end_the_attempt() {
    let mut bully = Bully::default();
    bully.start(answer(1, (1, 1), 1), vec![NodeId(2), NodeId(3), NodeId(4)]);
    assert_eq!(bully.answered(answer(2, (1, 1), 2), more_than_half_of(4)), Verdict::Wait);
    let verdict = bully.expired(more_than_half_of(4));
    assert_eq!(verdict, Verdict::TooFew(vec![NodeId(1), NodeId(2)]));
    assert!(!bully.is_under_way());
    let late = bully.answered(answer(3, (1, 1), 3), more_than_half_of(4));
    assert_eq!(late, Verdict::Wait, "it is over");
}

#[test]
fn if_the_best_does_not_lead_the_next_is_named_and_in_the_end_none() {
    let mut bully = Bully::default();
    bully.start(answer(1, (1, 1), 1), vec![NodeId(2), NodeId(3), NodeId(4)]);
    for (id, priority) in [(2, 3), (3, 2), (4, 0)] {
        bully.answered(answer(id, (1, 1), priority), more_than_half_of(4));
    }
    let quorum = more_than_half_of(4);
    assert!(bully.is_under_way(), "the best was named");
    assert_eq!(bully.expired(&quorum), Verdict::Nominate(NodeId(3), Ballot::ZERO));
    assert_eq!(bully.expired(&quorum), Verdict::GiveUp, "4 is no better than the one who asks");
    assert_eq!(bully.expired(&quorum), Verdict::Wait);
    let again = |bully: &mut Bully| {
        bully.start(answer(1, (1, 1), 1), vec![NodeId(2), NodeId(3)]);
        bully.answered(answer(2, (1, 1), 3), &quorum);
        bully.answered(answer(3, (1, 1), 2), &quorum)
    };
    assert_eq!(again(&mut bully), Verdict::Coordinate(Ballot::ZERO), "each was named once");
    assert_eq!(again(&mut bully), Verdict::Nominate(NodeId(2), Ballot::ZERO), "from the best on");
    bully.reset();
    assert_eq!(again(&mut bully), Verdict::Nominate(NodeId(3), Ballot::ZERO), "2 did not lead");
    bully.forget();
    assert_eq!(again(&mut bully), Verdict::Nominate(NodeId(2), Ballot::ZERO), "somebody led");
}

#[test]
fn answers_to_another_attempt_and_second_answers_count_for_nothing() {
    let mut bully = Bully::default();
    bully.start(answer(1, (1, 1), 1), vec![NodeId(2), NodeId(3)]);
    let old = Answer { attempt: ATTEMPT - 1, ..answer(2, (1, 1), 9) };
    assert_eq!(bully.answered(old, more_than_half_of(3)), Verdict::Wait);
    assert_eq!(bully.awaited(), [NodeId(2), NodeId(3)]);
    bully.answered(answer(2, (1, 1), 2), more_than_half_of(3));
    bully.answered(answer(2, (9, 9), 9), more_than_half_of(3));
    let verdict = bully.answered(answer(3, (1, 1), 3), more_than_half_of(3));
    assert_eq!(verdict, Verdict::Nominate(NodeId(3), Ballot::ZERO));
}

#[test]
fn a_leader_that_is_heard_ends_it() {
    let mut bully = Bully::default();
    bully.start(answer(1, (1, 1), 1), vec![NodeId(2)]);
    bully.reset();
    assert_eq!(bully.answered(answer(2, (1, 1), 2), more_than_half_of(2)), Verdict::Wait);
    assert_eq!(bully.expired(more_than_half_of(2)), Verdict::Wait);
}
