//! Views: who is in the ring, in which order, and what counts as a quorum of them.
//!
//! Quorums are those of dynamic linear voting (Jajodia and Mutchler, 1990, section 3): more than
//! half, or exactly half with the tie-breaker, decides on leaders and views.

use std::net::SocketAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::id::NodeId;

/// A node as the others know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Member {
    /// Which incarnation.
    pub id: NodeId,
    /// Where it listens.
    pub address: SocketAddr,
}

/// Why a view differs from the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Change {
    /// The node founded the ring, alone.
    Founded(NodeId),
    /// The node came in.
    Joined(NodeId),
    /// The node asked to go.
    Left(NodeId),
    /// The leader could not reach the node, or it stayed too far behind.
    Evicted(NodeId),
    /// The node has another place in the ring, because a link was broken.
    Moved(NodeId),
    /// The node is the tie-breaker now; nothing else changed.
    TieBreaker(NodeId),
}

/// An ordered list of members, which is the ring, installed through the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct View {
    /// Counts the views of a ring, from 1.
    pub number: u64,
    /// In ring order: each one's successor stands behind it, the last one's is the first. All who hold the
    /// view hold the same list: it is in each log, in force, and shown to people.
    pub members: Arc<[Member]>,
    /// Decides where exactly half of the members are reachable.
    pub tie_breaker: NodeId,
    /// What this view changed.
    pub changes: Vec<Change>,
}

/// Who counts in a view, sorted, so that what is known of them is found in one walk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Voters {
    /// The members, the least first.
    pub ids: Arc<[NodeId]>,
    /// Decides where exactly half of them hold something.
    pub tie_breaker: NodeId,
}

impl From<&View> for Voters {
    fn from(view: &View) -> Voters {
        let mut ids: Vec<NodeId> = view.members.iter().map(|member| member.id).collect();
        ids.sort_unstable();
        Voters { ids: ids.into(), tie_breaker: view.tie_breaker }
    }
}

impl View {
    /// Whether `id` is a member.
    pub fn contains(&self, id: NodeId) -> bool {
        self.members.iter().any(|member| member.id == id)
    }

    /// Enough for ordinary entries: `holders` (members only are counted) are more than half.
    pub fn is_commit_quorum(&self, holds: impl Fn(NodeId) -> bool) -> bool {
        2 * self.count(holds) > self.members.len()
    }

    /// Enough for elections and view entries: more than half, or exactly half with the tie-breaker.
    pub fn is_election_quorum(&self, holds: impl Fn(NodeId) -> bool) -> bool {
        let twice = 2 * self.count(&holds);
        let all = self.members.len();
        twice > all || (twice == all && all > 0 && holds(self.tie_breaker))
    }

    fn count(&self, holds: impl Fn(NodeId) -> bool) -> usize {
        self.members.iter().filter(|member| holds(member.id)).count()
    }

    /// Whether one is the other's successor.
    pub fn are_neighbours(&self, a: NodeId, b: NodeId) -> bool {
        let next = |id| self.after(id).next().map(|member| member.id);
        self.contains(a) && self.contains(b) && (next(a) == Some(b) || next(b) == Some(a))
    }

    /// The members that follow `id` in ring order, nearest first, without `id` itself.
    /// All of them, from the first, if `id` is no member.
    pub fn after(&self, id: NodeId) -> impl Iterator<Item = &Member> {
        let start = self.members.iter().position(|member| member.id == id).map_or(0, |at| at + 1);
        let (before, behind) = self.members.split_at(start);
        behind.iter().chain(before).filter(move |member| member.id != id)
    }
}
