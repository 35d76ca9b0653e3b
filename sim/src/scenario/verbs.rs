//! The actions of a scenario file: what each verb takes.

use super::error::ScenarioError;
use super::fields::{Fields, Value, duration, list, mismatch, number, positive, text};
use super::names::Names;
use super::{Action, DRIFT_PPM_MAX, Direction, NodeIndex, Target};

/// Every key that is an action of its own.
pub(super) const ACTIONS: [&str; 29] = [
    "kill",
    "power",
    "tear",
    "restart",
    "pause",
    "resume",
    "partition",
    "cut",
    "deaf",
    "mute",
    "heal",
    "slow",
    "limit",
    "reset",
    "replay",
    "garbage",
    "sluggish",
    "disk",
    "fail",
    "full",
    "lose",
    "ease",
    "clock",
    "drift",
    "join",
    "leave",
    "alone",
    "say",
    "stuck",
];

/// More would be a load test, which the simulator is not.
const TIMES_MAX: u64 = 100_000;

/// More writes are never under way.
const WRITES_MAX: u64 = 1_000_000;

/// The action under this key, which is one of [`ACTIONS`], with all that belongs to it.
pub(super) fn action(
    names: &Names<'_>,
    founders: usize,
    fields: &mut Fields<'_, '_>,
    name: &'static str,
) -> Result<Action, ScenarioError> {
    let value = fields.need(name, "…")?;
    Ok(match name {
        "kill" => Action::Kill(mortal(names, value)?),
        "power" => Action::Power(mortal(names, value)?),
        "restart" => Action::Restart(mortal(names, value)?),
        "pause" => Action::Pause(mortal(names, value)?),
        "resume" => Action::Resume(mortal(names, value)?),
        "leave" => Action::Leave(mortal(names, value)?),
        "fail" => Action::Fail(mortal(names, value)?),
        "full" => Action::Full(mortal(names, value)?),
        "lose" => Action::Lose(mortal(names, value)?),
        "ease" => Action::Ease(mortal(names, value)?),
        "stuck" => Action::Stuck(mortal(names, value)?),
        "deaf" => Action::Deaf(names.single(value)?),
        "mute" => Action::Mute(names.single(value)?),
        "alone" => Action::Alone(names.single(value)?),
        "join" => Action::Join(joiners(names, founders, value)?),
        "say" => say(names, fields, value)?,
        "sluggish" | "disk" | "tear" | "clock" | "drift" => on_machine(names, fields, name, value)?,
        _ => on_links(names, founders, fields, name, value)?,
    })
}

/// What is done to what a machine has: its pace, its disk, its clock.
fn on_machine(
    names: &Names<'_>,
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    value: &Value<'_>,
) -> Result<Action, ScenarioError> {
    let source = names.source;
    let who = mortal(names, value)?;
    Ok(match name {
        "sluggish" => {
            let per_input = positive(source, fields.need("per_input", "\"2ms\"")?)?;
            Action::Sluggish { who, per_input }
        }
        "disk" => {
            let write = duration(source, fields.need("write", "\"50ms\"")?)?;
            Action::Disk { who, write }
        }
        "tear" => {
            let keeps = number(source, fields.need("keeps", "1")?, (0, WRITES_MAX))?;
            Action::Tear { who, keeps }
        }
        "clock" => {
            let forward = positive(source, fields.need("forward", "\"1h\"")?)?;
            Action::Clock { who, forward }
        }
        _ => {
            let bounds = (-DRIFT_PPM_MAX, DRIFT_PPM_MAX);
            let ppm = number(source, fields.need("ppm", "-500")?, bounds)?;
            Action::Drift { who, ppm }
        }
    })
}

/// What is done to links, one or many.
fn on_links(
    names: &Names<'_>,
    founders: usize,
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    value: &Value<'_>,
) -> Result<Action, ScenarioError> {
    let source = names.source;
    match name {
        "partition" => return Ok(Action::Partition(sets(names, founders, value)?)),
        "heal" if value.get_ref().as_str() == Some("all") => return Ok(Action::Heal(None)),
        _ => {}
    }
    let (a, b) = names.pair(value)?;
    Ok(match name {
        "heal" => Action::Heal(Some((a, b))),
        "reset" => Action::Reset(a, b),
        "replay" => Action::Replay(a, b),
        "garbage" => Action::Garbage(a, b),
        "slow" => {
            let latency = positive(source, fields.need("latency", "\"100ms\"")?)?;
            Action::Slow { a, b, latency }
        }
        "limit" => {
            let value = fields.need("bytes_per_second", "10000")?;
            let bytes_per_second = number(source, value, (1, i64::MAX as u64))?;
            Action::Limit { a, b, bytes_per_second }
        }
        _ => Action::Cut { a, b, direction: direction(names, fields)? },
    })
}

fn say(
    names: &Names<'_>,
    fields: &mut Fields<'_, '_>,
    value: &Value<'_>,
) -> Result<Action, ScenarioError> {
    let by = names.single(fields.need("by", "\"n1\"")?)?;
    let text = text(names.source, value, "what is said")?.to_owned();
    let times = match fields.take("times") {
        None => 1,
        Some(value) => number(names.source, value, (1, TIMES_MAX))?,
    };
    Ok(Action::Say { by, text, times })
}

/// Everybody but "the rest", which only a partition has.
fn mortal(names: &Names<'_>, value: &Value<'_>) -> Result<Vec<Target>, ScenarioError> {
    let targets = names.targets(value)?;
    if targets.contains(&Target::Rest) {
        return Err(names.source.error(value.span(), "only a partition has a \"rest\""));
    }
    Ok(targets)
}

fn direction(names: &Names<'_>, fields: &mut Fields<'_, '_>) -> Result<Direction, ScenarioError> {
    let expected = "\"both\" or \"a_to_b\"";
    let Some(value) = fields.take("direction") else { return Ok(Direction::Both) };
    match text(names.source, value, expected)? {
        "both" => Ok(Direction::Both),
        "a_to_b" => Ok(Direction::AToB),
        other => {
            let message = format!("expected {expected}, found \"{other}\"");
            Err(names.source.error(value.span(), message))
        }
    }
}

/// The sets of a partition: at least two, none empty, nobody in two of them, nobody in none.
fn sets(
    names: &Names<'_>,
    founders: usize,
    value: &Value<'_>,
) -> Result<Vec<Vec<Target>>, ScenarioError> {
    let source = names.source;
    let Some(values) = value.get_ref().as_array() else {
        return Err(mismatch(source, value, "sets such as [[\"leader\"], [\"rest\"]]"));
    };
    let mut sets: Vec<Vec<Target>> = Vec::new();
    for value in values.iter() {
        let set = names.targets(value)?;
        for (target, place) in set.iter().zip(list(value)) {
            if sets.iter().any(|other| other.contains(target)) {
                return Err(source
                    .error(place.span(), "this is in two sets, and would be cut off from itself"));
            }
        }
        sets.push(set);
    }
    if sets.len() < 2 {
        return Err(
            source.error(value.span(), format!("expected at least two sets, found {}", sets.len()))
        );
    }
    let named = |node| sets.iter().any(|set| set.contains(&Target::Node(node)));
    let has_rest = sets.iter().any(|set| set.contains(&Target::Rest));
    match (0..founders).map(NodeIndex).find(|node| !named(*node)) {
        Some(node) if !has_rest => Err(source
            .error(
                value.span(),
                format!("\"{}\" may be in none of these sets", names.names[node.0]),
            )
            .hint("name all nodes, or add \"rest\" to one of the sets")),
        Some(_) | None => Ok(sets),
    }
}

/// Nodes that are not there from the beginning.
fn joiners(
    names: &Names<'_>,
    founders: usize,
    value: &Value<'_>,
) -> Result<Vec<NodeIndex>, ScenarioError> {
    let nodes = names.nodes(value)?;
    match nodes.iter().find(|node| node.0 < founders) {
        Some(node) => Err(names.source.error(
            value.span(),
            format!("\"{}\" is there from the beginning", names.names[node.0]),
        )),
        None => Ok(nodes),
    }
}
