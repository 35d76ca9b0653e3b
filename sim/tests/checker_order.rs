//! S1 to S6 on hand-made histories: what must be rejected, and what must not.

mod support;

use bytes::Bytes;
use ringchat::proto::entry::Payload;
use ringchat_sim::checker::violation::Guarantee;
use ringchat_sim::history::Happening;
use support::*;

/// Nodes 1 and 2 submit two messages each.
fn submitted() -> Vec<Step> {
    vec![submit(1, 1, 1, 0), submit(1, 2, 2, 0), submit(2, 1, 1, 0), submit(2, 2, 2, 0)]
}

fn after(steps: &[Step]) -> Vec<Step> {
    submitted().into_iter().chain(steps.iter().cloned()).collect()
}

#[test]
fn delivered_sequences_are_prefixes_of_one_another() {
    let s1 = Some(Guarantee::S1);
    let v1 = || view(1, &[1, 2, 3], &[]);
    let v2 = || view(2, &[1, 2, 3], &[]);
    judge(vec![
        ("nothing happens", vec![], None),
        (
            "one is behind",
            after(&[deliver(1, 2, 1, 1, 1), deliver(1, 4, 2, 1, 1), deliver(2, 2, 1, 1, 1)]),
            None,
        ),
        (
            "another message at the same place",
            after(&[deliver(3, 2, 1, 1, 1), deliver(2, 2, 2, 1, 1)]),
            s1,
        ),
        (
            "the same message at another place",
            after(&[deliver(3, 2, 1, 1, 1), deliver(2, 3, 1, 1, 1)]),
            s1,
        ),
        (
            "a known message is skipped",
            after(&[deliver(3, 2, 1, 1, 1), deliver(3, 3, 2, 1, 1), deliver(2, 3, 2, 1, 1)]),
            s1,
        ),
        (
            "a message was skipped by one, and is delivered later by another",
            after(&[
                deliver(3, 2, 1, 1, 1),
                deliver(3, 4, 2, 1, 1),
                deliver(1, 2, 1, 1, 1),
                deliver(1, 3, 1, 2, 2),
            ]),
            s1,
        ),
        ("places go back", after(&[deliver(3, 3, 1, 1, 1), deliver(3, 2, 2, 1, 1)]), s1),
        (
            "a message comes before a view that others installed without it",
            after(&[install(1, 1, v1()), install(2, 1, v1()), deliver(3, 1, 1, 1, 1)]),
            s1,
        ),
        (
            "a view is installed past a known message",
            after(&[
                deliver(1, 1, 1, 1, 1),
                install(1, 2, v1()),
                deliver(2, 1, 1, 1, 1),
                install(2, 2, v1()),
                // Not acknowledged by its origin yet, so nothing is lost: the order is broken.
                deliver(2, 3, 2, 1, 1),
                deliver(1, 3, 2, 1, 1),
                deliver(1, 4, 2, 2, 2),
                install(2, 5, v2()),
            ]),
            s1,
        ),
        (
            "a view is installed at a place that another passed without it",
            after(&[
                install(3, 1, v1()),
                deliver(3, 4, 1, 1, 1),
                install(2, 1, v1()),
                install(2, 3, v2()),
            ]),
            s1,
        ),
        (
            "the same, behind a message that both have",
            after(&[
                install(3, 1, v1()),
                deliver(3, 2, 1, 1, 1),
                deliver(3, 4, 2, 1, 1),
                install(2, 1, v1()),
                deliver(2, 2, 1, 1, 1),
                install(2, 3, v2()),
            ]),
            s1,
        ),
        (
            "the same, and the other has got to a view there",
            after(&[
                install(3, 1, v1()),
                install(3, 4, v2()),
                install(2, 1, v1()),
                deliver(2, 3, 1, 1, 1),
            ]),
            s1,
        ),
        ("a view goes back", after(&[install(3, 2, v1()), install(3, 2, v2())]), s1),
    ]);
}

#[test]
fn a_snapshot_counts_as_everything_up_to_its_place() {
    let v1 = || view(1, &[1, 2, 3], &[]);
    let known = after(&[install(1, 1, v1()), deliver(1, 2, 1, 1, 1), deliver(1, 4, 2, 1, 1)]);
    let with = |steps: &[Step]| known.iter().cloned().chain(steps.iter().cloned()).collect();
    judge(vec![
        ("goes on behind it", with(&[snapshot(3, 2, v1()), deliver(3, 4, 2, 1, 1)]), None),
        ("its place is no message", with(&[snapshot(3, 3, v1()), deliver(3, 4, 2, 1, 1)]), None),
        (
            "goes on within it",
            with(&[snapshot(3, 4, v1()), deliver(3, 2, 1, 1, 1)]),
            Some(Guarantee::S3),
        ),
        (
            "a gap behind it",
            with(&[snapshot(3, 1, v1()), deliver(3, 4, 2, 1, 1)]),
            // Node 1 is the origin of what is missing, and has it.
            Some(Guarantee::S2),
        ),
        (
            "a snapshot from before what was delivered",
            with(&[install(2, 1, v1()), deliver(2, 2, 1, 1, 1), snapshot(2, 1, v1())]),
            Some(Guarantee::S1),
        ),
    ]);
}

#[test]
fn an_acknowledged_message_is_in_every_later_sequence() {
    let s2 = Some(Guarantee::S2);
    let acked = || after(&[deliver(1, 2, 1, 1, 1), deliver(1, 3, 2, 1, 1)]);
    let with = |steps: &[Step]| acked().into_iter().chain(steps.iter().cloned()).collect();
    judge(vec![
        ("it is delivered", with(&[deliver(2, 2, 1, 1, 1)]), None),
        ("it is overwritten", with(&[deliver(2, 2, 2, 1, 1)]), s2),
        ("it is skipped", with(&[deliver(2, 3, 2, 1, 1)]), s2),
        ("it is passed by a view", with(&[install(2, 4, view(1, &[1, 2], &[]))]), s2),
        (
            "a new incarnation does without it",
            with(&[restart(2, 1, 22), in_life(1, deliver(2, 3, 2, 1, 1))]),
            s2,
        ),
    ]);
}

#[test]
fn a_message_is_delivered_once() {
    let s3 = Some(Guarantee::S3);
    judge(vec![
        ("twice at one place", after(&[deliver(3, 2, 1, 1, 1), deliver(3, 2, 1, 1, 1)]), s3),
        ("twice at two places", after(&[deliver(3, 2, 1, 1, 1), deliver(3, 3, 1, 1, 1)]), s3),
        (
            "again behind others",
            after(&[
                deliver(3, 2, 1, 1, 1),
                deliver(3, 3, 1, 2, 2),
                deliver(3, 4, 2, 1, 1),
                deliver(3, 5, 1, 1, 1),
            ]),
            s3,
        ),
        (
            "the second life delivers what the first one did",
            after(&[deliver(3, 2, 1, 1, 1), restart(3, 1, 33), in_life(1, deliver(3, 2, 1, 1, 1))]),
            None,
        ),
    ]);
}

#[test]
fn only_what_was_submitted_is_delivered_unaltered() {
    let s4 = Some(Guarantee::S4);
    let altered = |node| {
        let mut message = message(2, 1, 1, 1);
        message.message.payload = Payload::new(Bytes::from_static(b"else")).expect("short");
        Step(node, 0, Happening::Delivered(message))
    };
    judge(vec![
        ("never submitted", after(&[deliver(1, 2, 3, 1, 1)]), s4),
        ("not submitted yet", after(&[deliver(1, 2, 1, 3, 3)]), s4),
        ("number 0", after(&[deliver(1, 2, 1, 0, 1)]), s4),
        ("another payload", after(&[altered(1)]), s4),
        ("another payload at the second node", after(&[deliver(1, 2, 1, 1, 1), altered(2)]), s4),
        ("another Lamport time", after(&[deliver(1, 2, 1, 1, 7)]), s4),
    ]);
}

#[test]
fn messages_of_one_origin_keep_their_order() {
    let s5 = Some(Guarantee::S5);
    judge(vec![
        ("in order", after(&[deliver(3, 2, 1, 1, 1), deliver(3, 5, 1, 2, 2)]), None),
        ("the first is missing", after(&[deliver(3, 2, 1, 2, 2)]), s5),
        ("a number is used twice", vec![submit(1, 1, 1, 0), submit(1, 1, 2, 0)], s5),
        ("a number is left out", vec![submit(1, 1, 1, 0), submit(1, 3, 2, 0)], s5),
    ]);
}

#[test]
fn what_a_node_knew_when_it_submitted_comes_before() {
    let s6 = Some(Guarantee::S6);
    let knows = |lamport, delivered| {
        vec![submit(1, 1, 4, 0), deliver(2, 7, 1, 1, 4), submit(2, 1, lamport, delivered)]
    };
    let then = |delivered, step: Step| {
        let mut steps = knows(5, delivered);
        steps.push(step);
        steps
    };
    judge(vec![
        ("behind what it knew", then(7, deliver(2, 8, 2, 1, 5)), None),
        ("a place it knew to be taken otherwise", then(9, deliver(2, 8, 2, 1, 5)), s6),
        ("it says that it had delivered less", knows(5, 6), s6),
        ("its Lamport time is not greater", knows(4, 7), s6),
        (
            "Lamport times may be equal at nodes that know nothing of each other",
            vec![
                submit(1, 1, 1, 0),
                submit(2, 1, 1, 0),
                deliver(3, 2, 1, 1, 1),
                deliver(3, 3, 2, 1, 1),
            ],
            None,
        ),
    ]);
}

#[test]
fn a_node_that_goes_on_alone_has_an_order_of_its_own() {
    let s1 = Some(Guarantee::S1);
    let s3 = Some(Guarantee::S3);
    let fork = |steps: &[Step]| {
        let before = [deliver(3, 2, 1, 1, 1), deliver(1, 2, 1, 1, 1), go_alone(3)];
        after(&[&before, steps].concat())
    };
    judge(vec![
        (
            "both go on at the same place",
            fork(&[deliver(3, 3, 2, 1, 1), deliver(1, 3, 1, 2, 2), deliver(2, 2, 1, 1, 1)]),
            None,
        ),
        ("its past still counts", fork(&[deliver(3, 3, 1, 1, 1)]), s3),
        ("its places go on", fork(&[deliver(3, 1, 2, 1, 1)]), s1),
        (
            "a newcomer of the new ring repeats the new order",
            fork(&[
                deliver(3, 3, 2, 1, 1),
                start(4),
                sponsor(3, 4),
                deliver(4, 2, 1, 1, 1),
                deliver(4, 3, 2, 1, 1),
                deliver(1, 3, 1, 2, 2),
            ]),
            None,
        ),
        (
            "a newcomer of the old ring does not",
            fork(&[
                deliver(3, 3, 2, 1, 1),
                deliver(1, 3, 1, 2, 2),
                start(4),
                sponsor(1, 4),
                deliver(4, 2, 1, 1, 1),
                deliver(4, 3, 2, 1, 1),
            ]),
            Some(Guarantee::S2),
        ),
    ]);
}

#[test]
fn every_delivery_is_counted() {
    let steps =
        [start(1), start(2), submit(1, 1, 1, 0), deliver(1, 2, 1, 1, 1), deliver(2, 2, 1, 1, 1)];
    let counts = accepted(&steps).counts();
    let of = |guarantee| counts.iter().find(|(each, _)| *each == guarantee).map(|(_, n)| *n);
    assert_eq!(of(Guarantee::S1), Some(2));
    assert_eq!(of(Guarantee::S2), Some(1), "the second delivery is of an acknowledged message");
    assert_eq!(of(Guarantee::S5), Some(3), "two deliveries and a submission");
    assert_eq!(of(Guarantee::L1), Some(0), "the run has not ended");
}
