//! Time: the node's integers made of tokio's clock, and one timer for the whole node.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant as TokioInstant, Sleep, sleep_until};

use crate::proto::time::Instant;

/// Counts microseconds since the driver started. Under a paused clock it stands still with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    origin: TokioInstant,
}

impl Clock {
    /// A clock that starts now.
    pub(super) fn start() -> Clock {
        Clock { origin: TokioInstant::now() }
    }

    /// This moment.
    pub(super) fn now(&self) -> Instant {
        let micros = self.origin.elapsed().as_micros();
        Instant::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }
}

/// Wakes the driver at a deadline that moves often and mostly forward.
///
/// Moving tokio's timer takes a lock, so it is left where it is as long as it fires early enough;
/// when it fires too early it is set anew.
#[derive(Debug)]
pub(super) struct Timer {
    clock: Clock,
    armed: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Timer {
    /// A timer that is not set.
    pub(super) fn new(clock: Clock) -> Timer {
        Timer { clock, armed: None }
    }

    /// Ready once `deadline` has come; never, without one.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, deadline: Option<Instant>) -> Poll<()> {
        let Some(deadline) = deadline else { return Poll::Pending };
        if deadline <= self.clock.now() {
            return Poll::Ready(());
        }
        loop {
            let (due, sleep) = match self.armed.take() {
                Some((due, sleep)) if due <= deadline => (due, sleep),
                Some((_, mut sleep)) => {
                    sleep.as_mut().reset(self.at(deadline));
                    (deadline, sleep)
                }
                None => (deadline, Box::pin(sleep_until(self.at(deadline)))),
            };
            let (_, sleep) = self.armed.insert((due, sleep));
            if sleep.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            self.armed = None;
            if deadline <= self.clock.now() {
                return Poll::Ready(());
            }
        }
    }

    /// The same moment on tokio's clock. What lies beyond a day is looked at again in a day.
    fn at(&self, deadline: Instant) -> TokioInstant {
        let day = Duration::from_secs(24 * 60 * 60);
        TokioInstant::now() + deadline.since(self.clock.now()).min(day)
    }
}
