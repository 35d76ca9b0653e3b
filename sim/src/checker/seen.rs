//! A record in its setting: what each checker is shown.

use ringchat::proto::entry::Delivered;

use super::actor::Actor;
use super::deed::Deed;
use super::picture::Picture;
use super::ring::{Ordered, Ring};
use super::violation::{Guarantee, Violation};
use crate::history::{NodeName, Record};

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
            self.picture.actors().iter().rev().filter(|other| {
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
