//! The lines of the past that the application no longer holds: which are asked for, found, missing.
//!
//! The archive itself is the store's. Here is what nodes say about it, and sets of places.

use serde::{Deserialize, Serialize};

use super::entry::Payload;
use super::id::Index;

/// More stretches than this are not kept apart: the two that are nearest become one.
pub const STRETCHES_MAX: usize = 64;

/// The places from one to another, both included. Never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stretch {
    /// The first place.
    pub first: Index,
    /// The last place.
    pub last: Index,
}

impl Stretch {
    /// The places behind `previous` up to `last`; none, if there are none.
    pub fn behind(previous: Index, last: Index) -> Option<Stretch> {
        Stretch::from_to(previous.next(), last)
    }

    /// The places from `first` to `last`; none, if there are none.
    pub fn from_to(first: Index, last: Index) -> Option<Stretch> {
        (first <= last).then_some(Stretch { first, last })
    }

    /// Whether this place is in it.
    pub fn contains(self, place: Index) -> bool {
        (self.first..=self.last).contains(&place)
    }

    /// The places that are in both.
    pub fn and(self, other: Stretch) -> Option<Stretch> {
        Stretch::from_to(self.first.max(other.first), self.last.min(other.last))
    }
}

/// A set of places, as few stretches, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stretches(Vec<Stretch>);

impl Stretches {
    /// The stretches, in order. No two of them touch.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Stretch> {
        self.0.iter().copied()
    }

    /// Whether no place is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the places of a stretch. Where there are too many stretches, some between them come along.
    pub fn add(&mut self, added: Stretch) {
        let touches = |it: &Stretch| it.first <= added.last.next() && added.first <= it.last.next();
        let whole = self.0.iter().filter(|it| touches(it)).fold(added, |whole, it| Stretch {
            first: whole.first.min(it.first),
            last: whole.last.max(it.last),
        });
        self.0.retain(|it| !touches(it));
        let at = self.0.partition_point(|it| it.first < whole.first);
        self.0.insert(at, whole);
        if self.0.len() > STRETCHES_MAX {
            self.join_nearest();
        }
    }

    /// Takes the places of a stretch out.
    pub fn remove(&mut self, removed: Stretch) {
        let parts = self.0.iter().flat_map(|it| {
            let before = Stretch::from_to(it.first, it.last.min(removed.first.previous()));
            let behind = Stretch::from_to(it.first.max(removed.last.next()), it.last);
            // Where nothing is taken out, both are the whole.
            let apart = it.and(removed).is_some();
            if apart { [before, behind] } else { [Some(*it), None] }
        });
        self.0 = parts.flatten().collect();
    }

    /// The last stretch of places before `place`, cut off there.
    pub fn newest_before(&self, place: Index) -> Option<Stretch> {
        let last = place.previous();
        let newest = self.0.iter().rev().find(|it| it.first < place)?;
        Stretch::from_to(newest.first, newest.last.min(last))
    }

    /// The places that are in both.
    pub fn within(&self, stretch: Stretch) -> Vec<Stretch> {
        self.0.iter().filter_map(|it| it.and(stretch)).collect()
    }

    fn join_nearest(&mut self) {
        let gaps = self.0.windows(2).map(|pair| pair[1].first.0 - pair[0].last.0);
        let Some((at, _)) = gaps.enumerate().min_by_key(|(_, gap)| *gap) else { return };
        self.0[at].last = self.0[at + 1].last;
        self.0.remove(at + 1);
    }
}

impl FromIterator<Stretch> for Stretches {
    fn from_iter<T: IntoIterator<Item = Stretch>>(stretches: T) -> Stretches {
        let mut all = Stretches::default();
        stretches.into_iter().for_each(|stretch| all.add(stretch));
        all
    }
}

/// A line of the archive: what it says is opaque to the ring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedLine {
    /// Its place in the order.
    pub place: Index,
    /// The line.
    pub bytes: Payload,
}

/// Somebody wants the newest lines of a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Which places.
    pub stretch: Stretch,
    /// Not more lines than this, and at least one if there is one.
    pub lines: u32,
    /// Not more bytes than this, unless it is one line.
    pub bytes: u32,
}

/// What was found of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The places that were looked at: those of the question, or the last of them.
    pub stretch: Stretch,
    /// All lines at hand that stand there, the newest first.
    pub lines: Vec<ArchivedLine>,
    /// Where more lines may stand that are not at hand.
    pub lacking: Vec<Stretch>,
}

impl Found {
    /// Nothing is at hand.
    pub fn nothing(ask: Ask) -> Found {
        Found { stretch: ask.stretch, lines: Vec::new(), lacking: vec![ask.stretch] }
    }

    /// Takes lines, the newest first, until there are as many as were asked for.
    pub fn take(
        ask: Ask,
        lines: impl IntoIterator<Item = ArchivedLine>,
        lacking: &Stretches,
    ) -> Found {
        let (mut taken, mut bytes) = (Vec::new(), 0_u64);
        let mut stretch = ask.stretch;
        for line in lines {
            bytes += u64::from(line.bytes.length);
            let is_full = taken.len() as u64 >= u64::from(ask.lines);
            if let Some(ArchivedLine { place, .. }) = taken.last()
                && (is_full || bytes > u64::from(ask.bytes))
            {
                stretch.first = *place;
                break;
            }
            taken.push(line);
        }
        Found { stretch, lines: taken, lacking: lacking.within(stretch) }
    }
}

/// What a node answers another: the end of the stretch that was asked for, as far as it can vouch for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which places.
    pub stretch: Stretch,
    /// Whether the answering node does not know what stands there. If it does, it sends all of it.
    pub lacks: bool,
    /// The lines, the newest first.
    pub lines: Vec<ArchivedLine>,
}

impl From<Found> for Part {
    fn from(found: Found) -> Part {
        let Found { mut stretch, mut lines, lacking } = found;
        let newest = lacking.into_iter().max();
        match newest {
            Some(newest) if newest.contains(stretch.last) => {
                stretch.first = newest.first;
                Part { stretch, lacks: true, lines: Vec::new() }
            }
            Some(newest) => {
                stretch.first = newest.last.next();
                lines.retain(|line| line.place >= stretch.first);
                Part { stretch, lacks: false, lines }
            }
            None => Part { stretch, lacks: false, lines },
        }
    }
}

/// What an application gives to the archive: its lines up to the place of a snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faded {
    /// All lines behind this place up to that of the snapshot are among those given.
    pub behind: Index,
    /// The lines, in order.
    pub lines: Vec<ArchivedLine>,
    /// Where, before that, more lines may stand that it has not held in this life.
    pub gaps: Vec<Stretch>,
}
