//! S7, one leader per ballot; and a leader never leads under a ballot smaller than one it promised.

use std::collections::BTreeMap;

use ringchat::proto::id::{Ballot, NodeId};

use super::deed::Deed;
use super::seen::Seen;
use super::violation::{Guarantee, Violation};
use crate::history::{Incarnation, NodeName};

/// A ballot is led once in a whole run, by its proposer. Within an incarnation promises only grow,
/// following a ballot or leading under it is a promise too, and nothing below a promise is followed
/// or led. Whoever led had its promise in its storage: a later life under the same identity is bound
/// by it.
///
/// Ballots do not start anew in a ring that a node makes out of its history alone, so this is
/// checked across rings.
#[derive(Clone, Debug, Default)]
pub struct OneLeader {
    /// How many promises, leaders and followers were checked.
    pub checked: u64,
    leaders: BTreeMap<Ballot, (NodeName, Incarnation)>,
    promised: BTreeMap<(NodeName, Incarnation), Ballot>,
    /// The greatest ballot that each identity has led under.
    led: BTreeMap<NodeId, Ballot>,
}

impl OneLeader {
    pub(super) fn observe(&mut self, seen: &Seen) -> Result<(), Violation> {
        let (ballot, verb) = if let Deed::Promise { ballot } = seen.deed {
            (ballot, "promises")
        } else if let Deed::Follow { ballot } = seen.deed {
            (ballot, "follows")
        } else if let Deed::Lead { ballot, .. } = seen.deed {
            (ballot, "leads under")
        } else {
            return Ok(());
        };
        self.checked += 1;
        let who = (seen.record.node.clone(), seen.record.incarnation);
        let led = self.led.get(&seen.actor.id).copied().unwrap_or_default();
        let promised = self.promised.entry(who.clone()).or_insert(led);
        if ballot < *promised {
            let expected = format!("nothing below its promise {promised}");
            let found = format!("it {verb} {ballot}");
            return Err(seen.violation(Guarantee::S7, expected, found));
        }
        *promised = ballot;
        if let Deed::Lead { .. } = seen.deed {
            if ballot.proposer != seen.actor.id {
                let expected = format!("{} to lead under ballots of its own", seen.actor.id);
                let found = format!("it leads under {ballot}");
                return Err(seen.violation(Guarantee::S7, expected, found));
            }
            self.led.insert(seen.actor.id, ballot);
            if let Some((other, _)) = self.leaders.insert(ballot, who) {
                let expected = format!("ballot {ballot} to be led once");
                let violation = seen.violation(Guarantee::S7, expected, "it is led again");
                return Err(violation.with(&other));
            }
        }
        Ok(())
    }
}
