//! The bounds of a node by their names: scenario files and configuration files set them by these.

use std::time::Duration;

use super::config::Config;

/// More of anything than a node could hold.
pub const COUNT_MAX: u64 = 1 << 32;

type Of<T> = fn(&mut Config) -> &mut T;

/// A field of a [`Config`].
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// A time, more than nothing.
    Time(Of<Duration>),
    /// A count that may be no less than this.
    Count(u64, Of<u64>),
    /// A count or a number of bytes that may be no less than this, of things held in memory.
    Size(u64, Of<usize>),
}

/// Every field of a [`Config`] under its own name, in the order in which it stands there.
pub const BOUNDS: [(&str, Bound); 29] = [
    ("heartbeat", Bound::Time(|config| &mut config.heartbeat)),
    ("link_timeout", Bound::Time(|config| &mut config.link_timeout)),
    ("dial_timeout", Bound::Time(|config| &mut config.dial_timeout)),
    ("pulse", Bound::Time(|config| &mut config.pulse)),
    ("leader_quiet", Bound::Time(|config| &mut config.leader_quiet)),
    ("leader_silent", Bound::Time(|config| &mut config.leader_silent)),
    ("quorum_timeout", Bound::Time(|config| &mut config.quorum_timeout)),
    ("election_delay", Bound::Time(|config| &mut config.election_delay)),
    ("election_retry", Bound::Time(|config| &mut config.election_retry)),
    ("resubmit", Bound::Time(|config| &mut config.resubmit)),
    ("probe_min", Bound::Time(|config| &mut config.probe_min)),
    ("probe_max", Bound::Time(|config| &mut config.probe_max)),
    ("retry", Bound::Time(|config| &mut config.retry)),
    ("lag_timeout", Bound::Time(|config| &mut config.lag_timeout)),
    ("lag_entries", Bound::Count(0, |config| &mut config.lag_entries)),
    ("admit_within", Bound::Count(0, |config| &mut config.admit_within)),
    ("learners", Bound::Size(1, |config| &mut config.learners)),
    ("in_flight", Bound::Size(1, |config| &mut config.in_flight)),
    ("in_flight_bytes", Bound::Size(1, |config| &mut config.in_flight_bytes)),
    ("waiting", Bound::Size(1, |config| &mut config.waiting)),
    ("waiting_bytes", Bound::Size(1, |config| &mut config.waiting_bytes)),
    ("payload_bytes", Bound::Size(1, |config| &mut config.payload_bytes)),
    ("batch_bytes", Bound::Size(1, |config| &mut config.batch_bytes)),
    ("batch_entries", Bound::Size(1, |config| &mut config.batch_entries)),
    ("window_bytes", Bound::Size(1, |config| &mut config.window_bytes)),
    ("window_entries", Bound::Count(1, |config| &mut config.window_entries)),
    ("log_keep", Bound::Count(0, |config| &mut config.log_keep)),
    ("snapshot_chunk", Bound::Size(1, |config| &mut config.snapshot_chunk)),
    ("snapshot_window", Bound::Count(1, |config| &mut config.snapshot_window)),
];
