//! Who sits at which node, and what they are called.
//!
//! A node keeps the name that it once got, also while it is away. The name of a guest whose node
//! left or was evicted is freed when somebody else asks for it. Whether it is away is decided by
//! what the asker says of its view, not by what this node saw. The name of an account is never a
//! guest's.

use super::name::Name;
use super::outcome::{Becoming, Outcome, Told};
use super::person::{AccountId, PersonId, Who};
use super::refusal::Refusal;
use super::state::{Chat, NAMES_MAX, Person, Stamp, Verdict};
use crate::proto::id::{Index, NodeId};

/// Who sits at a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The number of the last view that took the node in.
    pub(super) view: u64,
    /// Who.
    pub(super) sits: Sits,
    /// How many wrong passwords were offered here and are not forgiven, as of that place.
    pub(super) failures: u64,
    pub(super) failed_at: Index,
}

/// A guest with a name, or an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sits {
    Guest(Name),
    Account(AccountId),
}

/// What somebody knows of who is here.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    view: u64,
    present: &'a [NodeId],
}

impl Chat {
    /// Whoever is registered with a view up to that of `here` was in it or in one before; so if it
    /// is not among those present, it is gone. (Who came later may be missing there, and is not
    /// gone.)
    fn is_away(&self, node: NodeId, here: Here<'_>) -> bool {
        let view = self.sessions.get(&node).map_or(0, |session| session.view);
        view <= here.view && !here.present.contains(&node)
    }

    pub(super) fn hello(
        &mut self,
        stamp: Stamp,
        view: u64,
        present: &[NodeId],
        wanted: Name,
    ) -> Vec<Told> {
        let origin = stamp.origin;
        if let Some(session) = self.sessions.get_mut(&origin) {
            session.view = session.view.max(view);
            let name = self.who_at(origin).map_or(wanted, |who| who.name);
            let back = Outcome::Arrived { origin, name, wanted: None, back: true };
            return vec![Told::everybody(back)];
        }
        let here = Here { view, present };
        let wanted = wanted.of_guest();
        let name = self.free_name(&wanted, Some(here));
        let mut told = self.take_over(stamp, &name);
        let sits = Sits::Guest(name.clone());
        let session = Session { view, sits, failures: 0, failed_at: Index::ZERO };
        self.sessions.insert(origin, session);
        self.enter_guest(origin, &name);
        told.extend(self.forget_sessions(stamp, here));
        let wanted = (wanted != name).then_some(wanted);
        told.push(Told::everybody(Outcome::Arrived { origin, name, wanted, back: false }));
        told
    }

    pub(super) fn rename(
        &mut self,
        stamp: Stamp,
        who: Who,
        view: u64,
        present: &[NodeId],
        name: Name,
    ) -> Verdict {
        if !who.person.is_guest() {
            return Err(Refusal::AlreadyLoggedIn { name: who.name });
        }
        let name = name.of_guest();
        let free = match self.names.get(&name.skeleton()) {
            None => true,
            Some(PersonId::Account(_)) => false,
            Some(PersonId::Guest(node)) => {
                *node == stamp.origin || self.is_away(*node, Here { view, present })
            }
        };
        if !free {
            return Err(Refusal::Taken { name });
        }
        self.names.remove(&who.name.skeleton());
        let mut told = self.take_over(stamp, &name);
        self.names.insert(name.skeleton(), who.person);
        self.sit(stamp.origin, Sits::Guest(name.clone()));
        let became = Who { person: who.person, name };
        told.push(self.became(stamp.origin, who.name, became, Becoming::Renamed));
        Ok(told)
    }

    /// A node that was somebody's session is a guest's from here on, with a name that is free.
    pub(super) fn make_guest(&mut self, node: NodeId, before: &Name, how: Becoming) -> Told {
        let name = self.free_name(before, None);
        self.sit(node, Sits::Guest(name.clone()));
        self.enter_guest(node, &name);
        let who = Who { person: PersonId::Guest(node), name };
        self.became(node, before.clone(), who, how)
    }

    pub(super) fn sit(&mut self, node: NodeId, sits: Sits) {
        if let Some(session) = self.sessions.get_mut(&node) {
            session.sits = sits;
        }
    }

    pub(super) fn became(&self, origin: NodeId, before: Name, who: Who, how: Becoming) -> Told {
        Told::everybody(Outcome::Became { origin, before, who, how })
    }

    /// The guest at a node is no more: what they were in goes on without them.
    pub(super) fn leave_guest(&mut self, stamp: Stamp, node: NodeId) -> (Person, Vec<Told>) {
        let person = PersonId::Guest(node);
        let told = self.part_all(stamp, person);
        if let Some(name) = self.name_of(person) {
            self.names.remove(&name.skeleton());
        }
        let left = self.people.remove(&person).unwrap_or_default();
        (left, told)
    }

    fn enter_guest(&mut self, node: NodeId, name: &Name) {
        self.names.insert(name.skeleton(), PersonId::Guest(node));
        self.people.insert(PersonId::Guest(node), Person::default());
    }

    /// The name is to be somebody else's: the guest who had it is gone.
    fn take_over(&mut self, stamp: Stamp, name: &Name) -> Vec<Told> {
        match self.names.get(&name.skeleton()) {
            Some(PersonId::Guest(node)) if *node != stamp.origin => {
                let node = *node;
                self.end_session(stamp, node)
            }
            Some(PersonId::Guest(_) | PersonId::Account(_)) | None => Vec::new(),
        }
    }

    fn end_session(&mut self, stamp: Stamp, node: NodeId) -> Vec<Told> {
        let told = match self.sessions.get(&node).map(|session| &session.sits) {
            Some(Sits::Guest(_)) => {
                let (gone, told) = self.leave_guest(stamp, node);
                self.mail_bytes -= gone.mail_bytes;
                told
            }
            Some(Sits::Account(account)) => {
                if let Some(account) = self.accounts.get_mut(account) {
                    account.sessions.remove(&node);
                }
                Vec::new()
            }
            None => Vec::new(),
        };
        self.sessions.remove(&node);
        told
    }

    /// The name itself if nobody who is here has it, else the first number that is free. There are
    /// more numbers than names, so one is.
    pub(super) fn free_name(&self, wanted: &Name, here: Option<Here<'_>>) -> Name {
        let taken = |name: &Name| match self.names.get(&name.skeleton()) {
            None => false,
            Some(PersonId::Account(_)) => true,
            Some(PersonId::Guest(node)) => !here.is_some_and(|here| self.is_away(*node, here)),
        };
        let numbered = (2..).map(|number| wanted.numbered(number));
        std::iter::once(wanted.clone())
            .chain(numbered)
            .find(|name| !taken(name))
            .unwrap_or_else(|| wanted.clone())
    }

    /// Drops the sessions of nodes that are away, the longest ago first, until few enough are left.
    fn forget_sessions(&mut self, stamp: Stamp, here: Here<'_>) -> Vec<Told> {
        let mut told = Vec::new();
        while self.sessions.len() > NAMES_MAX {
            let oldest = self
                .sessions
                .iter()
                .filter(|(id, _)| **id != stamp.origin && self.is_away(**id, here))
                .min_by_key(|(id, session)| (session.view, **id))
                .map(|(id, _)| *id);
            let Some(oldest) = oldest else { break };
            told.extend(self.end_session(stamp, oldest));
        }
        told
    }
}
