//! What no node knows and the claims speak of: what was ever committed, and what went wrong.

use ringchat::proto::entry::Entry;
use ringchat::proto::id::{Ballot, Index};

/// What happened so far, seen from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Truth {
    /// What some node took for committed, from index 1 on, with the least ballot under which one counted it.
    pub chosen: Vec<(Entry, Ballot)>,
    /// What must not happen, and did.
    pub broken: Option<Broken>,
}

/// What must not happen. Nothing is explored behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Broken {
    /// Two nodes took different entries for committed at one index.
    TwoChosen,
    /// A node began to lead under a ballot that was led under before.
    LedTwice,
    /// A committed entry was cut off.
    CommittedCut,
    /// All writes are done, and the store differs from the memory.
    StoreDiffers,
}

impl Truth {
    /// A node takes this for committed: by counting under this ballot, or since another one told it.
    pub fn commit(&mut self, index: Index, entry: &Entry, counted_under: Option<Ballot>) {
        let at = usize::try_from(index.previous().0).unwrap_or(usize::MAX);
        match self.chosen.get_mut(at) {
            Some((known, _)) if known != entry => self.broken = Some(Broken::TwoChosen),
            Some((_, least)) => *least = counted_under.unwrap_or(*least).min(*least),
            None => self.chosen.push((entry.clone(), counted_under.unwrap_or(entry.ballot))),
        }
    }

    /// What was committed at `index`.
    pub fn at(&self, index: Index) -> Option<&(Entry, Ballot)> {
        self.chosen.get(usize::try_from(index.0).ok()?.checked_sub(1)?)
    }
}
