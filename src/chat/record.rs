//! A line as the archive keeps it: bytes that this release and every later one can read.
//!
//! ```text
//! 1 | minute u64 | lamport u64 | origin u64 | named u8 (1 no, 2 yes), name if so | the rest is the text
//! ```
//!
//! Its place in the order is the key, and stands beside it.

use super::bytes::{Malformed, Reader, put_text, put_u64};
use super::command::decode_name;
use super::state::Line;
use super::text::{LINE_BYTES_MAX, strip};
use crate::proto::id::{Index, NodeId};

/// The layout that this release writes, and the greatest that it reads.
pub const VERSION: u8 = 1;

const UNNAMED: u8 = 1;
const NAMED: u8 = 2;

impl Line {
    /// As bytes, without its place.
    pub fn record(&self) -> Vec<u8> {
        let mut into = vec![VERSION];
        put_u64(&mut into, self.minute);
        put_u64(&mut into, self.lamport);
        put_u64(&mut into, self.origin.0);
        match &self.name {
            None => into.push(UNNAMED),
            Some(name) => {
                into.push(NAMED);
                put_text(&mut into, name.as_str());
            }
        }
        into.extend_from_slice(self.text.as_bytes());
        into
    }

    /// The line of this place that these bytes hold. It may come from another node, which may have been
    /// careless: it is stripped again.
    ///
    /// # Errors
    /// [`Malformed`], if they hold none that this release can read.
    pub fn of_record(place: Index, bytes: &[u8]) -> Result<Line, Malformed> {
        let mut reader = Reader(bytes);
        let minute = read_minute(&mut reader)?;
        let lamport = reader.u64("a Lamport time")?;
        let origin = NodeId(reader.u64("an origin's id")?);
        let name = match reader.tag(NAMED, "a mark of a name")? {
            NAMED => Some(decode_name(&mut reader)?),
            _ => None,
        };
        let found = reader.0.len();
        if found > LINE_BYTES_MAX {
            return Err(Malformed::TooMany {
                what: "a line's length",
                most: LINE_BYTES_MAX,
                found,
            });
        }
        let text = std::str::from_utf8(reader.0).map_err(|_| Malformed::Text {
            what: "a line of UTF-8",
            found: String::from_utf8_lossy(reader.0).chars().take(40).collect(),
        })?;
        Ok(Line { place, lamport, origin, name, minute, text: strip(text) })
    }
}

/// The origin's clock in minutes since 1970 (UTC), of a record.
///
/// # Errors
/// [`Malformed`], if this is none.
pub fn minute(bytes: &[u8]) -> Result<u64, Malformed> {
    read_minute(&mut Reader(bytes))
}

fn read_minute(reader: &mut Reader<'_>) -> Result<u64, Malformed> {
    reader.tag(VERSION, "a record's version")?;
    reader.u64("a minute")
}
