//! The duplicate filter and the gap check: one number per origin, wherever messages are ordered.

use std::collections::BTreeMap;

use super::entry::Submission;
use super::id::NodeId;

/// What to do with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the origin's next.
    Next,
    /// It was there before.
    Duplicate,
    /// One before it is missing.
    Gap,
}

/// For each origin the greatest number so far. Kept for good: an id never comes back, a late copy may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sessions {
    last: BTreeMap<NodeId, u64>,
}

impl Sessions {
    /// From a snapshot.
    pub fn from_pairs(pairs: &[(NodeId, u64)]) -> Sessions {
        Sessions { last: pairs.iter().copied().collect() }
    }

    /// For a snapshot.
    pub fn to_pairs(&self) -> Vec<(NodeId, u64)> {
        self.last.iter().map(|(id, seq)| (*id, *seq)).collect()
    }

    /// Judges a message, and counts it if it is the next.
    pub fn take(&mut self, message: &Submission) -> Verdict {
        let last = self.last.entry(message.origin).or_insert(0);
        if message.seq <= *last {
            return Verdict::Duplicate;
        }
        if message.seq > *last + 1 {
            return Verdict::Gap;
        }
        *last = message.seq;
        Verdict::Next
    }
}
