//! Who holds how much of the leader's log: the acknowledgements gathered along the ring.
//!
//! Under one ballot these are facts that only grow, so they merge by maximum, in any order.

use super::id::{Index, NodeId};
use super::message::Stored;
use super::view::View;

/// The running acknowledgement of one ballot, sorted by node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tally {
    known: Vec<Stored>,
}

impl Tally {
    /// Forgets everything: another ballot begins.
    pub fn clear(&mut self) {
        self.known.clear();
    }

    /// What travels with a frame.
    pub fn known(&self) -> &[Stored] {
        &self.known
    }

    /// What is known of one node; nothing is an index and a pulse of zero.
    pub fn of(&self, id: NodeId) -> Stored {
        match self.known.binary_search_by_key(&id, |stored| stored.id) {
            Ok(at) => self.known[at],
            Err(_) => Stored { id, index: Index::ZERO, pulse: 0 },
        }
    }

    /// Takes in a fact. Whether it was news.
    pub fn merge(&mut self, fact: Stored) -> bool {
        match self.known.binary_search_by_key(&fact.id, |stored| stored.id) {
            Ok(at) => {
                let known = &mut self.known[at];
                let news = fact.index > known.index || fact.pulse > known.pulse;
                known.index = known.index.max(fact.index);
                known.pulse = known.pulse.max(fact.pulse);
                news
            }
            Err(at) => {
                self.known.insert(at, fact);
                true
            }
        }
    }

    /// Whether this holds an index beyond `commit` that `sent` lacks: what may yet commit something.
    pub fn has_news_beyond(&self, sent: &Tally, commit: Index) -> bool {
        self.known.iter().any(|fact| fact.index > commit && fact.index > sent.of(fact.id).index)
    }

    /// The greatest index that a commit quorum of `view` holds.
    pub fn commit_index(&self, view: &View) -> Index {
        let held = self.descending(view, |stored| stored.index.0);
        Index(held.get(held.len() / 2).copied().unwrap_or(0))
    }

    /// The greatest index that an election quorum of `view` holds.
    pub fn election_index(&self, view: &View) -> Index {
        Index(self.election_quorum(view, |stored| stored.index.0))
    }

    /// The latest pulse that an election quorum of `view` has seen.
    pub fn election_pulse(&self, view: &View) -> u64 {
        self.election_quorum(view, |stored| stored.pulse)
    }

    fn election_quorum(&self, view: &View, what: impl Fn(Stored) -> u64) -> u64 {
        let held = self.descending(view, &what);
        let majority = held.get(held.len() / 2).copied().unwrap_or(0);
        if held.is_empty() || !held.len().is_multiple_of(2) {
            return majority;
        }
        // Exactly half is enough where the tie-breaker is among them.
        let half = held[held.len() / 2 - 1];
        majority.max(half.min(what(self.of(view.tie_breaker))))
    }

    fn descending(&self, view: &View, what: impl Fn(Stored) -> u64) -> Vec<u64> {
        let mut held: Vec<u64> =
            view.members.iter().map(|member| what(self.of(member.id))).collect();
        held.sort_unstable_by(|a, b| b.cmp(a));
        held
    }
}
