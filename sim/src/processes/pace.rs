//! How many real seconds a second of a scenario takes, for steps, bounds and latencies alike.
//!
//! A scenario was written for machines that do nothing else. On one that is busy, a process may wait for
//! its turn for longer than a node waits for its neighbour. So the whole scenario is played slower: its
//! steps, what it allows the ring for its repair, and the nodes' own bounds with them. No promise becomes
//! wider, as each stays what it is in terms of the bounds; only the machine becomes faster beside them.

use std::time::Duration;

use ringchat::proto::bounds::{BOUNDS, Bound};
use ringchat::proto::config::Config;

/// So many real seconds for a second of the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace(u32);

impl Default for Pace {
    /// Two: what a machine bears that runs other things on all of its cores.
    fn default() -> Pace {
        Pace(2)
    }
}

impl Pace {
    /// This many, at least one.
    pub fn new(real_seconds: u32) -> Pace {
        Pace(real_seconds.max(1))
    }

    /// How long a stretch of the scenario takes.
    pub(super) fn real(self, length: Duration) -> Duration {
        length.saturating_mul(self.0)
    }

    /// How much of the scenario a stretch of real time is, in whole microseconds.
    pub(super) fn of_scenario(self, real: Duration) -> Duration {
        Duration::from_micros(
            u64::try_from(real.as_micros()).unwrap_or(u64::MAX) / u64::from(self.0),
        )
    }

    /// The bounds of a node as its configuration file has them.
    pub(super) fn bounds(self, config: &Config) -> String {
        let mut config = config.clone();
        let lines = BOUNDS.iter().map(|(name, bound)| match bound {
            Bound::Time(of) => {
                format!("{name} = \"{}us\"\n", self.real(*of(&mut config)).as_micros())
            }
            Bound::Count(_, of) => format!("{name} = {}\n", of(&mut config)),
            Bound::Size(_, of) => format!("{name} = {}\n", of(&mut config)),
        });
        std::iter::once("[timing]\n".to_owned()).chain(lines).collect()
    }
}
