//! What an election costs: messages and time of both ways to elect, beside the formulas of the literature.
//!
//! * [`ring`]: Chang and Roberts, on the product's own machine, in rounds: a message takes one.
//! * [`bully`]: Fast Bully, the same.
//! * [`nodes`]: whole nodes that lose their leader, with all that a node says besides.
//! * [`table`] and [`plot`]: for people.

pub mod bully;
pub mod nodes;
pub mod plot;
pub mod ring;
pub mod table;

/// What one election took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// How many messages find the best candidate.
    pub finds: u64,
    /// How many messages announce it: the lap, or the round, that asks for promises.
    pub announces: u64,
    /// How many rounds both take, one message after the other.
    pub rounds: u64,
}

impl Cost {
    /// All messages.
    pub fn messages(&self) -> u64 {
        self.finds + self.announces
    }
}

/// The n-th harmonic number.
pub fn harmonic(n: usize) -> f64 {
    (1..=n).map(|k| 1.0 / k as f64).sum()
}
