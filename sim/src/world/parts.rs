//! Which nodes can reach each other, and whom a standing fault keeps from taking its part.

use ringchat::proto::status::Role;

use super::World;
use super::machine::Phase;
use crate::scenario::NodeIndex;

impl World {
    /// Numbers the parts of the network: two nodes are in one if they reach each other, directly or
    /// through others that pass frames on. A node that passes nothing on is in the part where it
    /// reaches the most; one that is deaf or mute is in the part of those it can hear or tell.
    pub(super) fn parts_through(&self, passes: impl Fn(NodeIndex) -> bool) -> Vec<usize> {
        if !self.wires.any_cut() {
            return vec![0; self.machines.len()];
        }
        let mut parts: Vec<usize> = (0..self.machines.len()).collect();
        // Only the living pass anything on.
        let living = self.in_phase(&[Phase::Alive]);
        let (on, off): (Vec<NodeIndex>, Vec<NodeIndex>) =
            living.into_iter().partition(|node| passes(*node));
        for (place, a) in on.iter().copied().enumerate() {
            for b in on[place + 1..].iter().copied().filter(|b| self.reach(a, *b)) {
                let (from, to) = (parts[a.0].max(parts[b.0]), parts[a.0].min(parts[b.0]));
                parts.iter_mut().filter(|part| **part == from).for_each(|part| *part = to);
            }
        }
        for node in off {
            let reached = on.iter().filter(|other| self.reach(node, **other));
            let mut by_part = vec![0_usize; parts.len()];
            reached.for_each(|other| by_part[parts[other.0]] += 1);
            let most = (0..by_part.len()).rev().max_by_key(|part| by_part[*part]);
            parts[node.0] = most.filter(|part| by_part[*part] > 0).unwrap_or(node.0);
        }
        parts
    }

    /// Whether it knows itself a member of a ring: only such a node passes on what others send.
    pub(super) fn is_on_a_ring(&self, node: NodeIndex) -> bool {
        self.machines[node.0].status.as_ref().is_some_and(|status| match status.role {
            Role::Leader | Role::Follower | Role::Candidate => true,
            Role::Learner | Role::Left => false,
        })
    }

    /// Whether they reach each other, or at least one the other if that is all that one of them can.
    fn reach(&self, a: NodeIndex, b: NodeIndex) -> bool {
        let half = self.is_impaired(a) || self.is_impaired(b);
        let some = !self.wires.is_cut((a, b)) || !self.wires.is_cut((b, a));
        self.is_whole(a, b) || (half && some)
    }

    /// Whether all of its links to the living are cut, some of them in one direction only: it is deaf or mute.
    pub(super) fn is_impaired(&self, node: NodeIndex) -> bool {
        if !self.wires.any_cut() {
            return false;
        }
        let living = self.in_phase(&[Phase::Alive]).into_iter();
        let mut others = living.filter(|other| *other != node).peekable();
        let mut half = false;
        others.peek().is_some()
            && others.all(|other| {
                let (out, back) = ((node, other), (other, node));
                half |= self.wires.is_cut(out) != self.wires.is_cut(back);
                !self.is_whole(node, other)
            })
            && half
    }

    /// Who has never been in any ring, and cannot reach anybody living whom it was told of, but for
    /// others that are as lost: then it can find none, and none can know of it.
    pub(super) fn lost(&self, parts: &[usize]) -> Vec<bool> {
        let ringless =
            |node: NodeIndex| self.checkers.picture().ring_of(self.machines[node.0].id).is_none();
        let mut lost: Vec<bool> = self.all().map(ringless).collect();
        loop {
            let finds = |node: &NodeIndex| {
                let mut found = self.all().filter(|other| !lost[other.0]);
                lost[node.0] && found.any(|other| self.can_ask(*node, other, parts))
            };
            let Some(found) = self.all().find(finds) else { return lost };
            lost[found.0] = false;
        }
    }

    /// Whether a newcomer was told of a node that lives, and reaches it.
    fn can_ask(&self, newcomer: NodeIndex, other: NodeIndex, parts: &[usize]) -> bool {
        let (machine, asked) = (&self.machines[newcomer.0], &self.machines[other.0]);
        let told = machine.status.as_ref().map(|status| status.view.members.as_slice());
        asked.phase == Phase::Alive
            && parts[other.0] == parts[newcomer.0]
            && (machine.contacts.contains(&asked.address)
                || told.unwrap_or_default().iter().any(|member| member.address == asked.address))
    }

    pub(super) fn is_whole(&self, a: NodeIndex, b: NodeIndex) -> bool {
        !self.wires.is_cut((a, b)) && !self.wires.is_cut((b, a))
    }
}
