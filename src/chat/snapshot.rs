//! The chat's state as bytes: a version byte, the names, the history; bad bytes are an error.
//!
//! ```text
//! 1 | forgotten u64
//!   | count u32, that many: id u64, view u64, name
//!   | count u32, that many: place u64, lamport u64, origin u64, named u8 (1 no, 2 yes), name if so,
//!                           minute u64, text
//! ```

use std::collections::BTreeMap;

use super::bytes::{Malformed, Reader, put_count, put_text, put_u64};
use super::command::decode_name;
use super::state::{Chat, HISTORY_LINES_MAX, Line, Naming};
use super::text::{LINE_BYTES_MAX, strip};
use crate::proto::id::{Index, NodeId};

/// The layout that this release writes, and the greatest that it reads.
pub const VERSION: u8 = 1;

/// More members than [`super::state::NAMES_MAX`] keep their names; more than this there are not.
const NAMES_READ_MAX: usize = 1 << 20;

const UNNAMED: u8 = 1;
const NAMED: u8 = 2;

impl Chat {
    /// A hash of the state (FNV-1a): equal where the states are.
    pub fn digest(&self) -> u64 {
        let fold = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        self.snapshot().iter().fold(0xcbf2_9ce4_8422_2325, fold)
    }

    /// The state as bytes.
    pub fn snapshot(&self) -> Vec<u8> {
        let mut into = vec![VERSION];
        put_u64(&mut into, self.forgotten.0);
        put_count(&mut into, self.names.len());
        for (id, naming) in &self.names {
            put_u64(&mut into, id.0);
            put_u64(&mut into, naming.view);
            put_text(&mut into, naming.name.as_str());
        }
        put_count(&mut into, self.history.len());
        for line in &self.history {
            put_u64(&mut into, line.place.0);
            put_u64(&mut into, line.lamport);
            put_u64(&mut into, line.origin.0);
            match &line.name {
                None => into.push(UNNAMED),
                Some(name) => {
                    into.push(NAMED);
                    put_text(&mut into, name.as_str());
                }
            }
            put_u64(&mut into, line.minute);
            put_text(&mut into, &line.text);
        }
        into
    }

    /// The state that these bytes hold.
    ///
    /// # Errors
    /// [`Malformed`], if they hold none that this release can read.
    pub fn restore(bytes: &[u8]) -> Result<Chat, Malformed> {
        let mut reader = Reader(bytes);
        reader.tag(VERSION, "a snapshot's version")?;
        let forgotten = Index(reader.u64("the place of the last forgotten line")?);
        let names = restore_names(&mut reader)?;
        let mut chat = Chat { forgotten, names, ..Chat::default() };
        for _ in 0..reader.count(HISTORY_LINES_MAX, "a count of lines")? {
            chat.remember(restore_line(&mut reader)?);
        }
        reader.end()?;
        Ok(chat)
    }
}

fn restore_names(reader: &mut Reader<'_>) -> Result<BTreeMap<NodeId, Naming>, Malformed> {
    let mut names = BTreeMap::new();
    for _ in 0..reader.count(NAMES_READ_MAX, "a count of names")? {
        let id = NodeId(reader.u64("a node's id")?);
        let view = reader.u64("a view's number")?;
        names.insert(id, Naming { name: decode_name(reader)?, view });
    }
    Ok(names)
}

fn restore_line(reader: &mut Reader<'_>) -> Result<Line, Malformed> {
    let place = Index(reader.u64("a place")?);
    let lamport = reader.u64("a Lamport time")?;
    let origin = NodeId(reader.u64("an origin's id")?);
    let name = match reader.tag(NAMED, "a mark of a name")? {
        NAMED => Some(decode_name(reader)?),
        _ => None,
    };
    let minute = reader.u64("a minute")?;
    let text = strip(reader.text(LINE_BYTES_MAX, "a line")?);
    Ok(Line { place, lamport, origin, name, minute, text })
}
