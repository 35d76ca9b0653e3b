//! What of the chat's happenings the person at a node is told, and what goes into the log.

use super::answers::quoted;
use super::application::ChatApplication;
use super::door::News;
use super::parts::{Person, nameless, unknown};
use crate::chat::lines::Line;
use crate::chat::outcome::{Becoming, Outcome, Told};
use crate::chat::person::{LOBBY, PersonId};
use crate::chat::private::PrivateLine;
use crate::proto::id::{Index, NodeId};

impl ChatApplication {
    /// Something happened at this place: it goes into the log, and to the person here if they may
    /// know.
    pub(super) fn hear(&mut self, place: Index, told: Told) {
        let reaches = self.chat().reaches(&told.to, self.me.id);
        self.log(place, &told.what, reaches);
        // What came before this node was a member was shown, or is history; nothing is shown twice.
        let live = self.was_member && place > self.shown;
        if !live || !reaches {
            return;
        }
        match told.what {
            Outcome::Said(line) => self.show(line),
            Outcome::Private(_) if self.reading_up => {}
            Outcome::Private(line) => self.show_private(line),
            Outcome::Edited(line) | Outcome::Removed(line) => {
                let changed = quoted(&self.chat(), line);
                self.news.post(News::Changed(changed));
            }
            Outcome::HandedOut(lines) => self.news.post(News::Mail(lines)),
            Outcome::Arrived { origin, wanted, back, .. } => {
                let who = self.person(origin);
                let wanted = wanted.map(|name| name.to_string());
                let own = origin == self.me.id;
                // A node that comes back and finds itself evicted says twice that it is here.
                if self.greeted.insert(origin) || !back {
                    self.news.post(News::Arrived { who, wanted, back, own });
                }
                if own && std::mem::take(&mut self.reading_up) {
                    self.show_missed_meanwhile();
                }
            }
            Outcome::Unreadable { origin, why } => {
                let who = self.person(origin);
                self.news.post(News::Unreadable { who, why });
            }
            Outcome::Became { origin, how: Becoming::LoggedIn { seen }, .. }
                if origin == self.me.id =>
            {
                self.chat_news(told.what);
                self.show_missed(seen, place);
            }
            // That another session of theirs has seen something is nothing to be shown.
            Outcome::Seen { .. } => {}
            Outcome::Became { .. }
            | Outcome::LoginFailed { .. }
            | Outcome::Created { .. }
            | Outcome::Joined { .. }
            | Outcome::Parted { .. }
            | Outcome::OwnedBy { .. }
            | Outcome::Deleted { .. }
            | Outcome::Topic { .. }
            | Outcome::Limits { .. }
            | Outcome::Refused { .. } => self.chat_news(told.what),
        }
    }

    fn chat_news(&self, what: Outcome) {
        let (me, own) = (self.me.id, self.own());
        let own = match &what {
            Outcome::Became { origin, .. }
            | Outcome::LoginFailed { origin, .. }
            | Outcome::Refused { origin, .. }
            | Outcome::Arrived { origin, .. }
            | Outcome::Unreadable { origin, .. } => *origin == me,
            Outcome::Created { by: who, .. }
            | Outcome::Joined { who, .. }
            | Outcome::Parted { who, .. }
            | Outcome::OwnedBy { owner: who, .. }
            | Outcome::Topic { by: who, .. }
            | Outcome::Limits { by: who, .. } => who.person == own,
            Outcome::Deleted { by, .. } => by.as_ref().is_some_and(|who| who.person == own),
            Outcome::Seen { person, .. } => *person == own,
            Outcome::Private(line) => line.from.person == own,
            Outcome::Said(line) | Outcome::Edited(line) | Outcome::Removed(line) => {
                line.person == own
            }
            Outcome::HandedOut(_) => true,
        };
        self.news.post(News::Chat { what: Box::new(what), own });
    }

    fn show(&self, line: Line) {
        let own = line.origin == self.me.id;
        let name = line.name.as_ref().map(ToString::to_string);
        let name = name.unwrap_or_else(|| self.name(line.origin));
        let who = Person { id: line.origin, name, registered: !line.person.is_guest() };
        let quoted = quoted(&self.chat(), line);
        self.news.post(News::Said { line: quoted.line, group: quoted.group, who, own });
    }

    fn show_private(&self, line: PrivateLine) {
        let own = line.from.person == self.own();
        let nodes = self.chat().nodes_of(line.to.person);
        let waits = !nodes.iter().any(|node| self.view.contains(*node));
        self.news.post(News::Private { line, own, waits });
    }

    /// Everything since the account was last here; what was shown at this node is not shown again.
    pub(super) fn show_missed(&self, seen: Index, before: Index) {
        let (chat, own) = (self.chat(), self.own());
        let missed = |line: &&Line| {
            let was_shown = line.group == LOBBY && line.place >= self.lobby_from;
            line.place > seen && line.place < before && !was_shown
        };
        let lines: Vec<_> = chat.visible(own).filter(missed).cloned().collect();
        let lines: Vec<_> = lines.into_iter().map(|line| quoted(&chat, line)).collect();
        let mail: Vec<_> = chat.mail(own).cloned().collect();
        if !mail.is_empty() || !lines.is_empty() {
            self.news.post(News::WhileAway { mail, lines });
        }
    }

    /// The node is here again, and everything before that was read: what the person has not seen,
    /// in this life or before, is shown. A guest has seen the last lines of the lobby when the node
    /// came in.
    fn show_missed_meanwhile(&self) {
        let own = self.own();
        let seen = if own.is_guest() { Index(u64::MAX) } else { self.chat().seen(own) };
        self.show_missed(seen, self.lobby_from);
    }

    /// The state of another node took the place of this one's: what stands between is shown.
    pub(super) fn catch_up(&mut self, index: Index) {
        let (own, shown) = (self.own(), self.shown);
        let (lines, mail): (Vec<Line>, Vec<PrivateLine>) = {
            let chat = self.chat();
            let lines = chat.visible(own).filter(|line| line.place > shown).cloned().collect();
            (lines, chat.mail(own).filter(|line| line.place > shown).cloned().collect())
        };
        lines.into_iter().for_each(|line| self.show(line));
        if !self.reading_up {
            mail.into_iter().for_each(|line| self.show_private(line));
        }
        self.shown_up_to(index);
    }

    /// What the person here may not know does not stand in the log of their machine either.
    fn log(&self, place: Index, what: &Outcome, reaches: bool) {
        match what {
            Outcome::Said(line) if !reaches => {
                let group = self.chat().group_name(line.group).to_string();
                tracing::info!("a line in #{group} stands at {place}");
            }
            Outcome::Said(line) => {
                let name = self.name(line.origin);
                let group = if line.group == LOBBY {
                    String::new()
                } else {
                    format!("#{} ", self.chat().group_name(line.group))
                };
                tracing::info!("{group}{name}[{place}·{}]: {}", line.lamport, line.text);
            }
            Outcome::Private(_) => tracing::info!("a private line stands at {place}"),
            Outcome::Arrived { origin, .. } => {
                tracing::info!("{} is {}", self.nameless_or_id(*origin), self.name(*origin));
            }
            Outcome::Unreadable { origin, why } => {
                tracing::warn!("entry {place} of {} is not shown: {why}", self.name(*origin));
            }
            Outcome::Refused { origin, why } => {
                tracing::info!("entry {place} of {} is refused: {why}", self.name(*origin));
            }
            Outcome::Became { origin, who, .. } => {
                let kind = if who.person.is_guest() { "guest" } else { "account" };
                let node = self.nameless_or_id(*origin);
                tracing::info!("{node} is the {kind} {} now", who.name);
            }
            Outcome::LoginFailed { name, origin } => {
                tracing::warn!("a wrong password for {name} was typed at {}", self.name(*origin));
            }
            Outcome::Edited(line) => tracing::info!("the line at {} is edited", line.place),
            Outcome::Removed(line) => tracing::info!("the line at {} is taken back", line.place),
            Outcome::Created { group, by } => tracing::info!("{} makes #{group}", by.name),
            Outcome::Joined { group, who } => tracing::info!("{} is in #{group}", who.name),
            Outcome::Parted { group, who } => tracing::info!("{} is out of #{group}", who.name),
            Outcome::OwnedBy { group, owner } => tracing::info!("#{group} is {}'s", owner.name),
            Outcome::Deleted { group, .. } => tracing::info!("#{group} is deleted"),
            Outcome::Topic { group, by, .. } => {
                tracing::info!("{} sets the topic of #{group}", by.name);
            }
            Outcome::Limits { by, .. } => tracing::info!("{} sets what is allowed", by.name),
            Outcome::HandedOut(_) | Outcome::Seen { .. } => {}
        }
    }

    fn nameless_or_id(&self, id: NodeId) -> String {
        let member = self.view.members.iter().find(|member| member.id == id);
        member.map_or_else(|| unknown(id), |member| nameless(member.address))
    }

    /// The last lines that are remembered and that the person here may see.
    pub(super) fn earlier(&self, count: usize) -> Vec<Line> {
        let chat = self.chat();
        let person: PersonId = self.own();
        let mut lines: Vec<Line> = chat.visible(person).rev().take(count).cloned().collect();
        lines.reverse();
        lines
    }
}
