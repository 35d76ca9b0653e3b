//! What a search may know of the world when it picks its next fault.

use std::collections::BTreeSet;

use ringchat::proto::id::NodeId;
use ringchat::proto::status::Role;
use ringchat::proto::view::View;

use super::World;
pub use super::machine::Phase;
use super::machine::Unwritable;
use crate::scenario::NodeIndex;

impl World {
    /// How many nodes have a name.
    pub fn count(&self) -> usize {
        self.machines.len()
    }

    /// What a machine is doing.
    pub fn phase(&self, node: NodeIndex) -> Phase {
        self.machines[node.0].phase
    }

    /// Who runs there in its present life, if anybody ever did.
    pub fn identity(&self, node: NodeIndex) -> Option<NodeId> {
        let machine = &self.machines[node.0];
        (machine.phase != Phase::Absent).then_some(machine.id)
    }

    /// All machines in one of these phases.
    pub fn in_phase(&self, phases: &[Phase]) -> Vec<NodeIndex> {
        let all = (0..self.machines.len()).map(NodeIndex);
        all.filter(|node| phases.contains(&self.phase(*node))).collect()
    }

    /// Whether the machine is kept busy, or its disk slow.
    pub fn is_hampered(&self, node: NodeIndex) -> bool {
        self.machines[node.0].hampered.is_some()
    }

    /// Whether what was started on that machine could write anything.
    pub fn has_room(&self, node: NodeIndex) -> bool {
        self.machines[node.0].unwritable != Some(Unwritable::Full)
    }

    /// Whether the machine is writing to a disk that is read again.
    pub fn is_writing(&self, node: NodeIndex) -> bool {
        self.machines[node.0].has_process() && self.engine.is_writing(node)
    }

    /// Whether the node was asked to leave: nobody may count on it any more.
    pub fn is_leaving(&self, node: NodeIndex) -> bool {
        self.machines[node.0].leaving
    }

    /// Whether something is cut, slow or narrow, or stands still, or was kept busy, for good.
    pub fn has_standing_faults(&self) -> bool {
        let still =
            |machine: &super::Machine| machine.phase == Phase::Paused || machine.hampered.is_some();
        self.is_harmed() || self.machines.iter().any(still)
    }

    /// Whether anything is cut, slow or narrow.
    pub fn is_harmed(&self) -> bool {
        !self.wires.is_whole()
    }

    /// All founders are members, as far as each of them knows. Asks them.
    pub fn has_gathered(&mut self) -> bool {
        self.look();
        let founders = self.scenario.founders;
        self.machines[..founders].iter().all(|machine| {
            let status = machine.status.as_ref();
            status.is_some_and(|it| it.view.members.len() == founders && it.view.number > 0)
        })
    }

    /// The views that must keep a quorum among these nodes: the newest that one of them knows to be
    /// in force, and all proposed since.
    pub fn views_that_count(&self, nodes: &[NodeIndex]) -> Vec<&View> {
        let picture = self.checkers.picture();
        let actors = nodes.iter().filter_map(|it| picture.actor_of(self.machines[it.0].id));
        let furthest = actors.filter_map(|actor| Some((actor.ring?, actor.views))).max();
        let Some((ring, views)) = furthest else { return Vec::new() };
        let Some(ring) = picture.ring(ring) else { return Vec::new() };
        let Some((_, newest)) = views.checked_sub(1).and_then(|last| ring.views().get(last)) else {
            return Vec::new();
        };
        let since =
            ring.proposals().map(|(_, view)| view).filter(|view| view.number > newest.number);
        std::iter::once(newest).chain(since).collect()
    }

    /// Whether every view that counts keeps a quorum if only these nodes are left.
    pub fn is_quorum(&self, left: &[NodeIndex]) -> bool {
        let ids: BTreeSet<NodeId> = left.iter().map(|node| self.machines[node.0].id).collect();
        let views = self.views_that_count(left);
        !views.is_empty()
            && views.iter().all(|view| view.is_election_quorum(|id| ids.contains(&id)))
    }

    /// Whether these nodes could decide anything: they are a quorum of the newest view that one of
    /// them knows to be in force.
    pub fn may_decide(&self, nodes: &[NodeIndex]) -> bool {
        let ids: BTreeSet<NodeId> = nodes.iter().map(|node| self.machines[node.0].id).collect();
        let views = self.views_that_count(nodes);
        views.first().is_some_and(|view| view.is_election_quorum(|id| ids.contains(&id)))
    }

    /// The living members of the newest view, as they were when they were asked last.
    pub fn living_members(&self) -> Vec<NodeIndex> {
        let member = |node: &NodeIndex| {
            let status = self.machines[node.0].status.as_ref();
            status.is_some_and(|status| status.role != Role::Learner)
        };
        self.in_phase(&[Phase::Alive]).into_iter().filter(member).collect()
    }

    /// The next in the ring order of the newest view.
    pub fn successor_of(&self, node: NodeIndex) -> Option<NodeIndex> {
        self.beside(node, false)
    }
}
