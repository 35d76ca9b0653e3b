//! A machine's clock: it may run at another speed than the world's, and jump ahead.

use std::time::Duration;

use ringchat::proto::time::Instant;

/// A million, which parts of a million are counted in.
const MILLION: i128 = 1_000_000;

/// How a machine reads the time. It never goes back: a node's clock is monotonic.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock {
    /// The world's time when the clock was last set, and what it showed then.
    set_at: Instant,
    shown: Instant,
    ppm: i64,
}

impl Clock {
    /// What the clock shows at this moment of the world.
    pub(super) fn read(&self, world: Instant) -> Instant {
        let Clock { set_at, shown, ppm } = *self;
        if ppm == 0 {
            // By far the most frequent, so without the detour through a length.
            let passed = world.as_micros().saturating_sub(set_at.as_micros());
            return Instant::from_micros(shown.as_micros().saturating_add(passed));
        }
        let passed = i128::from(world.since(set_at).as_micros() as u64);
        let gained = passed + passed * i128::from(ppm) / MILLION;
        shown + Duration::from_micros(u64::try_from(gained).unwrap_or(0))
    }

    /// The first moment of the world at which the clock shows `local` or more.
    pub(super) fn reaches(&self, local: Instant) -> Instant {
        let Clock { set_at, shown, ppm } = *self;
        if ppm == 0 {
            let left = local.as_micros().saturating_sub(shown.as_micros());
            return Instant::from_micros(set_at.as_micros().saturating_add(left));
        }
        let left = i128::from(local.since(shown).as_micros() as u64);
        let speed = MILLION + i128::from(ppm);
        let passes = (left * MILLION + speed - 1) / speed;
        let mut at = set_at + Duration::from_micros(u64::try_from(passes).unwrap_or(u64::MAX));
        while self.read(at) < local {
            at = at + Duration::from_micros(1);
        }
        at
    }

    /// Another process begins to read it: a driver counts from its own start.
    pub(super) fn restart(&mut self, world: Instant) {
        self.shown = Instant::START;
        self.set_at = world;
    }

    /// The clock jumps ahead.
    pub(super) fn jump(&mut self, world: Instant, forward: Duration) {
        self.shown = self.read(world) + forward;
        self.set_at = world;
    }

    /// The clock gains so many microseconds a second from now on.
    pub(super) fn drift(&mut self, world: Instant, ppm: i64) {
        self.shown = self.read(world);
        self.set_at = world;
        self.ppm = ppm;
    }
}
