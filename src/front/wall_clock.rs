//! The wall clock, for people's eyes only: no decision of the node or the chat depends on it.

use std::time::{Duration, UNIX_EPOCH};

const MINUTES_OF_DAY: u64 = 24 * 60;

/// The time since 1970 (UTC); zero if the clock stands before that.
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the one place that shows people the time of day"
)]
fn since_epoch() -> Duration {
    std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Minutes since 1970 (UTC).
pub fn minute() -> u64 {
    second() / 60
}

/// Seconds since 1970 (UTC).
pub fn second() -> u64 {
    since_epoch().as_secs()
}

/// The time of day of a minute, as `13:07` (UTC).
pub fn time_of_day(minute: u64) -> String {
    let minute = minute % MINUTES_OF_DAY;
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// The day of a minute, as `2026-01-31` (UTC).
pub fn day(minute: u64) -> String {
    let (year, month, day) = date(minute / MINUTES_OF_DAY);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Now, as `2026-01-31 13:07:09.123` (UTC).
pub fn stamp() -> String {
    let now = since_epoch();
    let (year, month, day) = date(now.as_secs() / 86_400);
    let second = now.as_secs() % 60;
    let time = time_of_day(now.as_secs() / 60);
    format!("{year:04}-{month:02}-{day:02} {time}:{second:02}.{:03}", now.subsec_millis())
}

/// The date that is so many days after 1970-01-01 (Hinnant, *chrono-Compatible Low-Level Date
/// Algorithms*, `civil_from_days`).
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (year + 400 * era + later, month, day)
}
