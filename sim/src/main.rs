//! The `sim` command: runs scenarios, and lists them.

#[macro_use]
mod command;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use ringchat_sim::scenario::Scenario;
use ringchat_sim::world::Ground;

use self::command::bisect::{Bisect, bisect};
use self::command::diff::{Diff, diff};
use self::command::election_cost::{ElectionCost, election_cost};
use self::command::explore::{Explore, explore};
use self::command::processes::{Processes, processes};
use self::command::run::{Run, run};
use self::command::soak::{Soak, soak};
use self::command::{USAGE, scenario_files};

/// What `sim` takes from the command line.
#[derive(Debug, Parser)]
#[command(
    name = "sim",
    about = "Runs Ringchat's own driver on a simulated network, and checks every guarantee",
    after_help = "Exit codes: 0 all held, 1 something is broken, 2 wrong usage or a scenario that \
                  cannot be run or does not do what it says, 3 the ring did not settle, 4 nothing \
                  was judged, since the machine was too busy."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a scenario, and say which guarantees were checked how often.
    Run(Run),
    /// Play all scenarios on real processes of the binary, and show a table.
    Processes(Processes),
    /// Write to real nodes while they are killed and stopped; is anything lost that was acknowledged?
    Soak(Soak),
    /// Search for faults that nobody thought of: random worlds, random faults, all cores.
    Explore(Explore),
    /// Count messages and time of both ways to elect, and show them beside the formulas.
    ElectionCost(ElectionCost),
    /// Show where two runs part, each a saved trace or a scenario.
    Diff(Diff),
    /// Find the input that first broke a guarantee, and show only what happened before it.
    Bisect(Bisect),
    /// List the scenarios of a folder.
    List {
        /// The folder.
        #[arg(default_value = "scenarios")]
        folder: PathBuf,
    },
}

/// The engines, as the command line names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    Turmoil,
    Events,
}

impl From<Engine> for Ground {
    fn from(engine: Engine) -> Ground {
        match engine {
            Engine::Turmoil => Ground::Turmoil,
            Engine::Events => Ground::Events,
        }
    }
}

fn main() -> ExitCode {
    let code = match Arguments::parse().command {
        Command::Run(arguments) => run(&arguments),
        Command::Processes(arguments) => processes(&arguments),
        Command::Soak(arguments) => soak(&arguments),
        Command::Explore(arguments) => explore(&arguments),
        Command::ElectionCost(arguments) => election_cost(&arguments),
        Command::Diff(arguments) => diff(&arguments),
        Command::Bisect(arguments) => bisect(&arguments),
        Command::List { folder } => list(&folder),
    };
    ExitCode::from(code)
}

fn list(folder: &Path) -> u8 {
    let files = match scenario_files(&[folder.to_owned()]) {
        Ok(files) => files,
        Err(why) => {
            eprintln!("{why}");
            return USAGE;
        }
    };
    let mut code = 0;
    for file in files {
        match Scenario::load(&file) {
            Ok(scenario) => sayln!(
                "{:<28}{:>3} nodes {:>5} s  {}",
                scenario.name,
                scenario.names.len(),
                scenario.duration.as_secs(),
                scenario.summary()
            ),
            Err(error) => {
                eprintln!("{error}");
                code = USAGE;
            }
        }
    }
    code
}
