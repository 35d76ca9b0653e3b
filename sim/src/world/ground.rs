//! What a world is told before it begins: its engine, and what it writes down.

use crate::scenario::Scenario;

/// Which engine a world stands on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ground {
    /// The whole stack on turmoil's network.
    #[default]
    Turmoil,
    /// Bare nodes on one heap of timed inputs.
    Events,
}

impl Ground {
    /// The whole stack, where it can do what the scenario wants; else bare nodes.
    pub fn of(scenario: &Scenario) -> Ground {
        match scenario.beyond_turmoil() {
            None => Ground::Turmoil,
            Some(_) => Ground::Events,
        }
    }
}

/// What a run writes down besides its counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// Everything that happened.
    pub history: bool,
    /// Every frame.
    pub frames: bool,
    /// The last frames of each connection, for a step that is added later and replays them.
    pub replays: bool,
    /// Every input that a node handled, and what caused it. Only the event engine can.
    pub inputs: bool,
}
