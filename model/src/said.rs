//! The network: everything that was ever said, which may be heard by anybody, at any time, or never.
//!
//! So loss, delay, reordering and duplication need no steps of their own. A frame is taken apart into
//! the least that it may carry (one entry, one fact, one commit index), since hearing a whole frame is
//! hearing its parts one after the other; and under one ballot facts only grow, so of each the greatest
//! is kept, and less of it may be heard.

use std::collections::BTreeMap;

use ringchat::proto::entry::Entry;
use ringchat::proto::facts::Facts;
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::message::{Append, Elect, Elected, Stored};
use ringchat::proto::tally::Tally;

/// Everything that was ever said, but for what nobody would listen to any more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Said {
    /// Tokens of lap 1, sorted.
    pub elect: Vec<Elect>,
    /// The token of lap 2 of each ballot, with all promises that it ever held.
    pub elected: BTreeMap<Ballot, Elected>,
    /// The log of each ballot's leader.
    pub logs: BTreeMap<Ballot, Vec<Entry>>,
    /// Who said that it holds what of that log.
    pub stored: BTreeMap<Ballot, Tally>,
    /// What was said to be committed of it.
    pub commit: BTreeMap<Ballot, Index>,
}

impl Said {
    /// A token of lap 1.
    pub fn elect(&mut self, mut token: Elect) {
        token.met.sort_unstable();
        token.met.dedup();
        let key = |token: &Elect| {
            (token.candidate, token.attempt, token.met.clone(), token.promised, token.committed)
        };
        let wanted = key(&token);
        let at = self.elect.partition_point(|other| key(other) < wanted);
        if self.elect.get(at).is_none_or(|other| *other != token) {
            self.elect.insert(at, token);
        }
    }

    /// A token of lap 2, with the promises that it holds.
    pub fn elected(&mut self, token: Elected) {
        let known = self.elected.entry(token.ballot).or_insert_with(|| Elected {
            met: Vec::new(),
            promised_by: Vec::new(),
            ..token.clone()
        });
        known.promised_by.extend(token.promised_by);
        known.promised_by.sort_unstable();
        known.promised_by.dedup();
    }

    /// What `who` holds of the log of the leader of `ballot`.
    pub fn stored(&mut self, ballot: Ballot, who: NodeId, index: Index) {
        if index > Index::ZERO {
            let fact = Stored { id: who, index, pulse: 0 };
            self.stored.entry(ballot).or_default().merge(fact);
        }
    }

    /// What is committed of the log of the leader of `ballot`.
    pub fn commit(&mut self, ballot: Ballot, index: Index) {
        if index > Index::ZERO {
            let known = self.commit.entry(ballot).or_default();
            *known = index.max(*known);
        }
    }

    /// The frame with one entry of a leader's log.
    pub fn entry(&self, ballot: Ballot, index: Index) -> Option<Append> {
        let log = self.logs.get(&ballot)?;
        let at = |index: Index| log.get(usize::try_from(index.0).ok()?.checked_sub(1)?);
        let previous = index.previous();
        let previous_ballot = at(previous).map_or(Ballot::ZERO, |entry| entry.ballot);
        let entries = vec![at(index)?.clone()];
        Some(Append { previous, previous_ballot, entries, ..empty(ballot) })
    }

    /// The frame without entries, with all that is known up to `limit`.
    pub fn news(&self, ballot: Ballot, limit: Index) -> Append {
        let known = self.stored.get(&ballot).into_iter().flat_map(|tally| tally.known().iter());
        let stored: Facts =
            known.map(|fact| Stored { index: fact.index.min(limit), ..fact }).collect();
        let commit = self.commit.get(&ballot).copied().unwrap_or_default().min(limit);
        Append { commit, stored: Box::new(stored), ..empty(ballot) }
    }

    /// Nobody listens to ballots below this one any more, whatever crashes.
    pub fn forget_below(&mut self, floor: Ballot) {
        self.logs.retain(|ballot, _| *ballot >= floor);
        self.stored.retain(|ballot, _| *ballot >= floor);
        self.commit.retain(|ballot, _| *ballot >= floor);
    }
}

fn empty(ballot: Ballot) -> Append {
    Append {
        ballot,
        pulse: 0,
        previous: Index::ZERO,
        previous_ballot: Ballot::ZERO,
        commit: Index::ZERO,
        stored: Box::default(),
        entries: Vec::new(),
    }
}
