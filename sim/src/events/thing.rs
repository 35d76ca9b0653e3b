//! What can be due at a moment of the simulated world.

use ringchat::proto::input::{Disconnect, WriteId};
use ringchat::proto::message::{Hello, Message};

use super::link::{ConnectionId, Side};
use crate::causal::InputNumber;
use crate::history::Incarnation;
use crate::scenario::NodeIndex;

/// Something that is due.
#[derive(Clone, Debug)]
pub(super) enum Thing {
    /// A node's timeout, or the end of what kept it busy.
    Wake(NodeIndex),
    /// Somebody asks for a connection.
    Dial(ConnectionId),
    /// Something arrives at one side of a connection. The input that made the other side send it
    /// comes with it, if that is kept; a kernel has none.
    Arrive(ConnectionId, Side, Item, Option<InputNumber>),
    /// Something that this side sent has come through a narrow way.
    Through(ConnectionId, Side),
    /// A write is durable.
    Persisted(NodeIndex, Incarnation, WriteId),
}

/// What travels over a connection.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// The other side's kernel has taken the connection.
    Established,
    /// The first word of a process.
    Hello(Hello),
    /// A frame.
    Message(Message),
    /// Nothing comes behind this.
    End(Disconnect),
}
