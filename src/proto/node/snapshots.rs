//! Snapshots: for a neighbour that is further behind than the log reaches back.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};

use super::{Node, Step};
use crate::proto::entry::{Payload, SnapshotHead};
use crate::proto::event::Event;
use crate::proto::id::{Ballot, Index, LinkId, NodeId};
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
    /// What was sent on a link that is gone may not have arrived.
    link: LinkId,
    head: SnapshotHead,
    application: Bytes,
    /// How many bytes are on their way or there; none, as long as not even the head is.
    sent: Option<u64>,
    /// How many bytes are there.
    acknowledged: Option<u64>,
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
    }
}

impl Snapshots {
    /// Another ballot begins: what is under way with the old one may be refused.
    pub(super) fn rewind(&mut self) {
        for sending in self.sending.values_mut() {
            sending.sent = sending.acknowledged;
        }
    }
}

impl Node {
    pub(super) fn send_snapshot(&mut self, step: &mut Step, peer: NodeId, replica: &mut Replica) {
        let compacted = self.durable.log().compacted();
        let link = replica.link;
        if self.snapshots.sending.get(&peer).is_none_or(|sending| sending.link != link) {
            let fresh = self.snapshots.taken.as_ref().filter(|(head, _)| head.index >= compacted);
            let Some((head, application)) = fresh.cloned() else {
                if !std::mem::replace(&mut self.snapshots.asked, true) {
                    step.out.push(Output::TakeSnapshot);
                }
                return;
            };
            step.event(Event::SnapshotSent { to: peer, index: head.index });
            let sending = Sending { link, head, application, sent: None, acknowledged: None };
            self.snapshots.sending.insert(peer, sending);
        }
        let Some(sending) = self.snapshots.sending.get_mut(&peer) else { return };
        let total = sending.application.len() as u64;
        if sending.acknowledged == Some(total) {
            replica.skip_to(sending.head.index.next());
            self.snapshots.sending.remove(&peer);
            if self.snapshots.sending.is_empty() {
                self.snapshots.taken = None;
            }
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
        let Some(sending) = self.snapshots.sending.get_mut(&from) else { return };
        if sending.head.index != index {
            return;
        }
        let lost = sending.acknowledged.is_some_and(|known| received < known);
        sending.acknowledged = Some(received).filter(|_| !lost);
        // Less than before: the receiver has begun anew, and so does the sender.
        sending.sent = if lost { None } else { sending.sent.max(Some(received)) };
        self.flush_due = true;
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
        self.collect(from, chunk);
        let receiving = self.snapshots.receiving.take_if(|it| it.head.index == index);
        let received = receiving.as_ref().map_or(0, |it| it.bytes.len() as u64);
        step.send(link, Message::SnapshotAck { index, received });
        match receiving {
            Some(whole) if received == whole.total => {
                self.install_snapshot(step, whole.head, whole.bytes.freeze());
            }
            part => self.snapshots.receiving = part.or(self.snapshots.receiving.take()),
        }
    }

    /// Puts a chunk to those before it, if it fits there.
    fn collect(&mut self, from: NodeId, chunk: SnapshotChunk) {
        if let Some(head) = chunk.head
            && chunk.offset == 0
            && chunk.total <= RECEIVED_AT_MOST
            && head.index == chunk.index
        {
            let total = chunk.total;
            self.snapshots.receiving =
                Some(Receiving { head, from, total, bytes: BytesMut::new() });
        }
        let Some(receiving) = &mut self.snapshots.receiving else { return };
        let length = receiving.bytes.len() as u64;
        let fits = receiving.from == from
            && receiving.head.index == chunk.index
            && chunk.offset == length
            && length + u64::from(chunk.bytes.length) <= receiving.total;
        if fits {
            receiving.bytes.extend_from_slice(&chunk.bytes.bytes);
        }
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
        let limit = self.acknowledged.unwrap_or(0) + window;
        let mut chunks = Vec::new();
        // The first goes out even if it is empty: the head is in it.
        while self.sent.is_none_or(|sent| sent < total && sent < limit) {
            let offset = self.sent.unwrap_or(0);
            let start = usize::try_from(offset).unwrap_or(usize::MAX);
            let end = start.saturating_add(size).min(self.application.len());
            let bytes = self.application.slice(start..end);
            chunks.push(SnapshotChunk {
                ballot: Ballot::ZERO,
                index: self.head.index,
                head: self.sent.is_none().then(|| self.head.clone()),
                offset,
                total,
                bytes: Payload::new(bytes).unwrap_or_default(),
            });
            self.sent = Some(end as u64);
        }
        chunks
    }
}
