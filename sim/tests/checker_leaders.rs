//! S7 to S9 on hand-made histories: what must be rejected, and what must not.

mod support;

use ringchat::proto::id::NodeId;
use ringchat::proto::view::{Change, View};
use ringchat_sim::checker::violation::Guarantee;
use support::*;

#[test]
fn a_ballot_is_led_once_by_its_proposer_and_above_its_promises() {
    let s7 = Some(Guarantee::S7);
    let (b1, b2, b3) = (ballot(1, 1), ballot(2, 2), ballot(3, 1));
    judge(vec![
        (
            "one after the other",
            vec![lead(1, b1, 0, &[]), promise(1, b2), lead(2, b2, 0, &[]), lead(1, b3, 0, &[])],
            None,
        ),
        ("a late leader of a smaller ballot", vec![lead(2, b2, 0, &[]), lead(1, b1, 0, &[])], None),
        ("twice", vec![lead(1, b1, 0, &[]), lead(1, b1, 0, &[])], s7),
        (
            "twice, in the second life of the same identity",
            vec![lead(1, b1, 0, &[]), restart(1, 1, 1), in_life(1, lead(1, b1, 0, &[]))],
            s7,
        ),
        (
            "a second life of the same identity leads below what the first one led under",
            vec![lead(1, b3, 0, &[]), restart(1, 1, 1), in_life(1, lead(1, b1, 0, &[]))],
            s7,
        ),
        (
            "a second life of the same identity promises below what the first one led under",
            vec![lead(1, b3, 0, &[]), restart(1, 1, 1), in_life(1, promise(1, b2))],
            s7,
        ),
        (
            "a second life of the same identity leads above what the first one led under",
            vec![lead(1, b1, 0, &[]), restart(1, 1, 1), in_life(1, lead(1, b3, 0, &[]))],
            None,
        ),
        ("another's ballot", vec![lead(2, b1, 0, &[])], s7),
        ("below its own promise", vec![promise(1, b2), lead(1, b1, 0, &[])], s7),
        ("below what it follows", vec![follow(1, b2), lead(1, b1, 0, &[])], s7),
        ("a promise goes back", vec![promise(3, b2), promise(3, b1)], s7),
        ("it follows below its promise", vec![promise(3, b2), follow(3, b1)], s7),
        ("promised again", vec![promise(3, b2), promise(3, b2), follow(3, b2)], None),
        (
            "another life with a new identity has promised nothing",
            vec![promise(1, b2), restart(1, 1, 11), in_life(1, promise(1, b1))],
            None,
        ),
    ]);
}

#[test]
fn a_new_leader_holds_what_was_committed_under_smaller_ballots() {
    let s8 = Some(Guarantee::S8);
    let (b1, b2, b3) = (ballot(1, 1), ballot(2, 2), ballot(3, 3));
    // Node 1 leads under b1, and 1 and 2 deliver its entries at 2 and 3; then node 2 leads under
    // b2, and node 1 delivers its entry at 5.
    let then = |step: Step| {
        vec![
            submit(1, 1, 1, 0),
            submit(1, 2, 2, 0),
            submit(1, 3, 3, 0),
            lead(1, b1, 0, &[]),
            deliver_under(b1, 1, 2, 1, 1),
            deliver_under(b1, 1, 3, 1, 2),
            follow(2, b1),
            deliver_under(b1, 2, 2, 1, 1),
            lead(2, b2, 0, &[(b1, 3)]),
            follow(1, b2),
            deliver_under(b2, 1, 5, 1, 3),
            // A node that was told by an older leader only knows nothing new.
            follow(3, b1),
            deliver_under(b1, 3, 2, 1, 1),
            step,
        ]
    };
    judge(vec![
        ("it holds all", then(lead(3, b3, 0, &[(b1, 3), (b2, 5)])), None),
        ("it holds more", then(lead(3, b3, 0, &[(b1, 3), (b2, 9)])), None),
        ("all is compacted", then(lead(3, b3, 5, &[])), None),
        ("some is compacted", then(lead(3, b3, 2, &[(b1, 3), (b2, 5)])), None),
        ("its log is too short", then(lead(3, b3, 0, &[(b1, 3), (b2, 4)])), s8),
        ("its log is empty", then(lead(3, b3, 0, &[])), s8),
        ("the end is another leader's", then(lead(3, b3, 0, &[(b1, 5)])), s8),
        ("the start is another leader's", then(lead(3, b3, 0, &[(b1, 2), (b2, 5)])), s8),
        ("the compacted part ends too early", then(lead(3, b3, 2, &[(b2, 5)])), s8),
        (
            "a late leader of an obsolete ballot needs only what was committed below it",
            then(lead(3, ballot(1, 3), 0, &[(b1, 3)])),
            None,
        ),
        ("but needs that", then(lead(3, ballot(1, 3), 0, &[(b1, 2)])), s8),
    ]);
}

#[test]
fn committed_views_are_entries_that_a_leader_must_hold() {
    let s8 = Some(Guarantee::S8);
    let (b1, b2, b3) = (ballot(1, 1), ballot(2, 2), ballot(2, 3));
    let v1 = || view(1, &[1, 2, 3], &[]);
    let v2 = || view(2, &[1, 2], &[Change::Evicted(NodeId(3))]);
    let then = |step: Step| {
        vec![
            lead(1, b1, 0, &[]),
            install(1, 1, v1()),
            propose(1, 2, v2()),
            install(1, 2, v2()),
            follow(2, b2),
            step,
        ]
    };
    judge(vec![
        ("held", then(lead(3, b3, 0, &[(b1, 2)])), None),
        ("missing", then(lead(3, b3, 0, &[(b1, 1)])), s8),
        ("another leader's", then(lead(3, b3, 0, &[(b1, 1), (b2, 2)])), s8),
    ]);
    // Two leaders proposed the same view at the same place: which of them was committed is not
    // known, so either may be held.
    let steps = vec![
        lead(1, b1, 0, &[]),
        install(1, 1, v1()),
        propose(1, 2, v2()),
        lead(2, b2, 0, &[(b1, 1)]),
        install(2, 1, v1()),
        propose(2, 2, v2()),
        install(2, 2, v2()),
        lead(3, b3, 0, &[(b1, 2)]),
    ];
    judge(vec![("ambiguous", steps, None)]);
}

#[test]
fn all_nodes_install_the_same_views() {
    let s9 = Some(Guarantee::S9);
    let v1 = || view(1, &[1, 2, 3], &[]);
    let v2 = || view(2, &[1, 3], &[Change::Evicted(NodeId(2))]);
    let other = || view(2, &[1, 2], &[Change::Evicted(NodeId(3))]);
    let reordered = || view(2, &[1, 3, 2], &[Change::Moved(NodeId(3))]);
    let then = |steps: &[Step]| -> Vec<Step> {
        [&[install(1, 1, v1()), install(1, 4, v2())], steps].concat()
    };
    judge(vec![
        ("the same", then(&[install(3, 1, v1()), install(3, 4, v2())]), None),
        ("evicted, and told so", then(&[install(2, 1, v1()), install(2, 4, v2())]), None),
        ("another view", then(&[install(3, 1, v1()), install(3, 4, other())]), s9),
        ("another order of the ring", then(&[install(3, 1, v1()), install(3, 4, reordered())]), s9),
        ("another place", then(&[install(3, 1, v1()), install(3, 3, v2())]), s9),
        ("one is left out", then(&[install(3, 4, v2())]), s9),
        ("a number is left out", vec![install(1, 1, v1()), install(1, 2, view(3, &[1], &[]))], s9),
        ("the first has number 1", vec![install(1, 1, v2())], s9),
        ("a member twice", vec![install(1, 1, view(1, &[1, 2, 1], &[]))], s9),
        ("nobody in it", vec![install(1, 1, view(1, &[], &[]))], s9),
        ("with a snapshot", then(&[snapshot(3, 5, v2())]), None),
        ("an older snapshot", then(&[snapshot(3, 3, v1()), install(3, 4, v2())]), None),
        ("a snapshot from before any view", vec![snapshot(3, 3, v1())], s9),
        ("a snapshot with a view not in force", then(&[snapshot(3, 3, v2())]), s9),
        ("a snapshot with a view of its own", then(&[snapshot(3, 5, other())]), s9),
        (
            "delivered past a view",
            then(&[
                submit(1, 1, 1, 4),
                deliver(1, 5, 1, 1, 1),
                install(3, 1, v1()),
                deliver(3, 5, 1, 1, 1),
            ]),
            s9,
        ),
    ]);
}

#[test]
fn a_view_holds_its_installer() {
    let s9 = Some(Guarantee::S9);
    let v1 = || view(1, &[1, 2, 3], &[]);
    let without_3 = |changes: &[Change]| view(2, &[1, 2], changes);
    let installs = |view: View| vec![install(3, 1, v1()), install(3, 2, view)];
    judge(vec![
        ("it left", installs(without_3(&[Change::Left(NodeId(3))])), None),
        ("it was evicted", installs(without_3(&[Change::Evicted(NodeId(3))])), None),
        ("nobody says why it is out", installs(without_3(&[Change::Evicted(NodeId(4))])), s9),
        (
            "a newcomer learns the views from before its time",
            vec![start(4), install(4, 1, v1()), install(4, 2, without_3(&[]))],
            None,
        ),
        ("a leader proposes itself out", vec![propose(3, 2, without_3(&[]))], None),
        (
            "a leader of a ring proposes itself out",
            vec![install(3, 1, v1()), propose(3, 2, without_3(&[]))],
            s9,
        ),
        (
            "a leader that leaves proposes itself out",
            vec![install(3, 1, v1()), propose(3, 2, without_3(&[Change::Left(NodeId(3))]))],
            None,
        ),
    ]);
}

#[test]
fn two_founders_have_views_and_orders_of_their_own() {
    let v1 = |id: u64| view(1, &[id], &[Change::Founded(NodeId(id))]);
    judge(vec![(
        "two rings",
        vec![
            install(1, 1, v1(1)),
            install(2, 1, v1(2)),
            submit(1, 1, 1, 1),
            submit(2, 1, 1, 1),
            deliver(1, 2, 1, 1, 1),
            deliver(2, 2, 2, 1, 1),
            sponsor(2, 3),
            install(3, 1, v1(2)),
            deliver(3, 2, 2, 1, 1),
        ],
        None,
    )]);
}
