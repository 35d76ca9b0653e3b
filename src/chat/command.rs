//! What a node says to the chats of all.

use super::limits::Limits;
use super::name::Name;
use super::person::AccountId;
use crate::proto::id::{Index, NodeId};

/// How many members a [`Command::Hello`] may list.
pub const PRESENT_MAX: usize = 4_096;

/// The longest verifier of a password, in bytes.
pub const VERIFIER_BYTES_MAX: usize = 256;

/// One ordered command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The origin has become a member, and wants to be called so.
    Hello {
        /// The number of the view that took it in.
        view: u64,
        /// The members of that view: the names of those who are gone by then may be taken.
        present: Vec<NodeId>,
        /// What it wants to be called.
        name: Name,
    },
    /// The origin says a line in the lobby. Release 1 says so; later ones say [`Action::Post`].
    Say {
        /// The origin's clock in minutes since 1970 (UTC). It is shown, and nothing depends on it.
        minute: u64,
        /// The line, free of escape sequences and control characters.
        text: String,
    },
    /// The person at the origin does something.
    Act {
        /// The origin's clock in seconds since 1970 (UTC). It is shown, and nothing depends on it.
        second: u64,
        /// What they do.
        action: Action,
    },
}

impl Command {
    /// What it says in a group, if it does.
    pub fn said(&self) -> Option<&str> {
        match self {
            Command::Say { text, .. } | Command::Act { action: Action::Post { text, .. }, .. } => {
                Some(text)
            }
            Command::Hello { .. } | Command::Act { .. } => None,
        }
    }
}

/// What a person does. Groups and people are named by name: whoever has it at this place of the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Says a line in a group; in the lobby, if none is named.
    Post {
        /// Which group.
        group: Option<Name>,
        /// How it is meant.
        kind: Kind,
        /// The line, free of escape sequences and control characters.
        text: String,
    },
    /// Says a line to one person.
    Private {
        /// To whom.
        to: Name,
        /// What.
        body: Body,
    },
    /// Gives an own line another text.
    Edit {
        /// The line's place.
        place: Index,
        /// The new text.
        text: String,
    },
    /// Takes an own line back.
    Remove {
        /// The line's place.
        place: Index,
    },
    /// Makes a group, and enters it as its owner.
    Create {
        /// What it is to be called.
        group: Name,
    },
    /// Enters a group, and makes it where there is none.
    Join {
        /// Which.
        group: Name,
    },
    /// Goes out of a group.
    Part {
        /// Which.
        group: Name,
    },
    /// Ends a group of one's own.
    Delete {
        /// Which.
        group: Name,
    },
    /// Says what a group is about; nothing, to take that back.
    Topic {
        /// Which group; the lobby, if none is named.
        group: Option<Name>,
        /// What it is about.
        text: String,
    },
    /// A guest wants another name.
    Rename {
        /// The number of the view that the origin knows.
        view: u64,
        /// Its members, as in [`Command::Hello`].
        present: Vec<NodeId>,
        /// The name.
        name: Name,
    },
    /// A guest becomes an account.
    Register {
        /// What it is to be called.
        name: Name,
        /// What a password is checked against: opaque here, see `front::password`.
        verifier: Vec<u8>,
    },
    /// A guest has shown the password of an account.
    Login {
        /// The account whose verifier was met: its name may be somebody else's by now.
        account: AccountId,
    },
    /// A guest has shown a wrong password.
    LoginFailed {
        /// Whose account it was meant for.
        name: Name,
    },
    /// Ends the session of this node.
    Logout,
    /// Ends the account for good.
    DeleteAccount,
    /// Everything up to there was shown to the person at the origin.
    Seen {
        /// The last place.
        up_to: Index,
    },
    /// Sets what is allowed in this ring.
    SetLimits(Limits),
}

/// How a line is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It is said.
    Said,
    /// It tells what its author does: `/me waves`.
    Does,
}

/// What a private line says. A sealed body, which only its recipient can open, will be another tag.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// Readable text: every member's disk holds it.
    Plain(String),
}

impl Body {
    /// How many bytes it has.
    pub fn length(&self) -> usize {
        match self {
            Body::Plain(text) => text.len(),
        }
    }
}
