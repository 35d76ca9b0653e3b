//! How long a run waits for what.

use std::time::Duration;

/// How often the run looks whether the ring is closed or settled.
pub(crate) const LOOK: Duration = Duration::from_millis(50);

/// How long a ring has to look settled until it counts as such: a leader may move the tie-breaker
/// to itself in a quiet moment, and an election may be on its way.
pub(crate) const STEADY: Duration = Duration::from_secs(1);

/// The same where the leader is about to move it: a dial from before the heal may come through a second
/// later and take the place of a link that stands, what is said of that lasts for four retries (1.2 s), and
/// then a pulse has to come back.
pub(crate) const CHANGED: Duration = Duration::from_secs(3);

/// The same by Fast Bully, where one of greater priority may be about to take over: an order to do so can get
/// lost on a link that nobody needed; six retries later (1.8 s) it comes again.
pub(crate) const PREFERRED: Duration = Duration::from_secs(5);

/// How long a ring may take to notice what was done to it.
pub(crate) const NOTICED: Duration = Duration::from_secs(3);

/// So often a run waits once more for a ring that is not settled, if more was delivered meanwhile.
pub(crate) const PROLONGED: u32 = 5;

/// How long a settled ring is watched: no election, no new view.
pub(crate) const WATCH: Duration = Duration::from_secs(2);
