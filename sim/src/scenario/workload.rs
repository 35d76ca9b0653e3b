//! The part of a scenario file that says who talks.

use std::time::Duration;

use super::error::ScenarioError;
use super::fields::{Fields, Value, duration, number};
use super::names::Names;
use super::{NodeIndex, Workload};

/// More would be a load test, which the simulator is not.
const LINES_MAX: u64 = 100_000;

/// One `[[workload]]`.
pub(super) fn workload(
    names: &Names<'_>,
    founders: usize,
    end: Duration,
    value: &Value<'_>,
) -> Result<Workload, ScenarioError> {
    let source = names.source;
    let mut fields = Fields::of(source, "workload", value)?;
    let who = fields.need("who", "\"all\"")?;
    let lines = number(source, fields.need("lines", "20")?, (1, LINES_MAX))?;
    let every = duration(source, fields.need("every", "\"100ms\"")?)?;
    let from = duration(source, fields.need("from", "\"2s\"")?)?;
    let last = u32::try_from(lines - 1).ok().and_then(|waits| every.checked_mul(waits));
    if last.and_then(|last| last.checked_add(from)).is_none_or(|last| last > end) {
        let message = format!("the last of these {lines} lines comes after the end at {end:?}");
        return Err(fields
            .error(message)
            .hint("fewer lines, a shorter `every`, an earlier `from`, or a longer `duration`"));
    }
    let who = match who.get_ref().as_str() {
        Some("all") => (0..founders).map(NodeIndex).collect(),
        Some(_) | None => names.nodes(who)?,
    };
    fields.finish()?;
    Ok(Workload { who, lines, every, from })
}
