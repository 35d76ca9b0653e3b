//! A ring without a quorum must say so, and order nothing.

use std::time::Duration;

use ringchat::proto::status::Role;

use super::World;
use super::faults::Failed;
use super::machine::Phase;
use super::parts::Parts;
use crate::checker::violation::{Guarantee, Violation};
use crate::scenario::NodeIndex;

/// How long a node may have delivered nothing, to count as stuck.
const STILL: Duration = Duration::from_secs(1);

/// How long a ring may take to find out that it has no quorum: a node that is cut off dials eight
/// others in vain, one after the other, and the waits between its elections have grown to seconds.
const KNOWN: Duration = Duration::from_secs(10);

impl World {
    /// Holds these nodes against the promise of a ring without a quorum: it says so, and waits.
    ///
    /// # Errors
    /// What one of them does instead, as a broken L2.
    pub(super) fn stuck(&mut self, nodes: &[NodeIndex]) -> Result<(), Failed> {
        // A view that was on its way when the last step was taken may be in force by now.
        self.note_undecided();
        for node in nodes {
            let machine = &self.machines[node.0];
            let Some(since) = machine.undecided_since else {
                return Err(self.refuse(*node, "can reach a quorum"));
            };
            if self.elapsed() < since + KNOWN {
                let why = format!("could reach a quorum {:?} ago", self.elapsed() - since);
                return Err(self.refuse(*node, &why));
            }
        }
        self.look();
        match self.not_stuck(nodes) {
            None => Ok(()),
            Some(violation) => Err(Failed::Stopped(super::Stopped::Broken(Box::new(violation)))),
        }
    }

    /// Notes since when each node cannot reach enough others to decide anything.
    pub(super) fn note_undecided(&mut self) {
        let now = self.elapsed();
        let (parts, decides) = self.deciding_parts();
        for (machine, part) in self.machines.iter_mut().zip(parts.all()) {
            machine.undecided_since =
                if decides[*part] { None } else { machine.undecided_since.or(Some(now)) };
        }
    }

    /// Whether somewhere enough nodes live to decide anything, hindered or not.
    pub fn may_go_on(&self) -> bool {
        self.deciding_parts().1.contains(&true)
    }

    /// The part of each node, and whether enough live in each part to decide anything.
    fn deciding_parts(&self) -> (Parts, Vec<bool>) {
        let (parts, living) = (self.parts_through(|_| true), self.in_phase(&[Phase::Alive]));
        let decides = |part: usize| {
            let here = living.iter().copied().filter(|node| parts.of(*node) == part);
            self.may_decide(&here.collect::<Vec<NodeIndex>>())
        };
        let decide = (0..self.machines.len()).map(decides).collect();
        (parts, decide)
    }

    /// Whether any group of nodes has all that it needs to go on.
    pub fn has_core(&self) -> bool {
        !self.picture(None).cores(self.checkers.picture()).is_empty()
    }

    /// Holds all that live and have been members against the promise of a ring without a quorum.
    pub fn waits_in_vain(&self) -> Option<Violation> {
        let members = self.machines.iter().enumerate().filter(|(_, machine)| {
            machine.status.as_ref().is_some_and(|status| status.role != Role::Learner)
        });
        self.not_stuck(&members.map(|(index, _)| NodeIndex(index)).collect::<Vec<_>>())
    }

    /// The first of these nodes that goes on, or does not say that it cannot.
    pub fn not_stuck(&self, nodes: &[NodeIndex]) -> Option<Violation> {
        for node in nodes {
            let machine = &self.machines[node.0];
            let broken = |expected: &str, found: String| {
                Violation::new(Guarantee::L2, self.now(), &machine.name, expected, found)
            };
            let status = machine.status.as_ref();
            if status.is_some_and(|status| status.role == Role::Learner) {
                // It was evicted meanwhile, and knows of no quorum that it could miss.
                continue;
            }
            let silent = status.is_none_or(|it| it.no_quorum.is_none());
            if machine.phase == Phase::Alive && silent {
                let found = format!("{:?}", machine.status.as_ref().map(|status| status.role));
                return Some(broken("it to say that there is no quorum", found));
            }
            let still = self.elapsed().saturating_sub(machine.delivered_at);
            if still < STILL {
                let found = format!("something delivered {still:?} ago");
                return Some(broken("nothing to be delivered without a quorum", found));
            }
        }
        None
    }
}
