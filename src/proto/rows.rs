//! Rows of a value and a set, the greatest value first, each set holding all of the one before it and
//! more. All that is done with each frame is done here, with the length of a row known to the compiler.

use super::set::WORD;

/// A value, and behind it the words of the set of those who have reached it.
pub(super) type Row<const WIDTH: usize> = [u64; WIDTH];

/// The width of a row for so many nodes: one that [`at_width`] knows.
pub(super) fn width(nodes: usize) -> usize {
    1 + nodes.div_ceil(WORD).next_power_of_two()
}

/// Does something with rows of this width as a constant.
macro_rules! at_width {
    ($width:expr, $constant:ident => $work:expr) => {{
        macro_rules! with {
            ($number:literal) => {{
                const $constant: usize = $number;
                $work
            }};
        }
        match $width {
            2 => with!(2),
            3 => with!(3),
            5 => with!(5),
            9 => with!(9),
            17 => with!(17),
            33 => with!(33),
            _sixty_four_words => with!(65),
        }
    }};
}
pub(super) use at_width;

/// The rows in this memory.
#[inline]
fn rows<const WIDTH: usize>(memory: &[u64]) -> &[Row<WIDTH>] {
    memory.as_chunks().0
}

/// Whether the set of `one` holds somebody whom that of `other` does not.
#[inline]
fn has_more<const WIDTH: usize>(one: &Row<WIDTH>, other: &Row<WIDTH>) -> bool {
    one[1..].iter().zip(&other[1..]).any(|(one, other)| one & !other != 0)
}

#[inline]
fn add<const WIDTH: usize>(row: &mut Row<WIDTH>, other: &Row<WIDTH>) {
    row[1..].iter_mut().zip(&other[1..]).for_each(|(word, more)| *word |= more);
}

/// Each row of `all` with the one of those of whom `other` knows that they have reached its value, as long
/// as `goes_on` says so.
#[inline]
pub(super) fn beside<const WIDTH: usize>(
    all: &[u64],
    other: &[u64],
    mut goes_on: impl FnMut(&Row<WIDTH>, &Row<WIDTH>) -> bool,
) {
    let (mut rest, mut reached) = (rows::<WIDTH>(other), &[0; WIDTH]);
    for row in rows(all) {
        while let [next, behind @ ..] = rest
            && next[0] >= row[0]
        {
            (reached, rest) = (next, behind);
        }
        if !goes_on(row, reached) {
            return;
        }
    }
}

/// Whether `other` does not know all that lies beyond `floor`.
pub(super) fn is_news<const WIDTH: usize>(all: &[u64], other: &[u64], floor: u64) -> bool {
    let mut found = false;
    beside::<WIDTH>(all, other, |row, reached| {
        let lies_beyond = row[0] > floor;
        found |= lies_beyond && has_more(row, reached);
        lies_beyond && !found
    });
    found
}

/// Marks all of whom `other` does not know all of it.
pub(super) fn mark_news<const WIDTH: usize>(all: &[u64], other: &[u64], marks: &mut Row<WIDTH>) {
    beside::<WIDTH>(all, other, |row, reached| {
        for ((mark, one), other) in marks[1..].iter_mut().zip(&row[1..]).zip(&reached[1..]) {
            *mark |= one & !other;
        }
        true
    });
}

/// What is known of those who are marked.
pub(super) fn copy_marked<const WIDTH: usize>(
    all: &[u64],
    marks: &Row<WIDTH>,
    into: &mut Vec<u64>,
) {
    let mut before = [0; WIDTH];
    for row in rows::<WIDTH>(all) {
        let mut row = *row;
        row[1..].iter_mut().zip(&marks[1..]).for_each(|(word, mark)| *word &= mark);
        if has_more(&row, &before) {
            into.extend_from_slice(&row);
            before = row;
        }
    }
}

/// What is known by both together.
pub(super) fn merge<const WIDTH: usize>(one: &[u64], other: &[u64], into: &mut Vec<u64>) {
    let (mut ours, mut theirs) = (rows::<WIDTH>(one), rows::<WIDTH>(other));
    let mut before = [0; WIDTH];
    loop {
        let value = match (ours, theirs) {
            ([], []) => return,
            ([one, ..], [other, ..]) => one[0].max(other[0]),
            ([one, ..], []) | ([], [one, ..]) => one[0],
        };
        let mut row = before;
        row[0] = value;
        for rest in [&mut ours, &mut theirs] {
            if let [next, behind @ ..] = *rest
                && next[0] == value
            {
                add(&mut row, next);
                *rest = behind;
            }
        }
        if has_more(&row, &before) {
            into.extend_from_slice(&row);
            before = row;
        }
    }
}

/// The one at this place has reached this value.
pub(super) fn raise<const WIDTH: usize>(memory: &mut Vec<u64>, place: usize, value: u64) {
    let (word, bit) = (1 + place / WORD, 1 << (place % WORD));
    let all = rows::<WIDTH>(memory);
    let at = all.iter().position(|row| row[0] <= value).unwrap_or(all.len());
    let equal = all.get(at).is_some_and(|row| row[0] == value);
    let known = if equal { all.get(at) } else { all[..at].last() };
    if value == 0 || known.is_some_and(|row| row[word] & bit != 0) {
        return;
    }
    if !equal {
        // Those who have gone further have reached it, too.
        let mut row = all[..at].last().copied().unwrap_or([0; WIDTH]);
        row[0] = value;
        let end = memory.len();
        memory.extend_from_slice(&row);
        memory.copy_within(at * WIDTH..end, (at + 1) * WIDTH);
        memory[at * WIDTH..][..WIDTH].copy_from_slice(&row);
    }
    // Whoever has reached a value has reached all below it; and where it stood, nobody may stand now.
    let (all, _) = memory.as_chunks_mut::<WIDTH>();
    let mut kept = at;
    for from in at..all.len() {
        let mut row = all[from];
        row[word] |= bit;
        if kept == 0 || has_more(&row, &all[kept - 1]) {
            all[kept] = row;
            kept += 1;
        }
    }
    memory.truncate(kept * WIDTH);
}
