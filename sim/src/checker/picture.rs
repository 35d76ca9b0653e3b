//! What the checkers know together: who is who, in which ring, and how far each has got.

use std::collections::BTreeMap;

use ringchat::proto::event::LogSummary;
use ringchat::proto::id::{Index, NodeId};
use ringchat::proto::view::{Change, View};

use super::actor::Actor;
use super::deed::Deed;
use super::ring::Ring;
use super::seen::Seen;
use crate::history::{Incarnation, Record};

/// What a node submitted.
#[derive(Clone, Debug)]
pub struct Submitted {
    /// The Lamport time it gave the message.
    pub lamport: u64,
    /// What it had delivered by then.
    pub delivered: Index,
    /// What the message says.
    pub payload: bytes::Bytes,
}

/// The knowledge that all checkers share. Changes only after all of them have seen a record.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    actors: Vec<Actor>,
    /// For each node, its lives and where their actors stand; the newest last.
    lives: Vec<Vec<(Incarnation, usize)>>,
    by_id: BTreeMap<NodeId, usize>,
    rings: Vec<Ring>,
    /// What each identity submitted, by number.
    submitted: BTreeMap<NodeId, BTreeMap<u64, Submitted>>,
    /// The last number that each identity had given out when its present life began.
    before_life: BTreeMap<NodeId, u64>,
}

impl Picture {
    /// The ring's own picture.
    pub fn ring(&self, ring: usize) -> Option<&Ring> {
        self.rings.get(ring)
    }

    /// All rings, in the order in which they began.
    pub fn rings(&self) -> &[Ring] {
        &self.rings
    }

    /// The ring of the newest incarnation under this identity.
    pub fn ring_of(&self, id: NodeId) -> Option<usize> {
        self.actor_of(id)?.ring
    }

    /// The newest incarnation under this identity.
    pub fn actor_of(&self, id: NodeId) -> Option<&Actor> {
        self.by_id.get(&id).map(|slot| &self.actors[*slot])
    }

    /// All incarnations, in the order of their start.
    pub fn actors(&self) -> &[Actor] {
        &self.actors
    }

    /// Message `seq` of `origin`, as it was submitted.
    pub fn submission(&self, origin: NodeId, seq: u64) -> Option<&Submitted> {
        self.submitted.get(&origin)?.get(&seq)
    }

    /// The number of the last message that `origin` has submitted; 0 if there is none.
    pub fn last_submitted(&self, origin: NodeId) -> u64 {
        let last = self.submitted.get(&origin).and_then(|all| all.keys().next_back());
        last.copied().unwrap_or(0)
    }

    /// How many messages `origin` has submitted in its present life.
    pub fn submissions(&self, origin: NodeId) -> u64 {
        let before = self.before_life.get(&origin).copied().unwrap_or(0);
        let all = self.submitted.get(&origin);
        all.map_or(0, |all| all.range(before + 1..).count() as u64)
    }

    /// The record in its setting.
    pub(super) fn seen<'a>(&'a self, record: &'a Record, deed: Deed<'a>) -> Seen<'a> {
        let actor = &self.actors[self.slot(record)];
        let ring = actor.ring.map(|ring| &self.rings[ring]);
        let mut seen = Seen { record, deed, actor, ring, agrees: false, picture: self };
        if let (Deed::Deliver(delivered), Some(next)) = (deed, seen.next()) {
            seen.agrees = next.delivered == *delivered;
        }
        seen
    }

    /// Finds out whose record this is, and of which ring; before the checkers see it.
    ///
    /// # Panics
    /// If the incarnation's first record is not [`crate::history::Happening::Started`]: then the
    /// harness is wrong, not the ring.
    pub(super) fn place(&mut self, record: &Record, deed: Deed) {
        match deed {
            Deed::Start { id } => self.start(record, id),
            Deed::Sponsor { learner } => self.sponsor(record, learner),
            Deed::GoAlone => self.fork(record),
            Deed::Install { view, .. } | Deed::TakeSnapshot { view, .. } => {
                self.settle_in(record, Some(view));
            }
            Deed::Deliver(_) => self.settle_in(record, None),
            Deed::Lead { log, .. } => self.settle_by_log(record, log),
            Deed::Submit { .. }
            | Deed::Promise { .. }
            | Deed::Follow { .. }
            | Deed::StepDown
            | Deed::StartElection
            | Deed::Refused { .. }
            | Deed::Propose { .. }
            | Deed::Other => {}
        }
    }

    fn start(&mut self, record: &Record, id: NodeId) {
        // With a disk, an identity outlives the process, and its ring with it.
        let ring = self.ring_of(id);
        self.before_life.insert(id, self.last_submitted(id));
        let slot = self.actors.len();
        self.actors.push(Actor::new(record, id, ring));
        self.by_id.insert(id, slot);
        let node = record.node.index() as usize;
        if self.lives.len() <= node {
            self.lives.resize_with(node + 1, Vec::new);
        }
        self.lives[node].push((record.incarnation, slot));
    }

    fn slot(&self, record: &Record) -> usize {
        let lives = self.lives.get(record.node.index() as usize);
        let life = lives.and_then(|lives| {
            lives.iter().rev().find(|(incarnation, _)| *incarnation == record.incarnation)
        });
        life.unwrap_or_else(|| panic!("{}: `Started` must be recorded first", record.node)).1
    }

    /// A newcomer's ring is that of the member who serves it.
    fn sponsor(&mut self, record: &Record, learner: NodeId) {
        let ring = self.actors[self.slot(record)].ring;
        if let (Some(ring), Some(slot)) = (ring, self.by_id.get(&learner)) {
            let learner = &mut self.actors[*slot];
            if learner.position == Index::ZERO {
                learner.ring = Some(ring);
            }
        }
    }

    /// A node that goes on alone takes its history into a ring of its own.
    fn fork(&mut self, record: &Record) {
        let slot = self.slot(record);
        let actor = &self.actors[slot];
        let ring = actor.ring.map_or_else(Ring::default, |ring| {
            self.rings[ring].fork(actor.places, actor.views, actor.position)
        });
        self.actors[slot].ring = Some(self.rings.len());
        self.rings.push(ring);
    }

    /// A node whose ring is not known shows something of it.
    fn settle_in(&mut self, record: &Record, view: Option<&View>) {
        let slot = self.slot(record);
        let id = self.actors[slot].id;
        if self.actors[slot].ring.is_some() {
            return;
        }
        let founded = view.is_some_and(|view| view.changes.contains(&Change::Founded(id)));
        let member_ring = || view?.members.iter().find_map(|member| self.ring_of(member.id));
        let ring = if founded { self.rings.len() } else { member_ring().unwrap_or(0) };
        if ring == self.rings.len() {
            self.rings.push(Ring::default());
        }
        self.actors[slot].ring = Some(ring);
    }

    /// Whoever leads before it knows anything committed belongs to the ring of those who wrote what
    /// its log holds. (A founder's log is empty at that moment: its first view will tell.)
    fn settle_by_log(&mut self, record: &Record, log: &LogSummary) {
        let slot = self.slot(record);
        if self.actors[slot].ring.is_none() {
            let mut writers = log.runs.iter().map(|(ballot, _)| ballot.proposer);
            self.actors[slot].ring = writers.find_map(|id| self.ring_of(id));
        }
    }

    /// Takes in a record that broke nothing.
    pub(super) fn apply(&mut self, record: &Record, deed: Deed) {
        let slot = self.slot(record);
        let actor = &mut self.actors[slot];
        let ring = actor.ring.map(|ring| &mut self.rings[ring]);
        match deed {
            Deed::Deliver(delivered) => actor.deliver(ring, delivered),
            Deed::Submit { seq, lamport, delivered, payload } => {
                let submitted = Submitted { lamport, delivered, payload: payload.clone() };
                self.submitted.entry(actor.id).or_default().insert(seq, submitted);
            }
            Deed::Lead { ballot, .. } | Deed::Follow { ballot } => actor.ballot = Some(ballot),
            Deed::Propose { index, view } => {
                if let (Some(ring), Some(ballot)) = (ring, actor.ballot) {
                    ring.propose(index, ballot, view);
                }
            }
            Deed::Install { index, view } => actor.install(ring, index, view),
            Deed::TakeSnapshot { index, view } => actor.take_snapshot(ring, index, view),
            Deed::Start { .. }
            | Deed::StepDown
            | Deed::Promise { .. }
            | Deed::StartElection
            | Deed::Refused { .. }
            | Deed::Sponsor { .. }
            | Deed::GoAlone
            | Deed::Other => {}
        }
    }
}
