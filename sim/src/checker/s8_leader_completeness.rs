//! S8, leader completeness: a new leader's log holds every committed entry.

use ringchat::proto::event::LogSummary;
use ringchat::proto::id::{Ballot, Index};

use super::deed::Deed;
use super::ring::{Ring, Stretch};
use super::seen::Seen;
use super::violation::{Guarantee, Violation};

/// Whoever begins to lead under a ballot holds every entry of its ring that is known to have been
/// committed under a *smaller* ballot.
///
/// An entry is known committed under ballot `b` if a node delivered it, or installed it as a view,
/// while the last leader it had followed (or been) was that of `b`; with it all entries before.
/// The word "smaller" matters: a late leader of an obsolete ballot is legal, it will find no quorum
/// (pitfalls.md, the last of the holes: a checker that overlooks this flags legal runs).
/// Two entries of the same place and ballot are the same entry; what the leader has compacted away
/// counts as held.
#[derive(Clone, Debug, Default)]
pub struct LeaderCompleteness {
    /// How many stretches of entries were checked in the logs of new leaders; at least one each.
    pub checked: u64,
}

impl LeaderCompleteness {
    pub(super) fn observe(&mut self, seen: &Seen) -> Result<(), Violation> {
        let (Deed::Lead { ballot, log }, Some(ring)) = (seen.deed, seen.ring) else {
            return Ok(());
        };
        self.checked += 1;
        let committed = ring.committed_below(ballot);
        if log.last() < committed {
            let expected =
                format!("a log up to {committed} at least, which is committed below {ballot}");
            let found = format!("a log that ends at {}", log.last());
            return Err(blame(seen, seen.violation(Guarantee::S8, expected, found), committed));
        }
        match missing(ring, log, committed, &mut self.checked) {
            None => Ok(()),
            Some((index, held, wanted)) => {
                let expected =
                    format!("entry {index} of ballot {wanted}, committed below {ballot}");
                let found = format!("entry {index} of ballot {held}");
                Err(blame(seen, seen.violation(Guarantee::S8, expected, found), index))
            }
        }
    }
}

/// The first known entry up to `committed` that the log has otherwise: its place, the ballot that
/// it has there, and the one it should have.
fn missing(
    ring: &Ring,
    log: &LogSummary,
    committed: Index,
    checked: &mut u64,
) -> Option<(Index, Ballot, Ballot)> {
    let due = ring
        .stretches()
        .iter()
        .filter(|stretch| stretch.first <= committed && stretch.last > log.compacted);
    for Stretch { ballot, first, last } in due {
        *checked += 1;
        let ends = [*first.max(&log.compacted.next()), *last.min(&committed)];
        for index in ends {
            if let Some(held) = log.ballot_at(index)
                && held != *ballot
            {
                return Some((index, held, *ballot));
            }
        }
    }
    None
}

/// Names a node that has got to the place.
fn blame(seen: &Seen, violation: Violation, index: Index) -> Violation {
    let mut others = seen.picture.actors().iter().filter(|other| {
        other.ring == seen.actor.ring && other.position >= index && other.id != seen.actor.id
    });
    match others.next() {
        Some(other) => violation.with(&other.name),
        None => violation,
    }
}
