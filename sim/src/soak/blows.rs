//! Who is struck in a soak, how and when: all of it follows from the seed.

use std::time::Duration;

use tokio::time::Instant;

use super::Soak;
use crate::lots::{Drops, Lots};

/// Of a thousand blows so many stop a process for a while; the others kill one.
const STOPS: u64 = 250;

/// Of a thousand so many take the power from all at once.
const KILLS_OF_ALL: u64 = 40;

/// How long a killed node is away, in milliseconds.
const AWAY: (u64, u64) = (50, 1_500);

/// How long a stopped one stands still, in milliseconds: short of what its neighbours bear, or beyond it.
const STILL: (u64, u64) = (50, 3_000);

/// What is done to the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blow {
    Kill(usize),
    KillAll,
    Stop(usize),
    Continue(usize),
    Restart(usize),
}

/// What a node is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Runs,
    Stopped,
    Dead,
}

/// What is to come.
#[derive(Debug)]
pub(super) struct Blows {
    lots: Drops,
    every: Duration,
    next: Instant,
    /// What undoes a blow, and when.
    returns: Vec<(Instant, Blow)>,
}

impl Blows {
    /// The first one comes after a while.
    pub(super) fn new(soak: &Soak) -> Blows {
        let lots = Drops::new(Lots::new(soak.seed).seed_of("blows"));
        let next = Instant::now() + soak.every;
        Blows { lots, every: soak.every, next, returns: Vec::new() }
    }

    /// All that is due now.
    pub(super) fn due(&mut self, phases: &[Phase]) -> Vec<Blow> {
        let now = Instant::now();
        let mut due: Vec<Blow> =
            self.returns.extract_if(.., |(at, _)| *at <= now).map(|(_, blow)| blow).collect();
        // Who was killed while it stood still does not go on.
        due.retain(|blow| match *blow {
            Blow::Continue(node) => phases[node] == Phase::Stopped,
            Blow::Restart(node) => phases[node] == Phase::Dead,
            Blow::Kill(_) | Blow::KillAll | Blow::Stop(_) => true,
        });
        if now >= self.next {
            let (least, most) = (self.every / 2, self.every * 3 / 2);
            self.next = now + self.length((millis(least), millis(most)));
            due.extend(self.strike(phases, now));
        }
        due
    }

    fn strike(&mut self, phases: &[Phase], now: Instant) -> Option<Blow> {
        if self.lots.per_mille(KILLS_OF_ALL) {
            for node in 0..phases.len() {
                let at = now + self.length(AWAY);
                self.returns.push((at, Blow::Restart(node)));
            }
            return Some(Blow::KillAll);
        }
        let stops = self.lots.per_mille(STOPS);
        let struck = |phase: Phase| match phase {
            Phase::Runs => true,
            Phase::Stopped => !stops,
            Phase::Dead => false,
        };
        let nodes: Vec<usize> = (0..phases.len()).filter(|node| struck(phases[*node])).collect();
        let last = u64::try_from(nodes.len()).ok()?.checked_sub(1)?;
        let node = nodes[usize::try_from(self.lots.range(0, last)).ok()?];
        let (blow, back, length) = match stops {
            true => (Blow::Stop(node), Blow::Continue(node), STILL),
            false => (Blow::Kill(node), Blow::Restart(node), AWAY),
        };
        let at = now + self.length(length);
        self.returns.push((at, back));
        Some(blow)
    }

    fn length(&mut self, (least, most): (u64, u64)) -> Duration {
        Duration::from_millis(self.lots.range(least, most))
    }
}

fn millis(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}
