//! Following a leader: its log, stretch by stretch, and the acknowledgements that travel with it.

use super::replicate::{AckDue, replica_over};
use super::{Node, Step};
use crate::proto::entry::{Body, Entry};
use crate::proto::event::Event;
use crate::proto::id::{Ballot, Index, LinkId, NodeId};
use crate::proto::input::WriteId;
use crate::proto::message::{Append, AppendAck, Message, Request, Stored};
use crate::proto::time::Instant;

impl Node {
    pub(super) fn on_append(&mut self, step: &mut Step, link: LinkId, from: NodeId, frame: Append) {
        let promised = self.durable.promised();
        if frame.ballot < promised {
            let ballot = frame.ballot;
            let (verified, commit) = (Index::ZERO, Index::ZERO);
            let (mismatch, stored) = (false, Box::default());
            let refusal = AppendAck { ballot, promised, verified, commit, mismatch, stored };
            step.send(link, Message::AppendAck(refusal));
            return self.welcome_outsider(step, link, from);
        }
        let own = frame.ballot.proposer == self.me.id;
        if own && frame.ballot > self.current {
            // Under a ballot that this node gathered promises for, but never came to lead.
            return;
        }
        if frame.ballot > self.current {
            self.adopt(step, frame.ballot);
        }
        self.predecessor = Some(from);
        self.links.want(step.now, from);
        if !own && frame.pulse > self.pulse {
            self.pulse = frame.pulse;
            let under_way = 1 + self.pace.pulses_under_way(self.config.pulse);
            if self.refused_at.is_none_or(|pulse| frame.pulse > pulse + under_way) {
                self.refusal_misleads |= self.refused_at.is_some();
                self.hear_leader(step);
            }
        }
        self.tally.merge_all(&frame.stored);
        let (commit, previous) = (frame.commit, (frame.previous, frame.previous_ballot));
        let mismatch = !own && !self.take_entries(step, previous, frame.entries);
        self.own_fact();
        self.advance(step, commit.min(self.verified));
        self.count(step);
        self.joined_by(from, step.now);
        let due = self.acknowledge_later(link);
        due.mismatch |= mismatch;
        if let Some(older) = due.told.replace(frame.stored) {
            self.spares.keep(older);
        }
        self.flush_due = true;
    }

    /// One answer to all that comes on a link before the next flush.
    fn acknowledge_later(&mut self, link: LinkId) -> &mut AckDue {
        let at = match self.acks_due.binary_search_by_key(&link, |due| due.link) {
            Ok(at) => at,
            Err(at) => {
                self.acks_due.insert(at, AckDue { link, mismatch: false, told: None });
                at
            }
        };
        &mut self.acks_due[at]
    }

    /// Follows a new ballot: what was known of the log of another leader counts no more.
    pub(super) fn adopt(&mut self, step: &mut Step, ballot: Ballot) {
        self.step_down(step);
        if ballot > self.durable.promised() {
            self.durable.promise(ballot);
            step.event(Event::Promised { ballot });
        }
        self.enter(ballot);
        step.event(Event::Follows { ballot });
        self.quorum_is_back(step);
        self.resubmit(step);
    }

    /// Another ballot begins at this node.
    pub(super) fn enter(&mut self, ballot: Ballot) {
        self.current = ballot;
        // A leader's log holds all that was committed under smaller ballots.
        self.verified = self.committed;
        self.tally.clear();
        self.pulse = 0;
        self.refused_at = None;
        self.refusal_misleads = false;
        self.replicas.clear();
        self.snapshots.rewind();
        self.acks_due.clear();
        self.election.reset();
        self.election_at = None;
        self.elections_failed = 0;
        self.held = None;
    }

    /// Takes the stretch into the log. False if it does not fit behind what is there.
    fn take_entries(
        &mut self,
        step: &mut Step,
        (previous, previous_ballot): (Index, Ballot),
        entries: Vec<Entry>,
    ) -> bool {
        let fits = previous <= self.verified
            || self.durable.log().ballot_at(previous) == Some(previous_ballot);
        if !fits {
            return false;
        }
        // Equal index and ballot mean equal logs up to there.
        self.verified = self.verified.max(previous);
        let mut at = previous;
        for entry in entries {
            at = at.next();
            if at <= self.verified {
                continue;
            }
            match self.durable.log().ballot_at(at) {
                Some(ballot) if ballot == entry.ballot => self.verified = at,
                Some(_) => {
                    self.truncate(step, at);
                    self.append(step, entry);
                    self.verified = at;
                }
                None => {
                    self.append(step, entry);
                    self.verified = at;
                }
            }
        }
        true
    }

    /// Drops a tail that is not the leader's.
    fn truncate(&mut self, step: &mut Step, from: Index) {
        debug_assert!(from > self.committed, "a committed entry is never truncated");
        let to = self.durable.log().last();
        self.durable.truncate(from);
        self.may_be_let_go();
        self.membership.truncate(from);
        step.event(Event::Truncated { from, to });
    }

    /// Adds an entry to the log, and takes in the view that it may hold.
    pub(super) fn append(&mut self, step: &mut Step, entry: Entry) -> Index {
        let view = match &entry.body {
            Body::View(view) => Some(view.clone()),
            Body::Empty | Body::Message(_) => None,
        };
        if view.is_some()
            && let Some(before) = self.membership.pending().map(|(index, _)| *index)
        {
            // A leader proposes a view only where it knows of none pending: that one is committed.
            self.verified = self.verified.max(before);
            self.advance(step, before);
        }
        let at = self.durable.append(entry);
        if let Some(view) = view {
            self.membership.propose(at, view);
            self.view_changed();
            self.retarget(step);
        }
        at
    }

    /// What this node itself holds durably of the leader's log.
    pub(super) fn own_fact(&mut self) {
        if self.durable.promised() == self.current {
            let index = self.verified.min(self.durable.index());
            self.tally.merge(Stored { id: self.me.id, index, pulse: self.pulse });
        }
    }

    pub(super) fn on_append_ack(
        &mut self,
        step: &mut Step,
        link: LinkId,
        from: NodeId,
        ack: AppendAck,
    ) {
        if ack.promised > self.current && ack.ballot == self.current {
            if let Some(replica) = replica_over(&mut self.replicas, from, link) {
                replica.refused();
            }
            return self.request(step, Request::Outpromised { promised: ack.promised });
        }
        if ack.ballot != self.current {
            return;
        }
        let Some(replica) = replica_over(&mut self.replicas, from, link) else { return };
        replica.acknowledged(&ack);
        let goes_on = replica.next <= self.verified || replica.lacks(self.pulse, self.committed);
        let news = self.tally.merge_all(&ack.stored);
        self.spares.keep(ack.stored);
        // What brings nothing new leaves nothing to send.
        self.flush_due |= goes_on || news;
        // A neighbour may know what this node does not: that a view without it is in force, say.
        self.advance(step, ack.commit.min(self.verified));
        self.count(step);
        self.learner_acknowledged(step, from, ack.verified);
    }

    /// The leader of this ballot was heard, through whatever way.
    pub(super) fn hear_leader(&mut self, step: &mut Step) {
        self.heard = Some(step.now);
        self.refused_at = None;
        self.election_at = None;
        self.elections_failed = 0;
        self.election.reset();
        self.stop_held(step);
        self.quorum_is_back(step);
    }

    pub(super) fn on_leader_ping(
        &mut self,
        step: &mut Step,
        from: NodeId,
        ballot: Ballot,
        pulse: u64,
    ) {
        // Only its newest ballot counts, and only a pulse that is not old news.
        let newer = ballot > self.current || (ballot == self.current && pulse >= self.pulse);
        if ballot.proposer == from && newer && ballot >= self.durable.promised() {
            self.hear_leader(step);
            self.compare_pulse(step, ballot, pulse);
        }
    }

    /// Whether a leader was heard a short while ago.
    pub(super) fn hears_leader(&self, now: Instant) -> bool {
        let quiet = self.config.leader_quiet;
        self.durable.promised() == self.current
            && self.heard.is_some_and(|heard| now.since(heard) < quiet)
    }

    pub(super) fn on_persisted(&mut self, step: &mut Step, write: WriteId) {
        for token in self.durable.persisted(write) {
            self.promise_is_durable(step, token);
        }
        self.own_fact();
        let was_on_ring = self.is_on_ring();
        self.count(step);
        if was_on_ring && !self.is_on_ring() {
            // Its own voice was the last that the view without it needed, and no ring takes that on: the
            // others would wait for it for ever.
            if let Some(link) = self.predecessor.and_then(|peer| self.links.to(peer)) {
                self.acknowledge_later(link);
            }
        }
        self.flush_due = true;
    }
}
