//! Finds out what waits for the node: commands, results of jobs, messages of its own, the deadline.

use std::task::{Context, Poll};

use bytes::Bytes;

use super::clock::{Clock, Timer};
use super::handle::{Control, Queues};
use super::job::Done;
use super::links::Links;
use crate::net::Net;
use crate::proto::time::Instant;

/// How many results of jobs are taken in one pass.
const RESULTS_PER_PASS: usize = 64;

/// How many messages of this node's own are taken in one pass.
const SUBMITS_PER_PASS: usize = 1_024;

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
        let timer = Timer::new(clock);
        Waiter {
            queues,
            timer,
            abandoned: false,
            leaving: false,
            controls: Vec::new(),
            results: Vec::new(),
            submits: Vec::new(),
        }
    }

    /// One pass over all sources. The deadline counts only when none of them has anything, so what
    /// waits shares the batch that the node sends then.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        links: &mut Links<N>,
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
        if self.controls.is_empty() && self.results.is_empty() && self.submits.is_empty() {
            return self.timer.poll(cx, deadline).map(|()| Wake::Timeout);
        }
        Poll::Ready(Wake::Inputs)
    }
}
