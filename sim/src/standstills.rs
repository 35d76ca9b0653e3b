//! How often the machine itself was too busy for what is played on it, and the worst of it.

use crate::engine::Standstill;

/// So many are borne before the machine counts as too busy for any verdict.
const MANY: u32 = 20;

/// The standstills of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standstills {
    count: u32,
    worst: Option<Standstill>,
}

impl Standstills {
    /// There was another one.
    pub(crate) fn note(&mut self, found: Standstill) {
        self.count += 1;
        if self.worst.as_ref().is_none_or(|worst| worst.length < found.length) {
            self.worst = Some(found);
        }
    }

    /// Whether there was any.
    pub(crate) fn any(&self) -> bool {
        self.count > 0
    }

    /// Whether it makes no sense to wait until there are no more.
    pub(crate) fn too_many(&self) -> bool {
        self.count >= MANY
    }

    /// How many there were, and the worst; none if there were none.
    pub(crate) fn worst(self) -> Option<(u32, Standstill)> {
        self.worst.map(|worst| (self.count, worst))
    }
}
