//! What is said again and again is said later each time: an overload must not feed itself.
//!
//! A ring that is given more than it can carry is slow for a while; one that is given each line again
//! before it could come through never gets out of it. That takes a load that no search has time for, so
//! the waits themselves are held against the rule.

use std::time::Duration;

use ringchat::proto::event::Event;
use ringchat::proto::time::Instant;

use super::Events;
use crate::scenario::NodeIndex;

/// From so many retries in vain on, the wait grows no more.
const DOUBLED_AT_MOST: u32 = 4;

/// How a node has sent its lines again since one of them was last delivered, by its own clock.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Retries {
    in_vain: u32,
    last_at: Option<Instant>,
    /// When it last got a leader, and so sent everything again without a wait.
    led_at: Option<Instant>,
}

impl Retries {
    /// A line of its own was delivered.
    pub(super) fn progress(&mut self, now: Instant) {
        *self = Retries { last_at: Some(now), ..Retries::default() };
    }

    /// Lines are sent again. Tells the wait that they should have had, if it was shorter.
    fn again(&mut self, now: Instant, resubmit: Duration) -> Option<Duration> {
        let before = self.last_at.replace(now);
        if self.led_at == Some(now) {
            return None;
        }
        let wait = resubmit * (1 << self.in_vain.min(DOUBLED_AT_MOST));
        self.in_vain += 1;
        before.filter(|before| now.since(*before) < wait).map(|_| wait)
    }
}

impl Events {
    /// Takes in what a node tells of its retries.
    pub(super) fn check_retries(&mut self, host: NodeIndex, event: &Event) {
        let here = &mut self.hosts[host.0];
        let now = here.clock.read(self.now);
        match event {
            Event::Follows { .. } | Event::Leads { .. } => here.retries.led_at = Some(now),
            // Whether any of its lines are in there, nobody tells.
            Event::SnapshotInstalled { .. } => here.retries = Retries::default(),
            Event::Resubmitted { .. } => {
                if let Some(wait) = here.retries.again(now, self.config.resubmit) {
                    let words = format!("sends its lines again before {wait:?} have passed");
                    self.crashed.get_or_insert((host, words));
                }
            }
            _ => {}
        }
    }
}
