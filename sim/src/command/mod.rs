//! What `sim` does, one file for each of its words.

pub(crate) mod bisect;
pub(crate) mod diff;
pub(crate) mod explore;

use std::path::Path;

use ringchat_sim::scenario::Scenario;
use ringchat_sim::world::Ground;

use crate::Engine;

/// The exit code for wrong usage, which is also clap's.
pub(crate) const USAGE: u8 = 2;

/// What a scenario runs on.
///
/// # Errors
/// If the engine that was asked for cannot do what the scenario wants; what to do instead.
pub(crate) fn ground(
    file: &Path,
    scenario: &Scenario,
    engine: Option<Engine>,
) -> Result<Ground, String> {
    match (engine, scenario.beyond_turmoil()) {
        (Some(Engine::Turmoil), Some(what)) => Err(format!(
            "{}: the turmoil engine has no {what}\n\
             hint: leave `--engine` out, or say `--engine events`",
            file.display()
        )),
        (engine, _) => Ok(engine.map_or_else(|| Ground::of(scenario), Ground::from)),
    }
}
