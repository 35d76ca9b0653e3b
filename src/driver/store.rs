//! Where the node's writes go: in memory mode nowhere, and so they are complete at once.
//!
//! A disk takes this place with one more future for the driver to wait on; the node does not notice.

use std::task::{Context, Poll};

use crate::proto::input::WriteId;
use crate::proto::node::Node;
use crate::proto::output::Write;

/// Carries out the node's writes, in the order in which they are begun, while the node goes on.
pub trait Store {
    /// Begins a write of what `node` holds now.
    fn begin(&mut self, write: Write, node: &Node);

    /// The last write that was completed since this was asked last: all before it are, too. Or why no
    /// further one ever will be.
    fn completed(&mut self) -> Option<Result<WriteId, String>>;

    /// Ready as soon as [`Self::completed`] has something to tell.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}

/// Keeps nothing beyond the process.
#[derive(Debug, Default)]
pub struct Memory {
    completed: Option<WriteId>,
}

impl Store for Memory {
    fn begin(&mut self, write: Write, _: &Node) {
        self.completed = Some(write.id);
    }

    fn completed(&mut self) -> Option<Result<WriteId, String>> {
        self.completed.take().map(Ok)
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<()> {
        // What was begun is asked for before anybody waits.
        Poll::Pending
    }
}
