//! S4, no creation: only what an origin submitted is delivered, unaltered.

use super::deed::Deed;
use super::s1_total_order::place;
use super::seen::Seen;
use super::violation::{Guarantee, Violation};

/// Holds each message against what its origin submitted under that number, before: the same
/// payload, the same Lamport time. A repeated delivery equals the first, by S1.
#[derive(Clone, Debug, Default)]
pub struct NoCreation {
    /// How many deliveries were checked.
    pub checked: u64,
}

impl NoCreation {
    pub(super) fn observe(&mut self, seen: &Seen) -> Result<(), Violation> {
        if let Deed::Deliver(_) = seen.deed {
            self.checked += 1;
        }
        let Some((delivered, _)) = seen.new_delivery() else { return Ok(()) };
        let message = &delivered.message;
        let Some(submitted) = seen.picture.submission(message.origin, message.seq) else {
            let expected = format!(
                "a message that was submitted: {} has submitted {} so far",
                message.origin,
                seen.picture.submissions(message.origin)
            );
            return Err(seen.violation(Guarantee::S4, expected, place(delivered)));
        };
        let (lamport, payload) = (message.lamport, &message.payload.bytes);
        if submitted.lamport == lamport && submitted.payload == *payload {
            return Ok(());
        }
        let expected = format!("{:?} of Lamport time {}", submitted.payload, submitted.lamport);
        let found = format!("{payload:?} of Lamport time {lamport} as {}", place(delivered));
        Err(seen.violation(Guarantee::S4, expected, found))
    }
}
