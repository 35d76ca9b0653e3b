//! S10, L3 and L5 on hand-made histories with their ends: what must be rejected, and what must not.

mod support;

use std::time::Duration;

use ringchat::proto::event::{Event, LinkLoss};
use ringchat::proto::id::{LinkId, NodeId};
use ringchat::proto::input::Disconnect;
use ringchat::proto::status::Role;
use ringchat::proto::time::Instant;
use ringchat::proto::view::{Change, View};
use ringchat_sim::checker::settled::FinalPicture;
use support::end::*;
use support::*;

/// The whole ring of four, alive.
fn whole() -> FinalPicture {
    ends_but(4, |_| {})
}

/// Node 4 is dead, and skipped.
fn without_4() -> FinalPicture {
    ends_but(4, |end| {
        kill(end, &[4]);
        links(end, 3, 1);
    })
}

/// Node 4 is out of reach, and skipped.
fn apart_from_4() -> FinalPicture {
    ends_but(4, |end| {
        cut_off(end, &[4]);
        links(end, 3, 1);
    })
}

/// These nodes deliver message 1 of `origin` at 2.
fn delivered_by(nodes: &[u32], origin: u64) -> Vec<Step> {
    nodes.iter().map(|node| deliver(*node, 2, origin, 1, 1)).collect()
}

#[test]
fn what_any_node_delivered_every_surviving_member_delivers() {
    // Node 4 is the origin: it owes no progress where it is dead, but what was shown was shown.
    let said = |nodes: &[u32]| [vec![submit(4, 1, 1, 1)], delivered_by(nodes, 4)].concat();
    let v2 = || view(2, &[1, 2, 3, 4], &[Change::TieBreaker(NodeId(1))]);
    let at_v2 = || ends(&v2());
    let installed = |nodes: &[u32]| nodes.iter().map(|node| install(*node, 2, v2())).collect();
    let with_snapshot = |place| {
        let known = [said(&[1, 2]), vec![snapshot(3, place, view(1, &[1, 2, 3, 4], &[]))]];
        [known.concat(), delivered_by(&[4], 4)].concat()
    };
    judge_ends(
        4,
        vec![
            ("all deliver it", said(&[1, 2, 3, 4]), whole(), &[]),
            ("nobody does, and its origin is dead", said(&[]), without_4(), &[]),
            ("one that crashed right after it has not", said(&[1, 2, 3]), without_4(), &[]),
            (
                "only one that crashed right after has",
                said(&[4]),
                without_4(),
                &["S10 n1", "S10 n2", "S10 n3"],
            ),
            ("a survivor does not", said(&[1, 2, 4]), without_4(), &["S10 n3"]),
            (
                "only one that is out of reach has",
                said(&[4]),
                apart_from_4(),
                &["S10 n1", "S10 n2", "S10 n3"],
            ),
            ("one that is out of reach has not", said(&[1, 2, 3]), apart_from_4(), &[]),
            ("one takes it over in a snapshot", with_snapshot(2), whole(), &[]),
            ("the snapshot ends before it", with_snapshot(1), whole(), &["L3 n3", "S10 n3"]),
            ("all install a view", installed(&[1, 2, 3, 4]), at_v2(), &[]),
            ("one does not", installed(&[1, 2, 4]), at_v2(), &["S10 n3"]),
            ("only a dead one has", installed(&[4]), without_4(), {
                &["L4 n1", "L4 n2", "L4 n3", "S10 n1", "S10 n2", "S10 n3"]
            }),
            (
                "who went on alone has an order of its own",
                [vec![go_alone(4)], said(&[4])].concat(),
                apart_from_4(),
                &[],
            ),
        ],
    );
}

#[test]
fn what_is_submitted_at_a_live_member_every_live_member_delivers() {
    let said = |nodes: &[u32]| [vec![submit(2, 1, 1, 1)], delivered_by(nodes, 2)].concat();
    let and = |steps: Vec<Step>, more: &[Step]| [&steps, more].concat();
    let second_life = |steps: &[Step]| {
        let v1 = view(1, &[1, 2, 3, 4], &[]);
        let back = view(2, &[1, 2, 3, 44], &[Change::Evicted(NodeId(4))]);
        let mut all = vec![submit(4, 1, 1, 1), restart(4, 1, 44)];
        all.extend([1, 2, 3].map(|node| install(node, 2, back.clone())));
        all.push(in_life(1, install(4, 1, v1)));
        all.push(in_life(1, install(4, 2, back)));
        all.extend_from_slice(steps);
        all
    };
    let with_44 = || {
        let mut end = ends(&view(2, &[1, 2, 3, 44], &[Change::Evicted(NodeId(4))]));
        at(&mut end, 44).name = name(4);
        end
    };
    judge_ends(
        4,
        vec![
            ("all deliver it", said(&[1, 2, 3, 4]), whole(), &[]),
            ("nobody does", said(&[]), whole(), &["L3 n2"]),
            ("one does not", said(&[1, 2, 4]), whole(), &["L3 n3", "S10 n3"]),
            ("its origin does not", said(&[1, 3, 4]), whole(), &["L3 n2", "S10 n2"]),
            (
                "the second does not come",
                and(said(&[1, 2, 3, 4]), &[submit(2, 2, 2, 2)]),
                whole(),
                &["L3 n2"],
            ),
            ("its origin is dead", vec![submit(4, 1, 1, 1)], without_4(), &[]),
            ("its origin is out of reach", vec![submit(4, 1, 1, 1)], apart_from_4(), &[]),
            ("what an earlier life said may be lost", second_life(&[]), with_44(), &[]),
            (
                "what the second life says may not",
                second_life(&[in_life(1, submit(4, 1, 1, 2))]),
                with_44(),
                &["L3 n4"],
            ),
            (
                "somebody who never got into the ring says something",
                vec![start(5), submit(5, 1, 1, 0)],
                ends_but(4, |end| {
                    end.nodes.push(node(5, status(5, &View::default(), Role::Learner)));
                    knows(end, 5).leading = None;
                }),
                &["L2 n5", "L3 n5", "L4 n5", "S10 n5"],
            ),
        ],
    );
}

/// The picture, with a quiet phase from the moment on when the ring of four stood.
fn quiet(mut end: FinalPicture) -> FinalPicture {
    let stood = u64::try_from(stands(4).len()).expect("a few steps");
    end.quiet_from = Some(Instant::from_micros(stood * 1_000));
    end
}

/// The same, from one step later on.
fn quiet_a_step_later(end: FinalPicture) -> FinalPicture {
    let end = quiet(end);
    FinalPicture { quiet_from: end.quiet_from.map(|at| at + Duration::from_millis(1)), ..end }
}

/// The same, where somebody could find no ring when the quiet began.
fn astray(end: FinalPicture) -> FinalPicture {
    FinalPicture { astray: true, ..quiet(end) }
}

fn hindered_3() -> FinalPicture {
    ends_but(4, |end| at(end, 3).impaired = true)
}

fn elects(node: u32) -> Step {
    event(node, Event::ElectionStarted { attempt: 1 })
}

/// A dial to this one was refused.
fn refused(node: u32, by: u64) -> Step {
    let why = LinkLoss::Lost(Disconnect::Refused);
    event(node, Event::LinkDown { link: LinkId::Dialed(9), peer: Some(NodeId(by)), why })
}

#[test]
fn an_undisturbed_ring_holds_no_election_and_changes_no_view() {
    let v2 = || view(2, &[1, 2, 3, 4], &[Change::TieBreaker(NodeId(1))]);
    let steps_down = || event(1, Event::SteppedDown { ballot: ballot(1, 1), uncommitted: 0 });
    let talk = [vec![submit(2, 1, 1, 1)], delivered_by(&[1, 2, 3, 4], 2)].concat();
    let installs = (1..=4).map(|node| install(node, 2, v2())).collect();
    judge_ends(
        4,
        vec![
            ("nothing happens", vec![], quiet(whole()), &[]),
            ("people talk", talk, quiet(whole()), &[]),
            ("an election", vec![elects(2)], quiet(whole()), &["L5 n2"]),
            ("two of them", vec![elects(2), elects(3)], quiet(whole()), &["L5 n2", "L5 n3"]),
            ("before the quiet phase", vec![elects(2)], whole(), &[]),
            ("the leader gives up", vec![steps_down()], quiet(whole()), &["L5 n1"]),
            ("a view is proposed", vec![propose(1, 2, v2())], quiet(whole()), &["L5 n1"]),
            (
                "a view is installed",
                installs,
                quiet(ends(&v2())),
                &["L5 n1", "L5 n2", "L5 n3", "L5 n4"],
            ),
            ("one who is out of reach tries", vec![elects(4)], quiet(apart_from_4()), &[]),
        ],
    );
}

#[test]
fn a_node_with_a_broken_link_cannot_keep_deposing_a_working_leader() {
    let (b1, b2) = (ballot(1, 1), ballot(2, 3));
    let v2 = || view(2, &[1, 2, 3, 4], &[Change::TieBreaker(NodeId(1))]);
    let installs = |nodes: &[u32]| nodes.iter().map(|node| install(*node, 2, v2())).collect();
    let hindered_at = |view: &View| {
        let mut end = ends(view);
        at(&mut end, 3).impaired = true;
        quiet(end)
    };
    let led_by = |leader: u64| {
        let mut end = hindered_3();
        for number in [1, 2, 4] {
            knows(&mut end, number).leading = Some(ballot(2, leader));
            knows(&mut end, number).role = Role::Follower;
        }
        if leader != 3 {
            let leader = u32::try_from(leader).expect("a small number");
            knows(&mut end, leader).role = Role::Leader;
        }
        end
    };
    // Of the leader before, too, nothing is heard: it was hindered as well, or has got well since.
    let deposed = vec![lead(3, b2, 0, &[(b1, 1)]), follow(2, b2), follow(4, b2), follow(1, b2)];
    let tries = [&deposed[..1], &[elects(2)], &deposed[1..]].concat();
    let handed = vec![lead(2, ballot(2, 2), 0, &[(b1, 1)])];
    judge_ends(
        4,
        vec![
            ("it tries", vec![elects(3)], quiet(hindered_3()), &[]),
            ("views follow it out and in", installs(&[1, 2, 4]), hindered_at(&v2()), &[]),
            (
                "they find one who had gone astray",
                installs(&[1, 2, 3, 4]),
                astray(ends(&v2())),
                &[],
            ),
            ("its leader's address refuses", vec![refused(2, 1), elects(2)], quiet(whole()), &[]),
            (
                "that misleads nobody twice",
                vec![refused(2, 1), elects(2), refused(2, 1), elects(2)],
                quiet(whole()),
                &["L5 n2"],
            ),
            ("another's refuses", vec![refused(2, 3), elects(2)], quiet(whole()), &["L5 n2"]),
            ("it refuses another", vec![refused(3, 1), elects(2)], quiet(whole()), &["L5 n2"]),
            ("it may cost no election", vec![elects(2)], astray(whole()), &["L5 n2"]),
            ("the others hold an election", vec![elects(2)], quiet(hindered_3()), &["L5 n2"]),
            ("they follow it late", deposed.clone(), quiet_a_step_later(led_by(3)), &[]),
            ("and one tries", tries, quiet_a_step_later(led_by(3)), &["L5 n2"]),
            ("it gets to lead", deposed, quiet(led_by(3)), &["L5 n1", "L5 n2", "L5 n4"]),
            ("another gets to lead", handed, quiet(led_by(2)), &["L5 n2"]),
            (
                "they hear the same leader anew",
                vec![follow(2, b1), follow(4, b1)],
                quiet(hindered_3()),
                &[],
            ),
        ],
    );
}
