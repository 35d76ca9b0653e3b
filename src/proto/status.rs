//! What a node knows of its ring at this moment, for people.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::event::Refusal;
use super::id::{Ballot, Index, NodeId, RingId};
use super::view::{Member, View};

/// A picture of the ring as this node sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// This node.
    pub me: Member,
    /// Its ring; none as long as it has not joined one.
    pub ring: Option<RingId>,
    /// Whether it is a member, and why not.
    pub role: Role,
    /// The greatest ballot promised.
    pub promised: Ballot,
    /// The ballot it leads or follows under, if a leader is heard.
    pub leading: Option<Ballot>,
    /// The view in force.
    pub view: View,
    /// The number of the view that is proposed and not yet in force.
    pub pending_view: Option<u64>,
    /// The ballot under which that one was proposed: rival leaders may propose two of one number.
    pub pending_ballot: Option<Ballot>,
    /// The last index of the log.
    pub last: Index,
    /// What is known committed.
    pub committed: Index,
    /// Up to where every member is known to hold the log.
    pub stored_by_all: Index,
    /// The next live member.
    pub successor: Option<NodeId>,
    /// The member whose frames come in.
    pub predecessor: Option<NodeId>,
    /// Who is skipped.
    pub suspects: Vec<NodeId>,
    /// Round trip times of the links that stand.
    pub round_trips: Vec<(NodeId, Duration)>,
    /// How many of this node's messages wait to be delivered.
    pub waiting: usize,
    /// Members at hand when an election came to nothing for want of a quorum, and how many there are.
    pub no_quorum: Option<(usize, usize)>,
}

/// What of a [`Status`] is a number or two, and so costs nothing to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The number of the view in force.
    pub view: u64,
    /// The ballot it leads or follows under, if a leader is heard.
    pub leading: Option<Ballot>,
    /// The number of the view that is proposed and not yet in force.
    pub pending_view: Option<u64>,
    /// The last index of the log.
    pub last: Index,
    /// What is known committed.
    pub committed: Index,
}

/// Why a node with this ring, and this want of a quorum, may not go on alone, if so.
pub fn refuses_alone(ring: Option<RingId>, no_quorum: Option<(usize, usize)>) -> Option<Refusal> {
    match (ring, no_quorum) {
        (None, _) => Some(Refusal::NoRing),
        (Some(_), None) => Some(Refusal::HasQuorum),
        (Some(_), Some(_)) => None,
    }
}

/// Why lines wait where nobody leads and so many of the members can be reached, for people.
pub fn why_lines_wait(reachable: usize, members: usize) -> String {
    // With more than half of them at hand it is an election that takes long.
    let what = if 2 * reachable > members { "leader" } else { "quorum" };
    format!("no {what}: {reachable} of {members} reachable, lines wait")
}

/// What a node is to its ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// In no ring yet, or evicted: on its way in.
    Learner,
    /// A member that hears a leader.
    Follower,
    /// A member without a leader.
    Candidate,
    /// The leader.
    Leader,
    /// Not a member any more, as it wished.
    Left,
}
