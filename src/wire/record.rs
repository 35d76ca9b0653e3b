//! What is kept on a disk, as bytes: the same headers as on the wire, with the payload behind.

use bytes::{Bytes, BytesMut};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codec::{self, RECORD_BYTES_MAX};
use crate::proto::entry::{Body, Entry, SnapshotHead};

/// Bytes that are no record of this release, or something that has no place in one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The codec cannot write it.
    #[error("expected a record of this release, found another: {why}")]
    Unwritable {
        /// What the codec says.
        why: String,
    },
    /// It would be too large to be read again.
    #[error(
        "expected a record of at most {RECORD_BYTES_MAX} bytes without its payload, found one of {found}"
    )]
    TooLarge {
        /// How many bytes it takes.
        found: usize,
    },
    /// The header is none.
    #[error("expected a record, found something else: {why}")]
    Header {
        /// What the codec says.
        why: String,
    },
    /// The header announces more or fewer bytes than follow.
    #[error("expected {expected} bytes behind the record's header, found {found}")]
    Payload {
        /// What the header says.
        expected: usize,
        /// How many there are.
        found: usize,
    },
}

/// An entry of the log.
///
/// # Errors
/// [`RecordError::Unwritable`].
pub fn encode_entry(entry: &Entry) -> Result<BytesMut, RecordError> {
    let mut bytes = encode(entry)?;
    if let Body::Message(message) = &entry.body {
        bytes.extend_from_slice(&message.payload.bytes);
    }
    Ok(bytes)
}

/// The entry that these bytes hold.
///
/// # Errors
/// [`RecordError`], if they hold none, or more.
pub fn decode_entry(bytes: &[u8]) -> Result<Entry, RecordError> {
    let (mut entry, payload): (Entry, _) = decode(bytes)?;
    let expected = match &mut entry.body {
        Body::Message(message) => {
            message.payload.bytes = Bytes::copy_from_slice(payload);
            message.payload.length as usize
        }
        Body::Empty | Body::View(_) => 0,
    };
    ends(expected, payload)?;
    Ok(entry)
}

/// The ring's part of a snapshot.
///
/// # Errors
/// [`RecordError::Unwritable`].
pub fn encode_head(head: &SnapshotHead) -> Result<BytesMut, RecordError> {
    encode(head)
}

/// The ring's part of a snapshot that these bytes hold.
///
/// # Errors
/// [`RecordError`], if they hold none, or more.
pub fn decode_head(bytes: &[u8]) -> Result<SnapshotHead, RecordError> {
    let (head, rest) = decode(bytes)?;
    ends(0, rest)?;
    Ok(head)
}

fn encode<T: Serialize>(value: &T) -> Result<BytesMut, RecordError> {
    let mut bytes = BytesMut::new();
    codec::encode(value, &mut bytes).map_err(|why| RecordError::Unwritable { why })?;
    let found = bytes.len();
    if found > RECORD_BYTES_MAX { Err(RecordError::TooLarge { found }) } else { Ok(bytes) }
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, &[u8]), RecordError> {
    let (value, used) = codec::decode_record(bytes).map_err(|why| RecordError::Header { why })?;
    Ok((value, &bytes[used..]))
}

fn ends(expected: usize, rest: &[u8]) -> Result<(), RecordError> {
    let found = rest.len();
    if found == expected { Ok(()) } else { Err(RecordError::Payload { expected, found }) }
}
