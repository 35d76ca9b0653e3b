//! S5, FIFO per origin: messages of one origin are delivered in the order it submitted them.

use ringchat::proto::sequencer::follows;

use super::deed::Deed;
use super::s1_total_order::place;
use super::seen::Seen;
use super::violation::{Guarantee, Violation};

/// In a ring's order each origin's numbers go up from 1 by one, without gaps, and an origin numbers
/// what it submits in that way too. Each life of an identity may begin behind any of those before it.
#[derive(Clone, Debug, Default)]
pub struct Fifo {
    /// How many deliveries and submissions were checked.
    pub checked: u64,
}

impl Fifo {
    pub(super) fn observe(&mut self, seen: &Seen) -> Result<(), Violation> {
        if let Deed::Submit { seq, .. } = seen.deed {
            self.checked += 1;
            let last = seen.picture.last_submitted(seen.actor.id);
            if !follows(last, seq) {
                let expected = format!("message {} to be submitted next", last + 1);
                return Err(seen.violation(Guarantee::S5, expected, format!("message {seq}")));
            }
        }
        if let Deed::Deliver(_) = seen.deed {
            self.checked += 1;
        }
        let Some((delivered, ring)) = seen.new_delivery() else { return Ok(()) };
        let origin = delivered.message.origin;
        let last = ring.session(origin).map_or(0, |session| session.seq);
        if follows(last, delivered.message.seq) {
            return Ok(());
        }
        let expected = format!("message {} of {origin} next", last + 1);
        Err(seen.violation(Guarantee::S5, expected, place(delivered)))
    }
}
