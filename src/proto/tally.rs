//! Who holds how much of the leader's log: the acknowledgements gathered along the ring.
//!
//! Under one ballot these are facts that only grow, so they merge by maximum, in any order.

use super::id::{Index, NodeId};
use super::message::Stored;
use super::view::Voters;

/// The running acknowledgement of one ballot, sorted by node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tally {
    known: Vec<Stored>,
    /// The greatest index that any of them holds: while it is committed, nothing has to be counted.
    furthest: Index,
}

/// How many vectors are kept, and how large each may be.
const SPARE: usize = 4;
const SPARE_FACTS: usize = 1_024;

/// Vectors to be used again: what came with one frame goes out with the next.
#[derive(Debug, Default)]
pub struct Spares {
    free: Vec<Vec<Stored>>,
}

impl Spares {
    /// Keeps a vector whose facts were taken in.
    pub fn keep(&mut self, facts: Vec<Stored>) {
        if self.free.len() < SPARE && (1..=SPARE_FACTS).contains(&facts.capacity()) {
            self.free.push(facts);
        }
    }

    /// What travels with a frame.
    pub fn copy_of(&mut self, tally: &Tally) -> Vec<Stored> {
        let mut facts = self.free.pop().unwrap_or_default();
        facts.clone_from(&tally.known);
        facts
    }

    /// What one who has told `told` lacks: the answer to a frame.
    pub fn news_for(&mut self, mut told: &[Stored], tally: &Tally) -> Vec<Stored> {
        let mut facts = self.free.pop().unwrap_or_default();
        facts.clear();
        for known in tally.known.chunks(BLOCK) {
            if let Some(rest) = behind(told, known, |told, fact| {
                less(told.index.0, fact.index.0) | less(told.pulse, fact.pulse)
            }) {
                told = rest;
                continue;
            }
            facts.extend(known.iter().filter(|fact| {
                let other = next_of(&mut told, fact.id);
                !other.is_some_and(|it| it.index >= fact.index && it.pulse >= fact.pulse)
            }));
        }
        facts
    }
}

impl Tally {
    /// Forgets everything: another ballot begins.
    pub fn clear(&mut self) {
        self.known.clear();
        self.furthest = Index::ZERO;
    }

    /// All of it.
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

    /// Takes in many facts, as they come with a frame. Whether one of them was news of an index.
    pub fn merge_all(&mut self, facts: &[Stored]) -> bool {
        let mut news = false;
        // Both are sorted, and mostly speak of the same nodes: then each stands where it is looked for.
        for (place, (known, fact)) in self.known.iter_mut().zip(facts).enumerate() {
            if known.id != fact.id {
                return self.merge_each(&facts[place..]) || news;
            }
            if fact.index > known.index {
                known.index = fact.index;
                self.furthest = self.furthest.max(fact.index);
                news = true;
            }
            known.pulse = known.pulse.max(fact.pulse);
        }
        let shared = self.known.len().min(facts.len());
        self.merge_each(&facts[shared..]) || news
    }

    /// The same for those that do not stand where they are looked for.
    fn merge_each(&mut self, facts: &[Stored]) -> bool {
        let mut news = false;
        for fact in facts {
            news |= fact.index > self.of(fact.id).index;
            self.merge(*fact);
        }
        news
    }

    /// Takes in a fact. Whether it was news.
    pub fn merge(&mut self, fact: Stored) -> bool {
        self.furthest = self.furthest.max(fact.index);
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

    /// Becomes `source`, if that holds anything beyond `commit`; else nothing, as is mostly so. It is all
    /// that [`Tally::has_news_beyond`] is asked of, then and later, since what is committed only grows.
    pub fn copy_beyond(&mut self, source: &Tally, commit: Index) {
        if source.furthest > commit {
            self.known.clone_from(&source.known);
            self.furthest = source.furthest;
        } else {
            self.clear();
        }
    }

    /// Whether this holds an index beyond `commit` that `sent` lacks: what may yet commit something.
    pub fn has_news_beyond(&self, sent: &Tally, commit: Index) -> bool {
        let mut sent = &sent.known[..];
        let mut is_news = |known: &[Stored]| {
            if let Some(rest) = behind(sent, known, |it, fact| less(it.index.0, fact.index.0)) {
                sent = rest;
                return false;
            }
            known.iter().any(|fact| {
                let has = next_of(&mut sent, fact.id).map_or(Index::ZERO, |it| it.index);
                fact.index > has.max(commit)
            })
        };
        self.furthest > commit && self.known.chunks(BLOCK).any(&mut is_news)
    }

    /// Whether at least half of so many members may hold something beyond `index`: else no quorum of
    /// theirs does, and nothing has to be sorted to know it.
    pub fn may_pass(&self, index: Index, members: usize) -> bool {
        self.furthest > index
            && 2 * self.known.iter().filter(|fact| fact.index > index).count() >= members
    }

    /// The same for what they have seen of the leader's pulse.
    pub fn may_beat(&self, pulse: u64, members: usize) -> bool {
        2 * self.known.iter().filter(|fact| fact.pulse > pulse).count() >= members
    }

    /// The greatest index that a commit quorum of these holds.
    pub fn commit_index(&self, voters: &Voters) -> Index {
        let mut held = self.held_by(voters, |stored| stored.index.0);
        Index(majority(&mut held))
    }

    /// The greatest index that an election quorum of these holds.
    pub fn election_index(&self, voters: &Voters) -> Index {
        Index(self.election_quorum(voters, |stored| stored.index.0))
    }

    /// The latest pulse that an election quorum of these has seen.
    pub fn election_pulse(&self, voters: &Voters) -> u64 {
        self.election_quorum(voters, |stored| stored.pulse)
    }

    /// The greatest index that all of these hold.
    pub fn index_of_all(&self, voters: &Voters) -> Index {
        Index(self.held_by(voters, |stored| stored.index.0).into_iter().min().unwrap_or(0))
    }

    fn election_quorum(&self, voters: &Voters, what: impl Fn(Stored) -> u64) -> u64 {
        let mut held = self.held_by(voters, &what);
        let by_more = majority(&mut held);
        if held.is_empty() || !held.len().is_multiple_of(2) {
            return by_more;
        }
        // Exactly half is enough where the tie-breaker is among them.
        let middle = held.len() / 2;
        let half = held[..middle].iter().copied().min().unwrap_or(0);
        by_more.max(half.min(what(self.of(voters.tie_breaker))))
    }

    /// What each of them holds, in their order. Both they and the facts are sorted.
    fn held_by(&self, voters: &Voters, what: impl Fn(Stored) -> u64) -> Vec<u64> {
        let mut facts = &self.known[..];
        let mut of = |id: NodeId| next_of(&mut facts, id).map_or(0, |fact| what(*fact));
        voters.ids.iter().map(|id| of(*id)).collect()
    }
}

/// So many facts are compared at once, without a branch for each.
pub const BLOCK: usize = 8;

/// Whether these begin with the nodes of a whole block of facts, and of each hold no less an index.
#[inline]
pub fn hold_all_of(held: &[Stored], facts: &[Stored]) -> bool {
    behind(held, facts, |it, fact| less(it.index.0, fact.index.0)).is_some()
}

/// What stands behind a whole block of `facts` among those that `others` hold, if they speak of the same
/// nodes there, and none is `short` of it.
#[inline]
fn behind<'a>(
    others: &'a [Stored],
    facts: &[Stored],
    short: impl Fn(&Stored, &Stored) -> u64,
) -> Option<&'a [Stored]> {
    let facts = facts.first_chunk::<BLOCK>()?;
    let (others, rest) = others.split_first_chunk::<BLOCK>()?;
    let (mut differ, mut lack) = (0, 0);
    for (other, fact) in others.iter().zip(facts) {
        differ |= other.id.0 ^ fact.id.0;
        lack |= short(other, fact);
    }
    (differ == 0 && lack >> (u64::BITS - 1) == 0).then_some(rest)
}

/// A number whose highest bit tells whether `a` is less than `b`: none counts so far that it has that bit.
#[inline]
fn less(a: u64, b: u64) -> u64 {
    a.wrapping_sub(b)
}

/// What is said of a node. Both the facts and those asked for are sorted, so what was passed is asked for
/// no more; and mostly the next is the one.
#[inline]
fn next_of<'a>(facts: &mut &'a [Stored], id: NodeId) -> Option<&'a Stored> {
    while let [first, rest @ ..] = *facts
        && first.id <= id
    {
        *facts = rest;
        if first.id == id {
            return Some(first);
        }
    }
    None
}

/// What more than half of them reach: behind it stand those that hold no more, before it those that hold
/// no less.
fn majority(held: &mut [u64]) -> u64 {
    if held.is_empty() {
        return 0;
    }
    let middle = held.len() / 2;
    *held.select_nth_unstable_by(middle, |a, b| b.cmp(a)).1
}
