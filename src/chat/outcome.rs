//! What an ordered command led to, and who may be told.

use serde::{Deserialize, Serialize};

use super::limits::Limits;
use super::lines::Line;
use super::name::Name;
use super::person::{GroupId, PersonId, Who};
use super::private::PrivateLine;
use super::refusal::Refusal;
use crate::proto::id::{Index, NodeId};

/// Something that happened, for those who may know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Who they are.
    pub to: Audience,
    /// What happened.
    pub what: Outcome,
}

/// Who may be told, as of the state behind the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// All.
    Everybody,
    /// Whoever has been in a group since before a place.
    Group {
        /// The group.
        group: GroupId,
        /// The place: that of the line, or of the command.
        before: Index,
        /// Somebody who is to be told, too.
        and: Option<PersonId>,
    },
    /// These people, at all their nodes.
    People(Vec<PersonId>),
    /// Whoever sits at these nodes.
    Nodes(Vec<NodeId>),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Somebody said something in a group.
    Said(Line),
    /// Somebody said something to one person.
    Private(PrivateLine),
    /// A line has another text.
    Edited(Line),
    /// A line was taken back.
    Removed(Line),
    /// A node is here, and its person is called so.
    Arrived {
        /// Which node.
        origin: NodeId,
        /// What its person is called from here on.
        name: Name,
        /// What it wanted to be called, if somebody else is called so.
        wanted: Option<Name>,
        /// Whether it had been here before.
        back: bool,
    },
    /// The person at a node is called differently from here on.
    Became {
        /// At which node.
        origin: NodeId,
        /// What they were called before.
        before: Name,
        /// Who they are now.
        who: Who,
        /// How that came.
        how: Becoming,
    },
    /// A password was wrong.
    LoginFailed {
        /// Whose account it was meant for.
        name: Name,
        /// Where it was typed.
        origin: NodeId,
    },
    /// The private lines that waited for an account that is deleted.
    HandedOut(Vec<PrivateLine>),
    /// There is a new group.
    Created {
        /// Its name.
        group: Name,
        /// Its owner.
        by: Who,
    },
    /// Somebody is in a group now.
    Joined {
        /// Its name.
        group: Name,
        /// Who.
        who: Who,
    },
    /// Somebody is not in a group any more.
    Parted {
        /// Its name.
        group: Name,
        /// Who.
        who: Who,
    },
    /// A group is owned by somebody else now.
    OwnedBy {
        /// Its name.
        group: Name,
        /// The owner.
        owner: Who,
    },
    /// A group is no more; whoever was in it is in the lobby still.
    Deleted {
        /// Its name.
        group: Name,
        /// Its owner; none, if the last one had left.
        by: Option<Who>,
    },
    /// A group is about something else now.
    Topic {
        /// Its name.
        group: Name,
        /// Who says so.
        by: Who,
        /// What it is about; nothing, if it is empty.
        text: String,
    },
    /// A person has seen everything up to there.
    Seen {
        /// Who.
        person: PersonId,
        /// The last place.
        up_to: Index,
    },
    /// Something else is allowed now.
    Limits {
        /// Who says so.
        by: Who,
        /// What is allowed.
        limits: Limits,
    },
    /// A command was not carried out. Nothing changed.
    Refused {
        /// Whose.
        origin: NodeId,
        /// Why.
        why: Refusal,
    },
    /// The command means nothing to this release. Nothing changed.
    Unreadable {
        /// Who submitted it.
        origin: NodeId,
        /// What was expected and what was found.
        why: String,
    },
}

/// How somebody came to be called differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Becoming {
    /// A guest took another name.
    Renamed,
    /// A guest registered.
    Registered,
    /// A guest logged in.
    LoggedIn {
        /// The last place that the account has seen.
        seen: Index,
    },
    /// Somebody logged out, and is a guest.
    LoggedOut,
    /// The account was deleted, and whoever was logged in is a guest.
    AccountDeleted,
}

impl Told {
    pub(super) fn everybody(what: Outcome) -> Told {
        Told { to: Audience::Everybody, what }
    }

    pub(super) fn node(node: NodeId, what: Outcome) -> Told {
        Told { to: Audience::Nodes(vec![node]), what }
    }

    pub(super) fn group(group: GroupId, before: Index, what: Outcome) -> Told {
        Told { to: Audience::Group { group, before, and: None }, what }
    }

    /// To a group and to somebody who is not, or only just, in it.
    pub(super) fn group_and(group: GroupId, before: Index, and: PersonId, what: Outcome) -> Told {
        Told { to: Audience::Group { group, before, and: Some(and) }, what }
    }
}
