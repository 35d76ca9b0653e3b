//! Frames: a length, a header, and the payloads behind it, sliced out of what was read.
//!
//! ```text
//! u32 length of all that follows | u32 length of the header | header | payload bytes
//! ```
//!
//! Both lengths are little-endian. The header is the message with the mere length in each payload's
//! place; the bytes of all payloads stand behind it, in the same order, and nothing else does.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codec;
use crate::proto::message::{Hello, Message};

/// The greatest frame, its length prefix not counted.
pub const FRAME_BYTES_MAX: usize = 4 << 20;

/// The greatest header: it bounds what a decoded message can occupy.
pub const HEADER_BYTES_MAX: usize = 1 << 20;

/// The greatest frame of a peer that has not introduced itself yet.
pub const HELLO_BYTES_MAX: usize = 1 << 10;

/// How much is read at once, if it is there.
const CHUNK: usize = 128 << 10;

/// With less room than this a fresh chunk is begun.
const ROOM_MIN: usize = 16 << 10;

/// Payloads of a frame that together are smaller than this are copied out of the chunk: else one
/// line kept in the log would pin a whole chunk of heartbeats.
const COPY_BELOW: usize = 4 << 10;

const PREFIX: usize = 4;

/// Bytes that are no frame, or a message that fits in none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The length prefix is beyond the bound.
    #[error("expected a frame of at most {most} bytes, found one of {found}")]
    Oversize {
        /// The bound that holds at this point of the conversation.
        most: usize,
        /// What the prefix says.
        found: usize,
    },
    /// The frame has no room for the length of its own header.
    #[error("expected a frame of at least 4 bytes, found one of {found}")]
    Undersize {
        /// What the prefix says.
        found: usize,
    },
    /// The header is longer than its frame, or than the bound.
    #[error("expected a header of at most {most} bytes in this frame, found one of {found}")]
    HeaderLength {
        /// What is left of the frame, or the bound if that is less.
        most: usize,
        /// What the header's length says.
        found: usize,
    },
    /// The header is no message.
    #[error("expected a header that is a message, found something else: {why}")]
    Header {
        /// What the codec says.
        why: String,
    },
    /// The message ends before its header does.
    #[error("expected a header of {expected} bytes, found a message of {found} in it")]
    HeaderTrailing {
        /// The header's length.
        expected: usize,
        /// How long the message in it is.
        found: usize,
    },
    /// The header announces more or fewer payload bytes than follow.
    #[error("expected {expected} bytes of payload behind the header, found {found}")]
    Payload {
        /// The sum of the lengths in the header.
        expected: u64,
        /// How many bytes the frame has behind its header.
        found: usize,
    },
    /// The connection ended within a frame.
    #[error("expected {expected} bytes of a frame, found the end after {found}")]
    Truncated {
        /// The length of the frame with its prefix; of the prefix alone, if even that is cut.
        expected: usize,
        /// How many bytes came.
        found: usize,
    },
    /// A message of this node does not fit into a frame; nothing was appended.
    #[error("expected a message of at most {most} bytes, found one of {found}; it was not sent")]
    TooLarge {
        /// The bound of a frame or of its header.
        most: usize,
        /// The message's size, or as much of it as was counted.
        found: usize,
    },
}

/// Appends a message as one frame.
///
/// # Errors
/// [`FrameError::TooLarge`], with `into` as it was.
pub fn encode(message: &Message, into: &mut BytesMut) -> Result<(), FrameError> {
    let start = into.len();
    let header = encode_header(message, into)?;
    for payload in message.payloads() {
        into.extend_from_slice(&payload.bytes);
    }
    finish(into, start, header)
}

/// Appends an introduction as one frame, without payloads.
///
/// # Errors
/// [`FrameError::TooLarge`], with `into` as it was.
pub fn encode_hello(hello: &Hello, into: &mut BytesMut) -> Result<(), FrameError> {
    let start = into.len();
    let header = encode_header(hello, into)?;
    finish(into, start, header)
}

/// Appends room for both lengths and the header; gives the header's length.
fn encode_header<T: Serialize>(value: &T, into: &mut BytesMut) -> Result<usize, FrameError> {
    let start = into.len();
    into.put_bytes(0, 2 * PREFIX);
    if let Err(why) = codec::encode(value, into) {
        into.truncate(start);
        return Err(FrameError::Header { why });
    }
    let header = into.len() - start - 2 * PREFIX;
    if header > HEADER_BYTES_MAX {
        into.truncate(start);
        return Err(FrameError::TooLarge { most: HEADER_BYTES_MAX, found: header });
    }
    Ok(header)
}

/// Fills in both lengths, now that they are known.
fn finish(into: &mut BytesMut, start: usize, header: usize) -> Result<(), FrameError> {
    let length = into.len() - start - PREFIX;
    let (Ok(length_field), Ok(header_field)) = (u32::try_from(length), u32::try_from(header))
    else {
        into.truncate(start);
        return Err(FrameError::TooLarge { most: FRAME_BYTES_MAX, found: length });
    };
    if length > FRAME_BYTES_MAX {
        into.truncate(start);
        return Err(FrameError::TooLarge { most: FRAME_BYTES_MAX, found: length });
    }
    let mut lengths = &mut into[start..start + 2 * PREFIX];
    lengths.put_u32_le(length_field);
    lengths.put_u32_le(header_field);
    Ok(())
}

/// Takes bytes as they were read, and gives the frames that are complete in them.
#[derive(Debug, Default)]
pub struct Decoder {
    received: BytesMut,
}

impl Decoder {
    /// A decoder that has received nothing, and holds no memory yet.
    pub fn new() -> Decoder {
        Decoder::default()
    }

    /// Where to read into: room for a whole chunk, so that one read takes all that waits.
    ///
    /// Grows with what came, never with what was announced.
    pub fn room(&mut self) -> &mut BytesMut {
        if self.received.capacity() - self.received.len() < ROOM_MIN
            && !self.received.try_reclaim(CHUNK)
        {
            self.renew(CHUNK.max(2 * self.received.len()));
        }
        &mut self.received
    }

    /// Where to read into as long as the peer has not introduced itself: only a little room.
    pub fn small_room(&mut self) -> &mut BytesMut {
        if self.received.capacity() == self.received.len() {
            self.renew(2 * HELLO_BYTES_MAX + self.received.len());
        }
        &mut self.received
    }

    /// A fresh chunk, with the beginning of the next frame moved into it.
    fn renew(&mut self, capacity: usize) {
        let mut fresh = BytesMut::with_capacity(capacity);
        fresh.extend_from_slice(&self.received);
        self.received = fresh;
    }

    /// What was received and not given out yet.
    pub fn pending(&self) -> &[u8] {
        &self.received
    }

    /// Drops bytes from the front that are part of no frame, such as the preamble.
    pub fn skip(&mut self, bytes: usize) {
        self.received.advance(bytes.min(self.received.len()));
    }

    /// The next message, if it is complete.
    ///
    /// # Errors
    /// What of the frame was wrong. The bytes behind it mean nothing then: close the link.
    pub fn next_message(&mut self) -> Result<Option<Message>, FrameError> {
        let Some(mut frame) = self.next_frame(FRAME_BYTES_MAX)? else { return Ok(None) };
        let mut message: Message = decode_header(&mut frame)?;
        let expected = message.payloads().map(|payload| u64::from(payload.length)).sum();
        if frame.len() as u64 != expected {
            return Err(FrameError::Payload { expected, found: frame.len() });
        }
        if !frame.is_empty() {
            let mut tail = payload_bytes(frame);
            for payload in message.payloads_mut() {
                payload.bytes = tail.split_to(payload.length as usize);
            }
        }
        Ok(Some(message))
    }

    /// The peer's introduction, if it is complete.
    ///
    /// # Errors
    /// As [`Self::next_message`], with the bound of [`HELLO_BYTES_MAX`].
    pub fn next_hello(&mut self) -> Result<Option<Hello>, FrameError> {
        let Some(mut frame) = self.next_frame(HELLO_BYTES_MAX)? else { return Ok(None) };
        let hello = decode_header(&mut frame)?;
        if frame.is_empty() {
            Ok(Some(hello))
        } else {
            Err(FrameError::Payload { expected: 0, found: frame.len() })
        }
    }

    /// Says whether the connection ended where a frame did.
    ///
    /// # Errors
    /// [`FrameError::Truncated`], if a frame had begun.
    pub fn finish(&self) -> Result<(), FrameError> {
        let found = self.received.len();
        match self.announced() {
            None if found == 0 => Ok(()),
            None => Err(FrameError::Truncated { expected: PREFIX, found }),
            Some(length) => Err(FrameError::Truncated { expected: PREFIX + length, found }),
        }
    }

    /// What the length prefix says, if it is there.
    fn announced(&self) -> Option<usize> {
        let prefix: [u8; PREFIX] = *self.received.first_chunk()?;
        usize::try_from(u32::from_le_bytes(prefix)).ok()
    }

    /// Everything of the next frame behind its length, if it is complete.
    fn next_frame(&mut self, most: usize) -> Result<Option<BytesMut>, FrameError> {
        let Some(length) = self.announced() else { return Ok(None) };
        if length > most {
            return Err(FrameError::Oversize { most, found: length });
        }
        if length < PREFIX {
            return Err(FrameError::Undersize { found: length });
        }
        if self.received.len() < PREFIX + length {
            return Ok(None);
        }
        self.received.advance(PREFIX);
        Ok(Some(self.received.split_to(length)))
    }
}

/// Takes the header off the front of a frame.
fn decode_header<T: DeserializeOwned>(frame: &mut BytesMut) -> Result<T, FrameError> {
    let found = usize::try_from(frame.get_u32_le()).unwrap_or(usize::MAX);
    let most = frame.len().min(HEADER_BYTES_MAX);
    if found > most {
        return Err(FrameError::HeaderLength { most, found });
    }
    let (value, used) = codec::decode(&frame[..found]).map_err(|why| FrameError::Header { why })?;
    if used != found {
        return Err(FrameError::HeaderTrailing { expected: found, found: used });
    }
    frame.advance(found);
    Ok(value)
}

/// The payloads of a frame, shared with the chunk unless they are small.
fn payload_bytes(frame: BytesMut) -> Bytes {
    if frame.len() < COPY_BELOW { Bytes::copy_from_slice(&frame) } else { frame.freeze() }
}
