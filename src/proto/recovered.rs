//! What a node finds on its disk when it starts again.

use super::entry::{Entry, Snapshot};
use super::id::{Ballot, Index, NodeId, RingId};

/// All that outlived the process, as it was written in one piece: see
/// [`Write`](super::output::Write).
///
/// Lines that this node had taken and no quorum had ordered are not in it. They were not acknowledged,
/// and may be lost with the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// The identity, made together with the storage.
    pub node: NodeId,
    /// How often this identity has lived before: counted up, durably, before the node runs.
    pub life: u64,
    /// The ring.
    pub ring: RingId,
    /// No ballot below this one is ever accepted again.
    pub promised: Ballot,
    /// Everything up to here was known committed when the last write was begun.
    pub committed: Index,
    /// Everything up to its index.
    pub snapshot: Snapshot,
    /// The log behind the snapshot, committed or not.
    pub entries: Vec<Entry>,
}
