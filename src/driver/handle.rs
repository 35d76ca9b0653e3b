//! How the person or program at a node reaches it: bounded queues of messages and commands.

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use crate::proto::archive::{Ask, Found};
use crate::proto::status::Status;

/// How many messages wait in front of the node before [`Handle::submit`] waits, too.
const SUBMITS: usize = 1_024;

/// How many other commands wait in front of the node.
const CONTROLS: usize = 16;

/// A way to a running driver. Cheap to clone, and may be used from any thread.
#[derive(Clone, Debug)]
pub struct Handle {
    submits: mpsc::Sender<Bytes>,
    controls: mpsc::Sender<Control>,
}

/// The node has stopped; nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the node has stopped; nothing was sent")]
pub struct Stopped;

/// A command that never waits behind messages.
#[derive(Debug)]
pub(super) enum Control {
    /// Leave the ring.
    Leave,
    /// Go on alone.
    Alone,
    /// Tell the asker what the node knows.
    Status(oneshot::Sender<Status>),
    /// Tell the asker what is found of the lines of the past.
    History(Ask, oneshot::Sender<Found>),
}

/// The driver's ends of the queues.
#[derive(Debug)]
pub(super) struct Queues {
    /// Messages to be ordered.
    pub(super) submits: mpsc::Receiver<Bytes>,
    /// Everything else; closed once every [`Handle`] is gone.
    pub(super) controls: mpsc::Receiver<Control>,
}

/// A handle, and the queues it fills.
pub(super) fn handle() -> (Handle, Queues) {
    let (submits, submits_receiver) = mpsc::channel(SUBMITS);
    let (controls, controls_receiver) = mpsc::channel(CONTROLS);
    let queues = Queues { submits: submits_receiver, controls: controls_receiver };
    (Handle { submits, controls }, queues)
}

impl Handle {
    /// Hands over a message to be ordered. Waits as long as the node has no room.
    ///
    /// # Errors
    /// If the node has stopped.
    pub async fn submit(&self, payload: Bytes) -> Result<(), Stopped> {
        self.submits.send(payload).await.map_err(|_| Stopped)
    }

    /// Hands over many messages, to be ordered as they stand, with fewer waits than one by one.
    /// Messages of others may come in between.
    ///
    /// # Errors
    /// If the node has stopped. An unknown number of the first of them was taken then.
    pub async fn submit_many(
        &self,
        payloads: impl IntoIterator<Item = Bytes, IntoIter: ExactSizeIterator>,
    ) -> Result<(), Stopped> {
        let mut payloads = payloads.into_iter();
        while payloads.len() > 0 {
            let count = payloads.len().min(SUBMITS / 4);
            let permits = self.submits.reserve_many(count).await.map_err(|_| Stopped)?;
            for (permit, payload) in permits.zip(&mut payloads) {
                permit.send(payload);
            }
        }
        Ok(())
    }

    /// Asks the node to leave the ring; its driver ends once it has left.
    ///
    /// # Errors
    /// If the node has stopped.
    pub async fn leave(&self) -> Result<(), Stopped> {
        self.control(Control::Leave).await
    }

    /// Asks the node to go on alone, as a new ring with the history; refused in a ring with a quorum.
    ///
    /// # Errors
    /// If the node has stopped.
    pub async fn alone(&self) -> Result<(), Stopped> {
        self.control(Control::Alone).await
    }

    /// What the node knows of its ring now.
    ///
    /// # Errors
    /// If the node has stopped.
    pub async fn status(&self) -> Result<Status, Stopped> {
        let (answer, status) = oneshot::channel();
        self.control(Control::Status(answer)).await?;
        status.await.map_err(|_| Stopped)
    }

    /// What is found of the lines of the past, in memory and in the archive: the newest of those asked
    /// for, as far as the answer's stretch says.
    ///
    /// # Errors
    /// If the node has stopped.
    pub async fn history(&self, ask: Ask) -> Result<Found, Stopped> {
        let (answer, found) = oneshot::channel();
        self.control(Control::History(ask, answer)).await?;
        found.await.map_err(|_| Stopped)
    }

    async fn control(&self, control: Control) -> Result<(), Stopped> {
        self.controls.send(control).await.map_err(|_| Stopped)
    }
}
