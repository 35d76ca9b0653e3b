//! Commands as bytes: a tag and a body, read with bounds.
//!
//! ```text
//! 1 Hello: view u64 | count u32, that many ids u64 | name: length u32, UTF-8
//! 2 Say:   minute u64 | the rest is the text, UTF-8
//! 3 Act:   second u64 | the action's tag | its body
//! ```
//!
//! Bodies of actions, in the order of their tags from 1: Post: kind, optional group, rest text ·
//! Private: to, body's tag, rest text · Edit: place, rest text · Remove: place · Create, Join, Part, Delete:
//! group · Topic: optional group, rest text · Rename: as Hello · Register: name, counted verifier ·
//! Login: account · LoginFailed: name · Logout · DeleteAccount · Seen: place · SetLimits: limits.

use super::bytes::{Malformed, Reader, put_bytes, put_count, put_name, put_option, put_u64};
use super::command::{Action, Body, Command, Kind, PRESENT_MAX, VERIFIER_BYTES_MAX};
use super::limits::Limits;
use super::name::{NAME_BYTES_MAX, Name};
use super::person::AccountId;
use super::text::{LINE_BYTES_MAX, strip};
use crate::proto::id::{Index, NodeId};

const HELLO: u8 = 1;
const SAY: u8 = 2;
const ACT: u8 = 3;

const POST: u8 = 1;
const PRIVATE: u8 = 2;
const EDIT: u8 = 3;
const REMOVE: u8 = 4;
const CREATE: u8 = 5;
const JOIN: u8 = 6;
const PART: u8 = 7;
const DELETE: u8 = 8;
const TOPIC: u8 = 9;
const RENAME: u8 = 10;
const REGISTER: u8 = 11;
const LOGIN: u8 = 12;
const LOGIN_FAILED: u8 = 13;
const LOGOUT: u8 = 14;
const DELETE_ACCOUNT: u8 = 15;
const SEEN: u8 = 16;
const SET_LIMITS: u8 = 17;

const PLAIN: u8 = 1;

impl Command {
    /// As bytes. Of more than [`PRESENT_MAX`] members only that many are listed.
    pub fn encode(&self) -> Vec<u8> {
        let mut into = Vec::new();
        match self {
            Command::Hello { view, present, name } => {
                into.push(HELLO);
                put_hello(&mut into, *view, present, name);
            }
            Command::Say { minute, text } => {
                into.push(SAY);
                put_u64(&mut into, *minute);
                into.extend_from_slice(text.as_bytes());
            }
            Command::Act { second, action } => {
                into.push(ACT);
                put_u64(&mut into, *second);
                put_action(&mut into, action);
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
        let command = match reader.tag(ACT, "a command's tag")? {
            HELLO => {
                let (view, present, name) = read_hello(&mut reader)?;
                Command::Hello { view, present, name }
            }
            SAY => Command::Say { minute: reader.u64("a minute")?, text: read_line(&mut reader)? },
            _ => {
                Command::Act { second: reader.u64("a second")?, action: read_action(&mut reader)? }
            }
        };
        reader.end()?;
        Ok(command)
    }
}

fn put_hello(into: &mut Vec<u8>, view: u64, present: &[NodeId], name: &Name) {
    put_u64(into, view);
    let listed = &present[..present.len().min(PRESENT_MAX)];
    put_count(into, listed.len());
    listed.iter().for_each(|id| put_u64(into, id.0));
    put_name(into, name);
}

fn put_action(into: &mut Vec<u8>, action: &Action) {
    match action {
        Action::Post { group, kind, text } => {
            into.push(POST);
            put_kind(into, *kind);
            put_option(into, group.as_ref(), put_name);
            into.extend_from_slice(text.as_bytes());
        }
        Action::Private { to, body: Body::Plain(text) } => {
            into.push(PRIVATE);
            put_name(into, to);
            into.push(PLAIN);
            into.extend_from_slice(text.as_bytes());
        }
        Action::Edit { place, text } => {
            into.push(EDIT);
            put_u64(into, place.0);
            into.extend_from_slice(text.as_bytes());
        }
        Action::Remove { place } => put_number(into, REMOVE, place.0),
        Action::Create { group } => put_named(into, CREATE, group),
        Action::Join { group } => put_named(into, JOIN, group),
        Action::Part { group } => put_named(into, PART, group),
        Action::Delete { group } => put_named(into, DELETE, group),
        Action::Topic { group, text } => {
            into.push(TOPIC);
            put_option(into, group.as_ref(), put_name);
            into.extend_from_slice(text.as_bytes());
        }
        Action::Rename { view, present, name } => {
            into.push(RENAME);
            put_hello(into, *view, present, name);
        }
        Action::Register { name, verifier } => {
            put_named(into, REGISTER, name);
            put_bytes(into, verifier);
        }
        Action::Login { account } => put_number(into, LOGIN, account.0.0),
        Action::LoginFailed { name } => put_named(into, LOGIN_FAILED, name),
        Action::Logout => into.push(LOGOUT),
        Action::DeleteAccount => into.push(DELETE_ACCOUNT),
        Action::Seen { up_to } => put_number(into, SEEN, up_to.0),
        Action::SetLimits(limits) => {
            into.push(SET_LIMITS);
            limits.put(into);
        }
    }
}

fn put_named(into: &mut Vec<u8>, tag: u8, name: &Name) {
    into.push(tag);
    put_name(into, name);
}

fn put_number(into: &mut Vec<u8>, tag: u8, number: u64) {
    into.push(tag);
    put_u64(into, number);
}

fn read_action(reader: &mut Reader<'_>) -> Result<Action, Malformed> {
    Ok(match reader.tag(SET_LIMITS, "an action's tag")? {
        POST => Action::Post {
            kind: read_kind(reader)?,
            group: reader.option("a group", read_name)?,
            text: read_line(reader)?,
        },
        PRIVATE => {
            let to = read_name(reader)?;
            reader.tag(PLAIN, "a body's tag")?;
            Action::Private { to, body: Body::Plain(read_line(reader)?) }
        }
        EDIT => Action::Edit { place: read_place(reader)?, text: read_line(reader)? },
        REMOVE => Action::Remove { place: read_place(reader)? },
        CREATE => Action::Create { group: read_name(reader)? },
        JOIN => Action::Join { group: read_name(reader)? },
        PART => Action::Part { group: read_name(reader)? },
        DELETE => Action::Delete { group: read_name(reader)? },
        TOPIC => {
            Action::Topic { group: reader.option("a group", read_name)?, text: read_line(reader)? }
        }
        RENAME => {
            let (view, present, name) = read_hello(reader)?;
            Action::Rename { view, present, name }
        }
        REGISTER => Action::Register {
            name: read_name(reader)?,
            verifier: reader.bytes(VERIFIER_BYTES_MAX, "a verifier")?.to_vec(),
        },
        LOGIN => Action::Login { account: AccountId(read_place(reader)?) },
        LOGIN_FAILED => Action::LoginFailed { name: read_name(reader)? },
        LOGOUT => Action::Logout,
        DELETE_ACCOUNT => Action::DeleteAccount,
        SEEN => Action::Seen { up_to: read_place(reader)? },
        _ => Action::SetLimits(Limits::read(reader)?),
    })
}

fn read_hello(reader: &mut Reader<'_>) -> Result<(u64, Vec<NodeId>, Name), Malformed> {
    let view = reader.u64("a view's number")?;
    let count = reader.count(PRESENT_MAX, "a count of members")?;
    let mut present = Vec::with_capacity(count.min(reader.0.len() / 8));
    for _ in 0..count {
        present.push(NodeId(reader.u64("a member's id")?));
    }
    Ok((view, present, read_name(reader)?))
}

fn read_place(reader: &mut Reader<'_>) -> Result<Index, Malformed> {
    Ok(Index(reader.u64("a place")?))
}

/// The rest is a line.
pub(super) fn read_line(reader: &mut Reader<'_>) -> Result<String, Malformed> {
    Ok(strip(reader.rest(LINE_BYTES_MAX, "a line")?))
}

pub(super) fn put_kind(into: &mut Vec<u8>, kind: Kind) {
    into.push(match kind {
        Kind::Said => 1,
        Kind::Does => 2,
    });
}

pub(super) fn read_kind(reader: &mut Reader<'_>) -> Result<Kind, Malformed> {
    Ok(if reader.tag(2, "how a line is meant")? == 1 { Kind::Said } else { Kind::Does })
}

/// A counted name that meets the rules of names.
pub(super) fn read_name(reader: &mut Reader<'_>) -> Result<Name, Malformed> {
    let text = reader.text(NAME_BYTES_MAX, "a name")?;
    match Name::new(text) {
        Ok(name) if name.as_str() == text => Ok(name),
        Ok(_) | Err(_) => Err(Malformed::Text { what: "a name", found: strip(text) }),
    }
}
