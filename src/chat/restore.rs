//! A chat from bytes, of this release or of release 1; bad bytes are an error.
//!
//! ```text
//! 1 | forgotten u64
//!   | count u32, that many: id u64, view u64, name
//!   | count u32, that many: place u64, lamport u64, origin u64, named u8 (1 no, 2 yes), name if so,
//!                           minute u64, text
//! ```

use std::collections::BTreeMap;

use super::accounts::Account;
use super::bytes::{Malformed, Reader};
use super::codec::read_name;
use super::command::{Body, VERIFIER_BYTES_MAX};
use super::groups::Group;
use super::limits::Limits;
use super::lines::Line;
use super::person::{AccountId, GroupId, PersonId, Who};
use super::private::PrivateLine;
use super::sessions::{Session, Sits};
use super::snapshot::{ACCOUNT, ACCOUNT_SITS, GUEST, GUEST_SITS, PLAIN, VERSION};
use super::state::{Chat, HISTORY_LINES_MAX, Person};
use super::text::{LINE_BYTES_MAX, strip};
use crate::proto::id::{Index, NodeId};

/// More of anything there is not.
const COUNT_MAX: usize = 1 << 20;

/// A line's record is a little longer than the line.
const RECORD_BYTES_MAX: usize = LINE_BYTES_MAX + 1_024;

const RELEASE_1: u8 = 1;

impl Chat {
    /// The state that these bytes hold.
    ///
    /// # Errors
    /// [`Malformed`], if they hold none that this release can read.
    pub fn restore(bytes: &[u8]) -> Result<Chat, Malformed> {
        let mut reader = Reader(bytes);
        let mut chat = Chat::default();
        let version = reader.tag(VERSION, "a snapshot's version")?;
        chat.forgotten = Index(reader.u64("the place of the last forgotten line")?);
        if version == RELEASE_1 {
            chat.restore_release_1(&mut reader)?;
        } else {
            chat.limits = Limits::read(&mut reader)?;
            chat.topic = strip(reader.text(LINE_BYTES_MAX, "a topic")?);
            chat.restore_accounts(&mut reader)?;
            chat.restore_sessions(&mut reader)?;
            chat.restore_groups(&mut reader)?;
            chat.restore_lines(&mut reader)?;
        }
        reader.end()?;
        Ok(chat)
    }

    fn restore_accounts(&mut self, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        for _ in 0..reader.count(COUNT_MAX, "a count of accounts")? {
            let id = AccountId(Index(reader.u64("an account's id")?));
            let name = read_name(reader)?;
            let verifier = reader.bytes(VERIFIER_BYTES_MAX, "a verifier")?.to_vec();
            self.put_person(PersonId::Account(id), name.skeleton(), read_box(reader)?)?;
            self.accounts.insert(id, Account { name, verifier, sessions: [].into() });
        }
        Ok(())
    }

    fn restore_sessions(&mut self, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        for _ in 0..reader.count(COUNT_MAX, "a count of sessions")? {
            let node = NodeId(reader.u64("a node's id")?);
            let view = reader.u64("a view's number")?;
            let failures = reader.u64("a count of failures")?;
            let failed_at = Index(reader.u64("a place")?);
            let sits = if reader.tag(ACCOUNT_SITS, "who sits at a node")? == GUEST_SITS {
                let name = read_name(reader)?;
                self.put_person(PersonId::Guest(node), name.skeleton(), read_box(reader)?)?;
                Sits::Guest(name)
            } else {
                let id = AccountId(Index(reader.u64("an account's id")?));
                let account = self.accounts.get_mut(&id);
                account.ok_or(missing("an account", id.0.0))?.sessions.insert(node);
                Sits::Account(id)
            };
            let session = Session { view, sits, failures, failed_at };
            if self.sessions.insert(node, session).is_some() {
                return Err(missing("a node once", node.0));
            }
        }
        Ok(())
    }

    fn restore_groups(&mut self, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        for _ in 0..reader.count(COUNT_MAX, "a count of groups")? {
            let id = GroupId(Index(reader.u64("a group's id")?));
            let name = read_name(reader)?;
            let topic = strip(reader.text(LINE_BYTES_MAX, "a topic")?);
            let owner = read_person(reader)?;
            let mut members = BTreeMap::new();
            for _ in 0..reader.count(COUNT_MAX, "a count of members")? {
                let since = Index(reader.u64("a place")?);
                let member = read_person(reader)?;
                let person = self.people.get_mut(&member).ok_or(missing("a member", since.0))?;
                let twice = person.groups.insert(id, since).is_some();
                if twice || members.insert(since, member).is_some() {
                    return Err(missing("a member once", since.0));
                }
            }
            let skeleton = name.skeleton();
            let known = self.people.get(&owner).is_some_and(|it| it.groups.contains_key(&id));
            let group = Group { name, topic, owner, members };
            let twice = self.group_names.insert(skeleton, id).is_some();
            if !known || twice || self.groups.insert(id, group).is_some() {
                return Err(missing("a group once, and its owner in it", id.0.0));
            }
        }
        Ok(())
    }

    fn restore_lines(&mut self, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        for _ in 0..reader.count(HISTORY_LINES_MAX, "a count of lines")? {
            let place = Index(reader.u64("a place")?);
            let record = reader.bytes(RECORD_BYTES_MAX, "a line")?;
            self.remember(Line::of_record(place, record)?);
        }
        for _ in 0..reader.count(COUNT_MAX, "a count of recent lines")? {
            let place = Index(reader.u64("a place")?);
            let person = read_person(reader)?;
            self.recent.push_back((place, person));
            *self.recent_by.entry(person).or_default() += 1;
        }
        Ok(())
    }

    /// Nobody had an account, and names were told apart by fewer look-alikes: the second of two that are
    /// one by now gets a number, as it would if it came later.
    fn restore_release_1(&mut self, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        for _ in 0..reader.count(COUNT_MAX, "a count of names")? {
            let node = NodeId(reader.u64("a node's id")?);
            let view = reader.u64("a view's number")?;
            let wanted = read_name(reader)?;
            let name = self.free_name(&wanted, None);
            self.put_person(PersonId::Guest(node), name.skeleton(), Person::default())?;
            let sits = Sits::Guest(name);
            let session = Session { view, sits, failures: 0, failed_at: Index::ZERO };
            self.sessions.insert(node, session);
        }
        for _ in 0..reader.count(HISTORY_LINES_MAX, "a count of lines")? {
            let place = Index(reader.u64("a place")?);
            let lamport = reader.u64("a Lamport time")?;
            let origin = NodeId(reader.u64("an origin's id")?);
            let name = reader.option("a mark of a name", read_name)?;
            let second = reader.u64("a minute")?.saturating_mul(60);
            let text = strip(reader.text(LINE_BYTES_MAX, "a line")?);
            self.remember(Line { lamport, second, ..Line::said(place, origin, name, &text) });
        }
        Ok(())
    }

    fn put_person(&mut self, id: PersonId, skeleton: String, it: Person) -> Result<(), Malformed> {
        self.mail_bytes += it.mail_bytes;
        let twice = self.names.insert(skeleton, id).is_some();
        if twice || self.people.insert(id, it).is_some() {
            return Err(missing("a person, and a name, once", number(id)));
        }
        Ok(())
    }
}

fn read_box(reader: &mut Reader<'_>) -> Result<Person, Malformed> {
    let mut person = Person { seen: Index(reader.u64("a place")?), ..Person::default() };
    for _ in 0..reader.count(COUNT_MAX, "a count of private lines")? {
        let line = read_private(reader)?;
        person.mail_bytes += line.body.length();
        person.mail.push_back(line);
    }
    Ok(person)
}

fn read_private(reader: &mut Reader<'_>) -> Result<PrivateLine, Malformed> {
    let place = Index(reader.u64("a place")?);
    let lamport = reader.u64("a Lamport time")?;
    let origin = NodeId(reader.u64("an origin's id")?);
    let (from, to) = (read_who(reader)?, read_who(reader)?);
    let second = reader.u64("a second")?;
    reader.tag(PLAIN, "a body's tag")?;
    let body = Body::Plain(strip(reader.text(LINE_BYTES_MAX, "a line")?));
    Ok(PrivateLine { place, lamport, origin, from, to, second, body })
}

fn read_who(reader: &mut Reader<'_>) -> Result<Who, Malformed> {
    Ok(Who { person: read_person(reader)?, name: read_name(reader)? })
}

pub(super) fn read_person(reader: &mut Reader<'_>) -> Result<PersonId, Malformed> {
    let tag = reader.tag(GUEST, "a person's tag")?;
    let id = reader.u64("a person's id")?;
    Ok(match tag {
        ACCOUNT => PersonId::Account(AccountId(Index(id))),
        _ => PersonId::Guest(NodeId(id)),
    })
}

fn number(id: PersonId) -> u64 {
    match id {
        PersonId::Account(AccountId(Index(place))) => place,
        PersonId::Guest(NodeId(node)) => node,
    }
}

fn missing(what: &'static str, found: u64) -> Malformed {
    Malformed::Reference { what, found }
}
