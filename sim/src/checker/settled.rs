//! The picture at the end of a run, and which of its nodes the liveness guarantees speak of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ringchat::proto::id::{Ballot, NodeId};
use ringchat::proto::status::{Role, Status};
use ringchat::proto::time::Instant;
use ringchat::proto::view::View;

use super::picture::Picture;
use crate::history::NodeName;

/// How things stand at the end of the quiet phase.
#[derive(Clone, Debug, Default)]
pub struct FinalPicture {
    /// When this was taken.
    pub at: Instant,
    /// Since when the ring had to be settled: the quiet phase, for L5, goes from here to `at`.
    /// None if the run had no quiet phase; L5 is not checked then.
    pub quiet_from: Option<Instant>,
    /// Then somebody who lived was in no ring, and did not have to be. It may have found one since.
    pub astray: bool,
    /// The last incarnation of each node, dead ones too.
    pub nodes: Vec<FinalNode>,
    /// Links that are still cut, in one direction or both, between nodes that reach each other
    /// through others.
    pub broken_links: Vec<(NodeName, NodeName)>,
}

/// One node at the end.
#[derive(Clone, Debug)]
pub struct FinalNode {
    /// What the scenario calls it.
    pub name: NodeName,
    /// The identity of its last incarnation.
    pub id: NodeId,
    /// Whether that incarnation runs, and is not paused.
    pub alive: bool,
    /// Which part of the network it is in: nodes reach each other, directly or through others, if
    /// they have the same number.
    pub component: u32,
    /// A fault is left standing that keeps it from taking its part: it is deaf or mute, say. A
    /// single cut link is no such fault; it belongs in [`FinalPicture::broken_links`].
    pub impaired: bool,
    /// What the node knows of its ring; none if it is not alive, or did not answer.
    pub status: Option<Arc<Status>>,
    /// A hash of everything that its application holds: equal where the histories are.
    pub content: u64,
}

/// The nodes of one ring that have all they need: an election quorum of the ring's newest view,
/// and a network over which they reach each other. Only they owe liveness.
#[derive(Debug)]
pub struct Core<'a> {
    /// The newest view that any node installed.
    pub view: &'a View,
    /// The ring, as the picture counts them.
    pub ring: usize,
    /// The nodes: members, and those who should be. In the order of the final picture.
    pub nodes: Vec<(&'a FinalNode, &'a Status)>,
    /// Live nodes in the same part of the network that a standing fault hinders.
    pub hindered: BTreeSet<NodeId>,
}

impl Core<'_> {
    /// Whether `id` is one of the nodes that owe liveness.
    pub fn holds(&self, id: NodeId) -> bool {
        self.nodes.iter().any(|(node, _)| node.id == id)
    }
}

impl FinalPicture {
    /// The groups of nodes that owe liveness. None where no quorum can be reached.
    ///
    /// A quorum is needed of the newest view that one of the group knows to be in force, and of each
    /// proposed view that a node of the group still holds pending. Where links are cut, a ring around them is sure to
    /// exist if each member keeps links to at least half of the members (Dirac, 1952); else the
    /// nodes at the cut links count as hindered. And a quorum has to be left without one end of each
    /// cut link, or the faults are not confined to a minority.
    pub fn cores<'a>(&'a self, picture: &'a Picture) -> Vec<Core<'a>> {
        let components: BTreeSet<u32> = self.nodes.iter().map(|node| node.component).collect();
        components.into_iter().flat_map(|part| self.cores_in(picture, part)).collect()
    }

    fn cores_in<'a>(&'a self, picture: &'a Picture, component: u32) -> Vec<Core<'a>> {
        let mut by_ring: BTreeMap<Option<usize>, Vec<(&FinalNode, &Status)>> = BTreeMap::new();
        let mut hindered = BTreeSet::new();
        for node in self.nodes.iter().filter(|node| node.alive && node.component == component) {
            match node.status.as_deref() {
                Some(status) if status.role == Role::Left => {}
                Some(status) if !node.impaired => {
                    by_ring.entry(picture.ring_of(node.id)).or_default().push((node, status));
                }
                Some(_) | None => {
                    hindered.insert(node.id);
                }
            }
        }
        let outside = by_ring.remove(&None).unwrap_or_default();
        let is_one = by_ring.len() == 1;
        let mut cores: Vec<Core> = by_ring
            .into_iter()
            .filter_map(|(ring, nodes)| self.core(picture, ring?, nodes, &hindered))
            .collect();
        // A node that never got into any ring should have come into the one that is there. Where there are
        // two it may have been told of the one that cannot go on, and that is the one it waits for.
        if let Some(core) = cores.first_mut().filter(|_| is_one) {
            core.nodes.extend(outside);
        }
        cores
    }

    fn core<'a>(
        &'a self,
        picture: &'a Picture,
        ring: usize,
        mut nodes: Vec<(&'a FinalNode, &'a Status)>,
        hindered: &BTreeSet<NodeId>,
    ) -> Option<Core<'a>> {
        // Liveness is owed where faults are confined to a minority: whom a cut link needs left out, the
        // others must be able to do without.
        let spared = self.cover(&nodes);
        let here: BTreeSet<NodeId> =
            nodes.iter().map(|(node, _)| node.id).filter(|id| !spared.contains(id)).collect();
        let mut hindered = hindered.clone();
        if !self.can_form_ring(&nodes) {
            let cut = |node: &FinalNode| self.broken_at(&node.name, &nodes) > 0;
            let at_cuts: BTreeSet<NodeId> =
                nodes.iter().filter(|(node, _)| cut(node)).map(|(node, _)| node.id).collect();
            nodes.retain(|(node, _)| !at_cuts.contains(&node.id));
            hindered.extend(at_cuts);
        }
        let ring_picture = picture.ring(ring)?;
        let view = ring_picture.newest_view()?;
        // What only the dead knew to be in force binds nobody who is left: it is pending to them.
        let known = nodes.iter().filter_map(|(node, _)| picture.actor_of(node.id));
        let known = known.map(|actor| actor.views).max().unwrap_or(0);
        let (_, in_force) = ring_picture.views().get(known.checked_sub(1)?)?;
        let pends = |ballot: Ballot, view: &View| {
            nodes.iter().any(|(_, status)| {
                let same = status.pending_ballot.is_none_or(|under| under == ballot);
                status.pending_view == Some(view.number) && same
            })
        };
        let decides = |view: &View| view.is_election_quorum(|id| here.contains(&id));
        let can_go_on = decides(in_force)
            && ring_picture
                .proposals()
                .filter(|(_, proposed)| proposed.number > in_force.number)
                .filter(|(ballot, proposed)| pends(*ballot, proposed))
                .all(|(_, proposed)| decides(proposed));
        (can_go_on && !nodes.is_empty()).then_some(Core { view, ring, nodes, hindered })
    }

    /// Nodes without whom no link between the rest is cut.
    fn cover(&self, nodes: &[(&FinalNode, &Status)]) -> BTreeSet<NodeId> {
        if self.broken_links.is_empty() {
            return BTreeSet::new();
        }
        let mut left: Vec<_> = nodes.iter().collect();
        let mut cover = BTreeSet::new();
        loop {
            let broken = |node: &FinalNode| self.broken_at(&node.name, left.iter().copied());
            let worst = left.iter().map(|(node, _)| (broken(node), node.id)).max();
            let Some((_, id)) = worst.filter(|(count, _)| *count > 0) else { return cover };
            cover.insert(id);
            left.retain(|(node, _)| node.id != id);
        }
    }

    fn can_form_ring(&self, nodes: &[(&FinalNode, &Status)]) -> bool {
        self.broken_links.is_empty()
            || nodes.iter().all(|(node, _)| {
                let broken = self.broken_at(&node.name, nodes);
                broken == 0 || 2 * (nodes.len() - 1 - broken) >= nodes.len()
            })
    }

    /// How many of `nodes` the node has no good link to.
    fn broken_at<'a>(
        &self,
        name: &NodeName,
        nodes: impl IntoIterator<Item = &'a (&'a FinalNode, &'a Status)>,
    ) -> usize {
        // Nearly all nodes stand at no cut link.
        if !self.broken_links.iter().any(|(a, b)| a == name || b == name) {
            return 0;
        }
        let others = nodes.into_iter().map(|(other, _)| &other.name);
        others.filter(|other| self.is_broken(name, other)).count()
    }

    fn is_broken(&self, a: &NodeName, b: &NodeName) -> bool {
        self.broken_links.iter().any(|(c, d)| (a == c && b == d) || (a == d && b == c))
    }
}
