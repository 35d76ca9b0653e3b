//! Why a command was not carried out: each says what was found, and what to do.

use serde::{Deserialize, Serialize};

use super::limits::LimitError;
use super::name::{Name, NameError};
use crate::proto::id::Index;

/// Why an ordered command was not carried out. Nothing changed; only its origin is told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The origin has said no name yet.
    #[error("this node has said no name yet; nothing was done: try again once it is in the ring")]
    Nobody,
    /// A name is none.
    #[error("{0}; nothing was done")]
    Name(NameError),
    /// A group's or person's name is somebody's.
    #[error(
        "{name} is taken already, or looks like a name that is; nothing was done: choose another"
    )]
    Taken {
        /// The name.
        name: Name,
    },
    /// There is no such group.
    #[error("there is no group {group}; nothing was done: /groups lists all, /join makes one")]
    UnknownGroup {
        /// What was asked for.
        group: Name,
    },
    /// The person is not in the group.
    #[error("you are not in {group}; nothing was done: /join {group} first")]
    NotMember {
        /// The group.
        group: Name,
    },
    /// The person is in the group already.
    #[error("you are in {group} already; nothing was done: /group {group} says your lines there")]
    AlreadyMember {
        /// The group.
        group: Name,
    },
    /// The lobby is everybody's.
    #[error("the lobby is everybody's: it cannot be left or deleted; nothing was done")]
    Lobby,
    /// The group is somebody else's.
    #[error(
        "{group} belongs to {owner}, who alone can delete it; nothing was done: /part leaves it"
    )]
    NotOwner {
        /// The group.
        group: Name,
        /// Its owner.
        owner: Name,
    },
    /// Nobody is called so.
    #[error("nobody is called {name}; nothing was sent: /who and /list show who is there")]
    UnknownPerson {
        /// What was asked for.
        name: Name,
    },
    /// There is no such account, or not any more.
    #[error("there is no such account any more; nothing was done: /register makes one")]
    UnknownAccount,
    /// The person is a guest.
    #[error("you are not logged in; nothing was done: /login NAME, or /register NAME")]
    NotLoggedIn,
    /// The person has an account at this node already.
    #[error("you are logged in as {name} already; nothing was done: /logout first")]
    AlreadyLoggedIn {
        /// The account.
        name: Name,
    },
    /// Too many wrong passwords were offered at this node.
    #[error(
        "too many wrong passwords were typed here; nothing was done: another try is taken once \
         {places} more commands are ordered, whoever's they are"
    )]
    TooManyFailures {
        /// How many places of the order it takes.
        places: u64,
    },
    /// The line is not at hand.
    #[error(
        "no line that can still be changed stands at {place}; nothing was done: only the last \
         thousand can be, and those that you can see"
    )]
    UnknownLine {
        /// The place.
        place: Index,
    },
    /// The line is somebody else's.
    #[error("the line at {place} is not yours; nothing was done: own lines alone can be changed")]
    NotAuthor {
        /// The place.
        place: Index,
    },
    /// There is nothing in it.
    #[error("there is nothing to say in this line; nothing was done: /remove takes a line back")]
    Empty,
    /// Something is longer, or more, than the ring allows.
    #[error(
        "{what}: {found} found, {most} allowed in this ring; nothing was done: /limits shows all"
    )]
    TooMuch {
        /// What.
        what: TooMuch,
        /// How much of it.
        found: u64,
        /// How much is allowed.
        most: u64,
    },
    /// A limit is beyond its ceiling or below its floor.
    #[error("{0}; nothing was set")]
    Limit(LimitError),
}

/// What there can be too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TooMuch {
    /// Bytes of a line.
    LineBytes,
    /// Bytes of a topic.
    TopicBytes,
    /// Groups that the person is in.
    GroupsOfPerson,
    /// Groups in all.
    Groups,
    /// Accounts in all.
    Accounts,
    /// Lines that wait for the recipient.
    MailboxLines,
    /// Bytes that wait for the recipient.
    MailboxBytes,
    /// Bytes that wait for all.
    MailBytes,
    /// Lines of this person a short while ago.
    Rate,
}

impl std::fmt::Display for TooMuch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            TooMuch::LineBytes => "too long a line, in bytes (say it in several)",
            TooMuch::TopicBytes => "too long a topic, in bytes (shorten it)",
            TooMuch::GroupsOfPerson => "too many groups that you are in (/part one)",
            TooMuch::Groups => "too many groups",
            TooMuch::Accounts => "too many accounts",
            TooMuch::MailboxLines => "too many lines wait for that person (wait until they come)",
            TooMuch::MailboxBytes => "too many bytes wait for that person (wait until they come)",
            TooMuch::MailBytes => "too many bytes wait for people who are away",
            TooMuch::Rate => "too many lines of yours in a short while (let others speak)",
        })
    }
}
