//! `sim soak`: real nodes, written to while they are killed and stopped, and what every one holds then.

use std::time::Duration;

use clap::Args;
use ringchat_sim::soak;

use super::USAGE;
use super::explore::time;

/// What `sim soak` takes from the command line.
#[derive(Debug, Args)]
pub(crate) struct Soak {
    /// For how long, such as 90s, 10m or 2h.
    #[arg(long = "for", value_name = "TIME", default_value = "10m", value_parser = time)]
    length: Duration,
    /// End earlier: as soon as so many processes were killed and started again.
    #[arg(long, value_name = "COUNT")]
    kills: Option<u64>,
    /// How many nodes. Three of them are written at.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(3..=9))]
    nodes: u64,
    /// How many milliseconds pass between two blows, on average.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 1_500,
          value_parser = clap::value_parser!(u64).range(100..))]
    every: u64,
    /// Who is struck, how and when follows from this.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs it; gives the exit code.
pub(crate) fn soak(arguments: &Soak) -> u8 {
    let soak = soak::Soak {
        nodes: usize::try_from(arguments.nodes).unwrap_or(5),
        writers: 3,
        seed: arguments.seed,
        length: arguments.length,
        kills: arguments.kills,
        every: Duration::from_millis(arguments.every),
        line_every: Duration::from_millis(50),
    };
    match soak::run(&soak, |news| sayln!("{news}")) {
        Ok(tally) => {
            say!("{tally}");
            if !tally.is_clean() {
                sayln!("BROKEN");
            } else if !tally.says_something() {
                sayln!("NOT TESTED: nothing was acknowledged, or nobody killed; soak for longer");
            }
            u8::from(!(tally.is_clean() && tally.says_something()))
        }
        Err(why) => {
            eprintln!("{why}");
            USAGE
        }
    }
}
