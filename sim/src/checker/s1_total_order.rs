//! S1, total order: for any two nodes, one delivered sequence is a prefix of the other.

use ringchat::proto::entry::Delivered;
use ringchat::proto::id::Index;

use super::deed::Deed;
use super::ring::{Ordered, Ring};
use super::seen::Seen;
use super::violation::{Guarantee, Violation};

/// Holds every delivery against the one order of its ring, which the first to deliver a place
/// writes and all others must repeat, place by place.
///
/// In particular a node's places only grow; a node that delivers place `j` after place `i` has
/// skipped nothing that stands between them, neither what is known already nor what another node
/// delivers there later; and a view has its place among the messages. A node that took over a
/// snapshot at place `i` counts as having delivered all up to `i`.
#[derive(Clone, Debug, Default)]
pub struct TotalOrder {
    /// How many places of nodes were checked.
    pub checked: u64,
}

impl TotalOrder {
    pub(super) fn observe(&mut self, seen: &Seen) -> Result<(), Violation> {
        let Some(ring) = seen.ring else { return Ok(()) };
        if let Deed::Deliver(delivered) = seen.deed {
            self.checked += 1;
            if seen.agrees {
                return Ok(());
            }
            grows(seen, delivered.index)?;
            return match seen.next() {
                Some(next) => Err(passed_over(seen, next, place(delivered))),
                None => first(seen, ring, delivered.index),
            };
        }
        if let Deed::Install { index, .. } = seen.deed {
            self.checked += 1;
            grows(seen, index)?;
            return match seen.next() {
                Some(next) if next.delivered.index <= index => {
                    Err(passed_over(seen, next, format!("a view installed at {index}")))
                }
                Some(_) | None if seen.actor.views < ring.views().len() => Ok(()),
                Some(_) | None => first(seen, ring, index),
            };
        }
        if let Deed::TakeSnapshot { index, .. } = seen.deed {
            self.checked += 1;
            if index < seen.actor.position {
                let expected = format!("a snapshot at {} or behind it", seen.actor.position);
                let found = format!("a snapshot at {index}");
                return Err(seen.violation(Guarantee::S1, expected, found));
            }
        }
        Ok(())
    }
}

fn grows(seen: &Seen, index: Index) -> Result<(), Violation> {
    if index > seen.actor.position {
        return Ok(());
    }
    let expected = format!("a place behind {}, where it stood", seen.actor.position);
    Err(seen.violation(Guarantee::S1, expected, format!("place {index}")))
}

/// Nobody has shown this place yet: then nobody may have passed it.
fn first(seen: &Seen, ring: &Ring, index: Index) -> Result<(), Violation> {
    if index > ring.reach {
        return Ok(());
    }
    let expected = format!("nothing new before {}, where another node has been", ring.reach);
    let found = format!("a message or view at {index}, which that node passed over");
    Err(blame(seen, seen.violation(Guarantee::S1, expected, found)))
}

fn passed_over(seen: &Seen, next: &Ordered, found: String) -> Violation {
    blame(seen, seen.violation(Guarantee::S1, place(&next.delivered), found))
}

/// Names a node that shows the other order.
fn blame(seen: &Seen, violation: Violation) -> Violation {
    match seen.ahead() {
        Some(other) => violation.with(other),
        None => violation,
    }
}

/// A delivery in words.
pub(super) fn place(delivered: &Delivered) -> String {
    let Delivered { index, ballot, message } = delivered;
    format!("message {} of {} at {index} (ballot {ballot})", message.seq, message.origin)
}
