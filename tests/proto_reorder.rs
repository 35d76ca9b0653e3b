//! Reordering by tables: no two members side by side whose link is broken, where that is possible.

use std::net::SocketAddr;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ringchat::proto::id::NodeId;
use ringchat::proto::reorder::{Broken, around, pair};
use ringchat::proto::view::Member;

fn members(ids: impl IntoIterator<Item = u64>) -> Vec<Member> {
    let address = SocketAddr::from(([127, 0, 0, 1], 7400));
    ids.into_iter().map(|id| Member { id: NodeId(id), address }).collect()
}

fn broken(pairs: &[(u64, u64)]) -> Broken {
    pairs.iter().map(|(a, b)| pair(NodeId(*a), NodeId(*b))).collect()
}

/// How many neighbours have a broken link between them.
fn count(order: &[Member], broken: &Broken) -> usize {
    let next = |at: usize| order[(at + 1) % order.len()].id;
    (0..order.len()).filter(|at| broken.contains(&pair(order[*at].id, next(*at)))).count()
}

fn sorted(order: &[Member]) -> Vec<NodeId> {
    let mut ids: Vec<NodeId> = order.iter().map(|member| member.id).collect();
    ids.sort_unstable();
    ids
}

/// Every order of the members in which the first stays.
fn orders(members: &[Member]) -> Vec<Vec<Member>> {
    let mut orders = vec![members[..1].to_vec()];
    for member in &members[1..] {
        let mut longer = Vec::new();
        for order in &orders {
            for at in 1..=order.len() {
                let mut one = order.clone();
                one.insert(at, *member);
                longer.push(one);
            }
        }
        orders = longer;
    }
    orders
}

#[test]
fn a_pair_is_the_same_from_either_end() {
    assert_eq!(pair(NodeId(1), NodeId(2)), pair(NodeId(2), NodeId(1)));
    assert_eq!(pair(NodeId(2), NodeId(1)), (NodeId(1), NodeId(2)));
}

#[test]
fn where_nothing_gets_better_nothing_is_moved() {
    // (members, broken links)
    let table: &[(u64, &[(u64, u64)])] = &[
        (1, &[]),
        (2, &[(1, 2)]),
        // With three members every two are neighbours.
        (3, &[(1, 2)]),
        (3, &[(1, 2), (2, 3)]),
        (3, &[(1, 2), (2, 3), (1, 3)]),
        (4, &[]),
        // Not side by side.
        (4, &[(1, 3)]),
        (6, &[(1, 3), (2, 5), (4, 6)]),
        // Each of four has but one that is not its neighbour; 1 cannot avoid both.
        (4, &[(1, 2), (1, 3)]),
        // Links of those who are not members.
        (4, &[(1, 9), (8, 9)]),
    ];
    for (count, pairs) in table {
        let found = around(&members(1..=*count), &broken(pairs));
        assert_eq!(found, None, "{pairs:?} of {count}");
    }
}

#[test]
fn nobody_is_moved_in_an_empty_ring() {
    assert_eq!(around(&[], &broken(&[(1, 2)])), None);
}

#[test]
fn one_broken_link_is_walked_around_in_every_ring_of_four_and_more_by_one_move() {
    for size in 4..=9 {
        for first in 1..=size {
            let second = first % size + 1;
            let broken = broken(&[(first, second)]);
            let (order, moved) = around(&members(1..=size), &broken).unwrap();
            let what = format!("{first} and {second} of {size}: {order:?}");
            assert_eq!(count(&order, &broken), 0, "{what}");
            assert_eq!(sorted(&order), sorted(&members(1..=size)), "{what}");
            assert_eq!(order[0].id, NodeId(1), "the first stays: {what}");
            assert!(moved == [NodeId(first)] || moved == [NodeId(second)], "{moved:?}, {what}");
        }
    }
}

#[test]
fn a_node_with_both_neighbours_lost_finds_other_ones() {
    let broken = broken(&[(2, 3), (3, 4)]);
    let (order, moved) = around(&members(1..=6), &broken).unwrap();
    assert_eq!(count(&order, &broken), 0, "{order:?}");
    assert_eq!(moved, [NodeId(3)]);
}

#[test]
fn a_random_ring_keeps_its_members_and_gets_better_or_stays() {
    let mut lots = ChaCha8Rng::seed_from_u64(17);
    for _ in 0..2_000 {
        let size = lots.random_range(1..=9);
        let members = members(1..=size);
        let links = lots.random_range(0..=size + 2);
        let id = |lots: &mut ChaCha8Rng| NodeId(lots.random_range(1..=size + 1));
        let broken: Broken = (0..links).map(|_| pair(id(&mut lots), id(&mut lots))).collect();
        let before = count(&members, &broken);
        let Some((order, moved)) = around(&members, &broken) else { continue };
        let what = format!("{broken:?} in a ring of {size}: {order:?}");
        assert_eq!(sorted(&order), sorted(&members), "{what}");
        assert!(count(&order, &broken) < before, "{what}");
        assert!(moved.iter().all(|id| members.iter().any(|member| member.id == *id)), "{what}");
        assert_eq!(around(&order, &broken), None, "there is more to gain: {what}");
    }
}

#[test]
fn two_broken_links_leave_as_few_side_by_side_as_any_order_does() {
    for size in 4..=6 {
        let members = members(1..=size);
        let all = orders(&members);
        let pairs: Vec<(u64, u64)> =
            (1..=size).flat_map(|a| (a + 1..=size).map(move |b| (a, b))).collect();
        for (one, other) in pairs.iter().flat_map(|one| pairs.iter().map(move |it| (one, it))) {
            let broken = broken(&[*one, *other]);
            let best = all.iter().map(|order| count(order, &broken)).min().unwrap();
            let order = around(&members, &broken).map_or(members.clone(), |(order, _)| order);
            assert_eq!(count(&order, &broken), best, "{broken:?} in a ring of {size}: {order:?}");
        }
    }
}

#[test]
fn somebody_else_steps_between_where_a_node_has_one_free_neighbour_left_and_it_is_taken() {
    // 2 reaches but 1 and 5; wherever it goes alone, another whom it does not reach is beside it.
    let broken = broken(&[(2, 3), (2, 4), (2, 6)]);
    let (order, moved) = around(&members(1..=6), &broken).unwrap();
    assert_eq!(count(&order, &broken), 0, "{order:?}");
    assert_eq!(moved, [NodeId(5)]);
}
