//! Who is on a ring, and which newcomers can find none.

use std::time::Duration;

use ringchat::proto::status::Role;
use ringchat::proto::time::Instant;
use ringchat::proto::view::Change;

use super::machine::Phase;
use super::parts::Parts;
use super::{Stopped, World};
use crate::scenario::NodeIndex;

impl World {
    /// Whether it knows itself a member of a ring: only such a node passes on what others send.
    pub(super) fn is_on_a_ring(&self, node: NodeIndex) -> bool {
        self.machines[node.0].status.as_ref().is_some_and(|status| match status.role {
            Role::Leader | Role::Follower | Role::Candidate => true,
            Role::Learner | Role::Left => false,
        })
    }

    /// From now on the ring is watched. Notes whether anybody lives who has found none, though that may
    /// be all right: it may be found yet.
    pub fn begin_quiet(&mut self) -> Instant {
        let astray =
            |node: &NodeIndex| self.phase(*node) == Phase::Alive && !self.was_member(*node);
        self.astray = self.all().filter(astray).collect();
        self.now()
    }

    /// Somebody who had found no ring when the watch began may find one at its very end, and is not judged on
    /// the threshold: waits for a while without any news, `most` at most.
    ///
    /// # Errors
    /// If a guarantee breaks meanwhile.
    pub fn let_in(&mut self, quiet: Duration, most: Duration) -> Result<(), Stopped> {
        let limit = self.elapsed() + most;
        let mut stirred = !self.astray.is_empty();
        while stirred && self.elapsed() < limit {
            self.take_stirred();
            self.run_to(self.elapsed() + quiet, true)?;
            stirred = self.take_stirred();
        }
        Ok(())
    }

    /// Who has never been a member of any ring, or was let go by its own wish though its disk could not keep
    /// that, and cannot reach anybody living whom it was told of, but for others that are as lost: then it can
    /// find none, and nobody looks for it.
    pub(super) fn lost(&self, parts: &Parts) -> Vec<bool> {
        let unknown = |node| !self.was_member(node) || self.was_let_go(node);
        let mut lost: Vec<bool> = self.all().map(unknown).collect();
        loop {
            let finds = |node: &NodeIndex| {
                let mut found = self.all().filter(|other| !lost[other.0]);
                lost[node.0] && found.any(|other| self.can_ask(*node, other, parts))
            };
            let Some(found) = self.all().find(finds) else { return lost };
            lost[found.0] = false;
        }
    }

    /// Whether a view that was ever in force holds it. One that was only proposed may be known to
    /// nobody who is left.
    fn was_member(&self, node: NodeIndex) -> bool {
        let (picture, id) = (self.checkers.picture(), self.machines[node.0].id);
        let ring = picture.ring_of(id).and_then(|ring| picture.ring(ring));
        ring.is_some_and(|ring| ring.views().iter().rev().any(|(_, view)| view.contains(id)))
    }

    /// Whether the last that its ring has decided of it is that it may go.
    fn was_let_go(&self, node: NodeIndex) -> bool {
        let (picture, id) = (self.checkers.picture(), self.machines[node.0].id);
        let ring = picture.ring_of(id).and_then(|ring| picture.ring(ring));
        let Some(ring) = ring else { return false };
        let newest_first = ring.views().iter().rev().map(|(_, view)| view);
        let mut of_it = newest_first
            .filter(|view| view.contains(id) || view.changes.contains(&Change::Left(id)));
        of_it.next().is_some_and(|view| !view.contains(id))
    }

    /// Whether a newcomer was told of a node that lives, and has a whole link to it: nobody passes on
    /// what one who is in no ring says.
    fn can_ask(&self, newcomer: NodeIndex, other: NodeIndex, parts: &Parts) -> bool {
        let (machine, asked) = (&self.machines[newcomer.0], &self.machines[other.0]);
        let told = machine.status.as_ref().map(|status| &status.view.members[..]);
        asked.phase == Phase::Alive
            && parts.has_link(newcomer, other)
            && (machine.contacts.contains(&asked.address)
                || told.unwrap_or_default().iter().any(|member| member.address == asked.address))
    }
}
