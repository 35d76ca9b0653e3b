//! One incarnation of a node, and how far it has got.

use ringchat::proto::entry::Delivered;
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::view::View;

use super::ring::Ring;
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
    /// The newest view that it installed or took over in a snapshot holds it.
    pub member: bool,
}

impl Actor {
    /// An incarnation that has done nothing yet.
    pub(super) fn new(record: &Record, id: NodeId, ring: Option<usize>) -> Actor {
        Actor {
            name: record.node.clone(),
            incarnation: record.incarnation,
            id,
            ring,
            places: 0,
            views: 0,
            position: Index::ZERO,
            ballot: None,
            member: false,
        }
    }

    /// Takes in a delivery that broke nothing.
    pub(super) fn deliver(&mut self, ring: Option<&mut Ring>, delivered: &Delivered) {
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

    /// Takes in a view that broke nothing.
    pub(super) fn install(&mut self, ring: Option<&mut Ring>, index: Index, view: &View) {
        let Some(ring) = ring else { return };
        if self.views == ring.views.len() {
            ring.push_view(index, view);
        }
        self.views += 1;
        self.position = index;
        self.member = view.contains(self.id);
        ring.got_to(index, self.ballot);
    }

    /// Takes in a snapshot that broke nothing.
    pub(super) fn take_snapshot(&mut self, ring: Option<&mut Ring>, index: Index, view: &View) {
        let Some(ring) = ring else { return };
        self.places = ring.ordinal_behind(index);
        self.views = ring.views_up_to(index);
        self.position = index;
        self.member = view.contains(self.id);
        // Not attributed to a ballot: whoever sent it may know of a newer one than this node.
        ring.got_to(index, None);
    }
}
