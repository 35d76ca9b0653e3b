//! `sim bisect`: which input broke a guarantee, and what happened before it.

use std::path::PathBuf;

use clap::Args;
use ringchat_sim::causal::bisect::{Found, bisect as find};
use ringchat_sim::causal::report::report;
use ringchat_sim::scenario::Scenario;

use super::USAGE;

/// What `sim bisect` takes from the command line.
#[derive(Debug, Args)]
pub(crate) struct Bisect {
    /// The scenario, such as one that `sim explore` has written down.
    file: PathBuf,
    /// Another seed than the scenario's own.
    #[arg(long)]
    seed: Option<u64>,
}

/// Finds the input; gives the exit code: 0 nothing is broken, 1 something is, 2 a bad file.
pub(crate) fn bisect(arguments: &Bisect) -> u8 {
    let scenario = match Scenario::load(&arguments.file) {
        Ok(scenario) => scenario,
        Err(error) => {
            eprintln!("{error}");
            return USAGE;
        }
    };
    let seed = arguments.seed.unwrap_or(scenario.seed);
    // A node that panics is what is looked for; it is told in the report.
    ringchat_sim::events::silence_nodes();
    match find(&scenario, seed) {
        Found::Holds => {
            sayln!("{} holds with seed {seed}: nothing to bisect", scenario.name);
            0
        }
        Found::Untested(why) => {
            eprintln!("{}: the scenario does not do what it says: {why}", arguments.file.display());
            eprintln!("hint: change or drop that step; nothing was bisected");
            USAGE
        }
        Found::Unexpected(unmet) => {
            unmet.iter().for_each(|line| sayln!("{line}"));
            sayln!("every guarantee held, so no input can be named: nothing to bisect");
            1
        }
        Found::Broken(case) => {
            sayln!("{}, seed {seed}, on the event engine", scenario.name);
            say!("{}", report(&case));
            1
        }
    }
}
