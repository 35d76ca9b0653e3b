//! The only place that knows bincode: headers to bytes and back.
//!
//! Integers take as few bytes as they need. Lengths read off the wire drive no allocation: bincode
//! counts what it reads against the limit, and serde caps what a vector reserves ahead at one
//! mebibyte, whatever length was claimed.

use bincode::config::{Configuration, Limit, LittleEndian, Varint, standard};
use bincode::enc::write::Writer;
use bincode::error::EncodeError;
use bytes::BytesMut;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::frame::HEADER_BYTES_MAX;

/// What is read counts as large as it is in memory, where a number of one byte takes eight, and a pair of three
/// more: so whatever a node writes within a bound has to be read within so many times that bound.
const CLAIM: usize = 16;

/// The greatest record on a disk, payload not counted.
pub(super) const RECORD_BYTES_MAX: usize = 64 << 20;

type Config<const LIMIT: usize> = Configuration<LittleEndian, Varint, Limit<LIMIT>>;

const FRAME: Config<{ CLAIM * HEADER_BYTES_MAX }> = standard().with_limit();
const RECORD: Config<{ CLAIM * RECORD_BYTES_MAX }> = standard().with_limit();

/// Appends to a buffer that the caller owns.
struct Appender<'a>(&'a mut BytesMut);

impl Writer for Appender<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}

/// Appends `value` to `into`.
///
/// # Errors
/// What bincode says; `into` may then hold a part of it.
pub(super) fn encode<T: Serialize>(value: &T, into: &mut BytesMut) -> Result<(), String> {
    bincode::serde::encode_into_writer(value, Appender(into), FRAME)
        .map_err(|error| error.to_string())
}

/// The value at the front of a frame's header, and how many bytes it took.
///
/// # Errors
/// What bincode says; never more than a description of what was found.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, usize), String> {
    bincode::serde::decode_from_slice(bytes, FRAME).map_err(|error| error.to_string())
}

/// The same of a record.
///
/// # Errors
/// As above.
pub(super) fn decode_record<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, usize), String> {
    bincode::serde::decode_from_slice(bytes, RECORD).map_err(|error| error.to_string())
}
