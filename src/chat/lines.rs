//! What is said in groups: lines, their later changes, and how many are remembered.

use serde::{Deserialize, Serialize};

use super::command::Kind;
use super::name::Name;
use super::outcome::{Outcome, Told};
use super::person::{GroupId, LOBBY, PersonId, Who};
use super::refusal::{Refusal, TooMuch};
use super::state::{Chat, HISTORY_BYTES_MAX, HISTORY_LINES_MAX, Stamp, Verdict};
use crate::proto::id::{Index, NodeId};

/// A line of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its place in the order.
    pub place: Index,
    /// Its Lamport time.
    pub lamport: u64,
    /// At which node it was said.
    pub origin: NodeId,
    /// Who said it.
    pub person: PersonId,
    /// What they were called by then; none, if their node had said nothing about that.
    pub name: Option<Name>,
    /// In which group.
    pub group: GroupId,
    /// The origin's clock in seconds since 1970 (UTC).
    pub second: u64,
    /// How it is meant.
    pub kind: Kind,
    /// What was said; nothing, if it was taken back.
    pub text: String,
    /// What became of it.
    pub revision: Revision,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revision {
    /// It stands as it was said.
    Original,
    /// It has another text, since this place.
    Edited(Index),
    /// It was taken back, at this place.
    Removed(Index),
}

impl Line {
    /// A line of a guest in the lobby.
    pub fn said(place: Index, origin: NodeId, name: Option<Name>, text: &str) -> Line {
        Line {
            place,
            lamport: place.0,
            origin,
            person: PersonId::Guest(origin),
            name,
            group: LOBBY,
            second: 0,
            kind: Kind::Said,
            text: text.to_owned(),
            revision: Revision::Original,
        }
    }

    /// The origin's clock in minutes since 1970 (UTC).
    pub fn minute(&self) -> u64 {
        self.second / 60
    }
}

impl Chat {
    /// As release 1 says a line: also without a name.
    pub(super) fn say(&mut self, stamp: Stamp, text: String) -> Verdict {
        let who = self.who_at(stamp.origin);
        let person = who.as_ref().map_or(PersonId::Guest(stamp.origin), |who| who.person);
        self.line(stamp, person, who.map(|who| who.name), LOBBY, Kind::Said, text)
    }

    pub(super) fn post(
        &mut self,
        stamp: Stamp,
        who: &Who,
        group: Option<Name>,
        kind: Kind,
        text: String,
    ) -> Verdict {
        let group = self.group_of(who, group)?;
        if text.trim().is_empty() {
            return Err(Refusal::Empty);
        }
        self.line(stamp, who.person, Some(who.name.clone()), group, kind, text)
    }

    fn line(
        &mut self,
        stamp: Stamp,
        person: PersonId,
        name: Option<Name>,
        group: GroupId,
        kind: Kind,
        text: String,
    ) -> Verdict {
        self.within(TooMuch::LineBytes, text.len(), self.limits.line_bytes)?;
        self.may_speak(stamp.place, person)?;
        self.spoke(stamp.place, person);
        let Stamp { place, lamport, origin, second } = stamp;
        let revision = Revision::Original;
        let line =
            Line { place, lamport, origin, person, name, group, second, kind, text, revision };
        self.remember(line.clone());
        Ok(vec![Told::group(group, place, Outcome::Said(line))])
    }

    pub(super) fn edit(&mut self, stamp: Stamp, who: &Who, place: Index, text: String) -> Verdict {
        if text.trim().is_empty() {
            return Err(Refusal::Empty);
        }
        self.within(TooMuch::LineBytes, text.len(), self.limits.line_bytes)?;
        let line = self.change(who, place, text, Revision::Edited(stamp.place))?;
        Ok(vec![Told::group(line.group, place, Outcome::Edited(line))])
    }

    pub(super) fn remove(&mut self, stamp: Stamp, who: &Who, place: Index) -> Verdict {
        let line = self.change(who, place, String::new(), Revision::Removed(stamp.place))?;
        Ok(vec![Told::group(line.group, place, Outcome::Removed(line))])
    }

    /// A line can be changed by whoever said it, as long as it is at hand and they can see it.
    fn change(
        &mut self,
        who: &Who,
        place: Index,
        text: String,
        revision: Revision,
    ) -> Result<Line, Refusal> {
        let unknown = Refusal::UnknownLine { place };
        let Ok(at) = self.history.binary_search_by_key(&place, |line| line.place) else {
            return Err(unknown);
        };
        let line = &self.history[at];
        let is_there = match line.revision {
            Revision::Original | Revision::Edited(_) => self.may_see(who.person, line),
            Revision::Removed(_) => false,
        };
        if !is_there {
            return Err(unknown);
        }
        if line.person != who.person {
            return Err(Refusal::NotAuthor { place });
        }
        let Some(line) = self.history.get_mut(at) else { return Err(unknown) };
        self.history_bytes = self.history_bytes - line.text.len() + text.len();
        line.text = text;
        line.revision = revision;
        let changed = line.clone();
        self.forget_lines();
        Ok(changed)
    }

    /// Whether a person may see a line: they were in its group when it was said, and are.
    pub fn may_see(&self, person: PersonId, line: &Line) -> bool {
        self.is_in_since(person, line.group, line.place)
    }

    /// Adds a line, and forgets the oldest beyond the bounds.
    pub(super) fn remember(&mut self, line: Line) {
        self.history_bytes += line.text.len();
        self.history.push_back(line);
        self.forget_lines();
    }

    fn forget_lines(&mut self) {
        while self.history.len() > HISTORY_LINES_MAX
            || (self.history_bytes > HISTORY_BYTES_MAX && self.history.len() > 1)
        {
            let Some(oldest) = self.history.pop_front() else { return };
            self.history_bytes -= oldest.text.len();
            self.forgotten = oldest.place;
        }
    }

    /// Whether a person has said less than the ring allows within the window that ends here.
    pub(super) fn may_speak(&mut self, place: Index, person: PersonId) -> Result<(), Refusal> {
        if self.limits.rate_lines == 0 {
            return Ok(());
        }
        while let Some((said, by)) = self.recent.front().copied()
            && said.0.saturating_add(self.limits.rate_window) <= place.0
        {
            self.recent.pop_front();
            if let Some(count) = self.recent_by.get_mut(&by) {
                *count -= 1;
                if *count == 0 {
                    self.recent_by.remove(&by);
                }
            }
        }
        let found = self.recent_by.get(&person).map_or(1, |count| count + 1);
        let found = usize::try_from(found).unwrap_or(usize::MAX);
        self.within(TooMuch::Rate, found, self.limits.rate_lines)
    }

    pub(super) fn spoke(&mut self, place: Index, person: PersonId) {
        if self.limits.rate_lines > 0 {
            self.recent.push_back((place, person));
            *self.recent_by.entry(person).or_default() += 1;
        }
    }
}
