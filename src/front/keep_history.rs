//! `--keep-history`: so many lines, or what was said in so many days.

use super::wall_clock;
use crate::store::cut::Keep;

const EXPECTED: &str = "expected all, a number of lines such as 100000, or a time such as 90m, 12h, 30d or 8w; each more \
     than none";

/// How much history is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeepHistory {
    /// All of it.
    #[default]
    All,
    /// The last so many lines.
    Lines(u64),
    /// What was said in so many minutes.
    Minutes(u64),
}

/// What was typed.
///
/// # Errors
/// What was expected.
pub fn keep(text: &str) -> Result<KeepHistory, String> {
    let text = text.trim();
    if text == "all" {
        return Ok(KeepHistory::All);
    }
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number = digits.parse().ok().filter(|number: &u64| *number > 0).ok_or(EXPECTED)?;
    let minutes = match &text[digits.len()..] {
        "" => return Ok(KeepHistory::Lines(number)),
        "m" => 1,
        "h" => 60,
        "d" => 24 * 60,
        "w" => 7 * 24 * 60,
        _ => return Err(EXPECTED.to_owned()),
    };
    number.checked_mul(minutes).map(KeepHistory::Minutes).ok_or_else(|| EXPECTED.to_owned())
}

impl From<KeepHistory> for Keep {
    fn from(keep: KeepHistory) -> Keep {
        match keep {
            KeepHistory::All => Keep::All,
            KeepHistory::Lines(lines) => Keep::Lines(lines),
            KeepHistory::Minutes(minutes) => Keep::Minutes { minutes, now: wall_clock::minute },
        }
    }
}
