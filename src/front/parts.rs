//! What news are made of: people, groups, lines of the past, pictures of the ring.

use std::fmt;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::chat::lines::Line;
use crate::chat::name::Name;
use crate::proto::archive::Stretch;
use crate::proto::id::{Index, NodeId};
use crate::proto::status::Status;

/// Somebody, as a person would point at them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Which incarnation of a node.
    pub id: NodeId,
    /// What it is called; its address, as long as it has said nothing about that.
    pub name: String,
    /// Whether the name is that of an account; a guest's name is free for the taking.
    pub registered: bool,
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = if self.registered { "@" } else { "" };
        write!(f, "{at}{}", self.name)
    }
}

/// A line with the name of its group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quoted {
    /// The line.
    pub line: Line,
    /// In which group, if not in the lobby.
    pub group: Option<Name>,
}

/// A group, as somebody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupNews {
    /// What it is called.
    pub name: Name,
    /// What it is about; nothing, if nobody has said so.
    pub topic: String,
    /// Whether this person is in it.
    pub mine: bool,
    /// How many are in it.
    pub size: usize,
    /// Who is in it, the first comer first; of the lobby, and in a list of groups, nobody is
    /// listed.
    pub members: Vec<GroupMember>,
}

/// Somebody in a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMember {
    /// What they are called.
    pub name: Name,
    /// Whether they have an account.
    pub registered: bool,
    /// Whether the group is theirs.
    pub owner: bool,
    /// Whether they sit at a node that is in the ring.
    pub here: bool,
}

/// Lines of the past.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// In which group, if not in the lobby.
    pub group: Option<Name>,
    /// The lines, the oldest first.
    pub lines: Vec<Line>,
    /// What was found and cannot be shown: its place, and why.
    pub unreadable: Vec<(Index, String)>,
    /// Where between them and the place that was asked for more may stand that is not here, in
    /// order: not yet, or not any more.
    pub lacking: Vec<Stretch>,
    /// Whether older lines may be found, and before which place to ask for them.
    pub goes_on: bool,
    /// Everything from here on was looked at.
    pub looked_at: Index,
}

/// How somebody went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Departure {
    /// They left, as they wished.
    Left,
    /// The leader could not reach them, or they stayed too far behind.
    Evicted,
}

/// The first view that holds this node, or holds it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admission {
    /// The view's number.
    pub view: u64,
    /// The members, in ring order.
    pub present: Vec<Person>,
    /// Whether this node had been a member before.
    pub back: bool,
    /// The last lines that were said before, if this node has not been here before.
    pub earlier: Vec<Quoted>,
}

/// A picture of the ring, with names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// The node's own picture.
    pub status: Status,
    /// All who occur in it and have a name.
    pub people: Vec<Person>,
}

impl Roster {
    /// Somebody who has a name.
    pub fn person(&self, id: NodeId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// What to call a node: its name, else the address it listens at, else its id.
    pub fn name(&self, id: NodeId) -> String {
        let named = self.person(id).map(Person::to_string);
        let addressed = || {
            let members = self.status.view.members.iter().chain([&self.status.me]);
            members.filter(|member| member.id == id).map(|member| nameless(member.address)).next()
        };
        named.or_else(addressed).unwrap_or_else(|| unknown(id))
    }
}

/// What to call a node that has said no name.
pub fn nameless(address: SocketAddr) -> String {
    address.to_string()
}

/// What to call a node of which only the id is known.
pub fn unknown(id: NodeId) -> String {
    let id = id.to_string();
    format!("node {}", id.get(..6).unwrap_or(&id))
}
