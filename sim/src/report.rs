//! What a run says in the end: one line per guarantee, the seed, and how to see it again.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use crate::run::{Outcome, Verdict};
use crate::scenario::Scenario;

/// The report of a run, with a newline at its end. `file` is the scenario's file, as it was named.
/// `options` are those that chose the engine, if anybody did.
pub fn report(file: &Path, scenario: &Scenario, outcome: &Outcome, options: &str) -> String {
    report_with(file, scenario, outcome, "simulated", options)
}

/// The same for a run on real processes, which had these options.
pub fn report_on_processes(
    file: &Path,
    scenario: &Scenario,
    outcome: &Outcome,
    options: &str,
) -> String {
    report_with(file, scenario, outcome, "on real processes", options)
}

fn report_with(
    file: &Path,
    scenario: &Scenario,
    outcome: &Outcome,
    how: &str,
    options: &str,
) -> String {
    let Outcome { seed, verdict, counts, .. } = outcome;
    let mut text = format!(
        "{}: {} nodes, {} {how}, seed {seed}\n",
        scenario.name,
        scenario.names.len(),
        seconds(outcome.simulated)
    );
    for (guarantee, count) in counts {
        let id = guarantee.to_string();
        let checked = match count {
            0 => "not checked".to_owned(),
            1 => "checked once".to_owned(),
            count => format!("checked {count} times"),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {id:<4}{:<24}{checked}", guarantee.name());
    }
    if let Some(after) = outcome.closed_after {
        let _ = writeln!(text, "ring closed {} after the last fault", seconds(after));
    }
    if let Some(after) = outcome.settled_after {
        let _ = writeln!(text, "settled {} after the quiet phase began", seconds(after));
    }
    if let Some((count, worst)) = &outcome.standstills {
        let times = if *count == 1 { "once".to_owned() } else { format!("{count} times") };
        let _ = writeln!(
            text,
            "the machine was too busy {times}: {} did not get its turn for {}",
            worst.who,
            seconds(worst.length)
        );
    }
    let _ = writeln!(text, "delivered {} messages at every member", outcome.delivered);
    text.push_str(&verdict_words(verdict));
    let _ =
        writeln!(text, "again: cargo sim run {} --seed {seed}{options} --trace", file.display());
    text
}

fn verdict_words(verdict: &Verdict) -> String {
    let list = |head: &str, lines: &[String]| {
        lines.iter().fold(head.to_owned(), |text, line| text + "  " + line + "\n")
    };
    match verdict {
        Verdict::Held => "HELD\n".to_owned(),
        Verdict::Broken(what) => list("BROKEN\n", what),
        Verdict::NoEffect(why) => {
            list("NOT TESTED: the scenario does not do what it says\n", std::slice::from_ref(why))
        }
        Verdict::NotSettled(missing) => list("NOT SETTLED\n", missing),
        Verdict::TooBusy(unmet) => list(
            "NOT JUDGED: the machine was too busy; no guarantee was seen broken, but this was not met\n\
             hint: play it again with a greater --pace\n",
            unmet,
        ),
    }
}

/// Seconds with milliseconds.
fn seconds(length: Duration) -> String {
    format!("{}.{:03} s", length.as_secs(), length.subsec_millis())
}
