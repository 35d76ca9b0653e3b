//! What `sim` does, one file for each of its words.

#[macro_use]
mod say;

pub(crate) mod bisect;
pub(crate) mod diff;
pub(crate) mod election_cost;
pub(crate) mod explore;
pub(crate) mod processes;
pub(crate) mod run;
pub(crate) mod soak;

use std::path::{Path, PathBuf};

pub(crate) use self::say::print;

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

/// All scenario files that these name, or that stand in these folders, in order.
///
/// # Errors
/// Which folder cannot be listed, and what to do about it.
pub(crate) fn scenario_files(named: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for path in named {
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path.clone());
            continue;
        }
        let entries = std::fs::read_dir(path).map_err(|error| {
            format!(
                "{}: cannot list this folder: {error}\n\
                 hint: name the folder that holds the scenarios, such as `scenarios`",
                path.display()
            )
        })?;
        let found = entries.filter_map(|entry| Some(entry.ok()?.path()));
        files.extend(found.filter(|file| file.extension().is_some_and(|it| it == "toml")));
    }
    files.sort();
    Ok(files)
}
