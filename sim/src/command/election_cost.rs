//! `sim election-cost`: messages and time of both ways to elect, beside the formulas.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use clap::Args;
use ringchat_sim::election_cost::{plot, table};

use super::USAGE;

/// More nodes than this are not asked for.
const NODES_MAX: usize = 256;

/// What `sim election-cost` takes from the command line.
#[derive(Debug, Args)]
pub(crate) struct ElectionCost {
    /// How many nodes: from the first to the last.
    #[arg(long, value_name = "A..B", value_parser = nodes, default_value = "3..64")]
    nodes: RangeInclusive<usize>,
    /// Draws the orders of large rings.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to write the tables and the plot.
    #[arg(long, value_name = "DIR", default_value = "target/election-cost")]
    out: PathBuf,
    /// Count on the machines alone, and run no whole nodes.
    #[arg(long)]
    quick: bool,
}

/// Counts, prints and draws; gives the exit code.
pub(crate) fn election_cost(arguments: &ElectionCost) -> u8 {
    let rows = table::rows(arguments.nodes.clone(), arguments.seed);
    let mut text = format!("{}\n{}", table::messages(&rows), table::rounds(&rows));
    if !arguments.quick {
        match table::measured(arguments.nodes.clone()) {
            Ok(measured) => text.push_str(&format!("\n{measured}")),
            Err(why) => {
                eprintln!("sim: {why}");
                return 1;
            }
        }
    }
    say!("{text}");
    match keep(&arguments.out, &text, &plot::svg(&rows)) {
        Ok(()) => {
            sayln!(
                "\nkept {0}/election-cost.md and {0}/election-cost.svg",
                arguments.out.display()
            );
            0
        }
        Err(error) => {
            eprintln!(
                "sim: cannot write to {}: {error}\nhint: name another folder with --out",
                arguments.out.display()
            );
            USAGE
        }
    }
}

fn keep(folder: &Path, text: &str, drawing: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("election-cost.md"), text)?;
    std::fs::write(folder.join("election-cost.svg"), drawing)
}

fn nodes(text: &str) -> Result<RangeInclusive<usize>, String> {
    let wrong =
        || format!("expected A..B with 3 <= A <= B <= {NODES_MAX}, such as 3..64, found {text:?}");
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    let (from, to) = (from.parse().map_err(|_| wrong())?, to.parse().map_err(|_| wrong())?);
    if (3..=to).contains(&from) && to <= NODES_MAX { Ok(from..=to) } else { Err(wrong()) }
}
