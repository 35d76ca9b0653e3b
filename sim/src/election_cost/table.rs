//! The costs as a table, each beside its formula.

use std::fmt::Write;
use std::ops::RangeInclusive;
use std::time::Duration;

use ringchat::proto::config::ElectionKind;

use super::nodes::{Real, lose_leader};
use super::ring::{Starters, best, elect, mean, worst};
use super::{Cost, bully, harmonic};

/// Rings of these sizes are also measured with whole nodes.
const MEASURED: [usize; 12] = [3, 4, 5, 6, 7, 8, 12, 16, 24, 32, 48, 64];

/// With so many seeds each.
const SEEDS: u64 = 5;

/// What is known of rings of one size.
#[derive(Clone, Debug)]
pub struct Row {
    /// How many nodes.
    pub nodes: usize,
    /// Chang and Roberts, all beginning: the best and the worst order.
    pub ring_best: Cost,
    /// The same, the worst.
    pub ring_worst: Cost,
    /// The same, the mean of the messages of the first lap.
    pub ring_mean: f64,
    /// One beginning: the greatest itself.
    pub one_best: Cost,
    /// One beginning: the one behind the greatest.
    pub one_worst: Cost,
    /// Fast Bully, begun by the best.
    pub bully_best: Cost,
    /// The same, by the least.
    pub bully_worst: Cost,
}

/// The rows of rings of these sizes.
pub fn rows(nodes: RangeInclusive<usize>, seed: u64) -> Vec<Row> {
    nodes.map(|nodes| row(nodes, seed)).collect()
}

fn row(nodes: usize, seed: u64) -> Row {
    let (ascending, descending) = (best(nodes), worst(nodes));
    Row {
        nodes,
        ring_best: elect(&ascending, Starters::All),
        ring_worst: elect(&descending, Starters::All),
        ring_mean: mean(nodes, seed),
        one_best: elect(&ascending, Starters::One(nodes - 1)),
        // Its token has to pass everybody before it comes to the greatest.
        one_worst: elect(&ascending, Starters::One(0)),
        bully_best: bully::elect(nodes as u64, nodes as u64 - 1),
        bully_worst: bully::elect(nodes as u64, 1),
    }
}

/// Messages, each with what the formula says behind it.
pub fn messages(rows: &[Row]) -> String {
    let mut text = String::from(
        "Messages until all know the leader, found = formula. Chang and Roberts with n for the lap that\n\
         announces; Fast Bully among n nodes of which the old leader is dead; Bully by formula alone.\n\n\
         | n | ring, best 3n−1 | ring, mean n·H(n)+n | ring, worst n(n+1)/2+n | one begins, 2n to 3n−1 | \
         Fast Bully, 3n−5 to 3n−4 | Bully, n−1 to n²−n−1 |\n\
         | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for row in rows {
        let n = row.nodes as u64;
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| {n} | {} = {} | {:.1} = {:.1} | {} = {} | {} to {} = {} to {} | {} to {} = {} to {} | {} to {} |",
            row.ring_best.messages(),
            3 * n - 1,
            row.ring_mean + n as f64,
            n as f64 * harmonic(row.nodes) + n as f64,
            row.ring_worst.messages(),
            n * (n + 1) / 2 + n,
            row.one_best.messages(),
            row.one_worst.messages(),
            2 * n,
            3 * n - 1,
            row.bully_best.messages(),
            row.bully_worst.messages(),
            3 * n - 5,
            3 * n - 4,
            n - 1,
            n * n - n - 1,
        );
    }
    text
}

/// How many messages there are one after the other.
pub fn rounds(rows: &[Row]) -> String {
    let mut text = String::from(
        "Messages one after the other, which is the time an election takes:\n\n\
         | n | ring, best to worst order | one begins | Fast Bully |\n\
         | ---: | ---: | ---: | ---: |\n",
    );
    for row in rows {
        let _ = writeln!(
            text,
            "| {} | {} to {} | {} to {} | {} to {} |",
            row.nodes,
            row.ring_best.rounds,
            row.ring_worst.rounds,
            row.one_best.rounds,
            row.one_worst.rounds,
            row.bully_best.rounds,
            row.bully_worst.rounds
        );
    }
    text
}

/// The same of whole nodes that lose their leader: the mean of a few seeds.
///
/// # Errors
/// What did not hold.
pub fn measured(nodes: RangeInclusive<usize>) -> Result<String, String> {
    let mut text = format!(
        "Whole nodes whose leader is killed, links of 0.2 to 2 ms, the mean of {SEEDS} seeds; promises\n\
         that come back by Fast Bully are counted, too (n−2):\n\n\
         | n | ring: messages | begun by | ms to a leader | Fast Bully: messages | begun by | ms to a leader |\n\
         | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    );
    for size in MEASURED.into_iter().filter(|size| nodes.contains(size)) {
        let by_ring = mean_of(size, ElectionKind::ChangRoberts)?;
        let by_bully = mean_of(size, ElectionKind::FastBully)?;
        let _ = writeln!(text, "| {size} | {} | {} |", words(by_ring), words(by_bully));
    }
    Ok(text)
}

fn words((messages, starters, took): (f64, f64, Duration)) -> String {
    format!("{messages:.1} | {starters:.1} | {:.0}", took.as_secs_f64() * 1_000.0)
}

fn mean_of(nodes: usize, election: ElectionKind) -> Result<(f64, f64, Duration), String> {
    let runs: Result<Vec<Real>, String> =
        (0..SEEDS).map(|seed| lose_leader(nodes, election, seed)).collect();
    let runs = runs?;
    let mean = |of: &dyn Fn(&Real) -> u64| runs.iter().map(of).sum::<u64>() as f64 / SEEDS as f64;
    let took =
        runs.iter().map(|run| run.took).sum::<Duration>() / u32::try_from(SEEDS).unwrap_or(1);
    Ok((mean(&|run| run.messages), mean(&|run| run.starters), took))
}
