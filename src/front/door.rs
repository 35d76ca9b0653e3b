//! The one pair of types between the chat and every front end: what can be asked, what is told.

use std::net::SocketAddr;

use crate::chat::lines::Line;
use crate::proto::archive::Stretch;
use crate::proto::event::Refusal;
use crate::proto::id::{Index, NodeId};
use crate::proto::status::Status;

/// How many lines of the past can be asked for at once.
pub const HISTORY_LINES_MAX: u32 = 1_000;

/// How many are shown if nobody says how many.
pub const HISTORY_LINES: u32 = 20;

/// What a front end can ask of the node behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Say this line to all.
    Say(String),
    /// Who is here?
    Who,
    /// What does the ring look like?
    State,
    /// What was said before?
    History {
        /// How many lines, from 1 to [`HISTORY_LINES_MAX`].
        count: u32,
        /// Before which place; before now, if none is given.
        before: Option<Index>,
    },
    /// Go on alone, as a new ring with the history.
    Alone,
    /// Leave the ring.
    Leave,
}

/// Somebody, as a person would point at them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Which incarnation of a node.
    pub id: NodeId,
    /// What it is called; its address, as long as it has said nothing about that.
    pub name: String,
}

/// What a front end is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// This node is a member now.
    Admitted(Admission),
    /// A line of this node's waits to be ordered.
    Pending {
        /// What it says.
        text: String,
    },
    /// A line has its place in the order.
    Said {
        /// The line.
        line: Line,
        /// Who said it.
        who: Person,
        /// Whether that was this node.
        own: bool,
    },
    /// Somebody is here.
    Arrived {
        /// Who.
        who: Person,
        /// What they wanted to be called, if somebody else is called so.
        wanted: Option<String>,
        /// Whether they had been here before.
        back: bool,
        /// Whether it is this node.
        own: bool,
    },
    /// Somebody is no member any more.
    Went {
        /// Who.
        who: Person,
        /// Whether it was their wish.
        how: Departure,
    },
    /// Somebody leads now.
    Leader {
        /// Who.
        who: Person,
        /// The round of the ballot.
        round: u64,
        /// Whether it is this node.
        own: bool,
    },
    /// Nobody leads, and no quorum can be reached.
    NoQuorum {
        /// How many members were met, this node included.
        reachable: usize,
        /// How many there are.
        members: usize,
    },
    /// A quorum is back.
    QuorumBack,
    /// This node was evicted while it was away, and asks to come back.
    Evicted,
    /// This node went on alone.
    WentAlone {
        /// How many entries, uncommitted in the old ring, were given up.
        dropped: u64,
    },
    /// This node has left.
    Left,
    /// A command was refused; nothing changed.
    Refused {
        /// Why.
        why: Refusal,
    },
    /// A message of a newer release, which this one cannot show.
    Unreadable {
        /// Whose.
        who: Person,
        /// What was expected and what was found.
        why: String,
    },
    /// Lines were said while this node was away, more than the chat itself remembers.
    Missed,
    /// The front end took too little: this many news were dropped here. The order has them all.
    Skipped {
        /// How many.
        count: u64,
    },
    /// The answer to [`Request::Who`].
    Members(Box<Roster>),
    /// The answer to [`Request::State`].
    State(Box<Roster>),
    /// The answer to [`Request::History`].
    History(Past),
}

/// Lines of the past.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// The lines, the oldest first.
    pub lines: Vec<Line>,
    /// What was found and cannot be shown: its place, and why.
    pub unreadable: Vec<(Index, String)>,
    /// Where between them and the place that was asked for more may stand that is not here, in order:
    /// not yet, or not any more.
    pub lacking: Vec<Stretch>,
    /// Whether older lines may be found.
    pub goes_on: bool,
}

/// How somebody went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// They left, as they wished.
    Left,
    /// The leader could not reach them, or they stayed too far behind.
    Evicted,
}

/// The first view that holds this node, or holds it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// The view's number.
    pub view: u64,
    /// The members, in ring order.
    pub present: Vec<Person>,
    /// Whether this node had been a member before.
    pub back: bool,
    /// The last lines that were said before, if this node has not been here before.
    pub earlier: Vec<Line>,
}

/// A picture of the ring, with names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// The node's own picture.
    pub status: Status,
    /// The names of all who occur in it and have one.
    pub names: Vec<(NodeId, String)>,
}

impl Roster {
    /// What to call a node: its name, else the address it listens at, else its id.
    pub fn name(&self, id: NodeId) -> String {
        let named = self.names.iter().find(|(of, _)| *of == id).map(|(_, name)| name.clone());
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
