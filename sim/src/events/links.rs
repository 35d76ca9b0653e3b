//! Which connection a node means by a link: it numbers its links, so these are places in a table.

use ringchat::proto::id::LinkId;

use super::link::{ConnectionId, Side};

/// The connections that a node knows, dialed ones that do not stand yet included.
#[derive(Debug, Default)]
pub(super) struct Links {
    dialed: Row,
    accepted: Row,
}

/// By number; none where the link is gone.
type Row = Vec<Option<(ConnectionId, Side)>>;

impl Links {
    /// What the node means by this link.
    pub(super) fn get(&self, link: LinkId) -> Option<(ConnectionId, Side)> {
        let (row, at) = match link {
            LinkId::Dialed(number) => (&self.dialed, number),
            LinkId::Accepted(number) => (&self.accepted, number),
        };
        row.get(usize::try_from(at).ok()?).copied().flatten()
    }

    /// The node has a link, or dials it.
    pub(super) fn insert(&mut self, link: LinkId, connection: (ConnectionId, Side)) {
        let (row, at) = self.place(link);
        if row.len() <= at {
            row.resize(at + 1, None);
        }
        row[at] = Some(connection);
    }

    /// The node has that link no more.
    pub(super) fn remove(&mut self, link: LinkId) -> Option<(ConnectionId, Side)> {
        let (row, at) = self.place(link);
        row.get_mut(at)?.take()
    }

    /// All of them, as [`Self::into_all`] gives them.
    pub(super) fn all(&self) -> impl Iterator<Item = (ConnectionId, Side)> {
        self.dialed.iter().chain(&self.accepted).copied().flatten()
    }

    /// All of them: dialed ones first, each kind in the order in which they came.
    pub(super) fn into_all(self) -> impl Iterator<Item = (ConnectionId, Side)> {
        self.dialed.into_iter().chain(self.accepted).flatten()
    }

    /// A node counts its links one by one, so no number is beyond what memory holds.
    fn place(&mut self, link: LinkId) -> (&mut Row, usize) {
        match link {
            LinkId::Dialed(number) => (&mut self.dialed, number as usize),
            LinkId::Accepted(number) => (&mut self.accepted, number as usize),
        }
    }
}
