//! The table `[timing]` of the configuration file: the node's own bounds, named as in a scenario file.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use toml::{Spanned, Value};

use crate::proto::bounds::{BOUNDS, Bound, COUNT_MAX};
use crate::proto::config::Config;

/// What counts only where a node keeps something: the simulator has its own way to say that it does.
const OF_DISKS: [(&str, Bound); 2] = [
    ("disk_entries", Bound::Count(1, |config| config.disk_entries.get_or_insert_default())),
    ("disk_bytes", Bound::Size(1, |config| &mut config.disk_bytes)),
];

/// No bound is longer than a day.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The default bounds with what the table says.
///
/// # Errors
/// Where something else is expected, and what.
pub(super) fn timing(
    table: &BTreeMap<Spanned<String>, Spanned<Value>>,
) -> Result<Config, (Range<usize>, String)> {
    let mut config = Config::default();
    for (name, value) in table {
        let mut all = BOUNDS.iter().chain(&OF_DISKS);
        let known = all.find(|(known, _)| known == name.get_ref());
        let Some((_, bound)) = known else {
            let names: Vec<&str> = BOUNDS.iter().chain(&OF_DISKS).map(|(name, _)| *name).collect();
            let why = format!("expected one of {}, found {}", names.join(", "), name.get_ref());
            return Err((name.span(), why));
        };
        set(&mut config, *bound, value.get_ref()).map_err(|why| (value.span(), why))?;
    }
    Ok(config)
}

fn set(config: &mut Config, bound: Bound, value: &Value) -> Result<(), String> {
    match bound {
        Bound::Time(of) => {
            let expected = "expected a duration of at most a day, such as \"300ms\" or \"2s\"";
            *of(config) = value.as_str().and_then(duration).ok_or(expected)?;
        }
        Bound::Count(least, of) => *of(config) = count(value, least)?,
        Bound::Size(least, of) => {
            *of(config) = usize::try_from(count(value, least)?).unwrap_or(usize::MAX);
        }
    }
    Ok(())
}

fn count(value: &Value, least: u64) -> Result<u64, String> {
    let number = value.as_integer().and_then(|number| u64::try_from(number).ok());
    number
        .filter(|number| (least..=COUNT_MAX).contains(number))
        .ok_or_else(|| format!("expected a whole number from {least} to {COUNT_MAX}"))
}

/// Whole microseconds, milliseconds or seconds; more than none, and at most a day.
fn duration(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number: u64 = digits.parse().ok()?;
    let length = match &text[digits.len()..] {
        "us" => Duration::from_micros(number),
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        _ => return None,
    };
    (!length.is_zero() && length <= LONGEST).then_some(length)
}
