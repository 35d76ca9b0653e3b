//! A line as the archive keeps it: bytes that this release and every later one can read.
//!
//! ```text
//! 1 | minute u64 | lamport u64 | origin u64 | named u8 (1 no, 2 yes), name if so
//!   | the rest is the text
//! 2 | flags u8 | second u64 | lamport u64 | origin u64 | account u64, if 1 | name, if 2
//!   | group u64, if 4 | place of the change u64, if 16 or 32 | the rest is the text
//! flags: 1 of an account, else of the guest at the origin · 2 named
//!        4 in a group, else in the lobby · 8 tells what its author does · 16 edited · 32 taken back
//! ```
//!
//! Its place in the order is the key, and stands beside it.

use super::bytes::{Malformed, Reader, put_name, put_u64};
use super::codec::{read_line, read_name};
use super::command::Kind;
use super::lines::{Line, Revision};
use super::person::{AccountId, GroupId, LOBBY, PersonId};
use crate::proto::id::{Index, NodeId};

/// The layout that this release writes, and the greatest that it reads.
pub const VERSION: u8 = 2;

const RELEASE_1: u8 = 1;

const ACCOUNT: u8 = 1;
const NAMED: u8 = 2;
const GROUP: u8 = 4;
const DOES: u8 = 8;
const EDITED: u8 = 16;
const REMOVED: u8 = 32;
const ALL: u8 = ACCOUNT | NAMED | GROUP | DOES | EDITED | REMOVED;

impl Line {
    /// As bytes, without its place.
    pub fn record(&self) -> Vec<u8> {
        let account = match self.person {
            PersonId::Account(AccountId(Index(id))) => Some((ACCOUNT, id)),
            PersonId::Guest(_) => None,
        };
        let group = (self.group != LOBBY).then_some((GROUP, self.group.0.0));
        let change = match self.revision {
            Revision::Original => None,
            Revision::Edited(at) => Some((EDITED, at.0)),
            Revision::Removed(at) => Some((REMOVED, at.0)),
        };
        let numbers = [account, group, change].into_iter().flatten();
        let mut flags = numbers.fold(0, |flags, (flag, _)| flags | flag);
        flags |= if self.name.is_some() { NAMED } else { 0 };
        flags |= match self.kind {
            Kind::Said => 0,
            Kind::Does => DOES,
        };
        let mut into = vec![VERSION, flags];
        put_u64(&mut into, self.second);
        put_u64(&mut into, self.lamport);
        put_u64(&mut into, self.origin.0);
        account.into_iter().for_each(|(_, id)| put_u64(&mut into, id));
        self.name.iter().for_each(|name| put_name(&mut into, name));
        group.into_iter().chain(change).for_each(|(_, number)| put_u64(&mut into, number));
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
        if reader.tag(VERSION, "a record's version")? == RELEASE_1 {
            return of_release_1(place, reader);
        }
        let flags = read_flags(&mut reader)?;
        let has = |flag: u8| flags & flag != 0;
        let second = reader.u64("a second")?;
        let lamport = reader.u64("a Lamport time")?;
        let origin = NodeId(reader.u64("an origin's id")?);
        let person = match read_if(&mut reader, has(ACCOUNT), "an account's id")? {
            Some(id) => PersonId::Account(AccountId(id)),
            None => PersonId::Guest(origin),
        };
        let name = if has(NAMED) { Some(read_name(&mut reader)?) } else { None };
        let group = read_if(&mut reader, has(GROUP), "a group's id")?.map_or(LOBBY, GroupId);
        let edited = read_if(&mut reader, has(EDITED), "a place")?.map(Revision::Edited);
        let removed = read_if(&mut reader, has(REMOVED), "a place")?.map(Revision::Removed);
        let revision = removed.or(edited).unwrap_or(Revision::Original);
        let kind = if has(DOES) { Kind::Does } else { Kind::Said };
        let text = read_line(&mut reader)?;
        Ok(Line { place, lamport, origin, person, name, group, second, kind, text, revision })
    }
}

/// A number that is there only if a flag says so.
fn read_if(
    reader: &mut Reader<'_>,
    is_there: bool,
    what: &'static str,
) -> Result<Option<Index>, Malformed> {
    if is_there { reader.u64(what).map(|it| Some(Index(it))) } else { Ok(None) }
}

fn of_release_1(place: Index, mut reader: Reader<'_>) -> Result<Line, Malformed> {
    let second = reader.u64("a minute")?.saturating_mul(60);
    let lamport = reader.u64("a Lamport time")?;
    let origin = NodeId(reader.u64("an origin's id")?);
    let name = reader.option("a mark of a name", read_name)?;
    let text = read_line(&mut reader)?;
    Ok(Line { lamport, second, ..Line::said(place, origin, name, &text) })
}

fn read_flags(reader: &mut Reader<'_>) -> Result<u8, Malformed> {
    let what = "a line's flags";
    match *reader.take(1, what)? {
        [flags] if flags <= ALL => Ok(flags),
        [found] => Err(Malformed::Unknown { what, most: ALL, found }),
        _ => Err(Malformed::Short { what, expected: 1, found: 0 }),
    }
}

/// The origin's clock in minutes since 1970 (UTC), of a record.
///
/// # Errors
/// [`Malformed`], if this is none.
pub fn minute(bytes: &[u8]) -> Result<u64, Malformed> {
    let mut reader = Reader(bytes);
    if reader.tag(VERSION, "a record's version")? == RELEASE_1 {
        return reader.u64("a minute");
    }
    read_flags(&mut reader)?;
    Ok(reader.u64("a second")? / 60)
}
