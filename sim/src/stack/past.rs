//! The lines that a simulated application holds until its archive has them, as the chat does.
//!
//! A snapshot stands for no lines here, so a node that was served one has to get them all from
//! others.

use std::collections::VecDeque;

use ringchat::proto::archive::{ArchivedLine, Ask, Faded, Found, Stretch, Stretches};
use ringchat::proto::entry::Delivered;
use ringchat::proto::id::Index;

/// What is not in the archive yet.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// All lines behind this place are among `lines`.
    behind: Index,
    lines: VecDeque<ArchivedLine>,
    /// Where, before that, lines may stand that this life never held.
    gaps: Vec<Stretch>,
    /// Everything up to here was applied.
    applied: Index,
}

impl Past {
    /// The next line of the order.
    pub(super) fn append(&mut self, delivered: &Delivered) {
        let (place, bytes) = (delivered.index, delivered.message.payload.clone());
        self.lines.push_back(ArchivedLine { place, bytes });
        self.applied = place;
    }

    /// The application's state is that of a snapshot up to `index`.
    pub(super) fn skip_to(&mut self, index: Index) {
        if let Some(gap) = Stretch::behind(self.applied, index) {
            self.gaps.push(gap);
            self.behind = index;
        }
        self.applied = index;
    }

    /// What the archive gets with a snapshot up to `index`.
    pub(super) fn fading(&self, index: Index) -> Faded {
        let lines = self.lines.iter().take_while(|line| line.place <= index).cloned().collect();
        Faded { behind: self.behind, lines, gaps: self.gaps.clone() }
    }

    /// The archive has the lines up to `index`.
    pub(super) fn faded(&mut self, index: Index) {
        while self.lines.pop_front_if(|line| line.place <= index).is_some() {}
        self.gaps.retain(|gap| gap.last > index);
        self.behind = self.behind.max(index);
    }

    /// What is at hand of the lines that are asked for; none, if not even the newest place is.
    pub(super) fn at_hand(&self, ask: Ask) -> Option<Found> {
        let stretch = ask.stretch.and(Stretch::behind(self.behind, ask.stretch.last)?)?;
        let newest_first = self.lines.iter().rev().filter(|line| stretch.contains(line.place));
        Some(Found::take(Ask { stretch, ..ask }, newest_first.cloned(), &Stretches::default()))
    }
}
