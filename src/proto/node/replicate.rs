//! Passing the log on: to the successor, and to the learners this node sponsors.
//!
//! Nothing is forwarded frame by frame. Whatever this node has verified and a neighbour was not
//! sent yet goes out, together, when no more input waits: batches form by themselves.

use std::collections::BTreeMap;

use super::{Node, Step};
use crate::proto::entry::Entry;
use crate::proto::facts::Facts;
use crate::proto::id::{Ballot, Index, LinkId, NodeId};
use crate::proto::message::{Append, AppendAck, Message};
use crate::proto::replica::Replica;

/// An answer that goes out with the next flush.
#[derive(Debug)]
pub(super) struct AckDue {
    pub(super) link: LinkId,
    /// What came there did not fit.
    pub(super) mismatch: bool,
    /// Who holds what, as whoever is answered has told last: only what it lacks goes back.
    pub(super) told: Option<Box<Facts>>,
}

impl Node {
    /// Everything that became due since the last time, as few frames as it takes.
    pub(super) fn flush(&mut self, step: &mut Step) {
        if self.offer(step) {
            // It stands in this node's log now. The write comes first: if it is durable at once,
            // the acknowledgement travels with the entries.
            self.flush_due = true;
            return;
        }
        self.acknowledge(step);
        if self.current == Ballot::ZERO || self.durable.promised() != self.current {
            return;
        }
        self.choose_replicas();
        let mut replicas = std::mem::take(&mut self.replicas);
        for (peer, replica) in &mut replicas {
            self.replicate(step, *peer, replica);
        }
        self.replicas = replicas;
    }

    fn acknowledge(&mut self, step: &mut Step) {
        for AckDue { link, mismatch, told } in self.acks_due.drain(..) {
            let stored = match told {
                Some(told) => {
                    let news = self.spares.news_for(&told, &self.tally);
                    self.spares.keep(told);
                    news
                }
                None => self.spares.copy_of(&self.tally),
            };
            let ack = AppendAck {
                ballot: self.current,
                promised: self.durable.promised(),
                verified: self.verified,
                commit: self.committed,
                mismatch,
                stored,
            };
            step.send(link, Message::AppendAck(ack));
        }
    }

    /// One replica for each neighbour that can be reached now; known ones are kept.
    fn choose_replicas(&mut self) {
        if self.has_replicas() {
            return self.snapshots.retain(|peer| find(&self.replicas, peer).is_some());
        }
        let mut wanted: BTreeMap<NodeId, LinkId> = BTreeMap::new();
        let learners = self.learners.keys().copied();
        for peer in learners.chain(self.successor.filter(|_| self.is_on_ring())) {
            if let Some(link) = self.links.to(peer) {
                wanted.insert(peer, link);
            }
        }
        self.replicas.retain(|(peer, replica)| wanted.get(peer) == Some(&replica.link));
        self.snapshots.retain(|peer| wanted.contains_key(&peer));
        for (peer, link) in wanted {
            let next = self.verified.next();
            if let Err(at) = self.replicas.binary_search_by_key(&peer, |(id, _)| *id) {
                self.replicas.insert(at, (peer, Replica::new(link, next)));
            }
        }
    }

    /// Whether the replicas are those that are wanted: nearly always, so no map is made to know it.
    fn has_replicas(&self) -> bool {
        let kept = |peer: NodeId| match (self.links.to(peer), find(&self.replicas, peer)) {
            (Some(link), Some(replica)) if replica.link == link => Some(1),
            (None, None) => Some(0),
            (Some(_) | None, Some(_) | None) => None,
        };
        let successor = self.successor.filter(|peer| !self.learners.contains_key(peer));
        let first = successor.filter(|_| self.is_on_ring()).map_or(Some(0), kept);
        let mut served = self.learners.keys();
        let count =
            first.and_then(|first| served.try_fold(first, |sum, peer| Some(sum + kept(*peer)?)));
        count == Some(self.replicas.len())
    }

    fn replicate(&mut self, step: &mut Step, peer: NodeId, replica: &mut Replica) {
        let to_leader = peer == self.current.proposer;
        if !to_leader && replica.next <= self.durable.log().compacted() {
            self.send_snapshot(step, peer, replica);
        } else if !to_leader {
            let (bytes, entries) = (self.config.window_bytes, self.config.window_entries);
            while replica.next <= self.verified && replica.may_send(bytes, entries) {
                let frame = self.next_frame(replica);
                self.send_frame(step, replica, frame);
            }
        }
        let news = replica.lacks(self.pulse, self.committed)
            || self.tally.has_news_beyond(&replica.sent_tally, self.committed);
        if news && replica.may_speak() {
            let frame = self.frame(Index::ZERO, Ballot::ZERO, Vec::new());
            self.send_frame(step, replica, frame);
        }
    }

    /// The next stretch of the log for a neighbour, within the bounds of a frame.
    fn next_frame(&mut self, replica: &Replica) -> Append {
        let log = self.durable.log();
        let previous = replica.next.previous();
        let left = usize::try_from(self.verified.0 - previous.0).unwrap_or(usize::MAX);
        let mut bytes = 0;
        let within = log.behind(previous).take(left.min(self.config.batch_entries));
        let mut entries: Vec<Entry> = Vec::with_capacity(left.min(self.config.batch_entries));
        for entry in within {
            bytes += entry.payload_bytes();
            if bytes > self.config.batch_bytes && !entries.is_empty() {
                break;
            }
            entries.push(entry.clone());
        }
        let ballot = log.ballot_at(previous).unwrap_or(Ballot::ZERO);
        self.frame(previous, ballot, entries)
    }

    fn frame(&mut self, previous: Index, previous_ballot: Ballot, entries: Vec<Entry>) -> Append {
        Append {
            ballot: self.current,
            pulse: self.pulse,
            previous,
            previous_ballot,
            commit: self.committed,
            stored: self.spares.copy_of(&self.tally),
            entries,
        }
    }

    fn send_frame(&mut self, step: &mut Step, replica: &mut Replica, frame: Append) {
        let count = frame.entries.len() as u64;
        let last = (count > 0).then_some(Index(frame.previous.0 + count));
        replica.sent(last, frame.entries.iter().map(Entry::payload_bytes).sum());
        replica.sent_pulse = frame.pulse;
        replica.sent_commit = frame.commit;
        replica.sent_tally.copy_beyond(&self.tally, self.committed);
        step.send(replica.link, Message::Append(frame));
    }
}

fn find(replicas: &[(NodeId, Replica)], peer: NodeId) -> Option<&Replica> {
    replicas.iter().find(|(id, _)| *id == peer).map(|(_, replica)| replica)
}

/// The one of this neighbour, if it goes over this link.
pub(super) fn replica_over(
    replicas: &mut [(NodeId, Replica)],
    peer: NodeId,
    link: LinkId,
) -> Option<&mut Replica> {
    let mut those = replicas.iter_mut().map(|(id, replica)| (*id, replica));
    those.find(|(id, replica)| *id == peer && replica.link == link).map(|(_, replica)| replica)
}
