//! What waits to be written to one link: a bounded buffer, gathered while the writer is busy.

use bytes::BytesMut;

use crate::proto::message::Message;
use crate::wire::frame::{self, FrameError};

/// The bound of what may wait for one link, what is being written included, in bytes.
pub(super) const OUTBOUND_BYTES_MAX: usize = 16 << 20;

/// An empty buffer larger than this is given back, not kept for the next burst.
const KEEP_BYTES_MAX: usize = 1 << 20;

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum OutboundError {
    /// The peer takes less than it is sent.
    #[error("more than {OUTBOUND_BYTES_MAX} bytes wait for the peer")]
    Overflow,
    /// The message is no frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// Frames on their way to one peer.
#[derive(Debug, Default)]
pub(super) struct Outbound {
    waiting: BytesMut,
    spare: BytesMut,
    being_written: usize,
}

impl Outbound {
    /// Appends a message.
    ///
    /// # Errors
    /// [`OutboundError`]; the message was not taken then.
    pub(super) fn push(&mut self, message: &Message) -> Result<(), OutboundError> {
        frame::encode(message, &mut self.waiting)?;
        if self.waiting.len() + self.being_written > OUTBOUND_BYTES_MAX {
            return Err(OutboundError::Overflow);
        }
        Ok(())
    }

    /// Everything that waits, to be written at once; none if nothing does.
    pub(super) fn take(&mut self) -> Option<BytesMut> {
        if self.waiting.is_empty() {
            return None;
        }
        self.being_written = self.waiting.len();
        Some(std::mem::replace(&mut self.waiting, std::mem::take(&mut self.spare)))
    }

    /// What was taken has been written; its buffer comes back.
    pub(super) fn written(&mut self, mut buffer: BytesMut) {
        self.being_written = 0;
        if buffer.capacity() <= KEEP_BYTES_MAX {
            buffer.clear();
            self.spare = buffer;
        }
    }
}
