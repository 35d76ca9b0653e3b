//! The `sim` command: runs scenarios, and lists them.

mod command;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use ringchat_sim::report::report;
use ringchat_sim::run::{Manner, run};
use ringchat_sim::scenario::Scenario;
use ringchat_sim::trace::everything::everything;
use ringchat_sim::world::{Ground, Keep};

use self::command::bisect::{Bisect, bisect};
use self::command::diff::{Diff, diff};
use self::command::explore::{Explore, explore};
use self::command::{USAGE, ground};

/// What `sim` takes from the command line.
#[derive(Debug, Parser)]
#[command(
    name = "sim",
    about = "Runs Ringchat's own driver on a simulated network, and checks every guarantee",
    after_help = "Exit codes: 0 all held, 1 something is broken, 2 wrong usage or a scenario that \
                  cannot be run or does not do what it says, 3 the ring did not settle."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a scenario, and say which guarantees were checked how often.
    Run {
        /// The scenario, such as scenarios/killnode.toml.
        file: PathBuf,
        /// Another seed than the scenario's own.
        #[arg(long)]
        seed: Option<u64>,
        /// Show everything that happened, every frame included.
        #[arg(long)]
        trace: bool,
        /// What to run it on: the whole stack on turmoil's network, or bare nodes on one heap of
        /// timed inputs. If you say nothing: turmoil, unless the scenario needs what only the other
        /// has.
        #[arg(long, value_enum)]
        engine: Option<Engine>,
    },
    /// Search for faults that nobody thought of: random worlds, random faults, all cores.
    Explore(Explore),
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
        Command::Run { file, seed, trace, engine } => run_file(&file, seed, trace, engine),
        Command::Explore(arguments) => explore(&arguments),
        Command::Diff(arguments) => diff(&arguments),
        Command::Bisect(arguments) => bisect(&arguments),
        Command::List { folder } => list(&folder),
    };
    ExitCode::from(code)
}

fn run_file(file: &Path, seed: Option<u64>, with_trace: bool, engine: Option<Engine>) -> u8 {
    let scenario = match Scenario::load(file) {
        Ok(scenario) => scenario,
        Err(error) => {
            eprintln!("{error}");
            return USAGE;
        }
    };
    let keep = Keep { history: true, frames: with_trace, ..Keep::default() };
    let ground = match ground(file, &scenario, engine) {
        Ok(ground) => ground,
        Err(why) => {
            eprintln!("{why}");
            return USAGE;
        }
    };
    let manner = Manner { ground, keep, lenient: false };
    let outcome = run(&scenario, seed.unwrap_or(scenario.seed), manner);
    if with_trace {
        print!("{}", everything(&scenario, &outcome.history, &outcome.frames));
    }
    print!("{}", report(file, &scenario, &outcome));
    outcome.verdict.exit_code()
}

fn list(folder: &Path) -> u8 {
    let mut files: Vec<PathBuf> = match std::fs::read_dir(folder) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(error) => {
            eprintln!("{}: cannot list this folder: {error}", folder.display());
            eprintln!("hint: name the folder that holds the scenarios, such as `scenarios`");
            return USAGE;
        }
    };
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let mut code = 0;
    for file in files {
        match Scenario::load(&file) {
            Ok(scenario) => println!(
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
