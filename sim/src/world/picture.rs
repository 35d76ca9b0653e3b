//! What the world looks like at one moment, for the checks of liveness.

use std::time::Duration;

use ringchat::proto::config::ElectionKind;
use ringchat::proto::status::{Role, Status};
use ringchat::proto::time::Instant;

use super::World;
use super::machine::Phase;
use crate::checker::settled::{Core, FinalNode, FinalPicture};
use crate::scenario::{NodeIndex, priority};
use crate::waits::{CHANGED, PREFERRED, STEADY};

impl World {
    /// The picture of this moment. The nodes have to have been asked in the step before.
    pub fn picture(&self, quiet_from: Option<Instant>) -> FinalPicture {
        let parts = self.parts_through(|node| self.is_on_a_ring(node));
        let lost = self.lost(&parts);
        let ran = |node: &NodeIndex| self.machines[node.0].phase != Phase::Absent;
        let nodes = self.all().filter(ran).map(|node| {
            let machine = &self.machines[node.0];
            FinalNode {
                name: machine.name.clone(),
                id: machine.id,
                alive: machine.phase == Phase::Alive,
                component: u32::try_from(parts.of(node)).unwrap_or(u32::MAX),
                // One that had gone astray may be on its way in by now, and owes nothing before it is there.
                impaired: parts.is_impaired(node) || lost[node.0] || self.astray.contains(&node),
                status: machine.status.clone(),
                content: self.engine.content(node).1,
            }
        });
        let takes_part = |node: &NodeIndex| ran(node) && !parts.is_impaired(*node);
        let name = |node: NodeIndex| self.machines[node.0].name.clone();
        let broken_links = parts
            .broken()
            .filter(|(a, b)| parts.of(*a) == parts.of(*b) && takes_part(a) && takes_part(b))
            .map(|(a, b)| (name(a), name(b)))
            .collect();
        FinalPicture {
            at: self.now(),
            quiet_from,
            astray: !self.astray.is_empty(),
            nodes: nodes.collect(),
            broken_links,
        }
    }

    /// Whether the ring is a circle again and all agree on a leader, whatever is still under way.
    pub fn is_closed(&self) -> bool {
        self.checkers.is_closed(&self.picture(None))
    }

    /// Whether nothing is under way any more and every guarantee of liveness holds now. What is
    /// settled looks the same as long as it stays settled: the number of the view, and who leads.
    pub fn settled(&self) -> Option<Settled> {
        let picture = self.picture(None);
        let cores = picture.cores(self.checkers.picture());
        let core = cores.first()?;
        if !self.are_at_rest(&cores) || !self.talk.is_over() {
            return None;
        }
        let leader = self.leader();
        let skipped = |status: &Status| status.suspects.iter().any(|id| core.view.contains(*id));
        let may_change = self.whose(core.view.tie_breaker) != leader
            || cores.iter().flat_map(|core| &core.nodes).any(|(_, status)| skipped(status));
        let steady = match (self.prefers_another(leader, core), may_change) {
            (true, _) => PREFERRED,
            (false, true) => CHANGED,
            (false, false) => STEADY,
        };
        let settled = Settled { view: core.view.number, leader, steady };
        self.checkers.judge(&picture).is_empty().then_some(settled)
    }

    /// Whether nothing is under way any more at those who owe something.
    fn are_at_rest(&self, cores: &[Core<'_>]) -> bool {
        cores.iter().flat_map(|core| &core.nodes).all(|(node, status)| {
            let place = NodeIndex(node.name.index() as usize);
            status.waiting == 0
                && status.pending_view.is_none()
                && status.role != Role::Candidate
                && self.engine.has_said_all(place)
        })
    }

    /// The longest that a ring has to look settled until it counts as such.
    pub fn longest_steady(&self) -> Duration {
        if self.elects_by_bully() { PREFERRED } else { CHANGED }
    }

    fn elects_by_bully(&self) -> bool {
        self.scenario.config.election == ElectionKind::FastBully
    }

    /// Whether a member has a greater priority than their leader, where that counts: one to whom a link is cut
    /// for good, too, takes over if the leader reaches it.
    fn prefers_another(&self, leader: Option<NodeIndex>, core: &Core<'_>) -> bool {
        let Some(leader) = leader.filter(|_| self.elects_by_bully()) else { return false };
        let members = core.view.members.iter().filter_map(|member| self.whose(member.id));
        members.map(priority).any(|it| it > priority(leader))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = NodeIndex> + use<> {
        (0..self.machines.len()).map(NodeIndex)
    }
}

/// What does not change as long as a ring is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The number of the view in force.
    pub view: u64,
    /// Who leads.
    pub leader: Option<NodeIndex>,
    /// How long it has to look like this until it counts as settled. The next view may be due though nothing
    /// is seen of it yet: members that are skipped may have to go, and a leader that is not the tie-breaker may
    /// make itself that, once nobody has been accused for a while. By Fast Bully one of greater priority may be
    /// about to take over.
    pub steady: Duration,
}

impl World {
    /// The members of the ring, in ring order, as its leader knows them.
    pub fn members(&self) -> Vec<NodeIndex> {
        let leads = self.leader().and_then(|leader| self.machines[leader.0].status.as_ref());
        let view = leads.map(|status| &status.view.members[..]).unwrap_or_default();
        view.iter().filter_map(|member| self.whose(member.id)).collect()
    }

    /// How many messages every living member has delivered.
    pub fn delivered(&self) -> u64 {
        let members = self.members();
        let living = members.iter().filter(|node| self.machines[node.0].phase == Phase::Alive);
        living.map(|node| self.engine.content(*node).0).min().unwrap_or(0)
    }

    /// Whether this node knows that it has no quorum.
    pub fn says_no_quorum(&self, node: NodeIndex) -> bool {
        self.machines[node.0].status.as_ref().is_some_and(|status| status.no_quorum.is_some())
    }
}
