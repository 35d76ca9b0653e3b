//! How many real seconds a second of a scenario takes, for steps, bounds and latencies alike.
//!
//! A scenario was written for machines that do nothing else. On one that is busy, a process may wait for
//! its turn for longer than a node waits for its neighbour. So the whole scenario is played slower: its
//! steps, what it allows the ring for its repair, and the nodes' own bounds with them. No promise becomes
//! wider, as each stays what it is in terms of the bounds; only the machine becomes faster beside them.

use std::fmt;
use std::thread;
use std::time::Duration;

use ringchat::proto::bounds::{BOUNDS, Bound};
use ringchat::proto::config::Config;
use tokio::time::Instant;

use super::site::rest;

/// For how long a machine is measured.
const MEASURED: Duration = Duration::from_millis(300);

/// For how long each of those threads sleeps.
const SLEEP: Duration = Duration::from_millis(1);

/// A process of a run has more to do than a thread that only sleeps, and waits so much longer.
const AS_MUCH: u32 = 4;

/// Beyond this a scenario would take a quarter of an hour.
const SLOWEST: u32 = 16;

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
    /// What this machine bears now, as far as that can be known beforehand: threads that only sleep and
    /// look at the clock tell how long one waits for its turn.
    pub fn of_this_machine() -> Pace {
        let threads = 2 * thread::available_parallelism().map_or(2, usize::from);
        let until = Instant::now() + MEASURED;
        let longest = thread::scope(|scope| {
            let waits: Vec<_> = (0..threads).map(|_| scope.spawn(move || longest(until))).collect();
            let waits = waits.into_iter().filter_map(|wait| wait.join().ok());
            waits.max().unwrap_or_default()
        });
        let borne = Config::default().leader_quiet / 2;
        let mut pace = Pace::default();
        while let Some(slower) = pace.slower()
            && pace.real(borne) < longest * AS_MUCH
        {
            pace = slower;
        }
        pace
    }

    /// Twice as slow; none, if that would be too slow for anybody to wait.
    pub fn slower(self) -> Option<Pace> {
        Some(Pace(2 * self.0)).filter(|slower| slower.0 <= SLOWEST)
    }

    /// This many, at least one.
    pub fn new(real_seconds: u32) -> Pace {
        Pace(real_seconds.max(1))
    }

    /// How long a stretch of the scenario takes.
    pub(crate) fn real(self, length: Duration) -> Duration {
        length.saturating_mul(self.0)
    }

    /// How much of the scenario a stretch of real time is, in whole microseconds.
    pub(crate) fn of_scenario(self, real: Duration) -> Duration {
        Duration::from_micros(
            u64::try_from(real.as_micros()).unwrap_or(u64::MAX) / u64::from(self.0),
        )
    }

    /// The bounds of a node as its configuration file has them.
    pub(crate) fn bounds(self, config: &Config) -> String {
        let election = config.election.name();
        let head = format!("election = \"{election}\"\npriority = {}\n[timing]\n", config.priority);
        let mut config = config.clone();
        let lines = BOUNDS.iter().map(|(name, bound)| match bound {
            Bound::Time(of) => {
                format!("{name} = \"{}us\"\n", self.real(*of(&mut config)).as_micros())
            }
            Bound::Count(_, of) => format!("{name} = {}\n", of(&mut config)),
            Bound::Size(_, of) => format!("{name} = {}\n", of(&mut config)),
        });
        std::iter::once(head).chain(lines).collect()
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How long the thread that asks waits for its turn at most, until then.
fn longest(until: Instant) -> Duration {
    let mut longest = Duration::ZERO;
    loop {
        let before = Instant::now();
        if before >= until {
            return longest;
        }
        rest(SLEEP);
        longest = longest.max(before.elapsed().saturating_sub(SLEEP));
    }
}
