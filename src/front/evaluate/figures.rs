//! What comes of a measurement, in numbers.

use std::time::Duration;

use super::measure::{Outcome, Sample};

/// How latencies are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// Half of them are no longer.
    pub p50: Duration,
    /// Nine of ten are no longer.
    pub p90: Duration,
    /// Ninety-nine of a hundred are no longer.
    pub p99: Duration,
    /// The longest.
    pub max: Duration,
}

impl Spread {
    /// The spread of these: each percentile is one of them, the smallest that is no less than so many
    /// (nearest rank).
    pub fn of(latencies: impl IntoIterator<Item = Duration>) -> Spread {
        let mut sorted: Vec<Duration> = latencies.into_iter().collect();
        sorted.sort_unstable();
        let percentile = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100).max(1);
            sorted.get(rank - 1).copied().unwrap_or_default()
        };
        Spread {
            p50: percentile(50),
            p90: percentile(90),
            p99: percentile(99),
            max: percentile(100),
        }
    }
}

/// The row of a measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// From the word to the delivery at every member.
    pub all: Spread,
    /// From the word to the delivery at whoever said it.
    pub own: Spread,
    /// Lines a second that every member was given.
    pub rate: f64,
    /// The same in mebibytes.
    pub volume: f64,
}

impl Figures {
    /// The figures of a measurement.
    pub fn of(outcome: &Outcome) -> Figures {
        let complete = outcome.samples.iter().filter(|sample| sample.all.is_some()).count();
        // Both fit a float exactly: they are far below 2^53.
        let rate = complete as f64 / outcome.time.as_secs_f64().max(f64::MIN_POSITIVE);
        let spread =
            |of: fn(&Sample) -> Option<Duration>| Spread::of(outcome.samples.iter().filter_map(of));
        Figures {
            all: spread(|sample| sample.all),
            own: spread(|sample| sample.own),
            rate,
            volume: rate * outcome.case.bytes as f64 / f64::from(1 << 20),
        }
    }
}

/// In milliseconds, with two digits behind the point.
pub fn milliseconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1_000.0)
}
