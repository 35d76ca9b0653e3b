//! Who has come how far, as steps: for each value that any of them has reached, all who have.
//!
//! Acknowledgements run along the ring together, so most nodes stand at the same few values. A step for
//! each value then costs as much in a ring of a hundred as in one of five, where a number for each node
//! would not; only where all stand at different values it comes to about the same.

use super::rows::{self, Row, at_width, width};
use super::set::{NONE, Set, Stretch, WORD, holds, move_those, places_in};

/// Rows, each a value and the set of those who have reached it.
#[derive(Clone, Debug)]
pub(super) struct Steps {
    rows: Vec<u64>,
    /// The length of a row.
    width: usize,
}

impl Default for Steps {
    fn default() -> Steps {
        Steps::among(0)
    }
}

impl Steps {
    /// Nothing is known of any of so many nodes.
    pub(super) fn among(nodes: usize) -> Steps {
        Steps { rows: Vec::new(), width: width(nodes) }
    }

    /// Each node of a list at its own value.
    pub(super) fn of_all(values: impl ExactSizeIterator<Item = u64>) -> Steps {
        let mut steps = Steps::among(values.len());
        let mut sorted: Vec<(u64, usize)> =
            values.zip(0..).filter(|(value, _)| *value > 0).collect();
        sorted.sort_unstable_by(|a, b| b.cmp(a));
        let mut set = vec![0_u64; steps.width - 1];
        for stand in sorted.chunk_by(|a, b| a.0 == b.0) {
            stand.iter().for_each(|(_, place)| set[place / WORD] |= 1 << (place % WORD));
            steps.push(stand[0].0, &set);
        }
        steps
    }

    /// Becomes a copy, in the memory that it has.
    pub(super) fn copy(&mut self, other: &Steps) {
        self.clear_as(other);
        self.rows.extend_from_slice(&other.rows);
    }

    /// Forgets everything, and tells of as many nodes as `other`.
    pub(super) fn clear_as(&mut self, other: &Steps) {
        self.width = other.width;
        self.rows.clear();
    }

    /// Whether anything is known.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The greatest value that anybody has reached.
    pub(super) fn greatest(&self) -> u64 {
        self.rows.first().copied().unwrap_or(0)
    }

    /// How much memory it holds on to, in words.
    pub(super) fn capacity(&self) -> usize {
        self.rows.capacity()
    }

    /// All rows: a value, and who has reached it.
    pub(super) fn rows(&self) -> impl Iterator<Item = (u64, Set<'_>)> {
        let (mut rest, width) = (&self.rows[..], self.width);
        std::iter::from_fn(move || {
            let (row, behind) = rest.split_at_checked(width)?;
            rest = behind;
            row.split_first().map(|(value, set)| (*value, set))
        })
    }

    /// Everybody of whom something is known.
    pub(super) fn known(&self) -> Set<'_> {
        last_set(&self.rows, self.width)
    }

    /// What the one at this place has reached.
    pub(super) fn of(&self, place: usize) -> u64 {
        self.rows().find(|(_, set)| holds(set, place)).map_or(0, |(value, _)| value)
    }

    /// Who has reached something beyond `value`.
    pub(super) fn beyond(&self, value: u64) -> Set<'_> {
        let beyond = self.rows().take_while(|(reached, _)| *reached > value);
        beyond.last().map_or(&NONE[..self.width - 1], |(_, set)| set)
    }

    /// The one at this place has reached this.
    pub(super) fn raise(&mut self, place: usize, value: u64) {
        at_width!(self.width, WIDTH => rows::raise::<WIDTH>(&mut self.rows, place, value));
    }

    /// Takes all of `other` in, if that is news. `room` is what the new rows are written to, and the old
    /// ones are there afterwards. Both tell of the same list of nodes, as with all that follows.
    pub(super) fn merge(&mut self, other: &Steps, room: &mut Vec<u64>) -> bool {
        at_width!(self.width, WIDTH => {
            let news = rows::is_news::<WIDTH>(&other.rows, &self.rows, 0);
            if news {
                room.clear();
                rows::merge::<WIDTH>(&self.rows, &other.rows, room);
                std::mem::swap(&mut self.rows, room);
            }
            news
        })
    }

    /// The same where it nearly always is news, and nobody asks.
    pub(super) fn merge_news(&mut self, other: &Steps, room: &mut Vec<u64>) {
        at_width!(self.width, WIDTH => {
            room.clear();
            rows::merge::<WIDTH>(&self.rows, &other.rows, room);
            std::mem::swap(&mut self.rows, room);
        });
    }

    /// Whether `other` does not know all of this that lies beyond `floor`.
    pub(super) fn is_news_to(&self, other: &Steps, floor: u64) -> bool {
        at_width!(self.width, WIDTH => rows::is_news::<WIDTH>(&self.rows, &other.rows, floor))
    }

    /// The first answer to the place of one of whom `other` does not know that it has come so far.
    pub(super) fn find_beyond<T>(
        &self,
        other: &Steps,
        mut answer: impl FnMut(usize, u64) -> Option<T>,
    ) -> Option<T> {
        let mut found = None;
        at_width!(self.width, WIDTH => {
            let mut further = [0; WIDTH];
            rows::beside::<WIDTH>(&self.rows, &other.rows, |row, reached| {
                let known = reached.iter().zip(&further).map(|(one, other)| one | other);
                let news = row.iter().zip(known).skip(1).map(|(set, known)| set & !known);
                found = places_in(news).find_map(|place| answer(place, row[0]));
                further = *row;
                found.is_none()
            });
        });
        found
    }

    /// The same about another list of so many nodes, which has these in common with the one of this.
    pub(super) fn moved(&self, common: &[Stretch], nodes: usize) -> Steps {
        let mut moved = Steps::among(nodes);
        let width = moved.width;
        moved.rows.reserve_exact(self.rows.len() / self.width * width);
        for (value, reached) in self.rows() {
            let at = moved.rows.len();
            moved.rows.push(value);
            moved.rows.resize(at + width, 0);
            let (before, row) = moved.rows.split_at_mut(at);
            common.iter().for_each(|stretch| move_those(*stretch, reached, &mut row[1..]));
            // It tells of nobody that the one before it does not tell of.
            if row[1..] == *last_set(before, width) {
                moved.rows.truncate(at);
            }
        }
        moved
    }

    /// Adds a row behind all others, unless it tells of nobody that they do not tell of.
    fn push(&mut self, value: u64, set: Set<'_>) {
        if self.known() != set {
            self.rows.push(value);
            self.rows.extend_from_slice(set);
        }
    }
}

/// Who stands in the last of these rows: everybody who stands in any.
fn last_set(rows: &[u64], width: usize) -> Set<'_> {
    match rows.len().checked_sub(width) {
        Some(last) => &rows[last + 1..],
        None => &NONE[..width - 1],
    }
}

/// Both become what `known` tells of all those of whom `told` does not tell it, the one or the other.
pub(super) fn tell_news(known: [&Steps; 2], told: [&Steps; 2], into: [&mut Steps; 2]) {
    let width = known[0].width;
    at_width!(width, WIDTH => {
        let mut marks: Row<WIDTH> = [0; WIDTH];
        for (known, told) in known.iter().zip(told) {
            rows::mark_news(&known.rows, &told.rows, &mut marks);
        }
        for (known, into) in known.iter().zip(into) {
            into.clear_as(known);
            rows::copy_marked(&known.rows, &marks, &mut into.rows);
        }
    });
}
