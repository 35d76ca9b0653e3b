//! Where the last life of each node is: with every frame that is asked of all of whom it speaks.

use ringchat::proto::id::NodeId;

use crate::scenario::NodeIndex;

/// Sorted by identity, as are the facts that travel with frames.
#[derive(Debug, Default)]
pub(super) struct Homes(Vec<(NodeId, NodeIndex)>);

impl Homes {
    /// The machine of a node, unless a later life has taken that over.
    pub(super) fn of(&self, id: NodeId) -> Option<NodeIndex> {
        self.place(id).ok().map(|at| self.0[at].1)
    }

    /// A life begins there, behind the one `before`.
    pub(super) fn settle(&mut self, before: Option<NodeId>, id: NodeId, home: NodeIndex) {
        if let Some(before) = before {
            self.0.retain(|(other, _)| *other != before);
        }
        match self.place(id) {
            Ok(at) => self.0[at].1 = home,
            Err(at) => self.0.insert(at, (id, home)),
        }
    }

    fn place(&self, id: NodeId) -> Result<usize, usize> {
        self.0.binary_search_by_key(&id, |(other, _)| *other)
    }
}
