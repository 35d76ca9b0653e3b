//! Facts of who holds how much of a leader's log, and has seen which of its pulses, as they are kept
//! and as they travel.
//!
//! On the wire each node has its own [`Stored`]; in memory the nodes are a list that all who speak of
//! them share, and what they have reached are steps on it.

mod wire;

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::id::{Index, NodeId};
use super::message::Stored;
use super::set::{NODES_MAX, Stretch, common, count, holds};
use super::steps::{Steps, tell_news};

/// What is known of some nodes. Nothing is known of one that holds nothing and has seen no pulse.
#[derive(Clone, Default)]
pub struct Facts {
    /// Those that can be spoken of, sorted.
    pub(super) nodes: Arc<[NodeId]>,
    /// The indexes that they hold.
    pub(super) held: Steps,
    /// The pulses that they have seen.
    pub(super) seen: Steps,
}

impl Facts {
    /// What is known of one node.
    pub fn of(&self, id: NodeId) -> Stored {
        match self.place(id) {
            Ok(place) => self.at(place),
            Err(_) => Stored { id, index: Index::ZERO, pulse: 0 },
        }
    }

    /// The index that is known of one node.
    pub fn index_of(&self, id: NodeId) -> Index {
        self.place(id).map_or(Index::ZERO, |place| Index(self.held.of(place)))
    }

    /// All of it, sorted by node.
    pub fn iter(&self) -> impl Iterator<Item = Stored> {
        let (held, seen) = (self.held.known(), self.seen.known());
        let known = move |place: &usize| holds(held, *place) || holds(seen, *place);
        (0..self.nodes.len()).filter(known).map(|place| self.at(place))
    }

    /// Of how many something is known.
    pub fn len(&self) -> usize {
        let (held, seen) = (self.held.known(), self.seen.known());
        count(held.iter().zip(seen).map(|(held, seen)| held | seen))
    }

    /// Whether nothing is known of anybody.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty() && self.seen.is_empty()
    }

    /// The greatest number in it, be it an index or a pulse.
    pub fn greatest(&self) -> u64 {
        self.held.greatest().max(self.seen.greatest())
    }

    /// Whether it tells of an index that `other` does not tell of.
    pub fn tells_more_than(&self, other: &Facts) -> bool {
        self.held.is_news_to(&other.about(&self.nodes).held, 0)
    }

    /// The first answer to one of the indexes in it that `other` does not tell of.
    pub fn find_beyond<T>(
        &self,
        other: &Facts,
        mut answer: impl FnMut(NodeId, Index) -> Option<T>,
    ) -> Option<T> {
        let other = other.about(&self.nodes);
        self.held.find_beyond(&other.held, |place, value| answer(self.nodes[place], Index(value)))
    }

    /// Becomes a copy, in the memory that it has.
    pub fn copy(&mut self, other: &Facts) {
        self.speak_of(&other.nodes);
        self.held.copy(&other.held);
        self.seen.copy(&other.seen);
    }

    /// Forgets everything, and speaks of the same nodes as `other`.
    pub(super) fn clear_as(&mut self, other: &Facts) {
        self.speak_of(&other.nodes);
        self.held.clear_as(&other.held);
        self.seen.clear_as(&other.seen);
    }

    /// Becomes what `known` tells and `told` lacks.
    pub(super) fn become_news(&mut self, known: &Facts, told: &Facts) {
        self.speak_of(&known.nodes);
        let told = told.about(&known.nodes);
        tell_news(
            [&known.held, &known.seen],
            [&told.held, &told.seen],
            [&mut self.held, &mut self.seen],
        );
    }

    /// Takes in a fact.
    pub(super) fn raise(&mut self, fact: Stored) {
        let place = self.place(fact.id).or_else(|at| {
            let mut nodes = self.nodes.to_vec();
            nodes.insert(at, fact.id);
            self.extend_to(nodes).then_some(at).ok_or(at)
        });
        if let Ok(place) = place {
            self.held.raise(place, fact.index.0);
            self.seen.raise(place, fact.pulse);
        }
    }

    /// Takes in all of `other`; `room` is where it is put together. Whether an index was news.
    pub(super) fn merge(&mut self, other: &Facts, room: &mut Vec<u64>) -> bool {
        if !self.come_to_share(&other.nodes) {
            return false;
        }
        let other = other.about(&self.nodes);
        self.seen.merge_news(&other.seen, room);
        self.held.merge(&other.held, room)
    }

    /// The same about these nodes: a copy only if it is about others.
    pub(super) fn about(&self, nodes: &Arc<[NodeId]>) -> Cow<'_, Facts> {
        match Arc::ptr_eq(&self.nodes, nodes) || self.nodes == *nodes {
            true => Cow::Borrowed(self),
            false => Cow::Owned(self.moved(nodes.clone())),
        }
    }

    /// How much memory it holds on to, in words.
    pub(super) fn capacity(&self) -> usize {
        self.held.capacity() + self.seen.capacity()
    }

    fn at(&self, place: usize) -> Stored {
        let (index, pulse) = (Index(self.held.of(place)), self.seen.of(place));
        Stored { id: self.nodes[place], index, pulse }
    }

    fn place(&self, id: NodeId) -> Result<usize, usize> {
        self.nodes.binary_search(&id)
    }

    fn speak_of(&mut self, nodes: &Arc<[NodeId]>) {
        if !Arc::ptr_eq(&self.nodes, nodes) {
            self.nodes = nodes.clone();
        }
    }

    /// Speaks of these from now on, too, by the same list if that can be. False if they are too many.
    fn come_to_share(&mut self, others: &Arc<[NodeId]>) -> bool {
        if Arc::ptr_eq(&self.nodes, others) {
            return true;
        }
        if self.nodes == *others {
            self.nodes = others.clone();
            return true;
        }
        // While a view comes into force, many frames speak of those before it.
        let shared: usize = common(&self.nodes, others).map(|stretch| stretch.length).sum();
        if shared == others.len() {
            return true;
        }
        if shared == self.nodes.len() {
            *self = self.moved(others.clone());
            return true;
        }
        self.extend_to(both(&self.nodes, others))
    }

    /// Speaks of all these from now on. False, and nothing has changed, if they are too many.
    fn extend_to(&mut self, nodes: Vec<NodeId>) -> bool {
        let fits = nodes.len() <= NODES_MAX;
        if fits {
            *self = self.moved(nodes.into());
        }
        fits
    }

    fn moved(&self, nodes: Arc<[NodeId]>) -> Facts {
        let common: Vec<Stretch> = common(&self.nodes, &nodes).collect();
        let held = self.held.moved(&common, nodes.len());
        let seen = self.seen.moved(&common, nodes.len());
        Facts { nodes, held, seen }
    }
}

/// All of two sorted lists, each once.
fn both(one: &[NodeId], other: &[NodeId]) -> Vec<NodeId> {
    let mut all = Vec::with_capacity(one.len().max(other.len()) + 1);
    let (mut left, mut right) = (0, 0);
    let end = Stretch { one: one.len(), other: other.len(), length: 0 };
    for stretch in common(one, other).chain([end]) {
        let begins = all.len();
        all.extend_from_slice(&one[left..stretch.one]);
        all.extend_from_slice(&other[right..stretch.other]);
        all[begins..].sort_unstable();
        (left, right) = (stretch.one + stretch.length, stretch.other + stretch.length);
        all.extend_from_slice(&one[stretch.one..left]);
    }
    all
}

impl FromIterator<Stored> for Facts {
    /// Of one who is spoken of twice the greater of both counts. Those beyond [`NODES_MAX`] do not count.
    fn from_iter<T: IntoIterator<Item = Stored>>(facts: T) -> Facts {
        let mut facts: Vec<Stored> = facts.into_iter().take(NODES_MAX).collect();
        facts.sort_by_key(|fact| fact.id);
        facts.dedup_by(|next, first| {
            let same = next.id == first.id;
            if same {
                first.index = first.index.max(next.index);
                first.pulse = first.pulse.max(next.pulse);
            }
            same
        });
        Facts {
            nodes: facts.iter().map(|fact| fact.id).collect(),
            held: Steps::of_all(facts.iter().map(|fact| fact.index.0)),
            seen: Steps::of_all(facts.iter().map(|fact| fact.pulse)),
        }
    }
}

impl FromIterator<Stored> for Box<Facts> {
    fn from_iter<T: IntoIterator<Item = Stored>>(facts: T) -> Box<Facts> {
        Box::new(facts.into_iter().collect())
    }
}

impl PartialEq for Facts {
    fn eq(&self, other: &Facts) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Facts {}

impl Hash for Facts {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.iter().for_each(|fact| fact.hash(state));
    }
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
