//! All links of a node: what the node wants of them, and what it is told about them.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::watch;

use super::arrival;
use super::job::{self, Done, Job};
use super::link::{FLUSH_TIME, Signal, Writer};
use super::outbound::{Outbound, OutboundError};
use crate::net::Net;
use crate::proto::id::LinkId;
use crate::proto::input::Disconnect;
use crate::proto::message::Message;

/// How many accepted connections may be without an introduction. Further ones wait in the system.
const INTRODUCING_MAX: usize = 256;

/// The sockets of a node, and everything under way on them.
pub(super) struct Links<N: Net> {
    sockets: Rc<(N, N::Listener)>,
    pub(super) jobs: FuturesUnordered<Job<N::Stream>>,
    pub(super) table: BTreeMap<LinkId, Link<N::Stream>>,
    /// What waits for links that were hung up while their writer was busy.
    pub(super) closing: BTreeMap<LinkId, Outbound>,
    /// Dropped at the end, to stop what belongs to no link yet.
    pub(super) arrivals: watch::Sender<Signal>,
    /// How many connections were accepted since the start.
    pub(super) accepted: u64,
    /// How many of them are not introduced yet.
    pub(super) introducing: usize,
    /// Whether a job waits for the next connection.
    pub(super) accepting: bool,
}

/// A link that the node knows of.
pub(super) struct Link<S> {
    pub(super) signal: watch::Sender<Signal>,
    pub(super) stage: Stage<S>,
}

pub(super) enum Stage<S> {
    /// Dialed, and not introduced yet.
    Coming,
    /// Both ends have said who they are.
    Up { outbound: Outbound, writer: Idle<S> },
}

/// What the writer of a link does.
pub(super) enum Idle<S> {
    /// It waits for frames.
    Yes(Writer<S>),
    /// It writes.
    No,
    /// Nothing can be written any more; the reader will say when all was read.
    Never,
}

impl<N: Net> fmt::Debug for Links<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Links").field("table", &self.table.keys()).finish_non_exhaustive()
    }
}

impl<N: Net + 'static> Links<N> {
    /// No links yet, but an open door.
    pub(super) fn new(net: N, listener: N::Listener) -> Links<N> {
        let (arrivals, _) = watch::channel(Signal::Run);
        let mut links = Links {
            sockets: Rc::new((net, listener)),
            jobs: FuturesUnordered::new(),
            table: BTreeMap::new(),
            closing: BTreeMap::new(),
            arrivals,
            accepted: 0,
            introducing: 0,
            accepting: false,
        };
        links.accept();
        links
    }

    /// Begins to connect; `settle` will answer.
    pub(super) fn dial(&mut self, link: LinkId, address: SocketAddr) {
        let (signal, stop) = watch::channel(Signal::Run);
        self.table.insert(link, Link { signal, stage: Stage::Coming });
        let sockets = Rc::clone(&self.sockets);
        self.jobs.push(job::unless_stopped(stop, async move {
            let result = arrival::connect(&sockets.0, address).await;
            Done::Dialed { link, result }
        }));
    }

    /// Queues a message. `None` if it was taken, or the link is gone and it was dropped; else the
    /// link is closed now, because of what is returned.
    pub(super) fn send(&mut self, link: LinkId, message: &Message) -> Option<Disconnect> {
        let Some(Link { stage: Stage::Up { outbound, .. }, .. }) = self.table.get_mut(&link) else {
            return None;
        };
        tracing::trace!(%link, ?message, "send");
        match outbound.push(message) {
            Ok(()) => None,
            Err(OutboundError::Frame(error)) => {
                tracing::error!(%link, %error, "a message of this node has no frame");
                None
            }
            Err(error @ OutboundError::Overflow) => {
                tracing::warn!(%link, %error, "the link is closed");
                self.table.remove(&link);
                Some(Disconnect::Overflow)
            }
        }
    }

    /// Closes a link once what waits is written, or stops dialing. Not answered.
    pub(super) fn hang_up(&mut self, link: LinkId) {
        let Some(Link { signal, stage }) = self.table.remove(&link) else { return };
        tracing::info!(%link, "link hung up");
        let Stage::Up { mut outbound, writer } = stage else { return };
        signal.send_replace(Signal::HangUp);
        match writer {
            Idle::Yes(writer) => {
                self.jobs.push(job::farewell(writer, outbound.take().unwrap_or_default()));
            }
            Idle::No => {
                self.closing.insert(link, outbound);
            }
            Idle::Never => {}
        }
    }

    /// The next result of something under way; `settle` wants it.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Done<N::Stream>> {
        match self.jobs.poll_next_unpin(cx) {
            Poll::Ready(Some(done)) => Poll::Ready(done),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    /// Gives all that waits for idle writers to them.
    pub(super) fn start_writes(&mut self) {
        for (id, link) in &mut self.table {
            let Stage::Up { outbound, writer } = &mut link.stage else { continue };
            if !matches!(writer, Idle::Yes(_)) {
                continue;
            }
            let Some(buffer) = outbound.take() else { continue };
            if let Idle::Yes(idle) = std::mem::replace(writer, Idle::No) {
                self.jobs.push(job::write(*id, idle, buffer, link.signal.subscribe()));
            }
        }
    }

    /// Hangs up everywhere, and waits until what was sent has gone out, if it can.
    pub(super) async fn close(mut self) {
        for link in self.table.keys().copied().collect::<Vec<_>>() {
            self.hang_up(link);
        }
        self.arrivals.send_replace(Signal::HangUp);
        let rest = async {
            while let Some(done) = self.jobs.next().await {
                let Done::Wrote { link, writer, all: true, .. } = done else { continue };
                let Some(mut outbound) = self.closing.remove(&link) else { continue };
                self.jobs.push(job::farewell(writer, outbound.take().unwrap_or_default()));
            }
        };
        let _late = tokio::time::timeout(2 * FLUSH_TIME, rest).await;
    }

    /// Waits for the next connection, if there is place for it.
    pub(super) fn accept(&mut self) {
        if self.accepting || self.introducing >= INTRODUCING_MAX {
            return;
        }
        self.accepting = true;
        let sockets = Rc::clone(&self.sockets);
        self.jobs.push(job::unless_stopped(self.arrivals.subscribe(), async move {
            let (stream, peer) = arrival::accept(&sockets.0, &sockets.1).await;
            Done::Accepted { stream, peer }
        }));
    }
}
