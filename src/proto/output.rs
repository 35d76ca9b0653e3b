//! Everything a node can want of the world.

use std::net::SocketAddr;

use bytes::Bytes;

use super::archive::{Ask, Part};
use super::entry::{Delivered, Snapshot};
use super::event::Event;
use super::id::{Ballot, Index, LinkId, NodeId, RingId};
use super::input::WriteId;
use super::message::Message;

/// What the caller of [`crate::proto::node::Node::handle`] owns, and carries out in order.
pub type Outbox = Vec<Output>;

/// One wish of the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Connect to this address. Answered by `Connected` or `Disconnected`.
    Dial {
        /// What the link will be called.
        link: LinkId,
        /// Where to.
        address: SocketAddr,
    },
    /// Close this link, or stop dialing. What was sent before still goes out if it can. Not answered.
    HangUp {
        /// The link.
        link: LinkId,
    },
    /// Send this. If the link is gone by now, drop it.
    Send {
        /// The link.
        link: LinkId,
        /// What to say.
        message: Message,
    },
    /// Write this, in the order of the numbers. Answered by `Persisted` once it is durable.
    Persist(Write),
    /// Give this to the application.
    Deliver(Delivered),
    /// Ask the application for its state. Answered at once by `SnapshotTaken`.
    TakeSnapshot,
    /// Replace the application's state: it is now that of everything up to `index`.
    InstallSnapshot {
        /// The last index that the state covers.
        index: Index,
        /// The state.
        application: Bytes,
    },
    /// Tell whoever watches.
    Event(Event),
    /// Look for lines of the past, in memory or on the disk. Answered by `ArchiveRead`.
    ReadArchive {
        /// Who asks.
        link: LinkId,
        /// For what.
        ask: Ask,
    },
    /// Put lines of another node's archive into the own one. Answered by `ArchiveLacks` once they are
    /// durable.
    KeepArchive(Part),
}

/// What must be durable before what depends on it is sent.
///
/// The entries themselves are read from the node while this output is carried out
/// ([`crate::proto::node::Node::entries`]), so nothing is copied where nothing is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Which write this is.
    pub id: WriteId,
    /// The node.
    pub node: NodeId,
    /// Its ring.
    pub ring: Option<RingId>,
    /// No ballot below this one is ever accepted again.
    pub promised: Ballot,
    /// Everything up to here is known committed. It may lag: no write is for its sake, but for that of
    /// a view.
    pub committed: Index,
    /// If there is one, it takes the place of everything up to its index; all else stands behind it.
    pub snapshot: Option<Box<Snapshot>>,
    /// Everything behind this index is to be replaced ...
    pub behind: Index,
    /// ... by the entries up to this one.
    pub last: Index,
}
