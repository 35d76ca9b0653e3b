//! What a node says to the chats of all: a tag and a body, read with bounds.
//!
//! ```text
//! 1 Hello: view u64 | count u32, that many ids u64 | name: length u32, UTF-8
//! 2 Say:   minute u64 | the rest is the text, UTF-8
//! ```

use super::bytes::{Malformed, Reader, put_count, put_text, put_u64};
use super::name::{NAME_BYTES_MAX, Name};
use super::text::{LINE_BYTES_MAX, strip};
use crate::proto::id::NodeId;

/// How many members a [`Command::Hello`] may list.
pub const PRESENT_MAX: usize = 4_096;

/// One ordered command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The origin has become a member, and wants to be called so.
    Hello {
        /// The number of the view that took it in.
        view: u64,
        /// The members of that view: the names of those who are gone by then may be taken.
        present: Vec<NodeId>,
        /// What it wants to be called.
        name: Name,
    },
    /// The origin says a line.
    Say {
        /// The origin's clock in minutes since 1970 (UTC). It is shown, and nothing depends on it.
        minute: u64,
        /// The line, free of escape sequences and control characters.
        text: String,
    },
}

const HELLO: u8 = 1;
const SAY: u8 = 2;

impl Command {
    /// As bytes. Of more than [`PRESENT_MAX`] members only that many are listed.
    pub fn encode(&self) -> Vec<u8> {
        let mut into = Vec::new();
        match self {
            Command::Hello { view, present, name } => {
                into.push(HELLO);
                put_u64(&mut into, *view);
                let listed = &present[..present.len().min(PRESENT_MAX)];
                put_count(&mut into, listed.len());
                for id in listed {
                    put_u64(&mut into, id.0);
                }
                put_text(&mut into, name.as_str());
            }
            Command::Say { minute, text } => {
                into.push(SAY);
                put_u64(&mut into, *minute);
                into.extend_from_slice(text.as_bytes());
            }
        }
        into
    }

    /// From bytes that some node submitted. A line is stripped again: its origin may be careless.
    ///
    /// # Errors
    /// [`Malformed`], if this is no command of this release.
    pub fn decode(bytes: &[u8]) -> Result<Command, Malformed> {
        let mut reader = Reader(bytes);
        match reader.tag(SAY, "a command's tag")? {
            HELLO => decode_hello(reader),
            _ => decode_say(reader),
        }
    }
}

fn decode_hello(mut reader: Reader<'_>) -> Result<Command, Malformed> {
    let view = reader.u64("a view's number")?;
    let count = reader.count(PRESENT_MAX, "a count of members")?;
    let mut present = Vec::with_capacity(count.min(reader.0.len() / 8));
    for _ in 0..count {
        present.push(NodeId(reader.u64("a member's id")?));
    }
    let name = decode_name(&mut reader)?;
    reader.end()?;
    Ok(Command::Hello { view, present, name })
}

fn decode_say(mut reader: Reader<'_>) -> Result<Command, Malformed> {
    let minute = reader.u64("a minute")?;
    let found = reader.0.len();
    if found > LINE_BYTES_MAX {
        return Err(Malformed::TooMany { what: "a line's length", most: LINE_BYTES_MAX, found });
    }
    let text = std::str::from_utf8(reader.0).map_err(|_| Malformed::Text {
        what: "a line of UTF-8",
        found: String::from_utf8_lossy(reader.0).chars().take(40).collect(),
    })?;
    Ok(Command::Say { minute, text: strip(text) })
}

/// A counted name that meets the rules of names.
pub(super) fn decode_name(reader: &mut Reader<'_>) -> Result<Name, Malformed> {
    let text = reader.text(NAME_BYTES_MAX, "a name")?;
    match Name::new(text) {
        Ok(name) if name.as_str() == text => Ok(name),
        Ok(_) | Err(_) => Err(Malformed::Text { what: "a name", found: strip(text) }),
    }
}
