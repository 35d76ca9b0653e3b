//! All links of a node: what the node wants of them, and what it is told about them.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::watch;

use super::arrival::{self, Introduced};
use super::job::{self, Done, Job};
use super::link::{Batch, FLUSH_TIME, Reader, Signal, Stop, Writer};
use super::outbound::{Outbound, OutboundError};
use crate::net::Net;
use crate::proto::id::LinkId;
use crate::proto::input::{Disconnect, Input};
use crate::proto::message::{Hello, Message};

/// How many accepted connections may be without an introduction. Further ones wait in the system.
const INTRODUCING_MAX: usize = 256;

/// The sockets of a node, and everything under way on them.
pub(super) struct Links<N: Net> {
    sockets: Rc<(N, N::Listener)>,
    jobs: FuturesUnordered<Job<N::Stream>>,
    table: BTreeMap<LinkId, Link<N::Stream>>,
    /// What waits for links that were hung up while their writer was busy.
    closing: BTreeMap<LinkId, Outbound>,
    /// Dropped at the end, to stop what belongs to no link yet.
    arrivals: watch::Sender<Signal>,
    /// How many connections were accepted since the start.
    accepted: u64,
    /// How many of them are not introduced yet.
    introducing: usize,
    /// Whether a job waits for the next connection.
    accepting: bool,
}

/// A link that the node knows of.
struct Link<S> {
    signal: watch::Sender<Signal>,
    stage: Stage<S>,
}

enum Stage<S> {
    /// Dialed, and not introduced yet.
    Coming,
    /// Both ends have said who they are.
    Up { outbound: Outbound, writer: Idle<S> },
}

/// What the writer of a link does.
enum Idle<S> {
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

    /// Begins to connect; [`Self::settle`] will answer.
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

    /// The next result of something under way; [`Self::settle`] wants it.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Done<N::Stream>> {
        match self.jobs.poll_next_unpin(cx) {
            Poll::Ready(Some(done)) => Poll::Ready(done),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    /// Draws the conclusions from a result: what to do next, and what to tell the node.
    pub(super) fn settle(
        &mut self,
        done: Done<N::Stream>,
        hello: impl FnOnce() -> Hello,
        inputs: &mut VecDeque<Input>,
    ) {
        match done {
            Done::Accepted { stream, peer } => self.accepted(stream, peer, hello()),
            Done::Dialed { link, result: Ok(stream) } => {
                if let Some(Link { signal, .. }) = self.table.get(&link) {
                    self.jobs.push(job::introduce(link, stream, hello(), signal.subscribe()));
                }
            }
            Done::Dialed { link, result: Err(why) } => self.lost(link, why, inputs),
            Done::Introduced { link, result } => self.introduced(link, result, inputs),
            Done::Read { link, reader, batch: Some(batch) } => {
                self.read(link, reader, batch, inputs);
            }
            Done::Read { batch: None, .. } | Done::Over => {}
            Done::Wrote { link, writer, buffer, all } => {
                if let Some(mut outbound) = self.closing.remove(&link) {
                    if all {
                        let last = outbound.take().unwrap_or_default();
                        self.jobs.push(job::farewell(writer, last));
                    }
                } else if let Some(link) = self.table.get_mut(&link) {
                    link.wrote(writer, buffer, all);
                }
            }
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
    fn accept(&mut self) {
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

    fn accepted(&mut self, stream: N::Stream, peer: SocketAddr, hello: Hello) {
        self.accepted += 1;
        self.introducing += 1;
        self.accepting = false;
        let link = LinkId::Accepted(self.accepted);
        tracing::debug!(%link, %peer, "connection accepted");
        self.jobs.push(job::introduce(link, stream, hello, self.arrivals.subscribe()));
        self.accept();
    }

    fn introduced(
        &mut self,
        link: LinkId,
        result: Result<Introduced<N::Stream>, Disconnect>,
        inputs: &mut VecDeque<Input>,
    ) {
        let signal = match link {
            LinkId::Accepted(_) => {
                self.introducing -= 1;
                self.accept();
                watch::channel(Signal::Run).0
            }
            // It is not there any more if the node has hung up meanwhile.
            LinkId::Dialed(_) => match self.table.remove(&link) {
                Some(Link { signal, .. }) => signal,
                None => return,
            },
        };
        match result {
            Ok(Introduced { reader, writer, hello }) => {
                tracing::info!(%link, peer = %hello.member.id, address = %hello.member.address,
                    "link up");
                self.jobs.push(job::read(link, reader, signal.subscribe()));
                let writer = Idle::Yes(writer);
                let stage = Stage::Up { outbound: Outbound::default(), writer };
                self.table.insert(link, Link { signal, stage });
                inputs.push_back(Input::Connected { link, hello });
            }
            Err(why) => {
                log_loss(link, &why);
                // The node never heard of an accepted one.
                if matches!(link, LinkId::Dialed(_)) {
                    inputs.push_back(Input::Disconnected { link, why });
                }
            }
        }
    }

    fn read(
        &mut self,
        link: LinkId,
        reader: Reader<N::Stream>,
        batch: Batch,
        inputs: &mut VecDeque<Input>,
    ) {
        let Some(Link { signal, .. }) = self.table.get(&link) else { return };
        let stop: Stop = signal.subscribe();
        for message in batch.messages {
            tracing::trace!(%link, ?message, "received");
            inputs.push_back(Input::Message { link, message });
        }
        match batch.end {
            // Not polled before the node has handled what was just read: no more comes meanwhile.
            None => self.jobs.push(job::read(link, reader, stop)),
            Some(why) => self.lost(link, why, inputs),
        }
    }

    /// A link is gone, or never came to be. Quiet, if the node has hung up meanwhile.
    fn lost(&mut self, link: LinkId, why: Disconnect, inputs: &mut VecDeque<Input>) {
        if self.table.remove(&link).is_some() {
            log_loss(link, &why);
            inputs.push_back(Input::Disconnected { link, why });
        }
    }
}

impl<S> Link<S> {
    /// The writer is back.
    fn wrote(&mut self, idle: Writer<S>, buffer: bytes::BytesMut, all: bool) {
        let Stage::Up { outbound, writer } = &mut self.stage else { return };
        outbound.written(buffer);
        if all {
            *writer = Idle::Yes(idle);
        } else {
            *writer = Idle::Never;
            self.signal.send_replace(Signal::ReadOut);
        }
    }
}

fn log_loss(link: LinkId, why: &Disconnect) {
    match why {
        Disconnect::Malformed(why) => {
            tracing::warn!(%link, why, "the peer does not speak as expected; the link is closed");
        }
        Disconnect::Closed
        | Disconnect::Reset
        | Disconnect::Refused
        | Disconnect::Unreachable
        | Disconnect::Overflow => tracing::info!(%link, ?why, "link down"),
    }
}
