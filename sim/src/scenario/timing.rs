//! The part of a scenario file that changes the nodes' own bounds.

use std::time::Duration;

use ringchat::proto::config::Config;

use super::error::{ScenarioError, Source};
use super::fields::{Fields, Value, duration, number};

type Of<T> = fn(&mut Config) -> &mut T;

/// Every duration of a [`Config`], under its own name.
const DURATIONS: [(&str, Of<Duration>); 14] = [
    ("heartbeat", |config| &mut config.heartbeat),
    ("link_timeout", |config| &mut config.link_timeout),
    ("dial_timeout", |config| &mut config.dial_timeout),
    ("pulse", |config| &mut config.pulse),
    ("leader_quiet", |config| &mut config.leader_quiet),
    ("leader_silent", |config| &mut config.leader_silent),
    ("quorum_timeout", |config| &mut config.quorum_timeout),
    ("election_delay", |config| &mut config.election_delay),
    ("election_retry", |config| &mut config.election_retry),
    ("resubmit", |config| &mut config.resubmit),
    ("probe_min", |config| &mut config.probe_min),
    ("probe_max", |config| &mut config.probe_max),
    ("retry", |config| &mut config.retry),
    ("lag_timeout", |config| &mut config.lag_timeout),
];

/// The counts that a scenario may want to reach soon.
const COUNTS: [(&str, Of<u64>); 4] = [
    ("lag_entries", |config| &mut config.lag_entries),
    ("admit_within", |config| &mut config.admit_within),
    ("window_entries", |config| &mut config.window_entries),
    ("log_keep", |config| &mut config.log_keep),
];

/// The default bounds with the changes of `[timing]`.
pub(super) fn config(
    source: Source<'_>,
    value: Option<&Value<'_>>,
) -> Result<Config, ScenarioError> {
    let mut config = Config::default();
    let Some(value) = value else { return Ok(config) };
    let mut fields = Fields::of(source, "timing", value)?;
    for (name, of) in DURATIONS {
        if let Some(value) = fields.take(name) {
            let length = duration(source, value)?;
            if length.is_zero() {
                return Err(source.error(value.span(), "expected more than no time at all"));
            }
            *of(&mut config) = length;
        }
    }
    for (name, of) in COUNTS {
        if let Some(value) = fields.take(name) {
            *of(&mut config) = number(source, value, (1, 1 << 32))?;
        }
    }
    fields.finish()?;
    Ok(config)
}
