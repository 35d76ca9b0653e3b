//! A line as the archive keeps it: bytes that this release and every later one can read.
//!
//! ```text
//! 1 | minute u64 | lamport u64 | origin u64 | named u8 (1 no, 2 yes), name if so | the rest is the text
//! 2 | second u64 | lamport u64 | origin u64 | person | named u8, name if so | group u64 | kind u8
//!   | 1 original, 2 edited, 3 removed: place u64 if so | the rest is the text
//! ```
//!
//! Its place in the order is the key, and stands beside it.

use super::bytes::{Malformed, Reader, put_name, put_option, put_u64};
use super::codec::{put_kind, read_kind, read_line, read_name};
use super::lines::{Line, Revision};
use super::person::GroupId;
use super::restore::read_person;
use super::snapshot::put_person;
use crate::proto::id::{Index, NodeId};

/// The layout that this release writes, and the greatest that it reads.
pub const VERSION: u8 = 2;

const RELEASE_1: u8 = 1;

const ORIGINAL: u8 = 1;
const EDITED: u8 = 2;
const REMOVED: u8 = 3;

impl Line {
    /// As bytes, without its place.
    pub fn record(&self) -> Vec<u8> {
        let mut into = vec![VERSION];
        put_u64(&mut into, self.second);
        put_u64(&mut into, self.lamport);
        put_u64(&mut into, self.origin.0);
        put_person(&mut into, self.person);
        put_option(&mut into, self.name.as_ref(), put_name);
        put_u64(&mut into, self.group.0.0);
        put_kind(&mut into, self.kind);
        let (tag, at) = match self.revision {
            Revision::Original => (ORIGINAL, None),
            Revision::Edited(at) => (EDITED, Some(at)),
            Revision::Removed(at) => (REMOVED, Some(at)),
        };
        into.push(tag);
        at.into_iter().for_each(|at| put_u64(&mut into, at.0));
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
        let version = reader.tag(VERSION, "a record's version")?;
        let time = reader.u64("a time")?;
        let lamport = reader.u64("a Lamport time")?;
        let origin = NodeId(reader.u64("an origin's id")?);
        if version == RELEASE_1 {
            let name = reader.option("a mark of a name", read_name)?;
            let text = read_line(&mut reader)?;
            let second = time.saturating_mul(60);
            return Ok(Line { lamport, second, ..Line::said(place, origin, name, &text) });
        }
        let person = read_person(&mut reader)?;
        let name = reader.option("a mark of a name", read_name)?;
        let group = GroupId(Index(reader.u64("a group's id")?));
        let kind = read_kind(&mut reader)?;
        let revision = read_revision(&mut reader)?;
        let text = read_line(&mut reader)?;
        Ok(Line { place, lamport, origin, person, name, group, second: time, kind, text, revision })
    }
}

fn read_revision(reader: &mut Reader<'_>) -> Result<Revision, Malformed> {
    let tag = reader.tag(REMOVED, "what became of a line")?;
    Ok(match tag {
        ORIGINAL => Revision::Original,
        EDITED => Revision::Edited(Index(reader.u64("a place")?)),
        _ => Revision::Removed(Index(reader.u64("a place")?)),
    })
}

/// The origin's clock in minutes since 1970 (UTC), of a record.
///
/// # Errors
/// [`Malformed`], if this is none.
pub fn minute(bytes: &[u8]) -> Result<u64, Malformed> {
    let mut reader = Reader(bytes);
    let version = reader.tag(VERSION, "a record's version")?;
    let time = reader.u64("a time")?;
    Ok(if version == RELEASE_1 { time } else { time / 60 })
}
