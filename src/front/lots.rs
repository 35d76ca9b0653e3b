//! The one place that draws lots: what a node's identity and all else that it draws follow from.

use std::hash::BuildHasher;

/// 64 bits that nobody can guess, from the keys that the system draws for each process.
#[expect(clippy::disallowed_types, reason = "the live node's lots are to differ from run to run")]
pub fn seed() -> u64 {
    std::hash::RandomState::new().hash_one(0)
}
