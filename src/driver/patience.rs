//! How long the driver waits for its disk.

use std::time::Duration;

use crate::proto::input::WriteId;
use crate::proto::time::Instant;

/// A disk that completes nothing for so long, though it was given something to write, counts as broken. It is
/// as long as Linux gives a disk for one command; sound ones that are busy take seconds at times, and a folder
/// on a network that is gone never answers.
pub const DISK_HANGS: Duration = Duration::from_secs(30);

/// So much of the time between two looks counts at the most: a process that was stopped, or a machine that
/// slept, gave its disk no time either.
const AWAKE: Duration = Duration::from_secs(1);

/// Since when nothing was completed, of a disk that has something to write.
#[derive(Debug, Default)]
pub struct Patience {
    begun: WriteId,
    completed: WriteId,
    looked: Instant,
    waited: Duration,
}

impl Patience {
    /// The disk was given this to write.
    pub fn begins(&mut self, write: WriteId) {
        self.begun = write;
    }

    /// The disk has written this, and all before it.
    pub fn completes(&mut self, write: WriteId) {
        self.completed = self.completed.max(write);
        self.waited = Duration::ZERO;
    }

    /// Whether the disk counts as broken. Has to be asked about once a second at least.
    pub fn is_over(&mut self, now: Instant) -> bool {
        let passed = now.since(self.looked).min(AWAKE);
        self.looked = now;
        self.waited =
            if self.begun > self.completed { self.waited + passed } else { Duration::ZERO };
        self.waited >= DISK_HANGS
    }
}
