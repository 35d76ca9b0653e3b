//! Which guarantee was broken, when, by whom, and how.

use std::fmt;

use ringchat::proto::time::Instant;

use crate::history::NodeName;

/// The guarantees of `protocol.md`, by their names there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is stated by `Guarantee::statement`")]
pub enum Guarantee {
    S1,
    S2,
    S3,
    S4,
    S5,
    S6,
    S7,
    S8,
    S9,
    S10,
    L1,
    L2,
    L3,
    L4,
    L5,
}

impl Guarantee {
    /// All of them, safety first.
    pub const ALL: [Guarantee; 15] = [
        Guarantee::S1,
        Guarantee::S2,
        Guarantee::S3,
        Guarantee::S4,
        Guarantee::S5,
        Guarantee::S6,
        Guarantee::S7,
        Guarantee::S8,
        Guarantee::S9,
        Guarantee::S10,
        Guarantee::L1,
        Guarantee::L2,
        Guarantee::L3,
        Guarantee::L4,
        Guarantee::L5,
    ];

    /// Its name, such as `total order`.
    pub fn name(self) -> &'static str {
        match self {
            Guarantee::S1 => "total order",
            Guarantee::S2 => "no loss",
            Guarantee::S3 => "no duplication",
            Guarantee::S4 => "no creation",
            Guarantee::S5 => "FIFO per origin",
            Guarantee::S6 => "causal order",
            Guarantee::S7 => "one leader per ballot",
            Guarantee::S8 => "leader completeness",
            Guarantee::S9 => "view agreement",
            Guarantee::S10 => "uniformity",
            Guarantee::L1 => "ring closure",
            Guarantee::L2 => "one leader",
            Guarantee::L3 => "progress",
            Guarantee::L4 => "healing",
            Guarantee::L5 => "quiet",
        }
    }

    /// What it promises, in one sentence.
    pub fn statement(self) -> &'static str {
        match self {
            Guarantee::S1 => "for any two nodes, one delivered sequence is a prefix of the other",
            Guarantee::S2 => "an acknowledged message is in every later delivered sequence",
            Guarantee::S3 => "a message is delivered once, however often it was resubmitted",
            Guarantee::S4 => "only what an origin submitted is delivered, unaltered",
            Guarantee::S5 => "messages of one origin are delivered in the order of submission",
            Guarantee::S6 => "if a node delivered a before it submitted b, a comes before b",
            Guarantee::S7 => "nobody leads twice, or below a promise, or under another's ballot",
            Guarantee::S8 => "a new leader's log holds every committed entry",
            Guarantee::S9 => "all nodes install the same views; a view holds its installer",
            Guarantee::S10 => "what any node delivered, every surviving member delivers",
            Guarantee::L1 => "one circle visits every live member, in the order of the view",
            Guarantee::L2 => "all members of the quorum side agree on one live leader",
            Guarantee::L3 => "what is submitted at a live member, every live member delivers",
            Guarantee::L4 => "all live nodes are members again, with identical histories",
            Guarantee::L5 => "an undisturbed ring holds no election and changes no view",
        }
    }

    /// Whether it must hold always (safety), or once the faults have stopped (liveness).
    pub fn is_safety(self) -> bool {
        self <= Guarantee::S10
    }
}

impl fmt::Display for Guarantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A guarantee that did not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at} s: {guarantee} ({}) broken at {}: expected {expected}; found {found}",
    .guarantee.name(), .nodes.join(", "))]
pub struct Violation {
    /// Which one.
    pub guarantee: Guarantee,
    /// When it was noticed, in simulated time.
    pub at: Instant,
    /// At which nodes; the one that showed it comes first.
    pub nodes: Vec<String>,
    /// What should have been.
    pub expected: String,
    /// What was.
    pub found: String,
}

impl Violation {
    /// A broken guarantee, noticed at one node.
    pub fn new(
        guarantee: Guarantee,
        at: Instant,
        node: &NodeName,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Violation {
        Violation {
            guarantee,
            at,
            nodes: vec![node.to_string()],
            expected: expected.into(),
            found: found.into(),
        }
    }

    /// The same, naming another node that had a part in it.
    pub fn with(mut self, node: &NodeName) -> Violation {
        if !self.nodes.iter().any(|known| known == node.as_str()) {
            self.nodes.push(node.to_string());
        }
        self
    }
}
