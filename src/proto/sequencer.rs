//! The duplicate filter and the gap check: one number per origin, wherever messages are ordered.

use std::collections::BTreeMap;

use super::entry::Submission;
use super::id::NodeId;

/// A number is the life of its origin above this many bits, and the count in that life below.
const LIFE_SHIFT: u32 = 40;

/// The number before the first of an origin's life.
///
/// What a process had sent and not seen ordered when it died may be ordered yet, or never: whoever comes
/// back under the same identity can neither go on with its numbers nor leave them out. So each life counts
/// from 1 again, above all numbers of those before it, and may begin whatever came of them.
pub const fn before_life(life: u64) -> u64 {
    life << LIFE_SHIFT
}

/// Whether a number may stand behind this one, being the next or the first of a later life.
pub const fn follows(last: u64, seq: u64) -> bool {
    let life = seq >> LIFE_SHIFT;
    seq == last + 1 || (life > last >> LIFE_SHIFT && seq == before_life(life) + 1)
}

/// What to do with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the origin's next.
    Next,
    /// It was there before.
    Duplicate,
    /// One before it, of the same life, is missing.
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
        if !follows(*last, message.seq) {
            return Verdict::Gap;
        }
        *last = message.seq;
        Verdict::Next
    }
}
