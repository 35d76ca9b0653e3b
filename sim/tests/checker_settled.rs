//! L1 and L2 on hand-made ends of runs, and who owes liveness at all.

mod support;

use ringchat::proto::id::NodeId;
use ringchat::proto::status::Role;
use ringchat::proto::view::Change;
use ringchat_sim::checker::settled::FinalPicture;
use support::end::*;
use support::*;

#[test]
fn one_circle_visits_every_live_member_in_the_order_of_the_view() {
    let but = |change: fn(&mut FinalPicture)| ends_but(5, change);
    judge_ends(
        5,
        vec![
            ("a circle", vec![], but(|_| {}), &[]),
            (
                "somebody has no successor",
                vec![],
                but(|end| knows(end, 2).successor = None),
                &["L1 n1", "L1 n2"],
            ),
            ("a live one is left out", vec![], but(|end| links(end, 2, 4)), &["L1 n1", "L1 n2"]),
            ("its own successor", vec![], but(|end| links(end, 2, 2)), &["L1 n1", "L1 n2"]),
            ("it goes back", vec![], but(|end| links(end, 3, 2)), &["L1 n1", "L1 n3"]),
            (
                "two circles",
                vec![],
                but(|end| {
                    links(end, 2, 1);
                    links(end, 5, 3);
                }),
                &["L1 n1", "L1 n2", "L1 n5"],
            ),
            (
                "a circle in another order than the view's",
                vec![],
                but(|end| {
                    links(end, 1, 3);
                    links(end, 3, 2);
                    links(end, 2, 4);
                }),
                &["L1 n1", "L1 n2", "L1 n3"],
            ),
            (
                "two dead neighbours are skipped",
                vec![],
                but(|end| {
                    kill(end, &[3, 4]);
                    links(end, 2, 5);
                    knows(end, 2).suspects = vec![NodeId(3), NodeId(4)];
                }),
                &[],
            ),
            (
                "only one of them is",
                vec![],
                but(|end| {
                    kill(end, &[3, 4]);
                    links(end, 2, 4);
                }),
                &["L1 n1", "L1 n2"],
            ),
            (
                "a live one is suspected",
                vec![],
                but(|end| knows(end, 4).suspects = vec![NodeId(5)]),
                &["L1 n4"],
            ),
            (
                "who is out of reach is skipped",
                vec![],
                but(|end| {
                    cut_off(end, &[3]);
                    links(end, 2, 4);
                }),
                &[],
            ),
        ],
    );
}

#[test]
fn who_is_hindered_may_be_in_the_circle_or_not() {
    let but = |change: fn(&mut FinalPicture)| {
        ends_but(5, |end| {
            at(end, 3).impaired = true;
            change(end);
        })
    };
    judge_ends(
        5,
        vec![
            ("in it", vec![], but(|_| {}), &[]),
            ("skipped", vec![], but(|end| links(end, 2, 4)), &[]),
            ("suspected", vec![], but(|end| knows(end, 1).suspects = vec![NodeId(3)]), &[]),
            ("too many skipped", vec![], but(|end| links(end, 2, 5)), &["L1 n1", "L1 n2"]),
            ("its own successor does not matter", vec![], but(|end| links(end, 3, 1)), &[]),
        ],
    );
    judge_ends(1, vec![("a ring of one has no successor", vec![], ends_but(1, |_| {}), &[])]);
}

#[test]
fn all_members_of_the_quorum_side_agree_on_one_live_leader() {
    let but = |change: fn(&mut FinalPicture)| ends_but(4, change);
    judge_ends(
        4,
        vec![
            ("one leads", vec![], but(|_| {}), &[]),
            (
                "nobody leads",
                vec![],
                but(|end| {
                    for number in 1..=4 {
                        let status = knows(end, number);
                        (status.leading, status.role) = (None, Role::Candidate);
                    }
                }),
                &["L2 n1", "L2 n2", "L2 n3", "L2 n4"],
            ),
            ("one hears no leader", vec![], but(|end| knows(end, 3).leading = None), &["L2 n3"]),
            (
                "one follows an older leader",
                vec![],
                but(|end| knows(end, 3).leading = Some(ballot(0, 2))),
                &["L2 n3"],
            ),
            (
                "one follows another leader of the same round",
                vec![],
                but(|end| knows(end, 3).leading = Some(ballot(1, 2))),
                &["L2 n1", "L2 n2", "L2 n4"],
            ),
            ("two lead", vec![], but(|end| knows(end, 3).role = Role::Leader), &["L2 n3"]),
            (
                "the leader does not know",
                vec![],
                but(|end| knows(end, 1).role = Role::Follower),
                &["L2 n1"],
            ),
            (
                "the leader is dead",
                vec![],
                but(|end| {
                    kill(end, &[1]);
                    links(end, 4, 2);
                }),
                &["L2 n2", "L2 n3", "L2 n4"],
            ),
            (
                "the leader is out of reach",
                vec![],
                but(|end| {
                    cut_off(end, &[1]);
                    links(end, 4, 2);
                }),
                &["L2 n2", "L2 n3", "L2 n4"],
            ),
            ("the leader is hindered", vec![], but(|end| at(end, 1).impaired = true), &[]),
        ],
    );
}

#[test]
fn nobody_follows_a_leader_that_the_view_does_not_hold() {
    let v2 = view(2, &[2, 3, 4], &[Change::Evicted(NodeId(1))]);
    let installs = || (2..=4).map(|node| install(node, 2, v2.clone())).collect::<Vec<_>>();
    let led_by = |leader: u64| {
        let mut end = ends(&v2);
        let mut evicted = node(1, status(1, &v2, Role::Leader));
        evicted.impaired = true;
        end.nodes.push(evicted);
        for number in 2..=4 {
            knows(&mut end, number).leading = Some(ballot(1, leader));
        }
        knows(&mut end, 2).role = if leader == 2 { Role::Leader } else { Role::Follower };
        end
    };
    judge_ends(
        4,
        vec![
            ("they follow a member", installs(), led_by(2), &[]),
            ("they follow the evicted", installs(), led_by(1), &["L2 n2", "L2 n3", "L2 n4"]),
        ],
    );
}

#[test]
fn only_who_can_reach_a_quorum_owes_anything() {
    // Node 1 breaks ties in view 1. Wherever liveness is owed, the missing leader shows.
    let leaderless = |change: fn(&mut FinalPicture)| {
        ends_but(4, |end| {
            for (number, next) in [(1, 2), (2, 1), (3, 4), (4, 3)] {
                knows(end, number).leading = None;
                knows(end, number).role = Role::Candidate;
                links(end, number, next);
            }
            change(end);
        })
    };
    let v2 = || view(2, &[1, 3, 4], &[Change::Evicted(NodeId(2))]);
    judge_ends(
        4,
        vec![
            (
                "a half with the tie-breaker owes it, the other does not",
                vec![],
                leaderless(|end| cut_off(end, &[3, 4])),
                &["L2 n1", "L2 n2"],
            ),
            ("a minority does not", vec![], leaderless(|end| kill(end, &[1, 2])), &[]),
            (
                "who is hindered does not count",
                vec![],
                leaderless(|end| {
                    cut_off(end, &[3, 4]);
                    at(end, 2).impaired = true;
                }),
                &[],
            ),
            (
                "a half that holds a pending view needs a quorum of that one too",
                vec![propose(1, 2, v2())],
                leaderless(|end| {
                    cut_off(end, &[3, 4]);
                    knows(end, 2).pending_view = Some(2);
                }),
                &[],
            ),
            (
                "nor does a rival's view of the same number",
                vec![propose(1, 2, v2())],
                leaderless(|end| {
                    cut_off(end, &[3, 4]);
                    knows(end, 2).pending_view = Some(2);
                    knows(end, 2).pending_ballot = Some(ballot(9, 9));
                }),
                &["L2 n1", "L2 n2"],
            ),
            (
                "a pending view that nobody there holds does not matter",
                vec![propose(1, 2, v2())],
                leaderless(|end| cut_off(end, &[3, 4])),
                &["L2 n1", "L2 n2"],
            ),
            (
                "around one broken link there is a way",
                vec![],
                ends_but(4, |end| {
                    end.broken_links = vec![(name(2), name(3))];
                    knows(end, 4).leading = None;
                }),
                &["L2 n4"],
            ),
            (
                "three in a row are no ring, and only the one between the others owes anything",
                vec![],
                ends_but(4, |end| {
                    kill(end, &[4]);
                    end.broken_links = vec![(name(2), name(3))];
                    knows(end, 1).leading = None;
                }),
                &["L2 n1"],
            ),
        ],
    );
}
