//! Who people are: an account, or the guest at a node; and which groups there are.

use serde::{Deserialize, Serialize};

use super::name::Name;
use crate::proto::id::{Index, NodeId};

/// An account: the place at which it was registered. So one that is registered anew under an old name
/// is somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AccountId(pub Index);

/// A group: the place at which it was created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GroupId(pub Index);

/// The group that everybody is in, always.
pub const LOBBY: GroupId = GroupId(Index::ZERO);

/// What that group is called.
pub const LOBBY_NAME: &str = "lobby";

/// Somebody who can say something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonId {
    /// Whoever has logged in to this account, at one node or at several.
    Account(AccountId),
    /// Whoever sits at this node, without an account.
    Guest(NodeId),
}

impl PersonId {
    /// Whether it is a guest.
    pub fn is_guest(self) -> bool {
        match self {
            PersonId::Account(_) => false,
            PersonId::Guest(_) => true,
        }
    }
}

/// A person with the name that they had at that time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// Who.
    pub person: PersonId,
    /// What they are called.
    pub name: Name,
}
