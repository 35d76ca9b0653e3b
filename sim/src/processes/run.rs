//! Runs a scenario on real processes.

use super::pace::Pace;
use super::site::Processes;
use crate::lots::Lots;
use crate::outcome::{Outcome, Verdict};
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

/// Runs a scenario at the pace that this machine bears, as far as that can be known beforehand; and
/// where it was too busy for a verdict all the same, again at twice that, and so on. What broke a
/// guarantee is never played again, nor what failed while nobody had to wait.
///
/// Gives the pace as well; the verdict is still [`Verdict::TooBusy`] if no pace was slow enough.
///
/// # Errors
/// As of [`run`].
pub fn run_as_borne(scenario: &Scenario, seed: u64, keep: Keep) -> Result<(Pace, Outcome), String> {
    let mut pace = Pace::of_this_machine();
    loop {
        let outcome = run(scenario, seed, pace, keep)?;
        match (&outcome.verdict, pace.slower()) {
            (Verdict::TooBusy(_), Some(slower)) => pace = slower,
            (
                Verdict::TooBusy(_)
                | Verdict::Held
                | Verdict::Broken(_)
                | Verdict::NoEffect(_)
                | Verdict::NotSettled(_),
                _,
            ) => return Ok((pace, outcome)),
        }
    }
}
