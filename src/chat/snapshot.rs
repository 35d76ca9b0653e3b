//! The chat's state as bytes, for newcomers and for the disk.
//!
//! ```text
//! 2 | forgotten u64 | limits | the lobby's topic
//!   | accounts: count, that many: id u64, name, verifier, seen u64, mail
//!   | sessions: count, that many: node u64, view u64, failures u64, failed at u64,
//!               1 guest: name, seen u64, mail · 2 account: id u64
//!   | groups:   count, that many: id u64, name, topic, owner, members: count, {since u64, person}
//!   | history:  count, that many lines: place u64, record (see `record`), counted
//!   | recent:   count, that many: place u64, person
//! mail: count, that many: place u64, lamport u64, origin u64, from, to, second u64, 1 plain: text
//! person: 1 account · 2 guest, id u64
//! ```
//!
//! What follows from that (who is in which group, whose a name is) is not written. Version 1, of release
//! 1, is in [`super::restore`].

use super::bytes::{put_bytes, put_count, put_name, put_text, put_u64};
use super::command::Body;
use super::groups::Group;
use super::person::{PersonId, Who};
use super::private::PrivateLine;
use super::sessions::{Session, Sits};
use super::state::{Chat, Person};
use crate::proto::id::NodeId;

/// The layout that this release writes, and the greatest that it reads.
pub const VERSION: u8 = 2;

pub(super) const GUEST_SITS: u8 = 1;
pub(super) const ACCOUNT_SITS: u8 = 2;
pub(super) const ACCOUNT: u8 = 1;
pub(super) const GUEST: u8 = 2;
pub(super) const PLAIN: u8 = 1;

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
        self.limits.put(&mut into);
        put_text(&mut into, &self.topic);
        let nobody = Person::default();
        put_count(&mut into, self.accounts.len());
        for (id, account) in &self.accounts {
            put_u64(&mut into, id.0.0);
            put_name(&mut into, &account.name);
            put_bytes(&mut into, &account.verifier);
            put_box(&mut into, self.people.get(&PersonId::Account(*id)).unwrap_or(&nobody));
        }
        put_count(&mut into, self.sessions.len());
        for (node, session) in &self.sessions {
            let person = self.people.get(&PersonId::Guest(*node)).unwrap_or(&nobody);
            put_session(&mut into, *node, session, person);
        }
        put_count(&mut into, self.groups.len());
        for (id, group) in &self.groups {
            put_u64(&mut into, id.0.0);
            put_group(&mut into, group);
        }
        put_count(&mut into, self.history.len());
        for line in &self.history {
            put_u64(&mut into, line.place.0);
            put_bytes(&mut into, &line.record());
        }
        put_count(&mut into, self.recent.len());
        for (place, person) in &self.recent {
            put_u64(&mut into, place.0);
            put_person(&mut into, *person);
        }
        into
    }
}

fn put_session(into: &mut Vec<u8>, node: NodeId, session: &Session, person: &Person) {
    put_u64(into, node.0);
    put_u64(into, session.view);
    put_u64(into, session.failures);
    put_u64(into, session.failed_at.0);
    match &session.sits {
        Sits::Guest(name) => {
            into.push(GUEST_SITS);
            put_name(into, name);
            put_box(into, person);
        }
        Sits::Account(id) => {
            into.push(ACCOUNT_SITS);
            put_u64(into, id.0.0);
        }
    }
}

fn put_group(into: &mut Vec<u8>, group: &Group) {
    put_name(into, &group.name);
    put_text(into, &group.topic);
    put_person(into, group.owner);
    put_count(into, group.members.len());
    for (since, person) in &group.members {
        put_u64(into, since.0);
        put_person(into, *person);
    }
}

/// What a person has seen, and what waits for them.
fn put_box(into: &mut Vec<u8>, person: &Person) {
    put_u64(into, person.seen.0);
    put_count(into, person.mail.len());
    for line in &person.mail {
        put_private(into, line);
    }
}

fn put_private(into: &mut Vec<u8>, line: &PrivateLine) {
    put_u64(into, line.place.0);
    put_u64(into, line.lamport);
    put_u64(into, line.origin.0);
    put_who(into, &line.from);
    put_who(into, &line.to);
    put_u64(into, line.second);
    match &line.body {
        Body::Plain(text) => {
            into.push(PLAIN);
            put_text(into, text);
        }
    }
}

fn put_who(into: &mut Vec<u8>, who: &Who) {
    put_person(into, who.person);
    put_name(into, &who.name);
}

pub(super) fn put_person(into: &mut Vec<u8>, person: PersonId) {
    match person {
        PersonId::Account(id) => {
            into.push(ACCOUNT);
            put_u64(into, id.0.0);
        }
        PersonId::Guest(node) => {
            into.push(GUEST);
            put_u64(into, node.0);
        }
    }
}
