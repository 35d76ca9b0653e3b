//! How ids and bytes stand in a format that people read: as hexadecimal digits, not as numbers.
//!
//! JSON's numbers are exact up to 2^53 in most programs, so an id of 64 bits must not be one there. On
//! the wire, which nobody reads, ids stay integers.

use std::fmt::Write;

use serde::{Deserialize, Deserializer, de};

/// For `#[serde(with)]` on 64 bits that mean nothing as a number.
pub(super) mod id {
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(id: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(&format_args!("{id:016x}"))
        } else {
            serializer.serialize_u64(*id)
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        if !deserializer.is_human_readable() {
            return u64::deserialize(deserializer);
        }
        let text = String::deserialize(deserializer)?;
        let wrong = || de::Error::custom(format!("expected 16 hexadecimal digits, found {text:?}"));
        if text.len() != 16 {
            return Err(wrong());
        }
        u64::from_str_radix(&text, 16).map_err(|_| wrong())
    }
}

/// For `#[serde(with)]` on bytes that no wire format holds.
pub(super) mod bytes {
    use ::bytes::Bytes;
    use serde::{Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        bytes: &Bytes,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::digits(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Bytes, D::Error> {
        super::read_digits(deserializer).map(Bytes::from)
    }
}

/// Two hexadecimal digits for each byte.
pub(super) fn digits(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The bytes again.
pub(super) fn read_digits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let byte = |pair: &[u8]| {
        let high = char::from(*pair.first()?).to_digit(16)?;
        let low = char::from(*pair.get(1)?).to_digit(16)?;
        u8::try_from(16 * high + low).ok()
    };
    let bytes: Option<Vec<u8>> = text.as_bytes().chunks(2).map(byte).collect();
    bytes.ok_or_else(|| de::Error::custom("expected pairs of hexadecimal digits"))
}
