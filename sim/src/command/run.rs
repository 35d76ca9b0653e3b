//! `sim run`: one scenario on one of the engines, and what came of it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ringchat_sim::outcome::Outcome;
use ringchat_sim::processes::{self, Pace};
use ringchat_sim::report::{report, report_on_processes};
use ringchat_sim::run::{self, Manner};
use ringchat_sim::scenario::Scenario;
use ringchat_sim::trace::everything::everything;
use ringchat_sim::world::Keep;

use super::{USAGE, ground};

/// What `sim run` takes from the command line.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The scenario, such as scenarios/killnode.toml.
    file: PathBuf,
    /// Another seed than the scenario's own.
    #[arg(long)]
    seed: Option<u64>,
    /// Show everything that happened, every frame included.
    #[arg(long)]
    trace: bool,
    /// What to run it on: the whole stack on turmoil's network, bare nodes on one heap of timed inputs,
    /// or real processes of the binary `node`. If you say nothing: turmoil, unless the scenario needs
    /// what only the events have.
    #[arg(long, value_enum)]
    engine: Option<AnyEngine>,
    /// Only on real processes: how many real seconds a second of the scenario takes, for its steps and
    /// for the nodes' bounds alike [default: 2, and up to 16 on a busy machine]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=100))]
    pace: Option<u32>,
}

/// Where a scenario can be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AnyEngine {
    Turmoil,
    Events,
    Processes,
}

/// Runs it; gives the exit code.
pub(crate) fn run(arguments: &Run) -> u8 {
    let Run { file, seed, trace, engine, pace } = arguments;
    let played = Scenario::load(file).map_err(|error| error.to_string()).and_then(|scenario| {
        let seed = seed.unwrap_or(scenario.seed);
        let keep = Keep { history: true, frames: *trace, ..Keep::default() };
        let simulated = match engine {
            None => None,
            Some(AnyEngine::Turmoil) => Some(crate::Engine::Turmoil),
            Some(AnyEngine::Events) => Some(crate::Engine::Events),
            Some(AnyEngine::Processes) => {
                let (pace, outcome) = on_processes(&scenario, seed, *pace, keep)
                    .map_err(|why| format!("{}: {why}", file.display()))?;
                let options = format!(" --engine processes --pace {pace}");
                let report = report_on_processes(file, &scenario, &outcome, &options);
                return Ok((scenario, outcome, report));
            }
        };
        if pace.is_some() {
            return Err("expected `--pace` with `--engine processes` only: simulated time has no \
                        pace\nhint: leave it out"
                .to_owned());
        }
        let ground = ground(file, &scenario, simulated)?;
        let outcome = run::run(&scenario, seed, Manner { ground, keep, lenient: false });
        let options = match simulated {
            None => "",
            Some(crate::Engine::Turmoil) => " --engine turmoil",
            Some(crate::Engine::Events) => " --engine events",
        };
        let report = report(file, &scenario, &outcome, options);
        Ok((scenario, outcome, report))
    });
    match played {
        Ok((scenario, outcome, report)) => {
            if *trace {
                say!("{}", everything(&scenario, &outcome.history, &outcome.frames));
            }
            say!("{report}");
            outcome.verdict.exit_code()
        }
        Err(why) => {
            eprintln!("{why}");
            USAGE
        }
    }
}

/// At the given pace, or at one that the machine bears.
pub(crate) fn on_processes(
    scenario: &Scenario,
    seed: u64,
    pace: Option<u32>,
    keep: Keep,
) -> Result<(Pace, Outcome), String> {
    match pace.map(Pace::new) {
        Some(pace) => Ok((pace, processes::run(scenario, seed, pace, keep)?)),
        None => processes::run_as_borne(scenario, seed, keep),
    }
}
