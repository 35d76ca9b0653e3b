//! Who holds how much of the leader's log: the acknowledgements gathered along the ring.
//!
//! Under one ballot these are facts that only grow, so they merge by maximum, in any order.

use std::hash::{Hash, Hasher};

use super::electorates::{Electorates, mark_places};
use super::facts::Facts;
use super::id::{Index, NodeId};
use super::message::Stored;
use super::set::{Set, WORDS_MAX, count};
use super::steps::Steps;
use super::view::Voters;

/// The running acknowledgement of one ballot.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    known: Facts,
    /// Where facts are put together, to be used again.
    room: Vec<u64>,
    electorates: Electorates,
}

/// How many facts are kept to be used again, and how large each may be, in words.
const SPARE: usize = 16;
const SPARE_WORDS: usize = 1_024;

/// Facts to be used again: what came with one frame goes out with the next.
#[derive(Debug, Default)]
pub struct Spares {
    // What travels is boxed, so that a message is small, and it is the box that is used again.
    #[expect(clippy::vec_box)]
    free: Vec<Box<Facts>>,
}

impl Spares {
    /// Keeps facts that were taken in.
    pub fn keep(&mut self, facts: Box<Facts>) {
        if self.free.len() < SPARE && facts.capacity() <= SPARE_WORDS {
            self.free.push(facts);
        }
    }

    /// What travels with a frame.
    pub fn copy_of(&mut self, tally: &Tally) -> Box<Facts> {
        let mut facts = self.free.pop().unwrap_or_default();
        facts.copy(&tally.known);
        facts
    }

    /// What one who has told `told` lacks: the answer to a frame.
    pub fn news_for(&mut self, told: &Facts, tally: &Tally) -> Box<Facts> {
        let mut facts = self.free.pop().unwrap_or_default();
        facts.become_news(&tally.known, told);
        facts
    }
}

impl Tally {
    /// Forgets everything: another ballot begins.
    pub fn clear(&mut self) {
        self.known = Facts::default();
    }

    /// All of it.
    pub fn known(&self) -> &Facts {
        &self.known
    }

    /// What is known of one node; nothing is an index and a pulse of zero.
    pub fn of(&self, id: NodeId) -> Stored {
        self.known.of(id)
    }

    /// Takes in many facts, as they come with a frame. Whether one of them was news of an index.
    pub fn merge_all(&mut self, facts: &Facts) -> bool {
        self.known.merge(facts, &mut self.room)
    }

    /// Takes in a fact.
    pub fn merge(&mut self, fact: Stored) {
        self.known.raise(fact);
    }

    /// Becomes `source`, if that holds anything beyond `commit`; else nothing, as is mostly so. It is all
    /// that [`Tally::has_news_beyond`] is asked of, then and later, since what is committed only grows.
    pub fn copy_beyond(&mut self, source: &Tally, commit: Index) {
        if source.known.held.greatest() > commit.0 {
            self.known.copy(&source.known);
        } else {
            self.known.clear_as(&source.known);
        }
    }

    /// Whether this holds an index beyond `commit` that `sent` lacks: what may yet commit something.
    pub fn has_news_beyond(&self, sent: &Tally, commit: Index) -> bool {
        if self.known.held.greatest() <= commit.0 {
            return false;
        }
        let sent = sent.known.about(&self.known.nodes);
        self.known.held.is_news_to(&sent.held, commit.0)
    }

    /// Whether at least half of so many members may hold something beyond `index`: else no quorum of
    /// theirs does, and it need not be known who they are.
    pub fn may_pass(&self, index: Index, members: usize) -> bool {
        let held = &self.known.held;
        held.greatest() > index.0 && 2 * size(held.beyond(index.0)) >= members
    }

    /// The same for what they have seen of the leader's pulse.
    pub fn may_beat(&self, pulse: u64, members: usize) -> bool {
        2 * size(self.known.seen.beyond(pulse)) >= members
    }

    /// The greatest index that a commit quorum of these holds.
    pub fn commit_index(&mut self, voters: &Voters) -> Index {
        let majority = voters.ids.len() / 2 + 1;
        let those = self.electorates.places(voters, &self.known.nodes);
        Index(reached_by(majority, those, &self.known.held))
    }

    /// The greatest index that an election quorum of these holds.
    pub fn election_index(&mut self, voters: &Voters) -> Index {
        let tie = self.of(voters.tie_breaker).index.0;
        let those = self.electorates.places(voters, &self.known.nodes);
        Index(election_quorum(voters.ids.len(), those, &self.known.held, tie))
    }

    /// The latest pulse that an election quorum of these has seen.
    pub fn election_pulse(&mut self, voters: &Voters) -> u64 {
        let tie = self.of(voters.tie_breaker).pulse;
        let those = self.electorates.places(voters, &self.known.nodes);
        election_quorum(voters.ids.len(), those, &self.known.seen, tie)
    }

    /// The greatest index that all of these hold.
    pub fn index_of_all(&self, voters: &Voters) -> Index {
        let mut places = [0; WORDS_MAX];
        mark_places(&voters.ids, &self.known.nodes, &mut places);
        let those = &places[..];
        Index(reached_by(voters.ids.len().max(1), those, &self.known.held))
    }
}

/// By more than half of so many; or by exactly half where the tie-breaker, who has reached `tie`, is
/// among them.
fn election_quorum(voters: usize, those: Set<'_>, steps: &Steps, tie: u64) -> u64 {
    let by_more = reached_by(voters / 2 + 1, those, steps);
    if voters == 0 || !voters.is_multiple_of(2) {
        return by_more;
    }
    by_more.max(reached_by(voters / 2, those, steps).min(tie))
}

/// The greatest value that so many of these have reached.
fn reached_by(enough: usize, those: Set<'_>, steps: &Steps) -> u64 {
    let among = |set: Set<'_>| count(set.iter().zip(those).map(|(one, other)| one & other));
    steps.rows().find(|(_, set)| among(set) >= enough).map_or(0, |(value, _)| value)
}

fn size(set: Set<'_>) -> usize {
    count(set.iter().copied())
}

impl PartialEq for Tally {
    fn eq(&self, other: &Tally) -> bool {
        self.known == other.known
    }
}

impl Eq for Tally {}

impl Hash for Tally {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.known.hash(state);
    }
}
