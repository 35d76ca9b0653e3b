//! What nodes say to each other.

use serde::{Deserialize, Serialize};

use super::archive::{Ask, Part};
use super::entry::{Committed, Entry, Payload, SnapshotHead, Submission};
use super::facts::Facts;
use super::id::{Ballot, Index, NodeId, RingId};
use super::time::Instant;
use super::view::{Member, View};

/// The first thing both ends of a link say, in either direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The ring the sender belongs to; none if it wants to join one.
    pub ring: Option<RingId>,
    /// The sender.
    pub member: Member,
}

/// Everything that travels on a link after the [`Hello`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// Are you there? Asks for a [`Message::Pong`].
    Ping {
        /// The sender's clock, to be sent back unread.
        sent_at: Instant,
        /// If the sender leads: its ballot and the number of its last pulse.
        leading: Option<(Ballot, u64)>,
    },
    /// The answer to a [`Message::Ping`].
    Pong {
        /// The clock of the one who asked.
        sent_at: Instant,
    },
    /// The leader's log, and what is known of who holds it, on its way round.
    Append(Append),
    /// The answer to an [`Append`], on the same link.
    AppendAck(AppendAck),
    /// Lap 1 of an election.
    Elect(Box<Elect>),
    /// Lap 2 of an election.
    Elected(Elected),
    /// A token has arrived and need not be sent again.
    TokenAck {
        /// Which one.
        token: TokenId,
    },
    /// An election token was stopped: the sender still hears the leader of this ballot.
    LeaderAlive {
        /// The ballot of that leader.
        ballot: Ballot,
    },
    /// Lap 1 of an election met too few for a quorum.
    TooFew {
        /// Whom it met.
        met: Vec<NodeId>,
        /// How many nodes may still pass it on.
        hops_left: u16,
    },
    /// The sender wants to be a member.
    Join {
        /// The last that it knows committed. Whoever it asks may know the entry and not that.
        committed: Committed,
    },
    /// To a node outside the view: the ring it found and the newest view known to be committed.
    Welcome {
        /// The ring.
        ring: RingId,
        /// The view, which may or may not hold the receiver.
        view: View,
        /// The receiver is served the log by the sender, as a learner.
        sponsored: bool,
    },
    /// On its way to the leader, along the ring or straight.
    ToLeader {
        /// How many nodes may still pass it on.
        hops_left: u16,
        /// What it asks.
        request: Request,
    },
    /// A part of a snapshot.
    SnapshotChunk(SnapshotChunk),
    /// How far a snapshot has arrived, in bytes.
    SnapshotAck {
        /// Which snapshot.
        index: Index,
        /// All bytes below this offset have arrived.
        received: u64,
    },
    /// A leader that leaves asks its successor to lead; or, with Fast Bully, one of less priority asks one of
    /// more.
    TakeOver {
        /// The ballot of the leader that goes.
        ballot: Ballot,
    },
    /// The answer to an [`Elect`] in a ring that elects by Fast Bully, straight to the candidate.
    Answer(Box<Answer>),
    /// To the best of those who answered: ask for promises.
    Nominate {
        /// The greatest promise that any of them has given.
        promised: Ballot,
    },
    /// The sender's archive lacks lines of the past. Asks for a [`Message::ArchivePart`].
    ArchiveAsk(Ask),
    /// The answer to a [`Message::ArchiveAsk`], on the same link.
    ArchivePart(Part),
}

/// What a node asks of the leader, whoever that is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Order these messages.
    Submit(Vec<Submission>),
    /// Make this learner, who has caught up, a member behind its sponsor.
    Admit {
        /// The learner.
        member: Member,
        /// Who served it.
        sponsor: NodeId,
    },
    /// Let this member go.
    Leave {
        /// The member.
        id: NodeId,
    },
    /// A member skips these neighbours now, and nobody else.
    Accuse {
        /// Who skipped them.
        by: NodeId,
        /// Whom. Nobody, once it has reached them again.
        skipped: Vec<NodeId>,
    },
    /// A member that holds all of the log has this priority. (The IamUp of Fast Bully.)
    Claim {
        /// The member.
        by: NodeId,
        /// Its priority.
        priority: u32,
    },
    /// Somebody has promised a ballot greater than the leader's, and refuses its entries.
    Outpromised {
        /// What was promised.
        promised: Ballot,
    },
}

/// What one member is known to hold: facts that only grow under one ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stored {
    /// The member.
    pub id: NodeId,
    /// It holds the log of this ballot's leader durably up to here.
    pub index: Index,
    /// It has seen this pulse of the leader.
    pub pulse: u64,
}

/// A stretch of the leader's log, with the acknowledgements gathered on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Append {
    /// The leader's ballot.
    pub ballot: Ballot,
    /// Counts the leader's pulses under this ballot.
    pub pulse: u64,
    /// The place before the first entry.
    pub previous: Index,
    /// The ballot of the entry at `previous`.
    pub previous_ballot: Ballot,
    /// Everything up to here is committed.
    pub commit: Index,
    /// Who holds what.
    pub stored: Box<Facts>,
    /// The entries behind `previous`.
    pub entries: Vec<Entry>,
}

/// How far the receiver of an [`Append`] agrees with its sender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppendAck {
    /// The ballot of the [`Append`].
    pub ballot: Ballot,
    /// What the answering node has promised; greater than `ballot` if it refused.
    pub promised: Ballot,
    /// The prefix known to equal the log of that ballot's leader.
    pub verified: Index,
    /// Everything up to here is committed.
    pub commit: Index,
    /// The entry before the stretch was missing or another: send again from behind `verified`.
    pub mismatch: bool,
    /// Who holds what, of all that the answering node knows what the [`Append`] did not tell; empty where
    /// it refused.
    pub stored: Box<Facts>,
}

/// How up to date a log is, compared before ids are.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Freshness {
    /// The ballot of the last entry.
    pub ballot: Ballot,
    /// The last index.
    pub index: Index,
}

/// Lap 1 of an election: the token of Chang and Roberts (1979), comparing `(freshness, id)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Elect {
    /// The best candidate met so far.
    pub candidate: NodeId,
    /// Tells this candidacy of the candidate from its earlier ones.
    pub attempt: u64,
    /// How fresh the candidate's log is.
    pub freshness: Freshness,
    /// The greatest promise met.
    pub promised: Ballot,
    /// The number of the newest view that the candidate knows committed.
    pub view: u64,
    /// The last that any node met knows committed.
    pub committed: Committed,
    /// The nodes met, the candidate first. Its length bounds the way.
    pub met: Vec<NodeId>,
}

/// What one who was asked by Fast Bully would run with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Answer {
    /// Who answers.
    pub id: NodeId,
    /// Which attempt of the one who asked it answers.
    pub attempt: u64,
    /// Whether it may lead: it is a member by its own log, and its disk takes what it promises.
    pub eligible: bool,
    /// How fresh its log is.
    pub freshness: Freshness,
    /// Its priority, by its configuration.
    pub priority: u32,
    /// The greatest ballot it has promised.
    pub promised: Ballot,
    /// The last that it knows committed.
    pub committed: Committed,
}

/// Lap 2 of an election: the winner gathers promises.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Elected {
    /// What the candidate wants to lead under; it is the ballot's proposer.
    pub ballot: Ballot,
    /// How fresh the candidate's log is.
    pub freshness: Freshness,
    /// The number of the newest view that the candidate knows committed.
    pub view: u64,
    /// The nodes met.
    pub met: Vec<NodeId>,
    /// Who has promised durably, with a log not fresher than the candidate's.
    pub promised_by: Vec<NodeId>,
    /// How many nodes may still pass it on.
    pub hops_left: u16,
}

/// Which token an acknowledgement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TokenId {
    /// An [`Elect`] of this candidate and attempt.
    Elect(NodeId, u64),
    /// An [`Elected`] of this ballot.
    Elected(Ballot),
}

/// A part of a snapshot, small enough to share a link with the ring's traffic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotChunk {
    /// The ballot that the sender leads or follows under.
    pub ballot: Ballot,
    /// Up to where the snapshot goes.
    pub index: Index,
    /// The ring's own part; with the first chunk only.
    pub head: Option<Box<SnapshotHead>>,
    /// Where in the application's part these bytes stand.
    pub offset: u64,
    /// How many bytes the application's part has in all.
    pub total: u64,
    /// The bytes.
    pub bytes: Payload,
}
