//! What an exploration says in the end. The same seeds give the same words.

use std::fmt::Write;

use ringchat::proto::config::ElectionKind;

use super::many::{Explorations, Task};
use super::one::{Finding, Space};
use crate::coverage::Rare;
use crate::scenario::Scenario;

/// The report of an exploration, up to its findings.
pub fn report(task: &Task, explored: &Explorations) -> String {
    let Explorations { runs, handled, steps, simulated, .. } = explored;
    let Space { nodes, profile, election, chat } = &task.space;
    // Writing to a string cannot fail.
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{runs} runs of {} to {} nodes, profile {}{}{}: {steps} faults, {handled} inputs, {} s simulated",
        nodes.start(),
        nodes.end(),
        profile.name(),
        match election {
            ElectionKind::ChangRoberts => "",
            ElectionKind::FastBully => ", fast bully",
        },
        if *chat { ", with chats" } else { "" },
        simulated.as_secs()
    );
    for rare in Rare::ALL {
        let count = explored.coverage.counts().get(rare).copied().unwrap_or(0);
        let with = explored.runs_with.get(rare).copied().unwrap_or(0);
        let _ = writeln!(text, "{count:>12} in {with:>8} runs  {}", rare.words());
    }
    text
}

/// A finding as a scenario file, with its opening comment.
pub fn as_scenario(seed: u64, finding: &Finding) -> Scenario {
    let Finding { failure, words, scenario } = finding;
    let what = match scenario.steps.len() {
        0 => "Nothing is done to this ring at all.".to_owned(),
        1 => "One step breaks a promise.".to_owned(),
        count => format!("{count} steps break a promise."),
    };
    let text = format!(
        "{what} Found by exploring seed {seed}, and shrunk.\n\
         It broke {failure}: {}.\n\
         All guarantees must hold.",
        words.trim_end_matches('.')
    );
    scenario.clone().described(&text)
}

/// One line about a finding.
pub fn line(seed: u64, runs: u64, finding: &Finding, file: &str) -> String {
    let Finding { failure, scenario, .. } = finding;
    let lines: u64 = scenario.workloads.iter().map(|talk| talk.lines * talk.who.len() as u64).sum();
    format!(
        "found {failure} at seed {seed} after {runs} runs; {} faults, {} nodes, {lines} lines after \
         shrinking; kept {file}",
        scenario.steps.len(),
        scenario.names.len(),
    )
}
