//! S5, FIFO per origin: messages of one origin are delivered in the order it submitted them.

use super::deed::Deed;
use super::s1_total_order::place;
use super::seen::Seen;
use super::violation::{Guarantee, Violation};

/// In a ring's order each origin's numbers go up from 1 by one, without gaps, and an origin numbers
/// what it submits in that way too.
#[derive(Clone, Debug, Default)]
pub struct Fifo {
    /// How many deliveries and submissions were checked.
    pub checked: u64,
}

impl Fifo {
    pub(super) fn observe(&mut self, seen: &Seen) -> Result<(), Violation> {
        if let Deed::Submit { seq, .. } = seen.deed {
            self.checked += 1;
            let due = seen.picture.submissions(seen.actor.id) + 1;
            if seq != due {
                let expected = format!("message {due} to be submitted next");
                return Err(seen.violation(Guarantee::S5, expected, format!("message {seq}")));
            }
        }
        if let Deed::Deliver(_) = seen.deed {
            self.checked += 1;
        }
        let Some((delivered, ring)) = seen.new_delivery() else { return Ok(()) };
        let origin = delivered.message.origin;
        let due = ring.session(origin).map_or(1, |session| session.seq + 1);
        if delivered.message.seq == due {
            return Ok(());
        }
        let expected = format!("message {due} of {origin} next");
        Err(seen.violation(Guarantee::S5, expected, place(delivered)))
    }
}
