//! The one pair of types between the chat and every front end: what can be asked, what is told.

use serde::{Deserialize, Serialize};

use super::parts::{Admission, Departure, GroupNews, Past, Person, Quoted, Roster};
use super::secret::Secret;
use crate::chat::command::Action;
use crate::chat::limits::Limits;
use crate::chat::lines::Line;
use crate::chat::name::Name;
use crate::chat::outcome::Outcome;
use crate::chat::private::PrivateLine;
use crate::proto::event::Refusal;
use crate::proto::id::Index;

/// How many lines of the past can be asked for at once.
pub const HISTORY_LINES_MAX: u32 = 1_000;

/// How many are shown if nobody says how many.
pub const HISTORY_LINES: u32 = 20;

/// What a front end can ask of the node behind it. Where a group is none, it is the lobby.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Order this. What comes of it is told as [`News::Said`], [`News::Private`], [`News::Changed`]
    /// or [`News::Chat`]. What a request below does is not asked for that way.
    Act(Action),
    /// Be called so from here on.
    Rename(Name),
    /// Make an account.
    Register(Name, Secret),
    /// Go on as this account.
    Login(Name, Secret),
    /// End the account of whoever is logged in, if this is its password.
    DeleteAccount(Secret),
    /// Show the private lines that wait.
    Deliver,
    /// Who is here?
    Who,
    /// Who is in this group?
    Members(Name),
    /// Which groups are there?
    Groups,
    /// Which accounts and groups are called so? `*` and `?` stand for anything and for any
    /// character.
    List(String),
    /// Which of the lines that are remembered hold this text?
    Search {
        /// The text, in any case of ASCII letters.
        text: String,
        /// In which group alone.
        group: Option<Name>,
    },
    /// What is allowed in this ring?
    Limits,
    /// Allow something else.
    SetLimit {
        /// Which limit.
        name: String,
        /// What it is to be.
        value: u64,
    },
    /// What does the ring look like?
    State,
    /// What was said before?
    History {
        /// In which group.
        group: Option<Name>,
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

impl Request {
    /// Whether it asks for something that a node cannot know before it is in a ring. What is only to be
    /// ordered waits by itself until then.
    pub fn needs_ring(&self) -> bool {
        match self {
            Request::Act(Action::Private { .. })
            | Request::Rename(_)
            | Request::Register(..)
            | Request::Login(..)
            | Request::DeleteAccount(_)
            | Request::Deliver
            | Request::Who
            | Request::Members(_)
            | Request::Groups
            | Request::List(_)
            | Request::Search { .. }
            | Request::Limits
            | Request::SetLimit { .. }
            | Request::History { .. } => true,
            Request::Act(_) | Request::State | Request::Alone | Request::Leave => false,
        }
    }
}

/// What a front end is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// This node is a member now.
    Admitted(Admission),
    /// A line of this node's waits to be ordered.
    Pending {
        /// In which group, if not in the lobby.
        group: Option<Name>,
        /// To whom, if it is private.
        to: Option<Name>,
        /// What it says.
        text: String,
    },
    /// Every member's node has what stands up to this place, and so all lines of this node's there.
    AtAll {
        /// The place.
        place: Index,
    },
    /// A line has its place in the order.
    Said {
        /// The line.
        line: Line,
        /// In which group, if not in the lobby.
        group: Option<Name>,
        /// Who said it.
        who: Person,
        /// Whether that was this node.
        own: bool,
    },
    /// A private line, of this person's or to them.
    Private {
        /// The line.
        line: PrivateLine,
        /// Whether this person has said it.
        own: bool,
        /// Whether its recipient sits at no node of the ring: then it waits for them.
        waits: bool,
    },
    /// A line was changed, or taken back.
    Changed(Quoted),
    /// Something else happened in the chat.
    Chat {
        /// What.
        what: Box<Outcome>,
        /// Whether it is about this person, or this node.
        own: bool,
    },
    /// What was missed by somebody who logged in, or came back.
    WhileAway {
        /// Private lines, in order.
        mail: Vec<PrivateLine>,
        /// Lines of groups, in order.
        lines: Vec<Quoted>,
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
    /// The answer to [`Request::Deliver`]; also, what waited for an account that is deleted.
    Mail(Vec<PrivateLine>),
    /// The answer to [`Request::Members`].
    Group(Box<GroupNews>),
    /// The answer to [`Request::Groups`].
    Groups(Vec<GroupNews>),
    /// The answer to [`Request::List`].
    Found {
        /// What was asked for.
        pattern: String,
        /// Accounts, and whether somebody is logged in.
        accounts: Vec<(Name, bool)>,
        /// Groups.
        groups: Vec<Name>,
    },
    /// The answer to [`Request::Search`].
    Lines {
        /// What was looked for.
        text: String,
        /// The lines that hold it, the oldest first.
        lines: Vec<Quoted>,
    },
    /// The answer to [`Request::Limits`].
    Limits(Limits),
}
