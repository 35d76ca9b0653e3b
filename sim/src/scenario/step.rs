//! The steps of a scenario file: one time, one action.

use std::ops::Range;
use std::time::Duration;

use super::error::ScenarioError;
use super::fields::{Fields, Value, duration, flag};
use super::names::Names;
use super::verbs::{ACTIONS, action};
use super::{Action, Step};

/// The keys that tell more about an action, or about the step itself.
const PARTS: [&str; 12] = [
    "at",
    "standing",
    "direction",
    "latency",
    "bytes_per_second",
    "per_input",
    "write",
    "keeps",
    "forward",
    "ppm",
    "by",
    "times",
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
        return Err(match fields.keys().find(|(key, _)| !PARTS.contains(key)) {
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

/// Whether the quiet phase would undo it.
fn can_stand(action: &Action) -> bool {
    match action {
        Action::Pause(_)
        | Action::Partition(_)
        | Action::Cut { .. }
        | Action::Deaf(_)
        | Action::Mute(_)
        | Action::Slow { .. }
        | Action::Limit { .. }
        | Action::Sluggish { .. }
        | Action::Disk { .. } => true,
        Action::Kill(_)
        | Action::Power(_)
        | Action::Tear { .. }
        | Action::Fail(_)
        | Action::Full(_)
        | Action::Lose(_)
        | Action::Restart(_)
        | Action::Resume(_)
        | Action::Heal(_)
        | Action::Reset(..)
        | Action::Replay(..)
        | Action::Garbage(..)
        | Action::Ease(_)
        | Action::Clock { .. }
        | Action::Drift { .. }
        | Action::Join(_)
        | Action::Leave(_)
        | Action::Alone(_)
        | Action::Say { .. }
        | Action::Stuck(_) => false,
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
