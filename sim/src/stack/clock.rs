//! Simulated time, as a node of the simulated network reads it.

use std::time::Duration;

use ringchat::proto::time::Instant;

/// The simulated time at the host whose software runs at this moment.
pub(crate) fn now() -> Instant {
    instant(turmoil::sim_elapsed().unwrap_or_default())
}

/// The moment this long after the start of the world.
pub(crate) fn instant(since_start: Duration) -> Instant {
    Instant::START + since_start
}
