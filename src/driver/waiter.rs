//! Finds out what waits for the node: commands, results of jobs, messages of its own, the deadline.

use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;

use super::clock::{Clock, Timer};
use super::handle::{Control, Queues};
use super::job::Done;
use super::links::Links;
use super::store::Store;
use crate::net::Net;
use crate::proto::time::Instant;

/// How many results of jobs are taken in one pass.
const RESULTS_PER_PASS: usize = 64;

/// How many messages of this node's own are taken in one pass.
const SUBMITS_PER_PASS: usize = 1_024;

/// How many passes a timeout that is due waits for more inputs, which then share its batch.
const PASSES_BEFORE_TIMEOUT: usize = 4;

/// How long the driver goes on before the runtime has a turn, to look at the sockets.
const TURN: Duration = Duration::from_millis(5);

/// Why the driver goes on.
pub(super) enum Wake {
    /// The waiter holds something new.
    Inputs,
    /// Nothing new, and the node's deadline has come.
    Timeout,
    /// Nobody can reach the node any more.
    Abandoned,
}

/// Gathers everything that waits already, or waits for the first of it.
pub(super) struct Waiter<N: Net> {
    queues: Queues,
    timer: Timer,
    clock: Clock,
    /// When the runtime had its last turn.
    turn_began: Instant,
    /// How many passes found something since the last timeout.
    passes: usize,
    /// Every handle is gone.
    abandoned: bool,
    /// The last wish of whoever held the handles was to leave: that is seen through.
    leaving: bool,
    pub(super) controls: Vec<Control>,
    pub(super) results: Vec<Done<N::Stream>>,
    pub(super) submits: Vec<Bytes>,
}

impl<N: Net + 'static> Waiter<N> {
    /// Nothing was found yet.
    pub(super) fn new(queues: Queues, clock: Clock) -> Waiter<N> {
        Waiter {
            queues,
            timer: Timer::new(clock),
            clock,
            turn_began: clock.now(),
            passes: 0,
            abandoned: false,
            leaving: false,
            controls: Vec::new(),
            results: Vec::new(),
            submits: Vec::new(),
        }
    }

    /// Finds out what waits, in one pass, or waits for the first of it.
    pub(super) async fn next(
        &mut self,
        links: &mut Links<N>,
        store: &mut impl Store,
        room: usize,
        deadline: Option<Instant>,
    ) -> Wake {
        // A socket that had nothing is not asked again before the runtime has had its turn. If the
        // driver were to go on without, such as after the process was stopped for a while, it would
        // take for silent whoever has spoken meanwhile.
        if self.clock.now().since(self.turn_began) >= TURN {
            tokio::task::yield_now().await;
            self.turn_began = self.clock.now();
        }
        let due = deadline.is_some_and(|deadline| deadline <= self.clock.now());
        if due && self.passes >= PASSES_BEFORE_TIMEOUT {
            self.passes = 0;
            return Wake::Timeout;
        }
        let mut waited = false;
        let wake = poll_fn(|cx| {
            let wake = self.poll(cx, links, store, room, deadline);
            waited |= wake.is_pending();
            wake
        });
        let wake = wake.await;
        if waited {
            self.turn_began = self.clock.now();
        }
        self.passes = if let Wake::Inputs = wake { self.passes + 1 } else { 0 };
        wake
    }

    /// One pass over all sources. The deadline counts only when none of them has anything, so what
    /// waits shares the batch that the node sends then.
    fn poll(
        &mut self,
        cx: &mut Context<'_>,
        links: &mut Links<N>,
        store: &mut impl Store,
        room: usize,
        deadline: Option<Instant>,
    ) -> Poll<Wake> {
        while !self.abandoned
            && let Poll::Ready(control) = self.queues.controls.poll_recv(cx)
        {
            self.abandoned = control.is_none();
            self.leaving |= matches!(control, Some(Control::Leave));
            self.controls.extend(control);
        }
        if self.abandoned && !self.leaving {
            return Poll::Ready(Wake::Abandoned);
        }
        while self.results.len() < RESULTS_PER_PASS
            && let Poll::Ready(done) = links.poll(cx)
        {
            self.results.push(done);
        }
        let most = room.min(SUBMITS_PER_PASS);
        if most > 0 {
            // None taken although ready: the handles are gone, which the other queue tells.
            let _taken = self.queues.submits.poll_recv_many(cx, &mut self.submits, most);
        }
        let written = store.poll(cx).is_ready();
        if !written
            && self.controls.is_empty()
            && self.results.is_empty()
            && self.submits.is_empty()
        {
            return self.timer.poll(cx, deadline).map(|()| Wake::Timeout);
        }
        Poll::Ready(Wake::Inputs)
    }
}
