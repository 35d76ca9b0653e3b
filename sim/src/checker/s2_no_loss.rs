//! S2, no loss: an acknowledged message is in every later delivered sequence that gets to its place.

use super::deed::Deed;
use super::ring::Ordered;
use super::s1_total_order::place;
use super::seen::Seen;
use super::violation::{Guarantee, Violation};

/// A message is acknowledged when its origin has delivered it. From then on no incarnation of any
/// node of that ring, however it came by its history, may get to or past that place without it.
///
/// Counts the deliveries of acknowledged messages. A node that never gets to the place again breaks
/// S10, which is checked at the end.
#[derive(Clone, Debug, Default)]
pub struct NoLoss {
    /// How many deliveries of acknowledged messages were checked.
    pub checked: u64,
}

impl NoLoss {
    pub(super) fn observe(&mut self, seen: &Seen) -> Result<(), Violation> {
        let Some(next) = seen.next() else { return Ok(()) };
        if seen.agrees {
            self.checked += u64::from(next.acknowledged);
            return Ok(());
        }
        let (index, found) = if let Deed::Deliver(delivered) = seen.deed {
            (delivered.index, place(delivered))
        } else if let Deed::Install { index, .. } = seen.deed {
            (index, format!("a view at {index}"))
        } else {
            return Ok(());
        };
        let Some(ring) = seen.ring else { return Ok(()) };
        let passed = ring.order()[seen.actor.places..].iter();
        let mut passed = passed.take_while(|ordered| ordered.delivered.index <= index);
        match passed.find(|ordered| ordered.acknowledged) {
            None => Ok(()),
            Some(Ordered { delivered: lost, .. }) => {
                self.checked += 1;
                let expected = format!("{}, which its origin has delivered", place(lost));
                let violation = seen.violation(Guarantee::S2, expected, found);
                Err(match seen.picture.actor_of(lost.message.origin) {
                    Some(origin) => violation.with(&origin.name),
                    None => violation,
                })
            }
        }
    }
}
