//! What is measured: how many lines at once, and how big ones.

use std::fmt;

/// How many lines of each member are under way at once where there are many.
pub const WINDOW: usize = 32;

/// The size of a small line, in bytes.
pub const SMALL: usize = 64;

/// The size of a big line, in bytes.
pub const BIG: usize = 16 << 10;

/// How many lines are under way at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// One in the whole ring, said by each member in turn.
    Few,
    /// [`WINDOW`] of each member.
    Many,
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Load::Few => "few",
            Load::Many => "many",
        })
    }
}

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// How many lines are under way at once.
    pub load: Load,
    /// The size of each, in bytes.
    pub bytes: usize,
    /// How many there are.
    pub lines: usize,
}

/// Everything that is measured of one ring. In a hurry there are just enough lines to see that it works.
pub fn cases(quick: bool) -> [Case; 4] {
    let case = |load, bytes, lines, in_a_hurry| Case {
        load,
        bytes,
        lines: if quick { in_a_hurry } else { lines },
    };
    [
        case(Load::Few, SMALL, 500, 12),
        case(Load::Few, BIG, 250, 6),
        case(Load::Many, SMALL, 10_000, 300),
        case(Load::Many, BIG, 1_000, 60),
    ]
}

/// The sizes of the rings.
pub fn sizes(quick: bool) -> Vec<usize> {
    if quick { vec![3] } else { (3..=9).collect() }
}
