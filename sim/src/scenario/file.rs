//! A scenario file as a whole.

use std::time::Duration;

use toml::de::DeTable;

use super::error::{ScenarioError, Source};
use super::expect::expect;
use super::fields::{Fields, Value, duration, list, mismatch, number};
use super::names::Names;
use super::step::{in_order, step};
use super::timing::config;
use super::workload::workload;
use super::{Action, Network, Scenario, Step};

/// How long the quiet phase may take, if the file says nothing.
const SETTLE_WITHIN: Duration = Duration::from_secs(20);

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
    let network = network(source, fields.take("network"))?;
    let config = config(source, fields.take("timing"))?;
    let step_tables = tables(source, fields.take("step"), "[[step]]")?;
    add_joiners(&mut names, &step_tables)?;
    let steps = steps(&names, founders, end, &step_tables)?;
    for (step, value) in steps.iter().zip(&step_tables) {
        if let (Action::Slow { latency, .. }, Some(value)) =
            (&step.action, value.get_ref().get("latency"))
        {
            check_latency(source, value, *latency, network.tick)?;
        }
    }
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
        network,
        config,
        workloads,
        steps,
        expect,
    })
}

/// The comment that the text begins with, without its signs.
fn opening_comment(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix('#'));
    lines.map(str::trim).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The `[network]` table. Latencies are rounded by nobody: they have to be whole ticks.
fn network(source: Source<'_>, value: Option<&Value<'_>>) -> Result<Network, ScenarioError> {
    let five = Duration::from_millis(5);
    let mut network = Network { latency_min: five, latency_max: five, tick: five };
    let Some(value) = value else { return Ok(network) };
    let mut fields = Fields::of(source, "network", value)?;
    if let Some(value) = fields.take("tick") {
        network.tick = duration(source, value)?;
        let micros = network.tick.as_micros();
        if micros == 0 || !micros.is_multiple_of(1_000) || micros > 100_000 {
            let message = "expected a tick of 1 to 100 whole milliseconds";
            return Err(source.error(value.span(), message));
        }
        (network.latency_min, network.latency_max) = (network.tick, network.tick);
    }
    let mut latency = |key| -> Result<Option<Duration>, ScenarioError> {
        let Some(value) = fields.take(key) else { return Ok(None) };
        let length = duration(source, value)?;
        check_latency(source, value, length, network.tick)?;
        Ok(Some(length))
    };
    let both = latency("latency")?;
    let (least, most) = (latency("latency_min")?, latency("latency_max")?);
    (network.latency_min, network.latency_max) = match (both, least, most) {
        (None, None, None) => (network.latency_min, network.latency_max),
        (Some(both), None, None) => (both, both),
        (None, Some(least), Some(most)) if least <= most => (least, most),
        (None, Some(_), Some(_)) => {
            return Err(fields.error("`latency_min` is greater than `latency_max`"));
        }
        (Some(_), _, _) | (None, Some(_), None) | (None, None, Some(_)) => {
            return Err(fields
                .error("expected `latency` alone, or `latency_min` and `latency_max` together"));
        }
    };
    fields.finish()?;
    Ok(network)
}

fn check_latency(
    source: Source<'_>,
    value: &Value<'_>,
    length: Duration,
    tick: Duration,
) -> Result<(), ScenarioError> {
    if !length.is_zero() && length.as_micros().is_multiple_of(tick.as_micros()) {
        return Ok(());
    }
    let message = format!("expected whole ticks of {tick:?}, found {length:?}");
    Err(source.error(value.span(), message).hint("change the latency, or `tick`"))
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
    founders: usize,
    end: Duration,
    values: &[&Value<'_>],
) -> Result<Vec<Step>, ScenarioError> {
    let mut steps: Vec<Step> = Vec::new();
    for value in values {
        let step = step(names, founders, value)?;
        in_order(names, steps.last().map(|step| step.at), end, &step, value)?;
        steps.push(step);
    }
    Ok(steps)
}
