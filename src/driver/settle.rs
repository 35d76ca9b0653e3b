//! Draws the conclusions from what came of a job: what to do next, and what to tell the node.

use std::collections::VecDeque;
use std::net::SocketAddr;

use bytes::BytesMut;
use tokio::sync::watch;

use super::arrival::Introduced;
use super::job::{self, Done};
use super::link::{Batch, Reader, Signal, Stop, Writer};
use super::links::{Idle, Link, Links, Stage};
use super::outbound::Outbound;
use crate::net::Net;
use crate::proto::id::LinkId;
use crate::proto::input::{Disconnect, Input};
use crate::proto::message::Hello;

impl<N: Net + 'static> Links<N> {
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
        if batch.messages.is_empty() && batch.end.is_none() {
            inputs.push_back(Input::Arriving { link });
        }
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
    fn wrote(&mut self, idle: Writer<S>, buffer: BytesMut, all: bool) {
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
