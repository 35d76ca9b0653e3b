//! S3, no duplication: a message `(origin, seq)` is delivered once, however often it was resubmitted.

use ringchat::proto::entry::Delivered;

use super::deed::Deed;
use super::ring::Ring;
use super::s1_total_order::place;
use super::seen::Seen;
use super::violation::{Guarantee, Violation};

/// A message stands at one place of its ring's order, and no incarnation delivers it twice.
///
/// The order holds each origin's messages by rising numbers (S5), so a number that is not greater
/// than the last one is a message that is there already.
#[derive(Clone, Debug, Default)]
pub struct NoDuplication {
    /// How many deliveries were checked.
    pub checked: u64,
}

impl NoDuplication {
    pub(super) fn observe(&mut self, seen: &Seen) -> Result<(), Violation> {
        if let Deed::Deliver(_) = seen.deed {
            self.checked += 1;
        }
        let Some((delivered, ring)) = seen.new_delivery() else { return Ok(()) };
        let (origin, seq) = (delivered.message.origin, delivered.message.seq);
        let known = ring.session(origin).is_some_and(|session| seq <= session.seq);
        if !known {
            return Ok(());
        }
        let Some(earlier) = standing(ring, delivered, seen.actor.places) else { return Ok(()) };
        let expected = format!("{} only", place(earlier));
        Err(seen.violation(Guarantee::S3, expected, format!("again, as {}", place(delivered))))
    }
}

/// The same message among the first `places` of the order.
fn standing<'a>(ring: &'a Ring, again: &Delivered, places: usize) -> Option<&'a Delivered> {
    let same = |other: &&Delivered| {
        other.message.origin == again.message.origin && other.message.seq == again.message.seq
    };
    ring.order()[..places].iter().rev().map(|ordered| &ordered.delivered).find(same)
}
