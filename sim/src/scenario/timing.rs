//! The part of a scenario file that changes the nodes' own bounds.

use ringchat::proto::bounds::{BOUNDS, Bound, COUNT_MAX};
use ringchat::proto::config::Config;

use super::error::{ScenarioError, Source};
use super::fields::{Fields, Value, number, positive};

/// The default bounds with the changes of `[timing]`.
pub(super) fn config(
    source: Source<'_>,
    value: Option<&Value<'_>>,
) -> Result<Config, ScenarioError> {
    let mut config = Config::default();
    let Some(value) = value else { return Ok(config) };
    let mut fields = Fields::of(source, "timing", value)?;
    for (name, bound) in BOUNDS {
        let Some(value) = fields.take(name) else { continue };
        match bound {
            Bound::Time(of) => *of(&mut config) = positive(source, value)?,
            Bound::Count(least, of) => {
                *of(&mut config) = number(source, value, (least, COUNT_MAX))?;
            }
            Bound::Size(least, of) => {
                let count = number(source, value, (least, COUNT_MAX))?;
                *of(&mut config) = usize::try_from(count).unwrap_or(usize::MAX);
            }
        }
    }
    fields.finish()?;
    Ok(config)
}
