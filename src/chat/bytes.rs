//! The chat's own encoding: fixed-width little-endian numbers and counted strings, read with bounds.
//!
//! It is the chat's own because the chat stands below `wire`, and because what it writes is kept by
//! nodes of several releases: each layout begins with a byte that names it.

use super::name::Name;

/// Bytes that do not hold what they should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The bytes end too early.
    #[error("expected {expected} more bytes for {what}, found {found}")]
    Short {
        /// What was being read.
        what: &'static str,
        /// How many bytes it takes.
        expected: usize,
        /// How many were left.
        found: usize,
    },
    /// A number is beyond its bound.
    #[error("expected {what} of at most {most}, found {found}")]
    TooMany {
        /// What was being read.
        what: &'static str,
        /// The bound.
        most: usize,
        /// What was found.
        found: usize,
    },
    /// A tag that this release does not know.
    #[error("expected {what} 1 to {most}, found {found}; a newer release may have written it")]
    Unknown {
        /// What was being read.
        what: &'static str,
        /// The greatest tag that this release knows; they count from 1.
        most: u8,
        /// What was found.
        found: u8,
    },
    /// A string is not UTF-8, or holds what it must not.
    #[error("expected {what}, found {found:?}")]
    Text {
        /// What was being read.
        what: &'static str,
        /// What was found, cut short.
        found: String,
    },
    /// Something is named that is not there, or is there twice.
    #[error("expected {what}, found {found}")]
    Reference {
        /// What was expected.
        what: &'static str,
        /// Its number.
        found: u64,
    },
    /// There is more than there should be.
    #[error("expected the end, found {found} more bytes")]
    Trailing {
        /// How many bytes were left.
        found: usize,
    },
}

/// Appends a counted string.
pub(super) fn put_text(into: &mut Vec<u8>, text: &str) {
    put_count(into, text.len());
    into.extend_from_slice(text.as_bytes());
}

/// Appends a name.
pub(super) fn put_name(into: &mut Vec<u8>, name: &Name) {
    put_text(into, name.as_str());
}

/// Appends counted bytes.
pub(super) fn put_bytes(into: &mut Vec<u8>, bytes: &[u8]) {
    put_count(into, bytes.len());
    into.extend_from_slice(bytes);
}

/// Appends a mark, 1 for none and 2 for some, and what there is.
pub(super) fn put_option<T>(into: &mut Vec<u8>, it: Option<&T>, put: impl Fn(&mut Vec<u8>, &T)) {
    into.push(if it.is_some() { 2 } else { 1 });
    it.into_iter().for_each(|it| put(into, it));
}

/// Appends a count. All counts of the chat are bounded far below `u32::MAX`.
pub(super) fn put_count(into: &mut Vec<u8>, count: usize) {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    into.extend_from_slice(&count.to_le_bytes());
}

/// Appends a number.
pub(super) fn put_u64(into: &mut Vec<u8>, number: u64) {
    into.extend_from_slice(&number.to_le_bytes());
}

/// Takes values off the front of a slice.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    /// The next `count` bytes.
    pub(super) fn take(&mut self, count: usize, what: &'static str) -> Result<&'a [u8], Malformed> {
        let found = self.0.len();
        let (head, rest) = self.0.split_at_checked(count).ok_or(Malformed::Short {
            what,
            expected: count,
            found,
        })?;
        self.0 = rest;
        Ok(head)
    }

    /// A tag from 1 to `most`.
    pub(super) fn tag(&mut self, most: u8, what: &'static str) -> Result<u8, Malformed> {
        match *self.take(1, what)? {
            [found] if found > 0 && found <= most => Ok(found),
            [found] => Err(Malformed::Unknown { what, most, found }),
            _ => Err(Malformed::Short { what, expected: 1, found: 0 }),
        }
    }

    /// A number.
    pub(super) fn u64(&mut self, what: &'static str) -> Result<u64, Malformed> {
        let bytes = self.take(8, what)?;
        let bytes = bytes.try_into().unwrap_or_default();
        Ok(u64::from_le_bytes(bytes))
    }

    /// A count of at most `most`.
    pub(super) fn count(&mut self, most: usize, what: &'static str) -> Result<usize, Malformed> {
        let bytes = self.take(4, what)?;
        let bytes = bytes.try_into().unwrap_or_default();
        let found = usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(usize::MAX);
        if found > most { Err(Malformed::TooMany { what, most, found }) } else { Ok(found) }
    }

    /// What [`put_option`] appended.
    pub(super) fn option<T>(
        &mut self,
        what: &'static str,
        read: impl Fn(&mut Reader<'a>) -> Result<T, Malformed>,
    ) -> Result<Option<T>, Malformed> {
        if self.tag(2, what)? == 1 { Ok(None) } else { read(self).map(Some) }
    }

    /// Counted bytes, at most `most` of them.
    pub(super) fn bytes(&mut self, most: usize, what: &'static str) -> Result<&'a [u8], Malformed> {
        let length = self.count(most, what)?;
        self.take(length, what)
    }

    /// All that is left, as a string of at most `most` bytes.
    pub(super) fn rest(&mut self, most: usize, what: &'static str) -> Result<&'a str, Malformed> {
        let found = self.0.len();
        if found > most {
            return Err(Malformed::TooMany { what, most, found });
        }
        utf8(self.take(found, what)?, what)
    }

    /// A string of at most `most` bytes.
    pub(super) fn text(&mut self, most: usize, what: &'static str) -> Result<&'a str, Malformed> {
        let length = self.count(most, what)?;
        utf8(self.take(length, what)?, what)
    }

    /// Nothing may be left.
    pub(super) fn end(self) -> Result<(), Malformed> {
        if self.0.is_empty() { Ok(()) } else { Err(Malformed::Trailing { found: self.0.len() }) }
    }
}

fn utf8<'a>(bytes: &'a [u8], what: &'static str) -> Result<&'a str, Malformed> {
    std::str::from_utf8(bytes).map_err(|_| Malformed::Text {
        what,
        found: String::from_utf8_lossy(bytes).chars().take(40).collect(),
    })
}
