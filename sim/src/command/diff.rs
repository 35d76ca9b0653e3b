//! `sim diff`: where two runs part, each a saved trace or a scenario.

use std::path::{Path, PathBuf};

use clap::Args;
use ringchat_sim::run::{Manner, run};
use ringchat_sim::scenario::Scenario;
use ringchat_sim::trace::everything::everything;
use ringchat_sim::trace::parting::{Trace, parting};
use ringchat_sim::world::Keep;

use super::{USAGE, ground};
use crate::Engine;

/// What `sim diff` takes from the command line.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// A scenario, or a trace as `sim run --trace` prints it.
    a: PathBuf,
    /// Another. With `--seeds` the same scenario if you say nothing.
    #[arg(required_unless_present = "seeds")]
    b: Option<PathBuf>,
    /// What to run scenarios on; as `sim run` chooses if you say nothing.
    #[arg(long, value_enum)]
    engine: Option<Engine>,
    /// Another seed than the scenarios' own.
    #[arg(long, value_name = "N", conflicts_with = "seeds")]
    seed: Option<u64>,
    /// The seeds of the first and of the second.
    #[arg(long, num_args = 2, value_names = ["N", "M"])]
    seeds: Option<Vec<u64>>,
}

/// Compares; gives the exit code: 0 the same, 1 not the same, 2 wrong usage or a bad file.
pub(crate) fn diff(arguments: &Diff) -> u8 {
    let files = [&arguments.a, arguments.b.as_ref().unwrap_or(&arguments.a)];
    let are_scenarios = files.map(|file| is_scenario(file));
    let seeds = match arguments.seeds.as_deref() {
        Some([one, other]) => [Some(*one), Some(*other)],
        _ => [arguments.seed; 2],
    };
    if let Some(why) = misused(arguments, are_scenarios) {
        eprintln!("{why}");
        return USAGE;
    }
    let mut texts = Vec::new();
    for ((file, seed), sign) in files.into_iter().zip(seeds).zip(['-', '+']) {
        match text_of(file, seed, arguments.engine) {
            Ok((words, text)) => {
                sayln!("{sign} {words}: {} lines", Trace::read(&text).count());
                texts.push(text);
            }
            Err(why) => {
                eprintln!("{why}");
                return USAGE;
            }
        }
    }
    let traces: Vec<Trace<'_>> = texts.iter().map(|text| Trace::read(text)).collect();
    match parting(&traces[0], &traces[1]) {
        None => {
            sayln!("the same");
            0
        }
        Some(words) => {
            say!("{words}");
            1
        }
    }
}

fn is_scenario(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "toml")
}

/// Why seeds or an engine were given in vain, and what to do; none, if they were not.
fn misused(arguments: &Diff, are_scenarios: [bool; 2]) -> Option<&'static str> {
    let Diff { engine, seed, seeds, .. } = arguments;
    match (are_scenarios, seeds) {
        ([true, true], _) => None,
        (_, Some(_)) => Some(
            "expected a scenario for each of the two seeds, found a saved trace\n\
             hint: name scenarios, or give the only one its seed with `--seed`",
        ),
        ([true, false] | [false, true], None) => None,
        ([false, false], None) if engine.is_none() && seed.is_none() => None,
        ([false, false], None) => Some(
            "expected a scenario to run with this seed or engine, found two saved traces\n\
             hint: leave `--seed` and `--engine` out; names of scenarios end in .toml",
        ),
    }
}

/// What a file is, in words, and its trace; else why there is none.
fn text_of(
    file: &Path,
    seed: Option<u64>,
    engine: Option<Engine>,
) -> Result<(String, String), String> {
    let shown = file.display();
    if !is_scenario(file) {
        let text = std::fs::read_to_string(file).map_err(|error| {
            format!("{shown}: cannot read this trace: {error}\nhint: name a file of text")
        })?;
        if Trace::read(&text).count() == 0 {
            return Err(format!(
                "{shown}: expected a trace, found no line of one\n\
                 hint: save what `sim run --trace` prints"
            ));
        }
        return Ok((shown.to_string(), text));
    }
    let scenario = Scenario::load(file).map_err(|error| error.to_string())?;
    let ground = ground(file, &scenario, engine)?;
    let seed = seed.unwrap_or(scenario.seed);
    let keep = Keep { history: true, frames: true, ..Keep::default() };
    let outcome = run(&scenario, seed, Manner { ground, keep, lenient: false });
    let text = everything(&scenario, &outcome.history, &outcome.frames);
    Ok((format!("{shown}, seed {seed}"), text))
}
