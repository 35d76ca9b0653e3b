//! What the checkers know together: who is who, in which ring, and how far each has got.

use std::collections::BTreeMap;

use ringchat::proto::entry::Delivered;
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::view::{Change, View};

use super::deed::Deed;
use super::ring::{Ordered, Ring};
use super::violation::{Guarantee, Violation};
use crate::history::{Incarnation, NodeName, Record};

/// One incarnation of a node, as its own records show it.
#[derive(Clone, Debug)]
pub struct Actor {
    /// What the scenario calls it.
    pub name: NodeName,
    /// Which of the node's lives it is.
    pub incarnation: Incarnation,
    /// Its identity.
    pub id: NodeId,
    /// Its ring; none before it shows one.
    pub ring: Option<usize>,
    /// How many places of its ring's order it has delivered, or skipped by a snapshot.
    pub places: usize,
    /// How many of its ring's views it has installed, or skipped by a snapshot.
    pub views: usize,
    /// The last place it has got to, by delivery, view or snapshot.
    pub position: Index,
    /// The ballot it leads or follows under; none before it follows anybody.
    pub ballot: Option<Ballot>,
    /// Whether it leads.
    pub leads: bool,
    /// The newest view that it installed or took over in a snapshot holds it.
    pub member: bool,
}

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
    /// What each identity submitted; the first has number 1.
    submitted: BTreeMap<NodeId, Vec<Submitted>>,
}

/// A record in its setting, as it was before the record.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The record.
    pub record: &'a Record,
    /// What it says that any guarantee speaks of.
    pub deed: Deed<'a>,
    /// Whose it is.
    pub actor: &'a Actor,
    /// The actor's ring, if it is known by now.
    pub ring: Option<&'a Ring>,
    /// Whether it is a delivery of exactly what the one order has there: then all that could be
    /// said of the message was checked at its first delivery.
    pub agrees: bool,
    /// Everything else.
    pub picture: &'a Picture,
}

impl<'a> Seen<'a> {
    /// A delivery that is not known to be right, with the ring it happened in: the first of its
    /// place, or one that differs from what stands there.
    pub fn new_delivery(&self) -> Option<(&'a Delivered, &'a Ring)> {
        let (Deed::Deliver(delivered), false) = (self.deed, self.agrees) else { return None };
        Some((delivered, self.ring?))
    }

    /// Another node that has got beyond the place where this one stands.
    pub fn ahead(&self) -> Option<&'a NodeName> {
        let mut others =
            self.picture.actors.iter().rev().filter(|other| {
                other.ring == self.actor.ring && other.position > self.actor.position
            });
        others.find(|other| other.id != self.actor.id).map(|other| &other.name)
    }

    /// A violation noticed at this record.
    pub fn violation(
        &self,
        guarantee: Guarantee,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Violation {
        Violation::new(guarantee, self.record.at, &self.record.node, expected, found)
    }

    /// What the one order says the actor must deliver next; none if nobody has got that far.
    pub fn next(&self) -> Option<&'a Ordered> {
        self.ring?.order.get(self.actor.places)
    }
}

impl Picture {
    /// The ring's own picture.
    pub fn ring(&self, ring: usize) -> Option<&Ring> {
        self.rings.get(ring)
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
        let at = usize::try_from(seq.checked_sub(1)?).ok()?;
        self.submitted.get(&origin)?.get(at)
    }

    /// How many messages `origin` has submitted.
    pub fn submissions(&self, origin: NodeId) -> u64 {
        self.submitted.get(&origin).map_or(0, |all| all.len() as u64)
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
            Deed::Submit { .. }
            | Deed::Promise { .. }
            | Deed::Lead { .. }
            | Deed::Follow { .. }
            | Deed::StepDown
            | Deed::StartElection
            | Deed::Propose { .. }
            | Deed::Other => {}
        }
    }

    fn start(&mut self, record: &Record, id: NodeId) {
        // With a disk, an identity outlives the process, and its ring with it.
        let ring = self.ring_of(id);
        let slot = self.actors.len();
        self.actors.push(Actor {
            name: record.node.clone(),
            incarnation: record.incarnation,
            id,
            ring,
            places: 0,
            views: 0,
            position: Index::ZERO,
            ballot: None,
            leads: false,
            member: false,
        });
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

    /// Takes in a record that broke nothing.
    pub(super) fn apply(&mut self, record: &Record, deed: Deed) {
        let slot = self.slot(record);
        let actor = &mut self.actors[slot];
        let ring = actor.ring.map(|ring| &mut self.rings[ring]);
        match deed {
            Deed::Deliver(delivered) => actor.deliver(ring, delivered),
            Deed::Submit { lamport, delivered, payload, .. } => {
                let submitted = Submitted { lamport, delivered, payload: payload.clone() };
                self.submitted.entry(actor.id).or_default().push(submitted);
            }
            Deed::Lead { ballot, .. } => (actor.ballot, actor.leads) = (Some(ballot), true),
            Deed::Follow { ballot } => (actor.ballot, actor.leads) = (Some(ballot), false),
            Deed::StepDown => actor.leads = false,
            Deed::Propose { index, view } => {
                if let (Some(ring), Some(ballot)) = (ring, actor.ballot) {
                    ring.propose(index, ballot, view);
                }
            }
            Deed::Install { index, view } => actor.install(ring, index, view),
            Deed::TakeSnapshot { index, view } => actor.take_snapshot(ring, index, view),
            Deed::Start { .. }
            | Deed::Promise { .. }
            | Deed::StartElection
            | Deed::Sponsor { .. }
            | Deed::GoAlone
            | Deed::Other => {}
        }
    }
}

impl Actor {
    fn deliver(&mut self, ring: Option<&mut Ring>, delivered: &Delivered) {
        let Some(ring) = ring else { return };
        let acknowledged = delivered.message.origin == self.id;
        match ring.order.get_mut(self.places) {
            Some(ordered) => ordered.acknowledged |= acknowledged,
            None => ring.push(delivered.clone(), acknowledged),
        }
        self.places += 1;
        self.position = delivered.index;
        ring.got_to(delivered.index, self.ballot);
    }

    fn install(&mut self, ring: Option<&mut Ring>, index: Index, view: &View) {
        let Some(ring) = ring else { return };
        if self.views == ring.views.len() {
            ring.push_view(index, view);
        }
        self.views += 1;
        self.position = index;
        self.member = view.contains(self.id);
        ring.got_to(index, self.ballot);
    }

    fn take_snapshot(&mut self, ring: Option<&mut Ring>, index: Index, view: &View) {
        let Some(ring) = ring else { return };
        self.places = ring.ordinal_behind(index);
        self.views = ring.views_up_to(index);
        self.position = index;
        self.member = view.contains(self.id);
        // Not attributed to a ballot: whoever sent it may know of a newer one than this node.
        ring.got_to(index, None);
    }
}
