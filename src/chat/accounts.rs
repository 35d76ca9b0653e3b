//! Accounts: a name that is somebody's for good, at as many nodes at once as they like.
//!
//! Passwords are checked where they are typed, against the verifier of the account; what is ordered is
//! that this was done. So whoever runs a node of the ring is trusted with logins (docs/chat.md).

use std::collections::BTreeSet;

use super::name::Name;
use super::outcome::{Audience, Becoming, Outcome, Told};
use super::person::{AccountId, PersonId, Who};
use super::refusal::{Refusal, TooMuch};
use super::sessions::{Session, Sits};
use super::state::{Chat, Stamp, Verdict};
use crate::proto::id::{Index, NodeId};

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// What it is called.
    pub(super) name: Name,
    /// What a password is checked against.
    pub(super) verifier: Vec<u8>,
    /// The nodes at which somebody is logged in.
    pub(super) sessions: BTreeSet<NodeId>,
}

impl Chat {
    /// A guest becomes an account, with all groups and lines that wait. The name of another guest is not
    /// to be had that way.
    pub(super) fn register(
        &mut self,
        stamp: Stamp,
        who: Who,
        name: Name,
        verifier: Vec<u8>,
    ) -> Verdict {
        guest(&who)?;
        let most = usize::try_from(self.limits.name_chars).unwrap_or(usize::MAX);
        name.is_strict(most).map_err(Refusal::Name)?;
        let holder = self.names.get(&name.skeleton());
        if holder.is_some_and(|holder| *holder != who.person) {
            return Err(Refusal::Taken { name });
        }
        self.within(TooMuch::Accounts, self.accounts.len() + 1, self.limits.accounts)?;
        let id = AccountId(stamp.place);
        let person = PersonId::Account(id);
        self.names.remove(&who.name.skeleton());
        self.names.insert(name.skeleton(), person);
        let mut taken = self.people.remove(&who.person).unwrap_or_default();
        taken.seen = stamp.place;
        for (group, since) in &taken.groups {
            if let Some(group) = self.groups.get_mut(group) {
                group.pass(*since, who.person, person);
            }
        }
        self.people.insert(person, taken);
        let sessions = BTreeSet::from([stamp.origin]);
        self.accounts.insert(id, Account { name: name.clone(), verifier, sessions });
        self.sit(stamp.origin, Sits::Account(id));
        let became = Who { person, name };
        Ok(vec![self.became(stamp.origin, who.name, became, Becoming::Registered)])
    }

    /// A guest goes on as an account: the guest's groups are left, and lines that wait come along.
    pub(super) fn login(&mut self, stamp: Stamp, who: Who, id: AccountId) -> Verdict {
        guest(&who)?;
        self.may_try(stamp)?;
        let account = self.accounts.get_mut(&id).ok_or(Refusal::UnknownAccount)?;
        account.sessions.insert(stamp.origin);
        let became = Who { person: PersonId::Account(id), name: account.name.clone() };
        let (guest, mut told) = self.leave_guest(stamp, stamp.origin);
        self.sit(stamp.origin, Sits::Account(id));
        let mut seen = Index::ZERO;
        if let Some(person) = self.people.get_mut(&became.person) {
            seen = std::mem::replace(&mut person.seen, stamp.place);
            if !guest.mail.is_empty() {
                person.mail.extend(guest.mail);
                person.mail.make_contiguous().sort_by_key(|line| line.place);
                person.mail_bytes += guest.mail_bytes;
            }
        }
        told.push(self.became(stamp.origin, who.name, became, Becoming::LoggedIn { seen }));
        Ok(told)
    }

    /// A wrong password counts against the node at which it was typed, and against nobody else: so no
    /// one can lock another out. One is forgiven for each `login_window` places of the order.
    pub(super) fn login_failed(&mut self, stamp: Stamp, name: Name) -> Verdict {
        self.may_try(stamp)?;
        let window = self.limits.login_window;
        if let Some(session) = self.sessions.get_mut(&stamp.origin) {
            session.failures = standing(session, stamp.place, window).saturating_add(1);
            session.failed_at = stamp.place;
        }
        let mut nodes = BTreeSet::from([stamp.origin]);
        if let Some(PersonId::Account(id)) = self.names.get(&name.skeleton()) {
            let account = self.accounts.get(id);
            nodes.extend(account.into_iter().flat_map(|account| account.sessions.iter().copied()));
        }
        let what = Outcome::LoginFailed { name, origin: stamp.origin };
        Ok(vec![Told { to: Audience::Nodes(nodes.into_iter().collect()), what }])
    }

    pub(super) fn logout(&mut self, stamp: Stamp, who: Who) -> Verdict {
        let id = account(&who)?;
        if let Some(account) = self.accounts.get_mut(&id) {
            account.sessions.remove(&stamp.origin);
        }
        // This node was given everything before, and has shown it.
        if let Some(person) = self.people.get_mut(&who.person) {
            person.seen = person.seen.max(stamp.place.previous());
        }
        Ok(vec![self.make_guest(stamp.origin, &who.name, Becoming::LoggedOut)])
    }

    /// The account is gone: its lines that wait are handed out first, its groups go on without it.
    pub(super) fn delete_account(&mut self, stamp: Stamp, who: Who) -> Verdict {
        let id = account(&who)?;
        let mut told = self.part_all(stamp, who.person);
        let sessions = self.accounts.remove(&id).map(|gone| gone.sessions).unwrap_or_default();
        self.names.remove(&who.name.skeleton());
        if let Some(person) = self.people.remove(&who.person) {
            self.mail_bytes -= person.mail_bytes;
            if !person.mail.is_empty() {
                let nodes = sessions.iter().copied().collect();
                let what = Outcome::HandedOut(person.mail.into());
                told.push(Told { to: Audience::Nodes(nodes), what });
            }
        }
        for node in sessions {
            told.push(self.make_guest(node, &who.name, Becoming::AccountDeleted));
        }
        Ok(told)
    }

    /// How many places of the order it takes until another password may be offered at a node, as of the
    /// place of the next command; 0 if one may.
    pub fn login_wait(&self, node: NodeId, place: Index) -> u64 {
        let Some(session) = self.sessions.get(&node) else { return 0 };
        let (most, window) = (self.limits.login_failures, self.limits.login_window);
        let excess = standing(session, place, window).saturating_add(1).saturating_sub(most);
        let past = place.0.saturating_sub(session.failed_at.0) % window.max(1);
        excess.saturating_mul(window).saturating_sub(past)
    }

    fn may_try(&self, stamp: Stamp) -> Result<(), Refusal> {
        match self.login_wait(stamp.origin, stamp.place) {
            0 => Ok(()),
            places => Err(Refusal::TooManyFailures { places }),
        }
    }

    pub(super) fn within(&self, what: TooMuch, found: usize, most: u64) -> Result<(), Refusal> {
        let found = found as u64;
        if found > most { Err(Refusal::TooMuch { what, found, most }) } else { Ok(()) }
    }
}

/// How many wrong passwords of a node are not forgiven by now.
fn standing(session: &Session, place: Index, window: u64) -> u64 {
    let forgiven = place.0.saturating_sub(session.failed_at.0) / window.max(1);
    session.failures.saturating_sub(forgiven)
}

fn guest(who: &Who) -> Result<(), Refusal> {
    match who.person {
        PersonId::Guest(_) => Ok(()),
        PersonId::Account(_) => Err(Refusal::AlreadyLoggedIn { name: who.name.clone() }),
    }
}

fn account(who: &Who) -> Result<AccountId, Refusal> {
    match who.person {
        PersonId::Account(id) => Ok(id),
        PersonId::Guest(_) => Err(Refusal::NotLoggedIn),
    }
}
