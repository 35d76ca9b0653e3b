//! Holds what was acknowledged in a soak against what every node holds in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use ringchat::proto::id::Index;

use super::record::{Line, Record};

/// What came of a soak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many processes were killed with `kill -9` and started again.
    pub kills: u64,
    /// How many were stopped with `SIGSTOP` and let go on.
    pub stops: u64,
    /// How many lines were typed; those that waited at a node that was killed may be lost.
    pub typed: u64,
    /// How many of them a writer was told are ordered.
    pub acknowledged: u64,
    /// How many of these every node holds.
    pub found: u64,
    /// How many some node does not hold.
    pub lost: u64,
    /// How many lines stand at two places.
    pub doubled: u64,
    /// How many stand elsewhere than at another node, or in an earlier life, or before an earlier line of
    /// the same writer.
    pub reordered: u64,
    /// How many nobody has typed.
    pub invented: u64,
    /// How often a node has a line in a state that it was given, and from nowhere else.
    pub given: u64,
    /// Whether the chats of all nodes hold the same in the end, as their digests say.
    pub same: bool,
}

impl Tally {
    /// Nothing lost, doubled, reordered or invented, and all agree.
    pub fn is_clean(&self) -> bool {
        let Tally { lost, doubled, reordered, invented, same, .. } = *self;
        lost + doubled + reordered + invented == 0 && same
    }

    /// Whether this says anything: something was acknowledged, and somebody killed.
    pub fn says_something(&self) -> bool {
        self.acknowledged > 0 && self.kills > 0
    }
}

/// Judges what was told. `same`: whether the chats of all hold the same in the end.
pub fn judge(record: &Record, same: bool) -> Tally {
    let mut places: BTreeMap<Index, Line> = BTreeMap::new();
    let mut reordered = record.reordered;
    for (place, line) in record.told.iter().flat_map(|told| &told.lines) {
        reordered += u64::from(places.insert(*place, *line).is_some_and(|other| other != *line));
    }
    let mut place_of: BTreeMap<Line, Index> = BTreeMap::new();
    let mut doubled = 0;
    let mut last = vec![0; record.typed.len()];
    for (place, line) in &places {
        doubled += u64::from(place_of.insert(*line, *place).is_some());
        reordered += u64::from(line.number < last[line.writer]);
        last[line.writer] = last[line.writer].max(line.number);
    }
    let acknowledged: BTreeSet<Line> =
        record.told.iter().flat_map(|told| told.acknowledged.iter().copied()).collect();
    let (mut found, mut given) = (0, 0);
    for line in &acknowledged {
        let place = place_of.get(line).copied().unwrap_or_default();
        let holds = record.told.iter().map(|told| match told.lines.get(&place) {
            Some(held) => (*held == *line, false),
            None => (place <= told.given, place <= told.given),
        });
        let holds: Vec<(bool, bool)> = holds.collect();
        found += u64::from(holds.iter().all(|(holds, _)| *holds));
        given += holds.iter().filter(|(_, given)| *given).count() as u64;
    }
    let count = acknowledged.len() as u64;
    Tally {
        kills: record.kills,
        stops: record.stops,
        typed: record.typed.iter().sum(),
        acknowledged: count,
        found,
        lost: count - found,
        doubled,
        reordered,
        invented: record.invented,
        given,
        same,
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = [
            ("kill -9 and started again", self.kills),
            ("SIGSTOP and SIGCONT", self.stops),
            ("lines typed", self.typed),
            ("acknowledged", self.acknowledged),
            ("found at every node", self.found),
            ("lost", self.lost),
            ("doubled", self.doubled),
            ("reordered", self.reordered),
            ("invented", self.invented),
            ("held in a given state only", self.given),
        ];
        rows.iter().try_for_each(|(what, count)| writeln!(f, "{what:<28}{count:>9}"))?;
        writeln!(
            f,
            "{:<28}{:>9}",
            "the same chat at all nodes",
            if self.same { "yes" } else { "no" }
        )
    }
}
