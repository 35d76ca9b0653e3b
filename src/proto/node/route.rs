//! What comes in from peers and from this node's own person, and how requests find the leader.

use super::{Node, Step};
use crate::proto::entry::{Payload, Submission};
use crate::proto::event::{Event, Refusal};
use crate::proto::id::{LinkId, NodeId};
use crate::proto::input::Command;
use crate::proto::message::{Message, Request};

impl Node {
    pub(super) fn on_message(&mut self, step: &mut Step, link: LinkId, message: Message) {
        // Messages of a link that was given up may still be on their way in.
        let Some(from) = self.links.heard(step.now, link) else { return };
        if !message.is_plausible() {
            let why = "expected numbers that a ring can count to, and a token that names its \
                       candidate first; found others, and dropped the message";
            return step.event(Event::Ignored { from: Some(from), why: why.into() });
        }
        match message {
            Message::Ping { sent_at, leading } => {
                step.send(link, Message::Pong { sent_at });
                if let Some((ballot, pulse)) = leading {
                    self.on_leader_ping(step, from, ballot, pulse);
                }
            }
            Message::Pong { sent_at } => self.links.measured(link, step.now.since(sent_at)),
            Message::Append(frame) => self.on_append(step, link, from, frame),
            Message::AppendAck(ack) => self.on_append_ack(step, link, from, ack),
            Message::Elect(token) => self.on_elect(step, link, from, *token),
            Message::Elected(token) => self.on_elected(step, Some((link, from)), token),
            Message::TokenAck { token } => self.election.acknowledged(token),
            Message::LeaderAlive { ballot } => self.on_leader_alive(step, link, ballot),
            Message::TooFew { met, hops_left } => self.on_too_few(step, met, hops_left),
            Message::Join { committed } => {
                self.learn(step, committed);
                self.on_join(step, link, from, committed.index);
            }
            Message::Welcome { ring, view, sponsored } => {
                self.on_welcome(step, (link, from), ring, view, sponsored);
            }
            Message::ToLeader { hops_left, request } => {
                self.pass_to_leader(step, Some(from), hops_left, request);
            }
            Message::SnapshotChunk(chunk) => self.on_snapshot_chunk(step, link, from, chunk),
            Message::SnapshotAck { index, received } => {
                self.on_snapshot_ack(step, from, index, received);
            }
            Message::TakeOver { ballot } => self.on_take_over(step, from, ballot),
            Message::Answer(answer) => self.on_answer(step, from, *answer),
            Message::Nominate { promised } => self.on_nominate(step, link, from, promised),
            Message::ArchiveAsk(ask) => self.on_archive_ask(step, link, from, ask),
            Message::ArchivePart(part) => self.on_archive_part(step, from, part),
        }
    }

    pub(super) fn on_command(&mut self, step: &mut Step, command: Command) {
        match command {
            Command::Submit(payload) => self.submit(step, payload),
            Command::Leave => self.leave(step),
            Command::Alone => self.go_alone(step),
        }
    }

    fn submit(&mut self, step: &mut Step, payload: Payload) {
        let refusal = if self.leaving.is_some() {
            Some(Refusal::Leaving)
        } else if payload.bytes.len() > self.config.payload_bytes {
            Some(Refusal::TooLarge)
        } else if self.room() == 0 {
            Some(Refusal::Full)
        } else {
            None
        };
        if let Some(why) = refusal {
            return step.event(Event::Refused { why });
        }
        self.lamport += 1;
        let lamport = self.lamport;
        let bytes = payload.bytes.clone();
        let seq = self.outgoing.push(self.me.id, lamport, payload);
        let delivered = self.committed;
        step.event(Event::Submitted { seq, lamport, delivered, payload: bytes });
        self.flush_due = true;
    }

    /// How many messages this node takes now: more are refused.
    pub fn room(&self) -> usize {
        let (count, bytes) = (self.config.waiting, self.config.waiting_bytes);
        if !self.outgoing.has_room(count, bytes) {
            return 0;
        }
        count - self.outgoing.waiting()
    }

    /// Sends on what waits, as far as the bounds allow. Whether it went into this node's own log.
    pub(super) fn offer(&mut self, step: &mut Step) -> bool {
        let (count, bytes) = (self.config.in_flight, self.config.in_flight_bytes);
        if !self.outgoing.has_offer(count, bytes) {
            return false;
        }
        let leads = self.leading.is_some();
        let led = self.is_member() && self.hears_leader(step.now);
        // What cannot be sent is not under way, and need not be missed first to be sent again.
        if !(leads || (led && self.way_to_leader(None).is_some())) {
            return false;
        }
        let messages = self.outgoing.offer(step.now, count, bytes);
        self.request(step, Request::Submit(messages));
        leads
    }

    /// Asks something of the leader. It may be lost on the way: whoever asks, asks again.
    pub(super) fn request(&mut self, step: &mut Step, request: Request) {
        self.pass_to_leader(step, None, self.hops(), request);
    }

    /// Two laps of the ring, be it the newest or the log's: so far a request or a token goes.
    pub(super) fn hops(&self) -> u16 {
        let members = self.members_around().count() + 1;
        u16::try_from(2 * members + 2).unwrap_or(u16::MAX)
    }

    fn pass_to_leader(
        &mut self,
        step: &mut Step,
        from: Option<NodeId>,
        hops_left: u16,
        request: Request,
    ) {
        if self.leading.is_some() {
            return self.on_request(step, request);
        }
        if let Some(link) = self.way_to_leader(from)
            && hops_left > 0
        {
            step.send(link, Message::ToLeader { hops_left: hops_left - 1, request });
        }
    }

    /// Straight where a link exists, else along the ring; not back to `from`, should that be the leader.
    fn way_to_leader(&self, from: Option<NodeId>) -> Option<LinkId> {
        let leader = self.current.proposer;
        let around = || self.successor.and_then(|peer| self.links.to(peer));
        self.links.to(leader).filter(|_| from != Some(leader)).or_else(around)
    }

    fn on_request(&mut self, step: &mut Step, request: Request) {
        match request {
            Request::Submit(messages) => self.sequence(step, messages),
            Request::Admit { member, sponsor } => self.on_admit(step, member, sponsor),
            Request::Leave { id } => self.on_leave(step, id),
            Request::Accuse { by, skipped } => self.on_accuse(step, by, &skipped),
            Request::Claim { by, priority } => self.on_claim(step, by, priority),
            Request::Outpromised { promised } => self.on_outpromised(step, promised),
        }
    }

    /// The leader gives messages their places.
    fn sequence(&mut self, step: &mut Step, messages: Vec<Submission>) {
        if self.leaving.is_some() {
            // They come again, to the next leader.
            return;
        }
        for message in messages {
            self.sequence_one(step, message);
        }
        self.own_fact();
        self.flush_due = true;
    }
}
