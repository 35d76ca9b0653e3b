//! Where the node's writes go: in memory mode nowhere, and so they are complete at once.
//!
//! A disk takes this place with the same two methods, and one more future for the driver to wait
//! on; neither the node nor the rest of the driver will notice.

use crate::proto::input::WriteId;
use crate::proto::output::Write;

/// Keeps nothing beyond the process.
#[derive(Debug, Default)]
pub(super) struct Memory {
    completed: Option<WriteId>,
}

impl Memory {
    /// Begins a write. Writes are completed in the order in which they were begun.
    pub(super) fn begin(&mut self, write: Write) {
        self.completed = Some(write.id);
    }

    /// The last write that was completed since this was asked last: all before it are, too.
    pub(super) fn completed(&mut self) -> Option<WriteId> {
        self.completed.take()
    }
}
