//! Members that are too slow for the others.

use std::time::Duration;

use rand::RngExt;
use rand::seq::IndexedRandom;

use super::super::adversary::Adversary;
use super::super::strike::{name, names};
use crate::run::Run;
use crate::scenario::Action;
use crate::world::Stopped;

/// A ring that bears more than this many entries would have to be told too much.
const BORNE_AT_MOST: u64 = 100;
/// So often something is said: a leader that commits nothing does not see who lags.
const EVERY: Duration = Duration::from_millis(200);

impl Adversary {
    /// One disk takes seconds for each write, while the others go on talking.
    pub(in super::super) fn laggard(&mut self, run: &mut Run) -> Result<(), Stopped> {
        let config = &run.world.scenario().config;
        let (borne, patience) = (config.lag_entries, config.lag_timeout);
        let members = run.world.living_members();
        let leader = run.world.leader();
        let others: Vec<_> = members.into_iter().filter(|node| Some(*node) != leader).collect();
        // In a ring of two nothing is committed without the laggard.
        if borne > BORNE_AT_MOST || others.len() < 2 {
            return Ok(());
        }
        let Some(slow) = others.choose(&mut self.lots).copied() else { return Ok(()) };
        let write = Duration::from_millis(self.lots.random_range(2_000..8_000));
        self.act_now(run, Action::Disk { who: names(&[slow]), write })?;
        let until = run.world.elapsed() + 2 * patience + Duration::from_secs(2);
        while run.world.elapsed() < until {
            let speaker = others.iter().find(|node| **node != slow).copied();
            let Some(by) = leader.filter(|_| self.lots.random_bool(0.7)).or(speaker) else { break };
            let times = borne / 2 + 2;
            let text = format!("at {}", run.world.elapsed().as_micros());
            self.act_now(run, Action::Say { by: name(by), text, times })?;
            run.world.run_to(run.world.elapsed() + EVERY, false)?;
        }
        self.act_now(run, Action::Ease(names(&[slow])))
    }
}
