//! What a node tells those who watch: people, traces and checkers.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::id::{Ballot, Index, LinkId, NodeId, RingId};
use super::input::Disconnect;
use super::view::View;

/// Something that happened. Watching changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A link stands.
    LinkUp {
        /// Which.
        link: LinkId,
        /// To whom.
        peer: NodeId,
    },
    /// A link is gone, or could not be made.
    LinkDown {
        /// Which.
        link: LinkId,
        /// To whom, if that is known.
        peer: Option<NodeId>,
        /// Why.
        why: LinkLoss,
    },
    /// A neighbour cannot be reached, and is skipped.
    Suspected {
        /// Who.
        peer: NodeId,
    },
    /// A suspect answers again.
    Cleared {
        /// Who.
        peer: NodeId,
    },
    /// Another node is the next in the ring now; none, if nobody can be reached.
    Successor {
        /// Who.
        peer: Option<NodeId>,
    },
    /// This node asks to become a member.
    Joining {
        /// Whom it asks.
        contact: SocketAddr,
    },
    /// This node serves its log to a newcomer.
    Sponsors {
        /// The newcomer.
        learner: NodeId,
    },
    /// A newcomer has caught up; the leader is asked to admit it.
    CaughtUp {
        /// The newcomer.
        learner: NodeId,
    },
    /// This node cannot serve somebody from its log, and sends a snapshot.
    SnapshotSent {
        /// To whom.
        to: NodeId,
        /// Up to where.
        index: Index,
    },
    /// This node's state is now that of a snapshot.
    SnapshotInstalled {
        /// Up to where.
        index: Index,
        /// The view in force behind it.
        view: View,
    },
    /// This node is back: what its disk held and knew as committed is delivered again.
    Restored {
        /// Up to where.
        index: Index,
        /// The end of its log.
        last: Index,
        /// The view in force behind `index`.
        view: View,
    },
    /// This node starts an election: lap 1 begins.
    ElectionStarted {
        /// Its how manieth.
        attempt: u64,
    },
    /// Another candidate's token gave way to this node's own.
    TokenReplaced {
        /// Whose token it was.
        candidate: NodeId,
    },
    /// A token was swallowed: a better one is on its way.
    TokenSwallowed {
        /// Whose token it was.
        candidate: NodeId,
    },
    /// A token was stopped: this node still hears the leader.
    TokenStopped {
        /// Whose token it was.
        candidate: NodeId,
    },
    /// This node's own token came back: it asks for promises. Lap 2 begins.
    ElectionWon {
        /// What it wants to lead under.
        ballot: Ballot,
    },
    /// This node will accept nothing below this ballot any more.
    Promised {
        /// The ballot.
        ballot: Ballot,
    },
    /// This node passed on a ballot without a promise: its own log is fresher.
    PromiseWithheld {
        /// The ballot.
        ballot: Ballot,
    },
    /// This node leads.
    Leads {
        /// Under which ballot.
        ballot: Ballot,
        /// What its log holds, see [`LogSummary`].
        log: LogSummary,
        /// How many members of the view in force gave their voice, and how many there are.
        voices: (usize, usize),
    },
    /// This node follows a leader it did not follow before.
    Follows {
        /// The leader's ballot.
        ballot: Ballot,
    },
    /// This node does not lead any more.
    SteppedDown {
        /// What it led under.
        ballot: Ballot,
        /// How many entries of its log were not known committed.
        uncommitted: u64,
    },
    /// A leader that leaves asks another to lead.
    HandedOver {
        /// Whom.
        to: NodeId,
    },
    /// The leader proposes a view.
    ViewProposed {
        /// Where in the log.
        index: Index,
        /// The view.
        view: View,
    },
    /// A view is known committed, and in force.
    ViewInstalled {
        /// Where in the log.
        index: Index,
        /// The view.
        view: View,
    },
    /// An entry of this node's log was not the leader's, and is gone with all behind it.
    Truncated {
        /// The first that is gone.
        from: Index,
        /// The last that is gone.
        to: Index,
    },
    /// A message was taken from this node's person or program.
    Submitted {
        /// Its number among this node's messages.
        seq: u64,
        /// Its Lamport time.
        lamport: u64,
        /// What this node had delivered by then.
        delivered: Index,
        /// What it says.
        #[serde(with = "super::readable::bytes")]
        payload: bytes::Bytes,
    },
    /// A command was refused; nothing changed.
    Refused {
        /// Why.
        why: Refusal,
    },
    /// Messages that nobody has delivered yet were sent again.
    Resubmitted {
        /// How many.
        count: usize,
    },
    /// The leader got a message for the second time, and dropped it.
    DuplicateSuppressed {
        /// Whose.
        origin: NodeId,
        /// Which.
        seq: u64,
    },
    /// The leader got a message before the one before it, and dropped it: it comes again.
    GapRefused {
        /// Whose.
        origin: NodeId,
        /// Which.
        seq: u64,
    },
    /// Nobody leads, and no quorum can be reached. Lines wait.
    NoQuorum {
        /// How many members were met, this node included.
        reachable: usize,
        /// How many there are.
        members: usize,
    },
    /// A quorum is back.
    QuorumBack,
    /// This node is no member any more, as it wished.
    Left,
    /// This node was evicted while it was away, and asks to come back.
    Evicted {
        /// The number of the view that does not hold it.
        view: u64,
    },
    /// This node went on alone, as a new ring.
    WentAlone {
        /// The new ring.
        ring: RingId,
        /// How many entries, uncommitted in the old ring, were given up.
        dropped: u64,
    },
    /// This node's archive lacks lines of the past. It asks others for them, the newest first.
    HistoryLacks {
        /// The first place that is missing.
        first: Index,
        /// The last.
        last: Index,
    },
    /// This node's archive has all lines again that it is to keep.
    HistoryWhole,
    /// A peer said something that has no place here. Nothing changed.
    Ignored {
        /// Who.
        from: Option<NodeId>,
        /// What was expected and what was found.
        why: String,
    },
}

/// Why a link is gone: the network's word, or this node's own decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkLoss {
    /// The network's word.
    Lost(Disconnect),
    /// Nothing was heard for too long.
    Silent,
    /// No answer to a dial in time.
    DialTimeout,
    /// The peer belongs to another ring.
    OtherRing(RingId),
    /// The peer is this node itself.
    Itself,
    /// A newer link to the same peer took its place, or it is not needed any more.
    Replaced,
}

/// Why a command was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// As many messages as this node keeps wait already.
    Full,
    /// There is a quorum: nobody needs to go on alone.
    HasQuorum,
    /// The node is not in a ring.
    NoRing,
    /// The node is leaving.
    Leaving,
    /// The message is larger than a frame may be.
    TooLarge,
}

/// What a log holds: stretches of entries of one ballot, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSummary {
    /// Everything up to here is compacted away, and was committed.
    pub compacted: Index,
    /// The last index of each stretch of entries with one ballot.
    pub runs: Vec<(Ballot, Index)>,
}

impl LogSummary {
    /// The ballot of the entry at `index`; none if it is compacted away or behind the log.
    pub fn ballot_at(&self, index: Index) -> Option<Ballot> {
        if index <= self.compacted {
            return None;
        }
        self.runs.iter().find(|(_, last)| index <= *last).map(|(ballot, _)| *ballot)
    }

    /// The last index; [`Self::compacted`] if nothing stands behind it.
    pub fn last(&self) -> Index {
        self.runs.last().map_or(self.compacted, |(_, last)| *last)
    }
}
