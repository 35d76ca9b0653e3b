//! The steps of a scenario file: one time, one action.

use std::ops::Range;
use std::time::Duration;

use super::error::ScenarioError;
use super::fields::{Fields, Value, duration, flag, list, mismatch, text};
use super::names::Names;
use super::{Action, Direction, NodeIndex, Step, Target};

/// Every key that is an action of its own.
const ACTIONS: [&str; 15] = [
    "kill",
    "power",
    "restart",
    "pause",
    "resume",
    "partition",
    "cut",
    "deaf",
    "mute",
    "heal",
    "slow",
    "join",
    "leave",
    "alone",
    "say",
];

/// One `[[step]]`.
pub(super) fn step(
    names: &Names<'_>,
    founders: usize,
    value: &Value<'_>,
) -> Result<Step, ScenarioError> {
    let source = names.source;
    let mut fields = Fields::of(source, "step", value)?;
    let at = duration(source, fields.need("at", "\"3s\"")?)?;
    let (name, span) = only_action(names, &fields)?;
    let action = action(names, founders, &mut fields, name)?;
    let standing = match fields.take("standing") {
        None => false,
        Some(value) if can_stand(&action) => flag(source, value)?,
        Some(value) => {
            let message = format!("`{name}` is not healed by the quiet phase in any case");
            return Err(source.error(value.span(), message));
        }
    };
    fields.finish()?;
    Ok(Step { at, line: source.error(span, "").line, action, standing })
}

/// The one key that says what happens.
fn only_action(
    names: &Names<'_>,
    fields: &Fields<'_, '_>,
) -> Result<(&'static str, Range<usize>), ScenarioError> {
    let find = |(key, span)| ACTIONS.iter().find(|name| **name == key).map(|name| (*name, span));
    let mut found = fields.keys().filter_map(find);
    let Some(first) = found.next() else {
        // A misspelt action is more likely than none.
        let parts = ["at", "direction", "latency", "by", "standing"];
        return Err(match fields.keys().find(|(key, _)| !parts.contains(key)) {
            Some((key, span)) => names
                .source
                .error(span, format!("unknown key `{key}` in this step"))
                .nearest(key, &ACTIONS),
            None => fields
                .error("this step does nothing")
                .hint(format!("add one of: {}", ACTIONS.join(", "))),
        });
    };
    match found.next() {
        None => Ok(first),
        Some((second, span)) => Err(names
            .source
            .error(span, format!("a step does one thing, this does `{}` and `{second}`", first.0))
            .hint("write two steps with the same `at`")),
    }
}

fn action(
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
        "partition" => Action::Partition(sets(names, founders, value)?),
        "cut" => cut(names, fields, value)?,
        "deaf" => Action::Deaf(names.single(value)?),
        "mute" => Action::Mute(names.single(value)?),
        "alone" => Action::Alone(names.single(value)?),
        "heal" if value.get_ref().as_str() == Some("all") => Action::Heal(None),
        "heal" => Action::Heal(Some(names.pair(value)?)),
        "slow" => {
            let (a, b) = names.pair(value)?;
            let latency = duration(names.source, fields.need("latency", "\"100ms\"")?)?;
            Action::Slow { a, b, latency }
        }
        "join" => Action::Join(joiners(names, founders, value)?),
        _ => {
            let by = names.single(fields.need("by", "\"n1\"")?)?;
            let text = text(names.source, value, "what is said")?.to_owned();
            Action::Say { by, text }
        }
    })
}

/// Everybody but "the rest", which only a partition has.
fn mortal(names: &Names<'_>, value: &Value<'_>) -> Result<Vec<Target>, ScenarioError> {
    let targets = names.targets(value)?;
    if targets.contains(&Target::Rest) {
        return Err(names.source.error(value.span(), "only a partition has a \"rest\""));
    }
    Ok(targets)
}

fn cut(
    names: &Names<'_>,
    fields: &mut Fields<'_, '_>,
    value: &Value<'_>,
) -> Result<Action, ScenarioError> {
    let (a, b) = names.pair(value)?;
    let expected = "\"both\" or \"a_to_b\"";
    let direction = match fields.take("direction") {
        None => Direction::Both,
        Some(value) => match text(names.source, value, expected)? {
            "both" => Direction::Both,
            "a_to_b" => Direction::AToB,
            other => {
                let message = format!("expected {expected}, found \"{other}\"");
                return Err(names.source.error(value.span(), message));
            }
        },
    };
    Ok(Action::Cut { a, b, direction })
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

/// Whether the quiet phase would undo it.
fn can_stand(action: &Action) -> bool {
    match action {
        Action::Pause(_)
        | Action::Partition(_)
        | Action::Cut { .. }
        | Action::Deaf(_)
        | Action::Mute(_)
        | Action::Slow { .. } => true,
        Action::Kill(_)
        | Action::Power(_)
        | Action::Restart(_)
        | Action::Resume(_)
        | Action::Heal(_)
        | Action::Join(_)
        | Action::Leave(_)
        | Action::Alone(_)
        | Action::Say { .. } => false,
    }
}

/// Complains about a step that comes before the one above it, or after the end.
pub(super) fn in_order(
    names: &Names<'_>,
    before: Option<Duration>,
    end: Duration,
    step: &Step,
    value: &Value<'_>,
) -> Result<(), ScenarioError> {
    let at = value.get_ref().get("at").map_or(value.span(), Value::span);
    if let Some(before) = before.filter(|before| step.at < *before) {
        let message = format!("this step at {:?} comes before the one above it", step.at);
        return Err(names
            .source
            .error(at, message)
            .hint(format!("the one above is at {before:?}; steps stand in order of time")));
    }
    if step.at > end {
        let message = format!("this step at {:?} comes after the end at {end:?}", step.at);
        return Err(names.source.error(at, message).hint("make `duration` longer"));
    }
    Ok(())
}
