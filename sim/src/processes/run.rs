//! Runs a scenario on real processes.

use super::pace::Pace;
use super::site::Processes;
use crate::lots::Lots;
use crate::outcome::Outcome;
use crate::run::Run;
use crate::scenario::Scenario;
use crate::world::{Keep, World};

/// Runs a scenario on real processes, and at this pace. Only its verdict can be the same twice.
///
/// # Errors
/// What they cannot do of it, or what they need and cannot have. Nothing was started then.
pub fn run(scenario: &Scenario, seed: u64, pace: Pace, keep: Keep) -> Result<Outcome, String> {
    if let Some(what) = scenario.beyond_processes() {
        return Err(format!("real processes have no {what}; `--engine events` can do this"));
    }
    let lots = Lots::new(seed);
    let engine = Processes::new(scenario, lots, pace, keep.frames)?;
    let world = World::standing_on(Box::new(engine), scenario, lots, keep);
    let mut run = Run::new(world, false);
    let ended = run.play();
    Ok(run.end(seed, ended))
}
