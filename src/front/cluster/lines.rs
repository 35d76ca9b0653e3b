//! Which server has which line: each is shown once, with how many have it by then.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use crate::proto::entry::Delivered;
use crate::proto::id::{Index, NodeId};

/// A line that some servers do not have after this long is shown all the same.
pub const LINE_TIME: Duration = Duration::from_secs(1);

/// How many lines are kept in mind, for servers that get them late.
const KEPT: usize = 1_000;

/// The lines that were delivered lately.
#[derive(Debug, Default)]
pub struct Board {
    /// By place; where rings have parted, two may stand at one.
    lines: BTreeMap<(Index, NodeId, u64), Posted>,
    /// What stands up to here was shown, and is forgotten.
    forgotten: Index,
}

#[derive(Debug)]
struct Posted {
    lamport: u64,
    text: String,
    at: BTreeSet<usize>,
    since: Instant,
    shown: bool,
}

/// A line for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its place in the order.
    pub place: Index,
    /// Whose.
    pub origin: NodeId,
    /// Its Lamport time.
    pub lamport: u64,
    /// What it says.
    pub text: String,
    /// How many servers have it.
    pub at: usize,
}

impl Board {
    /// This server was given a line. One that only repeats what it had kept makes nothing new.
    pub fn note(
        &mut self,
        server: usize,
        delivered: &Delivered,
        text: String,
        repeats: bool,
        now: Instant,
    ) {
        let Delivered { index, message, .. } = delivered;
        let key = (*index, message.origin, message.seq);
        if *index <= self.forgotten || (repeats && !self.lines.contains_key(&key)) {
            return;
        }
        let new = || Posted {
            lamport: message.lamport,
            text,
            at: BTreeSet::new(),
            since: now,
            shown: false,
        };
        self.lines.entry(key).or_insert_with(new).at.insert(server);
        while self.lines.len() > KEPT
            && let Some(first) = self.lines.first_entry().filter(|first| first.get().shown)
        {
            self.forgotten = first.key().0;
            first.remove();
        }
    }

    /// Takes what can be shown now: what all of these have, or what is old enough.
    pub fn take(&mut self, awaited: &BTreeSet<usize>, now: Instant) -> Vec<Line> {
        let mut taken = Vec::new();
        for ((place, origin, _), posted) in self.lines.iter_mut().filter(|(_, it)| !it.shown) {
            // In the order of the lines: what is behind one that waits, waits, too.
            if !posted.at.is_superset(awaited) && now < posted.since + LINE_TIME {
                break;
            }
            posted.shown = true;
            taken.push(Line {
                place: *place,
                origin: *origin,
                lamport: posted.lamport,
                text: posted.text.clone(),
                at: posted.at.len(),
            });
        }
        taken
    }

    /// When the next line is to be shown at the latest, if one waits.
    pub fn deadline(&self) -> Option<Instant> {
        let waiting = self.lines.values().find(|posted| !posted.shown);
        waiting.map(|posted| posted.since + LINE_TIME)
    }
}
