//! L5, quiet: an undisturbed ring holds no election and changes no view.

use std::collections::BTreeMap;
use std::time::Duration;

use ringchat::proto::id::Ballot;
use ringchat::proto::time::Instant;

use super::deed::Deed;
use super::seen::Seen;
use super::settled::{Core, FinalPicture};
use super::violation::{Guarantee, Violation};

/// A leader whose address refuses is missed for so long at the most, if it lives.
const MISSED: Duration = Duration::from_secs(1);

/// What one node did last that an undisturbed ring has no need of.
#[derive(Clone, Copy, Debug, Default)]
struct Last {
    election: Option<(Instant, &'static str)>,
    view: Option<(Instant, &'static str)>,
    /// The ballot whose leader's address has refused its dial.
    refused: Option<Ballot>,
    /// When that was for the first time, if it has called no election since.
    misled_at: Option<Instant>,
}

impl Last {
    /// The address of whoever leads under this ballot has refused a dial.
    fn is_refused(&mut self, at: Instant, ballot: Ballot) {
        if self.refused.replace(ballot) != Some(ballot) {
            self.misled_at = Some(at);
        }
    }

    /// It follows a leader that has led since then: whoever is late follows one that has long been there.
    fn follows(&mut self, since: Instant) {
        if self.election.is_none_or(|(at, _)| at < since) {
            self.election = Some((since, "it follows a new leader"));
        }
    }

    /// It starts an election; that once, it may have been misled.
    fn elects(&mut self, at: Instant) {
        if self.misled_at.take().is_none_or(|misled| at.since(misled) >= MISSED) {
            self.election = Some((at, "it starts an election"));
        }
    }
}

/// In the quiet phase no node of the quorum side starts an election, gets a new leader or steps
/// down, and none proposes or installs a view. Where a fault is left standing that hinders a live
/// node, or one had gone astray, views may follow that node out and in; elections may not be held even
/// then: a node with a broken link cannot keep deposing a working leader. Only where a cut way refuses
/// dials, as a dead process's machine does, it may take its leader for dead, once; the others stop that token.
#[derive(Clone, Debug, Default)]
pub struct Quiet {
    /// How many nodes were checked.
    pub checked: u64,
    /// By the node's number.
    last: Vec<Last>,
    /// Since when who has led.
    led: BTreeMap<Ballot, Instant>,
}

impl Quiet {
    pub(super) fn observe(&mut self, seen: &Seen) {
        let at = seen.record.at;
        let node = seen.record.node.index() as usize;
        if self.last.len() <= node {
            self.last.resize(node + 1, Last::default());
        }
        let last = &mut self.last[node];
        match seen.deed {
            Deed::StartElection => last.elects(at),
            Deed::Refused { by } => {
                let follows = seen.actor.ballot.filter(|ballot| ballot.proposer == by);
                follows.into_iter().for_each(|ballot| last.is_refused(at, ballot));
            }
            Deed::StepDown => last.election = Some((at, "it steps down")),
            Deed::Lead { ballot, .. } => {
                self.led.entry(ballot).or_insert(at);
                last.election = Some((at, "it begins to lead"));
            }
            Deed::Follow { ballot } if seen.actor.ballot.is_some_and(|known| known < ballot) => {
                // One that was out comes back in by the leader that is there: that is no election.
                if seen.actor.member {
                    last.follows(self.led.get(&ballot).copied().unwrap_or(at));
                } else {
                    last.view = Some((at, "it follows a new leader"));
                }
            }
            Deed::Propose { .. } => last.view = Some((at, "it proposes a view")),
            Deed::Install { .. } => last.view = Some((at, "it installs a view")),
            Deed::Start { .. }
            | Deed::Deliver(_)
            | Deed::Submit { .. }
            | Deed::Promise { .. }
            | Deed::Follow { .. }
            | Deed::TakeSnapshot { .. }
            | Deed::Sponsor { .. }
            | Deed::GoAlone
            | Deed::Other => {}
        }
    }

    pub(super) fn settle(&mut self, end: &FinalPicture, core: &Core, broken: &mut Vec<Violation>) {
        let Some(quiet_from) = end.quiet_from else { return };
        for (node, _) in &core.nodes {
            self.checked += 1;
            let Some(last) = self.last.get(node.name.index() as usize) else { continue };
            let views_are_due = end.astray || !core.hindered.is_empty();
            let views = if views_are_due { None } else { last.view };
            for (at, what) in last.election.into_iter().chain(views) {
                if at > quiet_from {
                    let expected = format!("quiet from {quiet_from} s on");
                    let found = format!("{what} at {at} s");
                    broken.push(Violation::new(Guarantee::L5, at, &node.name, expected, found));
                }
            }
        }
    }
}
