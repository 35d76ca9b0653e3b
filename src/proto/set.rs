//! Some of a list of nodes: a bit for each of its places.

use super::id::NodeId;

/// The greatest list of nodes that can be spoken of.
pub const NODES_MAX: usize = 4_096;

/// How many nodes a word of a set tells of.
pub(super) const WORD: usize = u64::BITS as usize;

/// The words of the greatest set.
pub(super) const WORDS_MAX: usize = NODES_MAX / WORD;

/// A set in which nobody stands, of any length.
pub(super) const NONE: Set<'static> = &[0; WORDS_MAX];

/// A set in which everybody stands.
pub(super) const ALL: Set<'static> = &[u64::MAX; WORDS_MAX];

/// Nodes by their places in a list, as the words of a row have them.
pub(super) type Set<'a> = &'a [u64];

/// How many stand in a set.
#[inline]
pub(super) fn count(set: impl Iterator<Item = u64>) -> usize {
    set.map(|word| word.count_ones() as usize).sum()
}

/// Whether the one at this place stands in a set.
#[inline]
pub(super) fn holds(set: Set<'_>, place: usize) -> bool {
    set[place / WORD] >> (place % WORD) & 1 == 1
}

/// The places of those who stand in a set, the least first.
pub(super) fn places_in(set: impl Iterator<Item = u64>) -> impl Iterator<Item = usize> {
    (0..).step_by(WORD).zip(set).filter(|(_, word)| *word != 0).flat_map(|(from, word)| {
        let mut left = word;
        std::iter::from_fn(move || {
            let place = (left != 0).then(|| from + left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(place)
        })
    })
}

/// Nodes that follow each other in both of two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Where it begins in the one.
    pub(super) one: usize,
    /// Where it begins in the other.
    pub(super) other: usize,
    /// How many they are.
    pub(super) length: usize,
}

/// So many are compared at once where two lists are the same.
const BLOCK: usize = 16;

/// All that two sorted lists have in common. Mostly they differ by one or two.
pub(super) fn common(one: &[NodeId], other: &[NodeId]) -> impl Iterator<Item = Stretch> {
    let (mut left, mut right) = (0, 0);
    std::iter::from_fn(move || {
        while let (Some(a), Some(b)) = (one.get(left), other.get(right)) {
            if a == b {
                let length = same(&one[left..], &other[right..]);
                let stretch = Stretch { one: left, other: right, length };
                (left, right) = (left + length, right + length);
                return Some(stretch);
            }
            (left, right) = if a < b { (left + 1, right) } else { (left, right + 1) };
        }
        None
    })
}

/// How long both are the same.
fn same(one: &[NodeId], other: &[NodeId]) -> usize {
    let blocks = one.chunks_exact(BLOCK).zip(other.chunks_exact(BLOCK));
    let equal = BLOCK * blocks.take_while(|(one, other)| one == other).count();
    equal + one[equal..].iter().zip(&other[equal..]).take_while(|(one, other)| one == other).count()
}

/// Those of a stretch who stand in `from`, a set of the one list, stand in `to`, one of the other.
pub(super) fn move_those(stretch: Stretch, from: Set<'_>, to: &mut [u64]) {
    for done in (0..stretch.length).step_by(WORD) {
        let (word, shift) = ((stretch.one + done) / WORD, (stretch.one + done) % WORD);
        let next =
            from.get(word + 1).filter(|_| shift > 0).map_or(0, |next| next << (WORD - shift));
        let bits = (from[word] >> shift | next) & first(stretch.length - done);
        let (word, shift) = ((stretch.other + done) / WORD, (stretch.other + done) % WORD);
        to[word] |= bits << shift;
        if let Some(next) = to.get_mut(word + 1).filter(|_| shift > 0) {
            *next |= bits >> (WORD - shift);
        }
    }
}

/// The first so many bits of a word, at most all.
fn first(count: usize) -> u64 {
    if count < WORD { (1 << count) - 1 } else { u64::MAX }
}
