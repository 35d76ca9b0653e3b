//! In which manner a scenario is run.

use crate::world::{Ground, Keep};

/// How to run a scenario.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// On which engine.
    pub ground: Ground,
    /// What to write down.
    pub keep: Keep,
    /// Go on where a step has no effect: it may be a step that a search has thought of.
    pub lenient: bool,
}

impl Manner {
    /// On this engine, with the history, without frames.
    pub fn on(ground: Ground) -> Manner {
        let keep = Keep { history: true, ..Keep::default() };
        Manner { ground, keep, lenient: false }
    }
}
