//! Which nodes reach each other, directly or through others, as far as cuts let them.

use std::collections::BTreeMap;

use super::World;
use super::machine::Phase;
use crate::scenario::NodeIndex;

/// What the cuts make of the network. Mostly that is nothing, and else a few pairs: so these are
/// what is gone through, and never all pairs of all nodes.
#[derive(Debug)]
pub(super) struct Parts {
    /// Each node's part.
    of: Vec<usize>,
    /// Who is deaf or mute.
    impaired: Vec<bool>,
    /// The pairs whose link is cut, the lower node first, and which of both ways are.
    broken: BTreeMap<(usize, usize), Cut>,
}

/// Which ways between a lower and a higher node are cut.
#[derive(Clone, Copy, Debug, Default)]
struct Cut {
    up: bool,
    down: bool,
}

impl Parts {
    /// The number of a node's part: two nodes are in one if they reach each other, directly or
    /// through others that pass frames on. A node that passes nothing on is in the part where it reaches
    /// the most; one that is deaf or mute is in the part of those it can hear or tell.
    pub(super) fn of(&self, node: NodeIndex) -> usize {
        self.of[node.0]
    }

    /// The same for all nodes, in their order.
    pub(super) fn all(&self) -> &[usize] {
        &self.of
    }

    /// Whether all of a node's links to the living are cut, some of them in one direction only: it is
    /// deaf or mute.
    pub(super) fn is_impaired(&self, node: NodeIndex) -> bool {
        self.impaired[node.0]
    }

    /// Whether nothing is cut between two nodes.
    pub(super) fn has_link(&self, a: NodeIndex, b: NodeIndex) -> bool {
        !self.broken.contains_key(&(a.0.min(b.0), a.0.max(b.0)))
    }

    /// The pairs whose link is cut, in either direction or both, the lower node first, in order.
    pub(super) fn broken(&self) -> impl Iterator<Item = (NodeIndex, NodeIndex)> {
        self.broken.keys().map(|(low, high)| (NodeIndex(*low), NodeIndex(*high)))
    }

    /// Finds out who is deaf or mute.
    fn impair(&mut self, living: &[bool]) {
        let count = living.iter().filter(|lives| **lives).count();
        let mut lost = vec![0; living.len()];
        let mut half = vec![false; living.len()];
        for ((low, high), cut) in &self.broken {
            for (node, other) in [(*low, *high), (*high, *low)] {
                if living[other] {
                    lost[node] += 1;
                    half[node] |= cut.up != cut.down;
                }
            }
        }
        for (node, lives) in living.iter().enumerate() {
            let others = count - usize::from(*lives);
            self.impaired[node] = others > 0 && lost[node] == others && half[node];
        }
    }

    /// Finds the parts of those who pass frames on, and then where the others belong.
    fn divide(&mut self, living: &[bool], passes: impl Fn(NodeIndex) -> bool) {
        let alive = (0..living.len()).filter(|node| living[*node]);
        let (on, off): (Vec<usize>, Vec<usize>) = alive.partition(|node| passes(NodeIndex(*node)));
        let mut left = on.clone();
        let mut reached = Vec::new();
        while let Some(first) = left.first().copied() {
            // The lowest of a part gives it its number.
            left.remove(0);
            reached.push(first);
            while let Some(node) = reached.pop() {
                self.of[node] = first;
                left.retain(|other| {
                    let joins = self.joins(node, *other);
                    if joins {
                        reached.push(*other);
                    }
                    !joins
                });
            }
        }
        for node in off {
            let mut reached = vec![0_usize; living.len()];
            on.iter().filter(|other| self.joins(node, **other)).for_each(|other| {
                reached[self.of[*other]] += 1;
            });
            let most = (0..reached.len()).rev().max_by_key(|part| reached[*part]);
            self.of[node] = most.filter(|part| reached[*part] > 0).unwrap_or(node);
        }
    }

    fn joins(&self, a: usize, b: usize) -> bool {
        let Some(cut) = self.broken.get(&(a.min(b), a.max(b))) else { return true };
        (self.impaired[a] || self.impaired[b]) && !(cut.up && cut.down)
    }
}

impl World {
    /// Numbers the parts of the network, as it is cut now, where only some of the living pass frames on.
    pub(super) fn parts_through(&self, passes: impl Fn(NodeIndex) -> bool) -> Parts {
        let count = self.machines.len();
        let mut broken: BTreeMap<(usize, usize), Cut> = BTreeMap::new();
        for (from, to) in self.wires.cut_ways() {
            let cut = broken.entry((from.0.min(to.0), from.0.max(to.0))).or_default();
            *(if from < to { &mut cut.up } else { &mut cut.down }) = true;
        }
        let mut parts = Parts { of: vec![0; count], impaired: vec![false; count], broken };
        if parts.broken.is_empty() {
            return parts;
        }
        parts.of = (0..count).collect();
        let living: Vec<bool> =
            self.machines.iter().map(|machine| machine.phase == Phase::Alive).collect();
        parts.impair(&living);
        parts.divide(&living, passes);
        parts
    }
}
