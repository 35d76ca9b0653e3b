//! The quiet phase: how long a run waits for the ring, and for those who still have something to say.

use std::time::Duration;

use super::Run;
use crate::waits::{LOOK, NOTICED, PROLONGED};
use crate::world::{Settled, Stopped};

impl Run {
    /// Waits until the ring has been settled for a while. Gives the moment since when it is.
    pub(super) fn settle(&mut self) -> Result<Option<Duration>, Stopped> {
        let within = self.world.scenario().settle_within + self.world.longest_steady();
        let mut limit = self.world.elapsed() + within;
        self.world.look();
        let (mut delivered, mut prolonged) = (self.world.delivered(), 0);
        let mut since: Option<(Duration, Settled)> = None;
        // A fault that stands may have come a moment ago, and not be noticed yet.
        let noticed = !self.world.has_standing_faults();
        loop {
            if self.world.elapsed() >= limit {
                // Many lines over a long way through narrow bounds take long, and are slow, not stuck.
                self.world.look();
                if self.world.delivered() <= delivered || prolonged == PROLONGED {
                    return Ok(None);
                }
                (delivered, limit) = (self.world.delivered(), self.world.elapsed() + within);
                prolonged += 1;
            }
            self.world.run_to(self.world.elapsed() + LOOK, self.world.asks_ahead())?;
            if self.mind_standstill()? {
                if self.standstills.too_many() {
                    return Ok(None);
                }
                (since, limit) = (None, self.world.elapsed() + within);
            }
            self.look_for_circle();
            let now = self.world.elapsed();
            let stirred = self.world.take_stirred();
            since = match since {
                // What was settled stays so as long as nothing happens.
                Some(settled) if !stirred => Some(settled),
                before => {
                    self.world.look();
                    match (before, self.world.settled()) {
                        (Some((at, before)), Some(settled)) if before == settled => {
                            Some((at, before))
                        }
                        (_, settled) => settled.map(|settled| (now, settled)),
                    }
                }
            };
            if let Some((at, settled)) = since
                && now >= at + settled.steady
                && (noticed || now >= self.disturbed.unwrap_or_default() + NOTICED)
            {
                return Ok(Some(at));
            }
        }
    }

    /// Whoever owed nothing when the ring had settled, since a link is cut for good, may owe something by now,
    /// and be in the middle of what it says; and who was found or let in a moment ago may not have all yet.
    pub(super) fn hear_out(&mut self) -> Result<(), Stopped> {
        let limit = self.world.elapsed() + self.world.scenario().settle_within;
        self.world.look();
        while self.world.settled().is_none() && self.world.elapsed() < limit {
            self.world.run_to(self.world.elapsed() + LOOK, true)?;
            self.world.look();
        }
        Ok(())
    }
}
