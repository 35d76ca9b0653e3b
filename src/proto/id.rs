//! The names of things: nodes, rings, links, ballots and places in the log.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One incarnation of a node: random, made together with its storage, and dead for good with it.
///
/// A node whose memory or disk is lost comes back under a new id (`protocol: Restart and identity`).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct NodeId(#[serde(with = "super::readable::id")] pub u64);

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// One ring, drawn at random by its founder. Nodes of different rings never mix.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct RingId(#[serde(with = "super::readable::id")] pub u64);

impl fmt::Display for RingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// One connection of this node, for as long as it lives. Never used twice by one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LinkId {
    /// This node asked for it with [`crate::proto::output::Output::Dial`]; the node counts these.
    Dialed(u64),
    /// The peer dialed; the driver counts these.
    Accepted(u64),
}

impl fmt::Display for LinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkId::Dialed(n) => write!(f, "out{n}"),
            LinkId::Accepted(n) => write!(f, "in{n}"),
        }
    }
}

/// Whose turn it is to lead: compared by round, then by proposer, so no two nodes lead under one.
///
/// (Lamport, *The Part-Time Parliament*, 1998, section 2.2; here as in Raft's terms.)
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Ballot {
    /// Grows with each election.
    pub round: u64,
    /// The only node that may lead under this ballot.
    pub proposer: NodeId,
}

impl Ballot {
    /// Smaller than every ballot that anybody ever led under.
    pub const ZERO: Ballot = Ballot { round: 0, proposer: NodeId(0) };
}

impl fmt::Display for Ballot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.round, self.proposer)
    }
}

/// A place in the log. The first entry stands at 1; 0 means "before all".
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Index(pub u64);

impl Index {
    /// Before all entries.
    pub const ZERO: Index = Index(0);

    /// The place behind this one.
    pub const fn next(self) -> Index {
        Index(self.0 + 1)
    }

    /// The place before this one; before the first there is only [`Index::ZERO`].
    pub const fn previous(self) -> Index {
        Index(self.0.saturating_sub(1))
    }
}

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
