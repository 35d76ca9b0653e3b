//! What the ring's order is for: the replicated application that the driver feeds.

use bytes::Bytes;

use crate::proto::archive::{Ask, Faded, Found};
use crate::proto::entry::Delivered;
use crate::proto::event::Event;
use crate::proto::id::Index;
use crate::proto::time::Instant;

/// A state machine over the ordered messages, and a watcher of the ring. Called by the driver, in
/// the order of the node's wishes; must not block.
pub trait Application {
    /// The next message of the order.
    fn deliver(&mut self, now: Instant, message: &Delivered);

    /// The state after everything delivered so far, to be given to a newcomer.
    fn snapshot(&self) -> Bytes;

    /// Replaces the state by that of another node, which had delivered everything up to `index`.
    /// A state that cannot be read is reported as text; the node then leaves the ring.
    ///
    /// # Errors
    /// What was expected and what was found.
    fn install(&mut self, now: Instant, index: Index, state: &Bytes) -> Result<(), String>;

    /// Something happened at this node. In the order in which it happened, deliveries included.
    fn event(&mut self, now: Instant, event: &Event);

    /// All lines up to `index`, the place of a snapshot, that no earlier one brings: the archive gets them
    /// before the log is cut there. Nothing, where the application has no archive.
    fn fading(&mut self, _index: Index) -> Faded {
        Faded::default()
    }

    /// The lines up to `index` are in the archive, durably.
    fn faded(&mut self, _index: Index) {}

    /// What is at hand of the lines that are asked for, if at least the newest place is: the rest is
    /// the archive's to find.
    fn lines(&self, _ask: Ask) -> Option<Found> {
        None
    }
}
