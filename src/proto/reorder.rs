//! Another ring order, in which no two members stand side by side whose link is broken.

use std::collections::BTreeSet;

use super::id::NodeId;
use super::view::Member;

/// Links known to be broken while both ends live; each pair with the smaller id first.
pub type Broken = BTreeSet<(NodeId, NodeId)>;

/// A pair as [`Broken`] holds it.
pub fn pair(a: NodeId, b: NodeId) -> (NodeId, NodeId) {
    (a.min(b), a.max(b))
}

/// The order of `members` with as few broken neighbourhoods as moving one member at a time can
/// reach, and who was moved; none if nothing gets better.
///
/// With three members every two are neighbours, so nothing can get better there.
pub fn around(members: &[Member], broken: &Broken) -> Option<(Vec<Member>, Vec<NodeId>)> {
    if broken.is_empty() {
        return None;
    }
    let mut order = members.to_vec();
    let mut moved = Vec::new();
    while let Some((better, who)) = one_move(&order, broken) {
        order = better;
        moved.push(who);
    }
    (!moved.is_empty()).then_some((order, moved))
}

/// The best move of one member: of one at a broken link, or, where all of those would only come to
/// stand at another broken link, of anybody.
fn one_move(order: &[Member], broken: &Broken) -> Option<(Vec<Member>, NodeId)> {
    if count(order, broken) == 0 {
        return None;
    }
    let touched = |id: NodeId| broken.iter().any(|(a, b)| *a == id || *b == id);
    best_move(order, broken, touched).or_else(|| best_move(order, broken, |_| true))
}

/// The first move, of one of those who `may` move, that leaves the fewest, if that is fewer.
fn best_move(
    order: &[Member],
    broken: &Broken,
    may: impl Fn(NodeId) -> bool,
) -> Option<(Vec<Member>, NodeId)> {
    let before = count(order, broken);
    let mut best: Option<(usize, Vec<Member>, NodeId)> = None;
    // The first member stays: a ring has no beginning, and traces read better.
    for from in (1..order.len()).filter(|at| may(order[*at].id)) {
        for to in 1..order.len() {
            let mut moved = order.to_vec();
            let member = moved.remove(from);
            moved.insert(to, member);
            let left = count(&moved, broken);
            if left < best.as_ref().map_or(before, |(count, ..)| *count) {
                best = Some((left, moved, member.id));
            }
        }
        if best.as_ref().is_some_and(|(left, ..)| *left == 0) {
            break;
        }
    }
    best.map(|(_, order, who)| (order, who))
}

/// How many neighbours have a broken link between them.
fn count(order: &[Member], broken: &Broken) -> usize {
    let next = order.iter().cycle().skip(1);
    order.iter().zip(next).filter(|(a, b)| broken.contains(&pair(a.id, b.id))).count()
}
