//! How much history is kept, and the cutting of what is more, a bounded piece in each transaction.

use redb::{ReadableTable, ReadableTableMetadata, Table};

use super::error::Fault;
use crate::chat::record::minute;

/// So many lines are cut off in one transaction, or twice what it brings, if that is more.
const CUT: u64 = 8_192;

/// How much history a node keeps.
#[derive(Clone, Copy, Debug, Default)]
pub enum Keep {
    /// All of it.
    #[default]
    All,
    /// The last so many lines.
    Lines(u64),
    /// What was said in the last so many minutes, by the clock of whoever said it. A line of somebody
    /// whose clock is ahead keeps those behind it.
    Minutes {
        /// How many.
        minutes: u64,
        /// Tells the time, in minutes since 1970 (UTC).
        now: fn() -> u64,
    },
}

/// Cuts off what is more than is to be kept, in a transaction that brings so many. Gives the last place that
/// was cut off, if any was.
pub(super) fn cut(
    lines: &mut Table<'_, u64, &'static [u8]>,
    keep: Keep,
    brought: u64,
) -> Result<Option<u64>, Fault> {
    let most = CUT.max(2 * brought);
    let mut dropped = None;
    match keep {
        Keep::All => {}
        Keep::Lines(kept) => {
            let excess = lines.len()?.saturating_sub(kept);
            for _ in 0..excess.min(most) {
                dropped = lines.pop_first()?.map(|(place, _)| place.value());
            }
        }
        Keep::Minutes { minutes, now } => {
            let oldest = now().saturating_sub(minutes);
            for _ in 0..most {
                // A record that cannot be read has no age.
                let expired = match lines.first()? {
                    Some((_, bytes)) => minute(bytes.value()).is_ok_and(|said| said < oldest),
                    None => false,
                };
                if !expired {
                    break;
                }
                dropped = lines.pop_first()?.map(|(place, _)| place.value());
            }
        }
    }
    Ok(dropped)
}
