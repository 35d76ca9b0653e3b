//! S9, view agreement: all nodes install the same sequence of views; a view holds its installer.

use std::collections::BTreeSet;

use ringchat::proto::id::{Index, NodeId};
use ringchat::proto::view::{Change, View};

use super::deed::Deed;
use super::ring::Ring;
use super::seen::Seen;
use super::violation::{Guarantee, Violation};

/// All nodes of a ring install the same views at the same places, one after the other: their
/// numbers go up from 1 by one, no member stands in a view twice, no view is empty. A snapshot
/// comes with the view that is in force at its place. Nobody delivers past a view that it has not
/// installed.
///
/// *A view holds its installer* means here: a leader proposes only views that hold it, unless the
/// view says that it left; and a member that installs a view without itself is told there that it
/// left or was evicted. A newcomer may install views that do not hold it yet.
#[derive(Clone, Debug, Default)]
pub struct ViewAgreement {
    /// How many views were checked, at all nodes together.
    pub checked: u64,
}

impl ViewAgreement {
    pub(super) fn observe(&mut self, seen: &Seen) -> Result<(), Violation> {
        let Some(ring) = seen.ring else { return Ok(()) };
        let next = ring.views().get(seen.actor.views);
        if let (Deed::Deliver(delivered), Some((at, view))) = (seen.deed, next)
            && *at < delivered.index
        {
            let expected = format!("{} installed at {at} first", words(view));
            let found = format!("a delivery at {}", delivered.index);
            return Err(seen.violation(Guarantee::S9, expected, found));
        }
        if let Deed::Install { index, view } = seen.deed {
            self.checked += 1;
            match next {
                Some((at, agreed)) if *at == index && agreed == view => {}
                Some((at, agreed)) => return Err(differs(seen, (*at, agreed), (index, view))),
                None => is_sound(seen, ring.newest_view(), view)?,
            }
            return holds_installer(seen, view);
        }
        if let Deed::TakeSnapshot { index, view } = seen.deed {
            self.checked += 1;
            return is_in_force(seen, ring, index, view);
        }
        if let Deed::Propose { view, .. } = seen.deed {
            self.checked += 1;
            let id = seen.actor.id;
            if !view.contains(id) && !view.changes.contains(&Change::Left(id)) {
                let expected = format!("a proposal that holds its leader {id}");
                return Err(seen.violation(Guarantee::S9, expected, words(view)));
            }
        }
        Ok(())
    }
}

fn differs(seen: &Seen, agreed: (Index, &View), found: (Index, &View)) -> Violation {
    let expected = format!("{} at {}, as others have", words(agreed.1), agreed.0);
    let found = format!("{} at {}", words(found.1), found.0);
    let violation = seen.violation(Guarantee::S9, expected, found);
    match seen.ahead() {
        Some(other) => violation.with(other),
        None => violation,
    }
}

/// Whether `view`, which came with a snapshot, is the one in force at the snapshot's place.
fn is_in_force(seen: &Seen, ring: &Ring, index: Index, view: &View) -> Result<(), Violation> {
    let in_force = ring.views()[..ring.views_up_to(index)].last();
    let expected = match in_force {
        Some((_, agreed)) if agreed == view => return Ok(()),
        Some((at, agreed)) => format!("{} of place {at}", words(agreed)),
        None => format!("a view that somebody installed at or before {index}"),
    };
    let found = format!("{} with a snapshot at {index}", words(view));
    Err(seen.violation(Guarantee::S9, expected, found))
}

/// Whether a view that nobody has installed yet may follow the one before it.
fn is_sound(seen: &Seen, before: Option<&View>, view: &View) -> Result<(), Violation> {
    let number = before.map_or(1, |before| before.number + 1);
    let members: BTreeSet<NodeId> = view.members.iter().map(|member| member.id).collect();
    if view.number == number && members.len() == view.members.len() && !members.is_empty() {
        return Ok(());
    }
    let expected = format!("view {number}, not empty, each member once");
    Err(seen.violation(Guarantee::S9, expected, words(view)))
}

fn holds_installer(seen: &Seen, view: &View) -> Result<(), Violation> {
    let id = seen.actor.id;
    let told =
        || view.changes.contains(&Change::Left(id)) || view.changes.contains(&Change::Evicted(id));
    if !seen.actor.member || view.contains(id) || told() {
        return Ok(());
    }
    let expected = format!("a view that holds {id}, or says that it left or was evicted");
    Err(seen.violation(Guarantee::S9, expected, words(view)))
}

fn words(view: &View) -> String {
    let members: Vec<String> = view.members.iter().map(|member| member.id.to_string()).collect();
    let View { number, tie_breaker, changes, .. } = view;
    let members = members.join(" ");
    format!("view {number} of {members} (tie-breaker {tie_breaker}, {changes:?})")
}
