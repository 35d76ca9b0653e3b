//! How far apart a ring is, and how much longer its bounds therefore are.
//!
//! The bounds of [`super::config::Config`] suit a ring that a frame goes round within a tenth of a
//! second. Each node measures the round trips of its own links, and estimates from the longest how long a
//! frame takes round the ring; whatever waits for that waits as many laps as it has to, if they are more
//! than its bound. So a near ring behaves as configured, and a far one does not mistake distance for death.

use std::time::Duration;

use super::time::micros;

/// A round trip that is longer counts as this long: nobody can be made to wait for ever.
const FARTHEST: Duration = Duration::from_secs(1);

/// The times of a ring, as far as this node can tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// The longest round trip of a link of this node.
    pub round_trip: Duration,
    /// How long a frame takes once round the ring, at most: as if all its links were that long.
    pub lap: Duration,
}

impl Pace {
    /// The pace of a ring of so many members. Without a link that was measured, what was known before
    /// stays: a node that has lost its links has not moved.
    pub fn update(&mut self, longest: Option<Duration>, members: usize) {
        self.round_trip = longest.unwrap_or(self.round_trip).min(FARTHEST);
        self.lap = self.round_trip / 2 * u32::try_from(members).unwrap_or(u32::MAX);
    }

    /// A bound for what is answered within so many round trips.
    pub fn trips(&self, bound: Duration, trips: u32) -> Duration {
        bound.max(self.round_trip * trips)
    }

    /// A bound for what has come about within so many laps.
    pub fn laps(&self, bound: Duration, laps: u32) -> Duration {
        bound.max(self.lap * laps)
    }

    /// How many pulses are on their way round at a time, if one goes out every `pulse`.
    pub fn pulses_under_way(&self, pulse: Duration) -> u64 {
        micros(self.lap) / micros(pulse).max(1)
    }
}
