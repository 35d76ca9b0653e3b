//! Snapshots: for a neighbour that is further behind than the log reaches back.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};

use super::{Node, Step};
use crate::proto::entry::{Payload, SnapshotHead};
use crate::proto::event::Event;
use crate::proto::id::{Index, LinkId, NodeId};
use crate::proto::message::{Message, SnapshotChunk};
use crate::proto::output::Output;
use crate::proto::replica::Replica;
use crate::proto::sequencer::Sessions;

/// The greatest application state taken over from a peer, in bytes.
const RECEIVED_AT_MOST: u64 = 1 << 30;

/// Snapshots on their way, both in and out.
#[derive(Debug, Default)]
pub(super) struct Snapshots {
    taken: Option<(SnapshotHead, Bytes)>,
    asked: bool,
    sending: BTreeMap<NodeId, Sending>,
    receiving: Option<Receiving>,
}

/// A snapshot on its way to a neighbour.
#[derive(Debug)]
struct Sending {
    head: SnapshotHead,
    application: Bytes,
    sent: u64,
    acknowledged: u64,
}

/// A snapshot on its way in.
#[derive(Debug)]
struct Receiving {
    head: SnapshotHead,
    from: NodeId,
    total: u64,
    bytes: BytesMut,
}

impl Snapshots {
    /// Forgets those on their way to anybody else.
    pub(super) fn retain(&mut self, keep: impl Fn(NodeId) -> bool) {
        self.sending.retain(|peer, _| keep(*peer));
        if self.sending.is_empty() && !self.asked {
            self.taken = None;
        }
    }
}

impl Node {
    pub(super) fn send_snapshot(&mut self, step: &mut Step, peer: NodeId, replica: &mut Replica) {
        let compacted = self.durable.log().compacted();
        if !self.snapshots.sending.contains_key(&peer) {
            let fresh = self.snapshots.taken.as_ref().filter(|(head, _)| head.index >= compacted);
            let Some((head, application)) = fresh.cloned() else {
                if !std::mem::replace(&mut self.snapshots.asked, true) {
                    step.out.push(Output::TakeSnapshot);
                }
                return;
            };
            step.event(Event::SnapshotSent { to: peer, index: head.index });
            let sending = Sending { head, application, sent: 0, acknowledged: 0 };
            self.snapshots.sending.insert(peer, sending);
        }
        let Some(sending) = self.snapshots.sending.get_mut(&peer) else { return };
        let total = sending.application.len() as u64;
        let first = sending.sent == 0 && sending.acknowledged == 0;
        if !first && sending.acknowledged >= total {
            replica.skip_to(sending.head.index.next());
            self.snapshots.sending.remove(&peer);
            self.flush_due = true;
            return;
        }
        let ballot = self.current;
        let chunk = self.config.snapshot_chunk;
        for chunk in sending.chunks(chunk, self.config.snapshot_window) {
            let chunk = SnapshotChunk { ballot, ..chunk };
            step.send(replica.link, Message::SnapshotChunk(chunk));
        }
    }

    pub(super) fn on_snapshot_taken(&mut self, application: Bytes) {
        self.snapshots.asked = false;
        let head = SnapshotHead {
            index: self.committed,
            ballot: self.durable.log().ballot_at(self.committed).unwrap_or_default(),
            view: self.membership.base().clone(),
            sessions: self.sessions.to_pairs(),
            lamport: self.lamport,
        };
        self.snapshots.taken = Some((head, application));
        self.flush_due = true;
    }

    pub(super) fn on_snapshot_ack(&mut self, from: NodeId, index: Index, received: u64) {
        if let Some(sending) = self.snapshots.sending.get_mut(&from)
            && sending.head.index == index
        {
            // An empty state is complete with its first chunk: count that as one byte sent.
            sending.acknowledged = sending.acknowledged.max(received);
            sending.sent = sending.sent.max(1);
            self.flush_due = true;
        }
    }

    pub(super) fn on_snapshot_chunk(
        &mut self,
        step: &mut Step,
        link: LinkId,
        from: NodeId,
        chunk: SnapshotChunk,
    ) {
        self.joined_by(from, step.now);
        if chunk.ballot < self.durable.promised() || chunk.index <= self.committed {
            let (index, received) = (chunk.index, chunk.total);
            if chunk.index <= self.committed {
                // It is known here by now: nothing more of it needs to come.
                step.send(link, Message::SnapshotAck { index, received });
            }
            return;
        }
        if chunk.ballot > self.current {
            self.adopt(step, chunk.ballot);
        }
        let index = chunk.index;
        if !self.collect(from, chunk) {
            return;
        }
        let Some(receiving) = &self.snapshots.receiving else { return };
        let received = receiving.bytes.len() as u64;
        let complete = received == receiving.total;
        step.send(link, Message::SnapshotAck { index, received });
        if complete && let Some(receiving) = self.snapshots.receiving.take() {
            self.install_snapshot(step, receiving.head, receiving.bytes.freeze());
        }
    }

    /// Puts a chunk to those before it. False if it does not fit there.
    fn collect(&mut self, from: NodeId, chunk: SnapshotChunk) -> bool {
        if let Some(head) = chunk.head {
            let total = chunk.total;
            if chunk.offset != 0 || total > RECEIVED_AT_MOST || head.index != chunk.index {
                return false;
            }
            self.snapshots.receiving =
                Some(Receiving { head, from, total, bytes: BytesMut::new() });
        }
        let Some(receiving) = &mut self.snapshots.receiving else { return false };
        let length = receiving.bytes.len() as u64;
        let fits = receiving.from == from
            && receiving.head.index == chunk.index
            && chunk.offset == length
            && length + u64::from(chunk.bytes.length) <= receiving.total;
        if fits {
            receiving.bytes.extend_from_slice(&chunk.bytes.bytes);
        }
        fits
    }

    fn install_snapshot(&mut self, step: &mut Step, head: SnapshotHead, application: Bytes) {
        let SnapshotHead { index, ballot, view, sessions, lamport } = head;
        if self.durable.log().ballot_at(index) == Some(ballot) {
            // The log goes on behind the snapshot; what it holds up to there is committed.
            self.verified = self.verified.max(index);
            return self.advance(step, index);
        }
        self.durable.reset(index, ballot);
        self.membership.truncate(Index::ZERO);
        self.membership.install(view.clone());
        self.sessions = Sessions::from_pairs(&sessions);
        self.lamport = self.lamport.max(lamport);
        self.committed = index;
        self.verified = index;
        if let Some((_, seq)) = sessions.iter().find(|(id, _)| *id == self.me.id) {
            self.outgoing.delivered(step.now, *seq);
        }
        step.event(Event::SnapshotInstalled { index, view });
        step.out.push(Output::InstallSnapshot { index, application });
        self.replicas.clear();
        self.view_changed();
        self.retarget(step);
    }
}

impl Sending {
    /// The chunks that may go out now.
    fn chunks(&mut self, size: usize, window: u64) -> Vec<SnapshotChunk> {
        let total = self.application.len() as u64;
        let mut chunks = Vec::new();
        let first = self.sent == 0;
        while (first && chunks.is_empty())
            || (self.sent < total && self.sent - self.acknowledged < window)
        {
            let start = usize::try_from(self.sent).unwrap_or(usize::MAX);
            let end = start.saturating_add(size).min(self.application.len());
            let bytes = self.application.slice(start..end);
            chunks.push(SnapshotChunk {
                ballot: Default::default(),
                index: self.head.index,
                head: (start == 0).then(|| self.head.clone()),
                offset: self.sent,
                total,
                bytes: Payload::new(bytes).unwrap_or_default(),
            });
            self.sent = end as u64;
            if total == 0 {
                break;
            }
        }
        chunks
    }
}
