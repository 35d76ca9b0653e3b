//! L4 on hand-made ends of runs: what must be rejected, and what must not.

mod support;

use ringchat::proto::id::NodeId;
use ringchat::proto::status::Role;
use ringchat::proto::view::Change;
use ringchat_sim::checker::settled::FinalPicture;
use support::end::*;
use support::*;

#[test]
fn all_live_nodes_are_members_again_with_identical_histories() {
    let but = |change: fn(&mut FinalPicture)| ends_but(4, change);
    let v2 = view(2, &[1, 2, 4], &[Change::Evicted(NodeId(3))]);
    let evicts = || [1, 2, 4].map(|node| install(node, 2, v2.clone())).to_vec();
    let with = |number: u32, id: u64, role: Role| {
        let mut end = ends(&v2);
        end.nodes.push(node(number, status(id, &v2, role)));
        end
    };
    let told = [evicts(), vec![install(3, 2, v2.clone())]].concat();
    let restarted = [evicts(), vec![restart(3, 1, 33)]].concat();
    // Its second life learns the views from before its time, and perhaps its own.
    let v3 = view(3, &[1, 2, 33, 4], &[Change::Joined(NodeId(33))]);
    let back = |learned: bool| {
        let learns = [view(1, &[1, 2, 3, 4], &[]), v2.clone(), v3.clone()];
        let learns = (1..).zip(learns).take(if learned { 3 } else { 2 });
        let learns = learns.map(|(place, view)| in_life(1, install(3, place, view)));
        let install = [1, 2, 4].map(|node| install(node, 3, v3.clone()));
        [restarted.clone(), install.to_vec(), learns.collect()].concat()
    };
    let with_back = || {
        let mut end = ends(&v3);
        at(&mut end, 33).name = name(3);
        end
    };
    judge_ends(
        4,
        vec![
            ("another history", vec![], but(|end| at(end, 3).content = 8), &["L4 n3"]),
            (
                "another history at a dead one and one out of reach",
                vec![],
                ends_but(4, |end| {
                    kill(end, &[4]);
                    at(end, 4).content = 8;
                    cut_off(end, &[3]);
                    at(end, 3).content = 8;
                    links(end, 2, 1);
                    // Of four, two and the tie-breaker among them are a quorum.
                }),
                &[],
            ),
            (
                "a member that thinks it is none",
                vec![],
                but(|end| knows(end, 3).role = Role::Learner),
                &["L4 n3"],
            ),
            ("evicted and dead", evicts(), ends(&v2), &[]),
            ("evicted, and not back", told, with(3, 3, Role::Learner), &["L4 n3"]),
            (
                "restarted, and in no ring",
                restarted.clone(),
                with(3, 33, Role::Learner),
                &["L4 n3", "S10 n3"],
            ),
            ("back under its new identity", back(true), with_back(), &[]),
            ("back, and it has not learned it", back(false), with_back(), &["S10 n3"]),
            (
                "it knows of the old view only",
                evicts(),
                {
                    let mut end = ends(&v2);
                    knows(&mut end, 4).view = view(1, &[1, 2, 3, 4], &[]);
                    end
                },
                &["L4 n4"],
            ),
            (
                "alive, but it does not answer",
                vec![],
                but(|end| {
                    at(end, 3).status = None;
                    links(end, 2, 4);
                }),
                &["L4 n3"],
            ),
        ],
    );
}
