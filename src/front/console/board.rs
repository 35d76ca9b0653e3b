//! Where a person's lines go, what was said elsewhere meanwhile, and so what the prompt shows.

use std::collections::{BTreeMap, BTreeSet};

use crate::chat::name::Name;
use crate::chat::outcome::{Becoming, Outcome};
use crate::chat::person::PersonId;
use crate::front::door::News;
use crate::front::prompt::sketch::Sketch;
use crate::front::session::Session;

/// How many names of others can be completed at most.
const NAMES_MAX: usize = 1_000;

/// Where lines go, and what was said elsewhere.
#[derive(Debug, Default)]
pub struct Board {
    /// The group in which lines are said; none for the lobby.
    current: Option<Name>,
    /// How many lines were said in other groups since a line was last said there, or the group
    /// entered.
    unread: BTreeMap<Name, u64>,
    /// Groups that were asked for here, by their skeletons. An account's other sessions go into them,
    /// too, but the lines typed there go where they went.
    asked: BTreeSet<String>,
    sketch: Option<Sketch>,
}

impl Board {
    /// A board that keeps this prompt up to date.
    pub fn new(sketch: Option<Sketch>) -> Board {
        Board { sketch, ..Board::default() }
    }

    /// The group in which lines are said; none for the lobby.
    pub fn current(&self) -> Option<&Name> {
        self.current.as_ref()
    }

    /// The same as people read it.
    pub fn where_to(&self) -> String {
        self.current.as_ref().map_or_else(|| "the lobby".to_owned(), |name| format!("#{name}"))
    }

    /// Whether a prompt asks for what is typed.
    pub fn has_prompt(&self) -> bool {
        self.sketch.is_some()
    }

    /// Whether the person is in a group.
    pub fn is_mine(&self, group: &Name, session: &Session) -> bool {
        let Some(who) = session.who() else { return false };
        let chat = session.chat();
        chat.group_called(group).is_some_and(|id| chat.is_member(who.person, id))
    }

    /// The person has asked to make this group, or to go into it: then lines are said there.
    pub fn asks_for(&mut self, group: &Name) {
        self.asked.insert(group.skeleton());
    }

    /// Lines are said there from here on.
    pub fn enter(&mut self, group: Option<Name>, session: &Session) {
        let called = group.and_then(|name| {
            let chat = session.chat();
            chat.group_called(&name).map(|id| chat.group_name(id))
        });
        self.current = called;
        self.read(self.current.clone());
        self.draw(session);
    }

    /// To be told all news: some say that a group is entered or gone, or that something was said in
    /// one.
    pub fn on_news(&mut self, news: &News, session: &Session) {
        match news {
            News::Said { group, own, .. } => {
                if *own {
                    self.read(group.clone())
                } else {
                    self.count(group.as_ref())
                }
                // There may be many of these, and the names stay as they are.
                return self.draw_place();
            }
            News::Chat { what, own } => self.on_outcome(what, *own),
            News::Admitted(_) | News::Arrived { .. } | News::Went { .. } => {}
            News::Private { .. }
            | News::Pending { .. }
            | News::AtAll { .. }
            | News::Changed(_)
            | News::WhileAway { .. }
            | News::Leader { .. }
            | News::NoQuorum { .. }
            | News::QuorumBack
            | News::Evicted
            | News::WentAlone { .. }
            | News::Left
            | News::Refused { .. }
            | News::Unreadable { .. }
            | News::Missed
            | News::Skipped { .. }
            | News::Members(_)
            | News::State(_)
            | News::History(_)
            | News::Mail(_)
            | News::Group(_)
            | News::Groups(_)
            | News::Found { .. }
            | News::Lines { .. }
            | News::Limits(_) => return,
        }
        self.draw(session);
    }

    fn on_outcome(&mut self, what: &Outcome, own: bool) {
        match what {
            Outcome::Created { group, .. } | Outcome::Joined { group, .. } if own => {
                if self.asked.remove(&group.skeleton()) {
                    self.current = Some(group.clone());
                    self.read(Some(group.clone()));
                }
            }
            Outcome::Parted { group, .. } if own => self.forget(group),
            Outcome::Deleted { group, .. } => self.forget(group),
            Outcome::Became { how, .. } if own => self.become_another(*how),
            Outcome::Refused { .. } if own => self.asked.clear(),
            Outcome::Created { .. }
            | Outcome::Joined { .. }
            | Outcome::Parted { .. }
            | Outcome::Became { .. }
            | Outcome::Said(_)
            | Outcome::Private(_)
            | Outcome::Edited(_)
            | Outcome::Removed(_)
            | Outcome::Arrived { .. }
            | Outcome::LoginFailed { .. }
            | Outcome::HandedOut(_)
            | Outcome::OwnedBy { .. }
            | Outcome::Topic { .. }
            | Outcome::Seen { .. }
            | Outcome::Limits { .. }
            | Outcome::Refused { .. }
            | Outcome::Unreadable { .. } => {}
        }
    }

    /// Somebody else may sit here now, with other groups.
    fn become_another(&mut self, how: Becoming) {
        match how {
            Becoming::Renamed | Becoming::Registered => {}
            Becoming::LoggedIn { .. } | Becoming::LoggedOut | Becoming::AccountDeleted => {
                self.current = None;
                self.unread.retain(|group, _| *group == Name::lobby());
            }
        }
    }

    fn forget(&mut self, group: &Name) {
        self.unread.remove(group);
        if self.current.as_ref() == Some(group) {
            self.current = None;
        }
    }

    fn count(&mut self, group: Option<&Name>) {
        if group != self.current.as_ref() {
            *self.unread.entry(group.cloned().unwrap_or_else(Name::lobby)).or_default() += 1;
        }
    }

    fn read(&mut self, group: Option<Name>) {
        self.unread.remove(&group.unwrap_or_else(Name::lobby));
    }

    /// What the prompt shows, and what can be completed at it.
    fn draw(&self, session: &Session) {
        self.draw_place();
        let Some(sketch) = &self.sketch else { return };
        let chat = session.chat();
        let me = session.who().map(|who| who.person);
        let groups = chat.groups().map(|(_, group)| group.name().to_string());
        let accounts = chat.accounts().map(|(_, account)| account.name().to_string());
        let here = session.here().1;
        let guests = here.iter().filter_map(|node| {
            let who = chat.who_at(*node)?;
            let is_other = Some(who.person) != me;
            matches!(who.person, PersonId::Guest(_) if is_other).then(|| who.name.to_string())
        });
        sketch.name(
            guests.chain(accounts.take(NAMES_MAX)).collect(),
            groups.take(NAMES_MAX).collect(),
        );
    }

    /// The person's own words for others, which can be completed, too.
    pub fn name_aliases(&self, aliases: Vec<String>) {
        if let Some(sketch) = &self.sketch {
            sketch.alias(aliases);
        }
    }

    fn draw_place(&self) {
        let Some(sketch) = &self.sketch else { return };
        let unread: Vec<String> =
            self.unread.iter().map(|(group, count)| format!("{group} {count}")).collect();
        let place = self.current.as_ref().map(ToString::to_string).unwrap_or_default();
        sketch.draw(place, unread.join(", "));
    }
}
