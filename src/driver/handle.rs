//! How the person or program at a node reaches it: a bounded queue of commands.

use bytes::Bytes;

use crate::proto::status::Status;

/// A way to a running driver. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Handle {}

/// The node has stopped; nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the node has stopped; nothing was sent")]
pub struct Stopped;

impl Handle {
    /// Hands over a message to be ordered. Waits as long as the node has no room.
    ///
    /// # Errors
    /// If the node has stopped.
    pub async fn submit(&self, payload: Bytes) -> Result<(), Stopped> {
        let _ = payload;
        todo!()
    }

    /// Asks the node to leave the ring; its driver ends once it has left.
    ///
    /// # Errors
    /// If the node has stopped.
    pub async fn leave(&self) -> Result<(), Stopped> {
        todo!()
    }

    /// Asks the node to go on alone, as a new ring with the history; refused in a ring with a quorum.
    ///
    /// # Errors
    /// If the node has stopped.
    pub async fn alone(&self) -> Result<(), Stopped> {
        todo!()
    }

    /// What the node knows of its ring now.
    ///
    /// # Errors
    /// If the node has stopped.
    pub async fn status(&self) -> Result<Status, Stopped> {
        todo!()
    }
}
