//! Chang and Roberts (1979) in rounds: who stands where decides how far the tokens get.

use std::collections::VecDeque;

use rand::seq::SliceRandom;
use ringchat::proto::election::{Candidate, Election, Verdict};
use ringchat::proto::entry::Committed;
use ringchat::proto::id::{Ballot, NodeId};
use ringchat::proto::message::{Elect, Freshness};

use super::Cost;
use crate::lots::Lots;

/// Up to this many nodes every order is tried, and the mean is exact.
pub const EVERY_ORDER_UP_TO: usize = 8;

/// Of larger rings, so many orders are drawn.
pub const ORDERS: usize = 400;

/// Who begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Starters {
    /// Everybody at once.
    All,
    /// One, by its place in the ring.
    One(usize),
}

/// An election among nodes that stand round the ring in this order of ids, all logs alike.
pub fn elect(ids: &[u64], starters: Starters) -> Cost {
    let candidate = |id: u64| Candidate {
        id: NodeId(id),
        eligible: true,
        freshness: Freshness::default(),
        promised: Ballot::ZERO,
        view: 1,
        committed: Committed::default(),
    };
    let mut machines: Vec<Election> = ids.iter().map(|_| Election::default()).collect();
    // A message on its way: where it goes, and in which round it arrives.
    let mut under_way: VecDeque<(usize, u64, Elect)> = VecDeque::new();
    let mut cost = Cost::default();
    let next = |place: usize| (place + 1) % ids.len();
    for (place, id) in ids.iter().enumerate() {
        if starters == Starters::All || starters == Starters::One(place) {
            let token = machines[place].start(candidate(*id));
            under_way.push_back((next(place), 1, token));
            cost.finds += 1;
        }
    }
    while let Some((place, round, token)) = under_way.pop_front() {
        match machines[place].judge(token, candidate(ids[place])) {
            Verdict::Pass(token) | Verdict::Replace(token) => {
                under_way.push_back((next(place), round + 1, token));
                cost.finds += 1;
            }
            Verdict::Swallow => {}
            Verdict::Won(_) => {
                // The second lap goes round once, to everybody and home.
                cost.announces = ids.len() as u64;
                cost.rounds = round + cost.announces;
            }
        }
    }
    cost
}

/// The order in which tokens get least far: each meets a greater id at once.
pub fn best(nodes: usize) -> Vec<u64> {
    (1..=nodes as u64).collect()
}

/// The order in which they get farthest: each goes all the way to the greatest.
pub fn worst(nodes: usize) -> Vec<u64> {
    (1..=nodes as u64).rev().collect()
}

/// The mean number of messages of the first lap when all begin: over all orders of a small ring, over
/// some of a larger one.
pub fn mean(nodes: usize, seed: u64) -> f64 {
    let mut ids = best(nodes);
    let (mut sum, mut count) = (0, 0_u64);
    if nodes <= EVERY_ORDER_UP_TO {
        // A ring has no beginning, so the last one may stay where it is.
        every_order(&mut ids, nodes.saturating_sub(1), &mut |ids| {
            sum += elect(ids, Starters::All).finds;
            count += 1;
        });
    } else {
        let mut lots = Lots::new(seed).stream("orders");
        for _ in 0..ORDERS {
            ids.shuffle(&mut lots);
            sum += elect(&ids, Starters::All).finds;
            count += 1;
        }
    }
    sum as f64 / count.max(1) as f64
}

/// All orders of the first `open` of them (Heap, 1963).
fn every_order(ids: &mut [u64], open: usize, tell: &mut impl FnMut(&[u64])) {
    if open <= 1 {
        return tell(ids);
    }
    for at in 0..open {
        every_order(ids, open - 1, tell);
        if at + 1 < open {
            ids.swap(if open.is_multiple_of(2) { at } else { 0 }, open - 1);
        }
    }
}
