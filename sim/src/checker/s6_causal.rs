//! S6, causal order: if a node delivered a before it submitted b, a comes before b.

use super::deed::Deed;
use super::s1_total_order::place;
use super::seen::Seen;
use super::violation::{Guarantee, Violation};

/// Two ways to the same end: a message's place lies behind all that its origin had delivered when
/// it submitted the message; and its Lamport time is greater than theirs (Lamport, 1978).
///
/// What the origin says that it had delivered must cover what it was seen to deliver.
#[derive(Clone, Debug, Default)]
pub struct Causal {
    /// How many deliveries and submissions were checked.
    pub checked: u64,
}

impl Causal {
    pub(super) fn observe(&mut self, seen: &Seen) -> Result<(), Violation> {
        if let Deed::Submit { seq, lamport, delivered, .. } = seen.deed {
            self.checked += 1;
            let position = seen.actor.position;
            if delivered < position {
                let expected = format!("message {seq} to come behind {position}, delivered");
                let found = format!("submitted as if {delivered} were the last");
                return Err(seen.violation(Guarantee::S6, expected, found));
            }
            let known = seen.ring.map_or(0, |ring| ring.lamport_of(seen.actor.places));
            if lamport <= known {
                let expected = format!("message {seq} of a Lamport time above {known}");
                let found = format!("Lamport time {lamport}");
                return Err(seen.violation(Guarantee::S6, expected, found));
            }
        }
        if let Deed::Deliver(_) = seen.deed {
            self.checked += 1;
        }
        let Some((delivered, _)) = seen.new_delivery() else { return Ok(()) };
        let message = &delivered.message;
        match seen.picture.submission(message.origin, message.seq) {
            Some(submitted) if delivered.index <= submitted.delivered => {
                let expected = format!(
                    "a place behind {}, which {} had delivered when it submitted it",
                    submitted.delivered, message.origin
                );
                Err(seen.violation(Guarantee::S6, expected, place(delivered)))
            }
            Some(_) | None => Ok(()),
        }
    }
}
