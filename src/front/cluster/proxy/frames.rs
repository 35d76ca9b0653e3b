//! Whole frames out of what was read: they are what is lost, held up, delayed and repeated.
//!
//! A proxy that cut a stream anywhere would make bytes that no network makes: TCP loses an end of a stream,
//! never a middle. Here a frame passes wholly or not at all.

use crate::proto::message::{Hello, Message};
use crate::wire::frame::Decoder;
use crate::wire::preamble::{LENGTH, check};
use bytes::{Bytes, BytesMut};

/// How many bytes a frame's length takes.
const PREFIX: usize = 4;

/// Cuts one direction of a connection into its preamble with the introduction, and its frames.
#[derive(Debug, Default)]
pub(super) struct Frames {
    received: BytesMut,
    introduced: bool,
}

impl Frames {
    /// Where to read into.
    pub(super) fn room(&mut self) -> &mut BytesMut {
        self.received.reserve(16 << 10);
        &mut self.received
    }

    /// The next piece, if it is complete: first the introduction, then a frame each time.
    pub(super) fn next(&mut self) -> Option<Bytes> {
        let skipped = if self.introduced { 0 } else { LENGTH };
        let prefix: [u8; PREFIX] = *self.received.get(skipped..)?.first_chunk()?;
        let length = skipped + PREFIX + usize::try_from(u32::from_le_bytes(prefix)).ok()?;
        if self.received.len() < length {
            return None;
        }
        self.introduced = true;
        Some(self.received.split_to(length).freeze())
    }
}

/// Who introduces itself in this piece.
pub(super) fn hello(piece: &[u8]) -> Option<Hello> {
    if check(piece) != Ok(true) {
        return None;
    }
    let mut decoder = Decoder::new();
    decoder.small_room().extend_from_slice(&piece[LENGTH..]);
    decoder.next_hello().ok().flatten()
}

/// What a frame says; none, if it is an introduction.
pub(super) fn message(piece: &[u8]) -> Option<Message> {
    let mut decoder = Decoder::new();
    decoder.room().extend_from_slice(piece);
    decoder.next_message().ok().flatten()
}
