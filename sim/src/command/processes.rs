//! `sim processes`: every scenario that real processes can play, several at a time, as a table.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use clap::Args;
use ringchat_sim::outcome::Verdict;
use ringchat_sim::processes::binary;
use ringchat_sim::report::report_on_processes;
use ringchat_sim::scenario::Scenario;
use ringchat_sim::world::Keep;

use super::run::on_processes;
use super::{USAGE, scenario_files};

/// What `sim processes` takes from the command line.
#[derive(Debug, Args)]
pub(crate) struct Processes {
    /// Scenarios, or folders of them.
    #[arg(default_value = "scenarios")]
    files: Vec<PathBuf>,
    /// How many are played at a time: they mostly wait.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=64))]
    jobs: u32,
    /// How many real seconds a second of a scenario takes [default: 2, and up to 16 on a busy machine]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=100))]
    pace: Option<u32>,
}

/// What came of one scenario: its line of the table, its report if it failed, its exit code.
struct Row {
    line: String,
    report: Option<String>,
    code: u8,
}

/// Plays them all; gives the exit code of the worst. Scenarios that ask the impossible count for nothing.
pub(crate) fn processes(arguments: &Processes) -> u8 {
    let files = match scenario_files(&arguments.files) {
        Ok(files) => files,
        Err(why) => {
            eprintln!("{why}");
            return USAGE;
        }
    };
    if let Err(why) = binary() {
        eprintln!("{why}");
        return USAGE;
    }
    let waiting = Mutex::new(files.iter());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let rows = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..arguments.jobs {
            scope.spawn(|| {
                while let Some(file) = next() {
                    let row = play(file, arguments.pace);
                    sayln!("{}", row.line);
                    rows.lock().unwrap_or_else(PoisonError::into_inner).push(row);
                }
            });
        }
    });
    let rows = rows.into_inner().unwrap_or_else(PoisonError::into_inner);
    rows.iter().filter_map(|row| row.report.as_ref()).for_each(|report| say!("\n{report}"));
    // A broken guarantee is worse than a ring that did not settle, whatever their codes.
    let mut codes: Vec<u8> = rows.iter().map(|row| row.code).filter(|code| *code != 0).collect();
    codes.sort_unstable();
    codes.first().copied().unwrap_or_default()
}

fn play(file: &Path, pace: Option<u32>) -> Row {
    let scenario = match Scenario::load(file) {
        Ok(scenario) => scenario,
        Err(error) => {
            let line = format!("{:<34}bad file", file.display());
            return Row { line, report: Some(format!("{error}\n")), code: USAGE };
        }
    };
    if let Some(what) = scenario.beyond_processes() {
        let line = format!("{:<34}not played: real processes have no {what}", scenario.name);
        return Row { line, report: None, code: 0 };
    }
    match on_processes(&scenario, scenario.seed, pace, Keep::default()) {
        Ok((pace, outcome)) => {
            let code = outcome.verdict.exit_code();
            let verdict = match &outcome.verdict {
                Verdict::Held => "held",
                Verdict::TooBusy(_) => "no word",
                // The scenario has not tested what it says; that is no word about the ring.
                Verdict::NoEffect(_) => "missed",
                Verdict::Broken(_) | Verdict::NotSettled(_) => "FAILED",
            };
            let seconds = |after: Option<Duration>| {
                after
                    .map_or_else(|| "-".to_owned(), |after| format!("{:.2} s", after.as_secs_f64()))
            };
            let still = outcome.standstills.as_ref();
            let still = still.map(|(count, _)| format!(", too busy {count} times"));
            let line = format!(
                "{:<34}{verdict:<8}pace {pace:>2}, closed after {:>7}, settled after {:>7}{}",
                scenario.name,
                seconds(outcome.closed_after),
                seconds(outcome.settled_after),
                still.unwrap_or_default()
            );
            let options = format!(" --engine processes --pace {pace}");
            let report = report_on_processes(file, &scenario, &outcome, &options);
            Row { line, report: (code != 0).then_some(report), code }
        }
        Err(why) => {
            let line = format!("{:<34}FAILED", scenario.name);
            Row { line, report: Some(format!("{}: {why}\n", file.display())), code: USAGE }
        }
    }
}
