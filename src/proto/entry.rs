//! What the log is made of.

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::id::{Ballot, Index, NodeId};
use super::readable::{digits, read_digits};
use super::view::{Member, View};

/// The bytes of a message, opaque to the ring.
///
/// On the wire it is serialised as its length alone: the codec writes the bytes of all payloads of a frame, in order,
/// behind the frame's header, so a receiver slices them out of what it read, without a copy. What
/// people read holds the bytes themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Payload {
    /// How many bytes there are; equals `bytes.len()` everywhere outside the codec.
    pub length: u32,
    /// The bytes.
    pub bytes: Bytes,
}

impl Payload {
    /// A payload of these bytes. `None` if there are more than `u32::MAX`.
    pub fn new(bytes: Bytes) -> Option<Payload> {
        let length = u32::try_from(bytes.len()).ok()?;
        Some(Payload { length, bytes })
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.serialize_str(&digits(&self.bytes));
        }
        serializer.serialize_u32(self.length)
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Payload, D::Error> {
        if deserializer.is_human_readable() {
            let bytes = read_digits(deserializer)?;
            return Payload::new(bytes.into()).ok_or_else(|| de::Error::custom("more than 4 GiB"));
        }
        let length = u32::deserialize(deserializer)?;
        Ok(Payload { length, bytes: Bytes::new() })
    }
}

/// A message on its way to the leader: what an origin submitted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Submission {
    /// Who submitted it.
    pub origin: NodeId,
    /// Counts the origin's submissions, from 1, without gaps.
    pub seq: u64,
    /// The origin's Lamport time (Lamport, 1978): greater than that of all it had delivered.
    pub lamport: u64,
    /// What it says.
    pub payload: Payload,
}

/// What an entry is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Body {
    /// Nothing: the first entry of a leader, which lets it commit what came before.
    Empty,
    /// A new view.
    View(View),
    /// A message.
    Message(Submission),
}

/// One entry of the log. Two entries with the same index and ballot are the same entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// The ballot of the leader that appended it.
    pub ballot: Ballot,
    /// What it is.
    pub body: Body,
}

impl Entry {
    /// How many bytes of payload it carries.
    pub fn payload_bytes(&self) -> usize {
        match &self.body {
            Body::Message(message) => message.payload.bytes.len(),
            Body::Empty | Body::View(_) => 0,
        }
    }
}

/// A committed message, as the chat gets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivered {
    /// Its place in the order, the same at every node.
    pub index: Index,
    /// The ballot of the leader that ordered it.
    pub ballot: Ballot,
    /// The message.
    pub message: Submission,
}

/// A place in the log that is known to be committed.
///
/// Whoever holds the same entry there holds everything before it, too, and may deliver it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Committed {
    /// The place.
    pub index: Index,
    /// The ballot of the entry there.
    pub ballot: Ballot,
    /// It was committed under this ballot or a smaller one.
    pub under: Ballot,
}

/// What a node that cannot be served from the log gets instead: the ring's own part of it.
///
/// The application's part, which may be large, travels beside it in chunks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotHead {
    /// Everything up to and including this place is in it.
    pub index: Index,
    /// The ballot of the entry at `index`.
    pub ballot: Ballot,
    /// The view in force behind `index`.
    pub view: View,
    /// For each origin the greatest sequence number delivered: the duplicate filter.
    pub sessions: Vec<(NodeId, u64)>,
    /// The greatest Lamport time delivered.
    pub lamport: u64,
    /// Members that were evicted and may live: they are to be found again.
    pub exiles: Vec<Member>,
}

/// Everything up to a place: the ring's part and the application's. The default is that of a node
/// that holds nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The ring's part.
    pub head: SnapshotHead,
    /// The application's part; empty before the first entry.
    pub application: Bytes,
}
