//! Everything that can happen to a node.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::archive::{Found, Stretches};
use super::entry::Payload;
use super::id::{Index, LinkId};
use super::message::{Hello, Message};

/// The only way in: see [`crate::proto::node::Node::handle`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The moment that [`crate::proto::node::Node::poll_timeout`] named has come.
    Timeout,
    /// A link stands, and both ends have said their [`Hello`]; this is the peer's.
    Connected {
        /// The link.
        link: LinkId,
        /// What the peer said.
        hello: Hello,
    },
    /// A link is gone, or never came to be. Comes once for each [`LinkId`], and not after the
    /// node hung up itself.
    Disconnected {
        /// The link.
        link: LinkId,
        /// Why.
        why: Disconnect,
    },
    /// The peer at the other end of a link said something.
    Message {
        /// The link.
        link: LinkId,
        /// What it said.
        message: Message,
    },
    /// Bytes have come on a link, and a message is not whole yet: the peer is there, and the way narrow.
    Arriving {
        /// The link.
        link: LinkId,
    },
    /// The person or program at this node wants something.
    Command(Command),
    /// A write is durable.
    Persisted {
        /// Which one, and with it all before it.
        write: WriteId,
    },
    /// A write has failed, and none is begun any more: nothing more becomes durable.
    Unwritable,
    /// The application's state, as asked for with `Output::TakeSnapshot`: everything that was
    /// delivered up to `index`, which is the last index delivered.
    SnapshotTaken {
        /// The last index delivered.
        index: Index,
        /// The application's state.
        application: Bytes,
    },
    /// What was found of the lines of the past that `Output::ReadArchive` looks for.
    ArchiveRead {
        /// Who asked.
        link: LinkId,
        /// What was found.
        found: Found,
    },
    /// The places of which the archive lacks the lines: comes whenever that has changed, and as the
    /// answer to `Output::KeepArchive`. Never where nothing is archived.
    ArchiveLacks {
        /// Which places.
        missing: Stretches,
    },
}

/// What the person or program at this node can want.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Order this message.
    Submit(Payload),
    /// Leave the ring gracefully.
    Leave,
    /// Go on as a new ring of one, with the history. Only without a quorum.
    Alone,
}

/// Counts the writes of a node, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct WriteId(pub u64);

/// Why a link is gone, or never came to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Disconnect {
    /// The peer closed it.
    Closed,
    /// It was reset, or another error of the network.
    Reset,
    /// Nobody listens there: that process is dead.
    Refused,
    /// Nothing came back in time, or the network said that there is no way.
    Unreachable,
    /// What came was no frame of this protocol. The text says what was expected and found.
    Malformed(String),
    /// The peer takes less than it is sent: more than the bound waits for it.
    Overflow,
}
