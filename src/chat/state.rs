//! All that a chat remembers: a function of the ordered commands alone, so the same at every node.

use std::collections::{BTreeMap, VecDeque};

use super::accounts::Account;
use super::command::{Action, Command};
use super::groups::Group;
use super::limits::Limits;
use super::lines::Line;
use super::outcome::{Outcome, Told};
use super::person::{AccountId, GroupId, PersonId, Who};
use super::private::PrivateLine;
use super::refusal::Refusal;
use super::sessions::Session;
use crate::proto::id::{Index, NodeId};

/// How many lines are remembered.
pub const HISTORY_LINES_MAX: usize = 1_000;

/// How many bytes of lines are remembered, if they are more than one line.
pub const HISTORY_BYTES_MAX: usize = 4 << 20;

/// How many sessions are remembered; those of members always are.
pub const NAMES_MAX: usize = 4_096;

/// What an account and a guest have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The groups that they are in beside the lobby, and since when.
    pub(super) groups: BTreeMap<GroupId, Index>,
    /// Private lines that were not seen yet, in order.
    pub(super) mail: VecDeque<PrivateLine>,
    /// How many bytes they have.
    pub(super) mail_bytes: usize,
    /// Everything up to here was seen by one of their sessions.
    pub(super) seen: Index,
}

/// The replicated state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chat {
    pub(super) limits: Limits,
    pub(super) sessions: BTreeMap<NodeId, Session>,
    pub(super) people: BTreeMap<PersonId, Person>,
    pub(super) accounts: BTreeMap<AccountId, Account>,
    pub(super) groups: BTreeMap<GroupId, Group>,
    /// Whose each name is, by its skeleton.
    pub(super) names: BTreeMap<String, PersonId>,
    /// Which group each name is of, by its skeleton.
    pub(super) group_names: BTreeMap<String, GroupId>,
    /// What the lobby is about.
    pub(super) topic: String,
    pub(super) history: VecDeque<Line>,
    pub(super) history_bytes: usize,
    pub(super) forgotten: Index,
    /// How many bytes wait in all mailboxes.
    pub(super) mail_bytes: usize,
    /// Who has said something within the rate's window, in order; and how often, where there is one.
    pub(super) recent: VecDeque<(Index, PersonId)>,
    pub(super) recent_by: BTreeMap<PersonId, u64>,
}

/// Where a command stands, and whose it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    pub(super) place: Index,
    pub(super) lamport: u64,
    pub(super) origin: NodeId,
    /// The origin's clock in seconds since 1970: shown, and nothing depends on it.
    pub(super) second: u64,
}

/// What a command led to, or why it was not carried out: then it has changed nothing.
pub(super) type Verdict = Result<Vec<Told>, Refusal>;

impl Chat {
    /// A chat in which nothing was said.
    pub fn new() -> Chat {
        Chat::default()
    }

    /// Takes the next command of the order. What it led to, in order.
    pub fn apply(&mut self, place: Index, lamport: u64, origin: NodeId, bytes: &[u8]) -> Vec<Told> {
        let stamp = Stamp { place, lamport, origin, second: 0 };
        let verdict = match Command::decode(bytes) {
            Ok(Command::Hello { view, present, name }) => {
                Ok(self.hello(stamp, view, &present, name))
            }
            Ok(Command::Say { minute, text }) => {
                self.say(Stamp { second: minute.saturating_mul(60), ..stamp }, text)
            }
            Ok(Command::Act { second, action }) => self.act(Stamp { second, ..stamp }, action),
            Err(why) => {
                let why = why.to_string();
                Ok(vec![Told::everybody(Outcome::Unreadable { origin, why })])
            }
        };
        verdict.unwrap_or_else(|why| vec![Told::node(origin, Outcome::Refused { origin, why })])
    }

    fn act(&mut self, stamp: Stamp, action: Action) -> Verdict {
        let who = self.who_at(stamp.origin).ok_or(Refusal::Nobody)?;
        match action {
            Action::Post { group, kind, text } => self.post(stamp, &who, group, kind, text),
            Action::Private { to, body } => self.private(stamp, who, &to, body),
            Action::Edit { place, text } => self.edit(stamp, &who, place, text),
            Action::Remove { place } => self.remove(stamp, &who, place),
            Action::Create { group } => self.create(stamp, who, group),
            Action::Join { group } => self.join(stamp, who, group),
            Action::Part { group } => self.part(stamp, &who, &group),
            Action::Delete { group } => self.delete(who, &group),
            Action::Topic { group, text } => self.set_topic(stamp, who, group, text),
            Action::Rename { view, present, name } => self.rename(stamp, who, view, &present, name),
            Action::Register { name, verifier } => self.register(stamp, who, name, verifier),
            Action::Login { account } => self.login(stamp, who, account),
            Action::LoginFailed { name } => self.login_failed(stamp, name),
            Action::Logout => self.logout(stamp, who),
            Action::DeleteAccount => self.delete_account(stamp, who),
            Action::Seen { up_to } => Ok(self.see(stamp, who.person, up_to)),
            Action::SetLimits(limits) => self.set_limits(who, limits),
        }
    }

    fn set_limits(&mut self, by: Who, limits: Limits) -> Verdict {
        limits.check().map_err(Refusal::Limit)?;
        self.limits = limits;
        if limits.rate_lines == 0 {
            self.recent.clear();
            self.recent_by.clear();
        }
        Ok(vec![Told::everybody(Outcome::Limits { by, limits })])
    }
}
