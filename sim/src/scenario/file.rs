//! A scenario file as a whole.

use std::time::Duration;

use ringchat::proto::config::ElectionKind;
use toml::de::DeTable;

use super::error::{ScenarioError, Source};
use super::expect::expect;
use super::fields::{Fields, Value, duration, flag, list, mismatch, number};
use super::names::Names;
use super::network::network;
use super::step::{in_order, step};
use super::timing::config;
use super::workload::workload;
use super::{DISK_ENTRIES, SETTLE_WITHIN, Scenario, Step};

/// Makes a scenario of a text.
pub(super) fn parse(source: Source<'_>, name: &str) -> Result<Scenario, ScenarioError> {
    let document = DeTable::parse(source.text).map_err(|error| {
        source.error(error.span().unwrap_or(0..0), error.message().trim().replace('\n', ", "))
    })?;
    let description = opening_comment(source.text);
    if description.is_empty() {
        let hint = "begin with `# ` and say what happens, why it matters and what must hold";
        return Err(source.error(0..0, "expected a comment to open the scenario").hint(hint));
    }
    let table = document.get_ref();
    let mut fields = Fields::new(source, "scenario", 0..0, table);
    let seed = number(source, fields.need("seed", "1")?, (0, i64::MAX as u64))?;
    let mut names = Names::of(source, fields.need("nodes", "5")?)?;
    let founders = names.names.len();
    let end = duration(source, fields.need("duration", "\"10s\"")?)?;
    let settle_within = match fields.take("settle_within") {
        Some(value) => duration(source, value)?,
        None => SETTLE_WITHIN,
    };
    let disks = fields.take("disks").map(|value| flag(source, value)).transpose()?.unwrap_or(false);
    let chat = fields.take("chat").map(|value| flag(source, value)).transpose()?.unwrap_or(false);
    let network = network(source, fields.take("network"))?;
    let mut config = config(source, fields.take("timing"))?;
    config.disk_entries = disks.then_some(DISK_ENTRIES);
    if let Some(value) = fields.take("election") {
        config.election = election(source, value)?;
    }
    let step_tables = tables(source, fields.take("step"), "[[step]]")?;
    add_joiners(&mut names, &step_tables)?;
    let steps = steps(&names, (founders, disks), end, &step_tables)?;
    let mut workloads = Vec::new();
    if let Some(value) = fields.take("workload") {
        for value in list(value) {
            workloads.push(workload(&names, founders, end, value)?);
        }
    }
    let expect = expect(&names, fields.take("expect"))?;
    fields.finish()?;
    Ok(Scenario {
        name: name.to_owned(),
        description,
        seed,
        names: names.names,
        founders,
        duration: end,
        settle_within,
        disks,
        chat,
        network,
        config,
        workloads,
        steps,
        expect,
    })
}

/// The name of a way to elect.
fn election(source: Source<'_>, value: &Value<'_>) -> Result<ElectionKind, ScenarioError> {
    let kind = ElectionKind::of_name(value.get_ref().as_str().unwrap_or_default());
    kind.map_err(|_| mismatch(source, value, &ElectionKind::names()))
}

/// The comment that the text begins with, without its signs.
fn opening_comment(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix('#'));
    lines.map(str::trim).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The tables of `[[step]]`.
fn tables<'s, 't>(
    source: Source<'_>,
    value: Option<&'s Value<'t>>,
    what: &str,
) -> Result<Vec<&'s Value<'t>>, ScenarioError> {
    let Some(value) = value else { return Ok(Vec::new()) };
    if !value.get_ref().is_array() {
        return Err(mismatch(source, value, &format!("tables under `{what}`")));
    }
    Ok(list(value))
}

/// The names of those who come later, so that any step may speak of them.
fn add_joiners(names: &mut Names<'_>, steps: &[&Value<'_>]) -> Result<(), ScenarioError> {
    for join in steps.iter().filter_map(|step| step.get_ref().as_table()?.get("join")) {
        for value in list(join) {
            names.add(value)?;
        }
    }
    Ok(())
}

fn steps(
    names: &Names<'_>,
    (founders, disks): (usize, bool),
    end: Duration,
    values: &[&Value<'_>],
) -> Result<Vec<Step>, ScenarioError> {
    let mut steps: Vec<Step> = Vec::new();
    for value in values {
        let step = step(names, founders, value)?;
        if let (false, Some(verb)) = (disks, step.action.needs_disks()) {
            let message = format!("{verb} needs disks that are read again, and there are none");
            let hint = "add `disks = true` above the first table";
            return Err(names.source.error(value.span(), message).hint(hint));
        }
        in_order(names, steps.last().map(|step| step.at), end, &step, value)?;
        steps.push(step);
    }
    Ok(steps)
}
