//! The story of hand-made histories: what is told, on which line, and what is passed over.

mod support;

use ringchat::proto::event::Event;
use ringchat::proto::id::{LinkId, NodeId};
use ringchat::proto::time::Instant;
use ringchat::proto::view::{Change, View};
use ringchat_sim::history::{Happening, History, Incarnation, Record};
use ringchat_sim::trace::story::story;
use support::*;

/// The story of these steps, each at its millisecond, line by line.
fn told(steps: &[(u64, Step)]) -> Vec<String> {
    let mut history = History::new();
    for (ms, Step(node, life, what)) in steps {
        let at = Instant::from_micros(ms * 1_000);
        let (node, incarnation) = (name(*node), Incarnation(*life));
        history.record(Record { at, node, incarnation, what: what.clone() });
    }
    story(&history).lines().map(str::to_owned).collect()
}

/// Three nodes make a ring by the 120th millisecond, and node 2 says a line in the second second.
fn begun(steps: &[(u64, Step)]) -> Vec<(u64, Step)> {
    let v1 = || view(1, &[1], &[Change::Founded(NodeId(1))]);
    let v2 = || view(2, &[1, 2, 3], &[Change::Joined(NodeId(2)), Change::Joined(NodeId(3))]);
    let link = Event::LinkUp { link: LinkId::Dialed(1), peer: NodeId(1) };
    let mut all = vec![
        (0, start(1)),
        (0, start(2)),
        (0, start(3)),
        (1, lead(1, ballot(1, 1), 0, &[])),
        (1, install(1, 1, v1())),
        (50, event(2, link)),
        (60, event(1, Event::Sponsors { learner: NodeId(2) })),
        (100, install(1, 2, v2())),
        (110, follow(2, ballot(1, 1))),
        (120, install(2, 2, v2())),
        (2_000, submit(2, 1, 1, 2)),
    ];
    all.extend_from_slice(steps);
    all
}

fn died(node: u32) -> Step {
    Step(node, 0, Happening::Died)
}

fn suspects(node: u32, peer: u64) -> Step {
    event(node, Event::Suspected { peer: NodeId(peer) })
}

fn elects(node: u32, attempt: u64) -> Step {
    event(node, Event::ElectionStarted { attempt })
}

fn evicts(node: u32) -> Step {
    install(node, 4, without_3())
}

fn without_3() -> View {
    view(3, &[1, 2], &[Change::Evicted(NodeId(3))])
}

#[test]
fn how_the_ring_came_to_be_is_one_line() {
    assert_eq!(told(&begun(&[])), ["   0.120  ring  stands: n1 n2 n3; n1 leads"]);
}

#[test]
fn a_ring_that_nobody_leads_yet_is_told_as_such() {
    let steps = [(0, start(1)), (5, install(1, 1, view(1, &[1], &[])))];
    assert_eq!(told(&steps), ["   0.005  ring  stands: n1; nobody leads"]);
}

#[test]
fn deliveries_are_summed_up_between_faults_and_at_the_end() {
    let story = told(&begun(&[
        (2_010, deliver(1, 3, 2, 1, 1)),
        (2_020, deliver(2, 3, 2, 1, 1)),
        (2_030, deliver(3, 3, 2, 1, 1)),
        (2_500, deliver(1, 4, 2, 2, 2)),
        (2_600, deliver(2, 4, 2, 2, 2)),
        (3_000, Step(1, 0, Happening::Fault("cut n1 -> n3".to_owned()))),
        (3_500, deliver(3, 4, 2, 2, 2)),
        (3_600, deliver(1, 6, 2, 3, 3)),
        (3_700, deliver(2, 6, 2, 3, 3)),
        (4_000, deliver(1, 7, 2, 4, 4)),
        (4_100, deliver(2, 7, 2, 4, 4)),
    ]));
    let expected = [
        "   0.120  ring   stands: n1 n2 n3; n1 leads",
        "   2.030  n3     delivered a line, at 3",
        "   2.600  n1 n2  delivered 2 lines, from 3 to 4",
        "   3.000  n1     cut n1 -> n3",
        "   3.500  n3     delivered a line, at 4",
        "   4.100  n1 n2  delivered 2 lines, from 6 to 7",
    ];
    assert_eq!(story, expected);
}

#[test]
fn what_happens_at_several_nodes_within_a_moment_stands_on_one_line() {
    let story = told(&begun(&[
        (3_000, died(3)),
        (3_010, suspects(2, 3)),
        (3_200, evicts(2)),
        (3_290, suspects(1, 3)),
        (3_500, evicts(1)),
    ]));
    let expected = [
        "   0.120  ring   stands: n1 n2 n3; n1 leads",
        "   3.000  n3     dies",
        "   3.010  n1 n2  n3 cannot be reached, and is skipped",
        "   3.200  n1 n2  installed at 4 view 3: n1 n2 (n3 evicted)",
    ];
    assert_eq!(story, expected);
}

#[test]
fn behind_a_moment_and_for_another_thing_there_is_another_line() {
    let story =
        told(&begun(&[(3_000, suspects(1, 3)), (3_010, suspects(2, 1)), (3_301, suspects(2, 3))]));
    let expected = [
        "   0.120  ring  stands: n1 n2 n3; n1 leads",
        "   3.000  n1    n3 cannot be reached, and is skipped",
        "   3.010  n2    n1 cannot be reached, and is skipped",
        "   3.301  n2    n3 cannot be reached, and is skipped",
    ];
    assert_eq!(story, expected);
}

#[test]
fn nodes_stand_in_the_order_of_their_numbers_and_many_are_counted() {
    let noticed = |nodes: &[u32]| -> Vec<(u64, Step)> {
        nodes.iter().map(|node| (3_000, suspects(*node, 3))).collect()
    };
    let some = begun(&noticed(&[10, 2, 9, 1]));
    let line = "   3.000  n1 n2 n9 n10  n3 cannot be reached, and is skipped";
    assert_eq!(told(&some)[1], line);
    let seven = begun(&noticed(&[1, 2, 4, 5, 6, 7, 8]));
    let line = "   3.000  n1 n2 n4 n5 n6 n7 n8  n3 cannot be reached, and is skipped";
    assert_eq!(told(&seven)[1], line);
    let many = begun(&noticed(&[1, 2, 4, 5, 6, 7, 8, 9]));
    let line = "   3.000  8 nodes  n3 cannot be reached, and is skipped";
    assert_eq!(told(&many)[1], line);
}

#[test]
fn a_second_life_has_a_name_of_its_own() {
    let back = || view(4, &[1, 33, 2], &[Change::Joined(NodeId(33))]);
    let story = told(&begun(&[
        (3_000, died(3)),
        (3_050, evicts(1)),
        (4_000, restart(3, 1, 33)),
        (4_100, install(1, 5, back())),
        (4_110, in_life(1, install(3, 5, back()))),
        (4_120, install(2, 5, back())),
        (4_200, in_life(1, deliver(3, 6, 2, 1, 1))),
        (5_000, Step(3, 1, Happening::Died)),
        (6_000, restart(3, 2, 333)),
        (6_100, suspects(1, 33)),
    ]));
    let expected = [
        "   0.120  ring        stands: n1 n2 n3; n1 leads",
        "   3.000  n3          dies",
        "   3.050  n1          installed at 4 view 3: n1 n2 (n3 evicted)",
        "   4.000  n3#2        starts",
        "   4.100  n1 n2 n3#2  installed at 5 view 4: n1 n3#2 n2 (n3#2 joined)",
        "   4.200  n3#2        delivered a line, at 6",
        "   5.000  n3#2        dies",
        "   6.000  n3#3        starts",
        "   6.100  n1          n3#2 cannot be reached, and is skipped",
    ];
    assert_eq!(story, expected);
}

#[test]
fn repeated_elections_are_told_once_until_somebody_leads() {
    let b2 = ballot(2, 2);
    let story = told(&begun(&[
        (3_000, died(1)),
        (3_100, elects(2, 1)),
        (3_600, elects(2, 2)),
        (4_100, elects(2, 3)),
        (4_200, elects(3, 1)),
        (4_300, event(2, Event::ElectionWon { ballot: b2 })),
        (4_310, promise(3, b2)),
        (4_400, lead(2, b2, 0, &[(ballot(1, 1), 3)])),
        (4_410, follow(3, b2)),
        (6_000, elects(3, 1)),
        (6_500, elects(3, 2)),
    ]));
    let expected = [
        "   0.120  ring  stands: n1 n2 n3; n1 leads",
        "   3.000  n1    dies",
        "   3.100  n2    starts an election, its 1.",
        "   4.200  n3    starts an election, its 1.",
        "   4.400  n2    leads under ballot 2 of n2; log from 1 [1:3]",
        "   4.410  n3    follows n2 under ballot 2",
        "   6.000  n3    starts an election, its 1.",
    ];
    assert_eq!(story, expected);
}

#[test]
fn a_fault_before_the_first_line_begins_the_story() {
    let steps = begun(&[]);
    let mut steps: Vec<_> = steps.into_iter().take_while(|(ms, _)| *ms < 2_000).collect();
    steps.extend([(500, Step(2, 0, Happening::Paused)), (800, evicts(1))]);
    steps.push((900, Step(2, 0, Happening::Resumed)));
    let expected = [
        "   0.120  ring  stands: n1 n2 n3; n1 leads",
        "   0.500  n2    stands still",
        "   0.800  n1    installed at 4 view 3: n1 n2 (n3 evicted)",
        "   0.900  n2    goes on",
    ];
    assert_eq!(told(&steps), expected);
}
