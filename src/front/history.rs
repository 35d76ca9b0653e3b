//! Looks for lines of the past: in memory first, then in the archive, until there are enough.

use super::door::Past;
use crate::chat::lines::Line;
use crate::driver::handle::{Handle, Stopped};
use crate::proto::archive::{Ask, Stretch};
use crate::proto::id::Index;

/// How many bytes of lines are asked for at once.
const BYTES: u32 = 1 << 20;

/// The last `count` lines before a place, or before now.
///
/// # Errors
/// If the node has stopped.
pub(super) async fn look(
    handle: &Handle,
    count: u32,
    before: Option<Index>,
) -> Result<Past, Stopped> {
    let mut past = Past::default();
    let mut last = match before {
        Some(place) => place.previous(),
        // What the archive lacks beyond that was not said yet.
        None => handle.status().await?.committed,
    };
    let mut wanted = count;
    while wanted > 0
        && let Some(stretch) = Stretch::behind(Index::ZERO, last)
    {
        let found = handle.history(Ask { stretch, lines: wanted, bytes: BYTES }).await?;
        for line in &found.lines {
            match Line::of_record(line.place, &line.bytes.bytes) {
                Ok(line) => past.lines.push(line),
                Err(why) => past.unreadable.push((line.place, why.to_string())),
            }
        }
        wanted = wanted.saturating_sub(u32::try_from(found.lines.len()).unwrap_or(u32::MAX));
        past.lacking.extend(found.lacking);
        last = found.stretch.first.previous().min(last.previous());
    }
    past.goes_on = last > Index::ZERO;
    past.lines.reverse();
    past.unreadable.reverse();
    past.lacking.sort_unstable();
    Ok(past)
}
