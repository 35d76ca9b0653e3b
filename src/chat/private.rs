//! Private lines: shown to two people, and kept for the one who is away until they have seen them.
//!
//! Every member's disk holds them, readable, as long as bodies are [`Body::Plain`].

use serde::{Deserialize, Serialize};

use super::command::Body;
use super::name::Name;
use super::outcome::{Audience, Outcome, Told};
use super::person::{PersonId, Who};
use super::refusal::{Refusal, TooMuch};
use super::state::{Chat, Stamp, Verdict};
use crate::proto::id::{Index, NodeId};

/// A line from one person to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivateLine {
    /// Its place in the order.
    pub place: Index,
    /// Its Lamport time.
    pub lamport: u64,
    /// At which node it was said.
    pub origin: NodeId,
    /// Who said it. They may be gone by the time it is read.
    pub from: Who,
    /// To whom.
    pub to: Who,
    /// The origin's clock in seconds since 1970 (UTC).
    pub second: u64,
    /// What was said.
    pub body: Body,
}

impl Chat {
    /// Every private line waits for its recipient until one of their sessions says that it was shown: who
    /// is away is nothing that the order knows.
    pub(super) fn private(&mut self, stamp: Stamp, from: Who, to: &Name, body: Body) -> Verdict {
        let recipient = self.names.get(&to.skeleton()).copied();
        let recipient = recipient.and_then(|person| self.who(person));
        let to = recipient.ok_or_else(|| Refusal::UnknownPerson { name: to.clone() })?;
        if is_empty(&body) {
            return Err(Refusal::Empty);
        }
        self.within(TooMuch::LineBytes, body.length(), self.limits.line_bytes)?;
        self.has_room_for_mail(to.person, body.length())?;
        self.may_speak(stamp.place, from.person)?;
        self.spoke(stamp.place, from.person);
        let Stamp { place, lamport, origin, second } = stamp;
        let people = vec![from.person, to.person];
        let line = PrivateLine { place, lamport, origin, from, to, second, body };
        self.put_mail(line.to.person, line.clone());
        Ok(vec![Told { to: Audience::People(people), what: Outcome::Private(line) }])
    }

    /// A person has seen everything up to there: no private line of it waits any more, and no line of a
    /// group will be shown as missed.
    pub(super) fn see(&mut self, stamp: Stamp, id: PersonId, up_to: Index) -> Vec<Told> {
        let up_to = up_to.min(stamp.place.previous());
        let Some(person) = self.people.get_mut(&id) else { return Vec::new() };
        while let Some(line) = person.mail.pop_front_if(|line| line.place <= up_to) {
            person.mail_bytes -= line.body.length();
            self.mail_bytes -= line.body.length();
        }
        person.seen = person.seen.max(up_to);
        vec![Told { to: Audience::People(vec![id]), what: Outcome::Seen { person: id, up_to } }]
    }

    pub(super) fn put_mail(&mut self, person: PersonId, line: PrivateLine) {
        if let Some(person) = self.people.get_mut(&person) {
            person.mail_bytes += line.body.length();
            self.mail_bytes += line.body.length();
            person.mail.push_back(line);
        }
    }

    fn has_room_for_mail(&self, person: PersonId, bytes: usize) -> Result<(), Refusal> {
        let (lines, waiting) = self
            .people
            .get(&person)
            .map_or((0, 0), |person| (person.mail.len(), person.mail_bytes));
        let limits = &self.limits;
        self.within(TooMuch::MailboxLines, lines + 1, limits.mailbox_lines)?;
        self.within(TooMuch::MailboxBytes, waiting + bytes, limits.mailbox_bytes)?;
        self.within(TooMuch::MailBytes, self.mail_bytes + bytes, limits.mail_bytes)
    }
}

fn is_empty(body: &Body) -> bool {
    match body {
        Body::Plain(text) => text.trim().is_empty(),
    }
}
