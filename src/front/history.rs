//! Looks for lines of the past: in memory first, then in the archive, until there are enough.

use std::cell::RefCell;
use std::rc::Rc;

use super::application::Desk;
use super::parts::Past;
use crate::chat::lines::Line;
use crate::chat::name::Name;
use crate::chat::person::{GroupId, PersonId};
use crate::driver::handle::{Handle, Stopped};
use crate::proto::archive::{Ask, Stretch};
use crate::proto::id::Index;

/// How many bytes of lines are asked for at once.
const BYTES: u32 = 1 << 20;

/// How often is asked at most: a group may have said little, and long ago. Whoever wants more asks again.
const ASKS_MAX: usize = 32;

/// How many lines are asked for at once, at least: of those found, some may be of other groups.
const LINES_MIN: u32 = 500;

/// Which lines.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) person: PersonId,
    pub(super) group: Option<Name>,
    pub(super) count: u32,
    pub(super) before: Option<Index>,
}

/// The last `count` lines of a group before a place, or before now, that the person may see.
///
/// # Errors
/// If the node has stopped.
pub(super) async fn look(
    handle: &Handle,
    desk: &Rc<RefCell<Desk>>,
    wanted: Wanted,
    group: GroupId,
) -> Result<Past, Stopped> {
    let mut last = match wanted.before {
        Some(place) => place.previous(),
        // What the archive lacks beyond that was not said yet.
        None => handle.status().await?.committed,
    };
    let mut past = Past { group: wanted.group, looked_at: last.next(), ..Past::default() };
    let most = usize::try_from(wanted.count).unwrap_or(usize::MAX);
    let mut asks = 0;
    while past.lines.len() < most
        && asks < ASKS_MAX
        && let Some(stretch) = Stretch::behind(Index::ZERO, last)
    {
        asks += 1;
        let missing = u32::try_from(most - past.lines.len()).unwrap_or(u32::MAX);
        let lines = if asks == 1 { missing } else { missing.max(LINES_MIN) };
        let found = handle.history(Ask { stretch, lines, bytes: BYTES }).await?;
        let desk = desk.borrow();
        last = found.stretch.first.previous().min(last.previous());
        for line in &found.lines {
            if past.lines.len() == most {
                last = past.looked_at.previous();
                break;
            }
            match Line::of_record(line.place, &line.bytes.bytes) {
                Ok(line) if line.group == group && desk.chat.may_see(wanted.person, &line) => {
                    past.looked_at = line.place;
                    past.lines.push(line);
                }
                Ok(_) => {}
                Err(why) => past.unreadable.push((line.place, why.to_string())),
            }
        }
        past.lacking.extend(found.lacking);
    }
    past.looked_at = last.next();
    past.goes_on = last > Index::ZERO;
    past.lines.reverse();
    past.unreadable.reverse();
    past.lacking.sort_unstable();
    Ok(past)
}
