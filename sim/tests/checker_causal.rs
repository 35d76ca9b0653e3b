//! S5 and S6 beyond one message: gaps, several origins, chains of cause, and snapshots.

mod support;

use ringchat_sim::checker::violation::Guarantee;
use support::*;

/// Node 1 submits three messages and node 2 two, knowing nothing of each other.
fn after(steps: &[Step]) -> Vec<Step> {
    let submitted = [
        submit(1, 1, 1, 0),
        submit(1, 2, 2, 0),
        submit(1, 3, 3, 0),
        submit(2, 1, 1, 0),
        submit(2, 2, 2, 0),
    ];
    [&submitted, steps].concat()
}

#[test]
fn no_message_of_an_origin_is_overtaken_by_its_own() {
    let s5 = Some(Guarantee::S5);
    let one = || deliver(3, 2, 1, 1, 1);
    judge(vec![
        (
            "each origin counts for itself",
            after(&[
                deliver(3, 2, 2, 1, 1),
                deliver(3, 3, 1, 1, 1),
                deliver(3, 4, 1, 2, 2),
                deliver(3, 5, 2, 2, 2),
            ]),
            None,
        ),
        ("the second is left out", after(&[one(), deliver(3, 3, 1, 3, 3)]), s5),
        ("another origin's is no second", after(&[one(), deliver(3, 3, 2, 2, 2)]), s5),
        (
            "left out by another node than the one that delivered the first",
            after(&[one(), deliver(2, 2, 1, 1, 1), deliver(2, 3, 1, 3, 3)]),
            s5,
        ),
        (
            "left out behind a snapshot",
            after(&[
                install(1, 1, view(1, &[1, 2, 3], &[])),
                deliver(1, 2, 1, 1, 1),
                snapshot(3, 2, view(1, &[1, 2, 3], &[])),
                deliver(3, 3, 1, 3, 3),
            ]),
            s5,
        ),
        (
            "a new identity counts from one",
            vec![
                submit(1, 1, 1, 0),
                deliver(3, 2, 1, 1, 1),
                restart(1, 1, 11),
                in_life(1, submit(1, 1, 1, 0)),
            ],
            None,
        ),
        (
            "a new identity goes on with the old one's numbers",
            vec![
                submit(1, 1, 1, 0),
                deliver(3, 2, 1, 1, 1),
                restart(1, 1, 11),
                in_life(1, submit(1, 2, 2, 0)),
            ],
            s5,
        ),
    ]);
}

#[test]
fn an_answer_comes_behind_all_that_led_to_it() {
    let s6 = Some(Guarantee::S6);
    // Node 1 asks, node 2 answers, node 3 has delivered both: Lamport times 4, 5, and 6 is due.
    let chain = |step: Step| {
        vec![
            submit(1, 1, 4, 0),
            deliver(2, 5, 1, 1, 4),
            submit(2, 1, 5, 5),
            deliver(3, 5, 1, 1, 4),
            deliver(3, 6, 2, 1, 5),
            step,
        ]
    };
    judge(vec![
        ("an answer to both", chain(submit(3, 1, 6, 6)), None),
        ("as if it had not delivered the second", chain(submit(3, 1, 6, 5)), s6),
        ("as if it had delivered nothing", chain(submit(3, 1, 6, 0)), s6),
        ("its Lamport time is that of the second", chain(submit(3, 1, 5, 6)), s6),
        ("its Lamport time is that of the first", chain(submit(3, 1, 4, 6)), s6),
        ("node 1 has not delivered the answer, nor need it", chain(submit(1, 2, 5, 0)), None),
    ]);
}

#[test]
fn a_snapshot_and_a_view_are_causes_too() {
    let s6 = Some(Guarantee::S6);
    let v1 = || view(1, &[1, 2, 3], &[]);
    let told = |step: Step| {
        vec![
            submit(1, 1, 4, 0),
            install(1, 1, v1()),
            deliver(1, 5, 1, 1, 4),
            snapshot(3, 5, v1()),
            install(2, 1, v1()),
            step,
        ]
    };
    judge(vec![
        ("behind the snapshot", told(submit(3, 1, 5, 5)), None),
        ("as if it were an older one", told(submit(3, 1, 5, 1)), s6),
        ("its Lamport time is in the snapshot", told(submit(3, 1, 4, 5)), s6),
        ("behind the view", told(submit(2, 1, 1, 1)), None),
        ("as if there were no view", told(submit(2, 1, 1, 0)), s6),
    ]);
}
