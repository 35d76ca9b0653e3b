//! Snapshots: for a neighbour that is further behind than the log reaches back.

use std::collections::{BTreeMap, BTreeSet};

use bytes::{Bytes, BytesMut};

use super::{Node, Step};
use crate::proto::entry::{Payload, Snapshot, SnapshotHead};
use crate::proto::event::Event;
use crate::proto::id::{Ballot, Index, LinkId, NodeId};
use crate::proto::message::{Message, SnapshotChunk};
use crate::proto::output::Output;
use crate::proto::replica::Replica;
use crate::proto::sequencer::Sessions;
use crate::proto::time::Instant;

/// A snapshot that makes no way for this many retries begins anew, or with another sender.
const PATIENCE: u32 = 5;
/// The greatest application state taken over from a peer, in bytes.
const RECEIVED_AT_MOST: u64 = 1 << 30;

/// Snapshots on their way, both in and out.
#[derive(Debug, Default)]
pub(super) struct Snapshots {
    taken: Option<(SnapshotHead, Bytes)>,
    /// The ring's part, as of the moment in which the application was asked for its own.
    asked: Option<SnapshotHead>,
    purposes: BTreeSet<Purpose>,
    sending: BTreeMap<NodeId, Sending>,
    receiving: Option<Receiving>,
}

/// What a snapshot of this node's own is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    /// A neighbour that is too far behind.
    Neighbour,
    /// The own disk.
    Disk,
    /// A new ring of one.
    Alone,
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
    /// When that was last news.
    progress_at: Instant,
}

/// A snapshot on its way in.
#[derive(Debug)]
struct Receiving {
    head: SnapshotHead,
    /// Several neighbours may send the same: one is listened to.
    link: LinkId,
    heard_at: Instant,
    total: u64,
    bytes: BytesMut,
}

impl Snapshots {
    /// Forgets those on their way to anybody else.
    pub(super) fn retain(&mut self, keep: impl Fn(NodeId) -> bool) {
        // Mostly there are none.
        if !self.sending.is_empty() {
            self.sending.retain(|peer, _| keep(*peer));
        }
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
                return self.take_snapshot(step, Purpose::Neighbour);
            };
            step.event(Event::SnapshotSent { to: peer, index: head.index });
            let (sent, acknowledged, progress_at) = (None, None, step.now);
            let sending = Sending { link, head, application, sent, acknowledged, progress_at };
            self.snapshots.sending.insert(peer, sending);
        }
        let Some(sending) = self.snapshots.sending.get_mut(&peer) else { return };
        if step.now.since(sending.progress_at) >= self.config.retry * PATIENCE {
            // The receiver listens to somebody else, or has begun anew.
            (sending.sent, sending.acknowledged, sending.progress_at) = (None, None, step.now);
        }
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

    /// Asks the application for its state. By the time it answers more may be committed.
    pub(super) fn take_snapshot(&mut self, step: &mut Step, purpose: Purpose) {
        self.snapshots.purposes.insert(purpose);
        if self.snapshots.asked.is_some() {
            return;
        }
        let head = SnapshotHead {
            index: self.committed,
            ballot: self.durable.log().ballot_at(self.committed).unwrap_or_default(),
            view: self.membership.base().clone(),
            sessions: self.sessions.to_pairs(),
            lamport: self.lamport,
            exiles: self.exiles.members().collect(),
        };
        self.snapshots.asked = Some(head);
        step.out.push(Output::TakeSnapshot);
    }

    pub(super) fn on_snapshot_taken(&mut self, step: &mut Step, application: Bytes) {
        let Some(head) = self.snapshots.asked.take() else { return };
        let purposes = std::mem::take(&mut self.snapshots.purposes);
        if purposes.contains(&Purpose::Alone) {
            if head.index != self.committed {
                return self.take_snapshot(step, Purpose::Alone);
            }
            return self.begin_alone(step, Some(Snapshot { head, application }));
        }
        if purposes.contains(&Purpose::Disk) && head.index > self.durable.kept() {
            let (head, application) = (head.clone(), application.clone());
            self.durable.keep(Snapshot { head, application });
        }
        if purposes.contains(&Purpose::Neighbour) {
            self.snapshots.taken = Some((head, application));
            self.flush_due = true;
        }
    }

    pub(super) fn on_snapshot_ack(
        &mut self,
        step: &mut Step,
        from: NodeId,
        index: Index,
        received: u64,
    ) {
        let Some(sending) = self.snapshots.sending.get_mut(&from) else { return };
        if sending.head.index == index && Some(received) > sending.acknowledged {
            sending.acknowledged = Some(received);
            sending.sent = sending.sent.max(Some(received));
            sending.progress_at = step.now;
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
        let Some(received) = self.collect(step.now, link, chunk) else { return };
        step.send(link, Message::SnapshotAck { index, received });
        if let Some(whole) = self.snapshots.receiving.take_if(|it| received == it.total) {
            self.install_snapshot(step, whole.head, whole.bytes.freeze());
        }
    }

    /// Puts a chunk to those before it, if it fits there. How many bytes there are now.
    fn collect(&mut self, now: Instant, link: LinkId, chunk: SnapshotChunk) -> Option<u64> {
        let patience = self.config.retry * PATIENCE;
        let listens_elsewhere = self.snapshots.receiving.as_ref().is_some_and(|it| {
            let stands = self.links.get(it.link).is_some();
            it.link != link && stands && now.since(it.heard_at) < patience
        });
        if listens_elsewhere {
            return None;
        }
        let (index, total) = (chunk.index, chunk.total);
        if let Some(head) = chunk.head
            && chunk.offset == 0
            && total <= RECEIVED_AT_MOST
            && head.index == index
        {
            let bytes = BytesMut::new();
            let head = *head;
            self.snapshots.receiving = Some(Receiving { head, link, heard_at: now, total, bytes });
        }
        let receiving = self.snapshots.receiving.as_mut().filter(|it| it.link == link)?;
        let length = receiving.bytes.len() as u64;
        let fits = receiving.head.index == index
            && chunk.offset == length
            && length + u64::from(chunk.bytes.length) <= receiving.total;
        if !fits {
            return None;
        }
        receiving.heard_at = now;
        receiving.bytes.extend_from_slice(&chunk.bytes.bytes);
        Some(receiving.bytes.len() as u64)
    }

    fn install_snapshot(&mut self, step: &mut Step, head: SnapshotHead, application: Bytes) {
        let (index, ballot) = (head.index, head.ballot);
        if self.durable.log().ballot_at(index) == Some(ballot) {
            // The log goes on behind the snapshot; what it holds up to there is committed.
            self.verified = self.verified.max(index);
            return self.advance(step, index);
        }
        self.durable.reset(Snapshot { head: head.clone(), application: application.clone() });
        let SnapshotHead { view, sessions, lamport, exiles, .. } = head;
        self.membership.truncate(Index::ZERO);
        self.install_view(view.clone());
        self.exiles.add(step.now, exiles, &view, self.config.probe_max);
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
                head: self.sent.is_none().then(|| Box::new(self.head.clone())),
                offset,
                total,
                bytes: Payload::new(bytes).unwrap_or_default(),
            });
            self.sent = Some(end as u64);
        }
        chunks
    }
}
