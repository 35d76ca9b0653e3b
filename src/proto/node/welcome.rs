//! Outsiders: a node that is not in the view is told so, with the view; and takes it to heart.

use super::{Node, Step};
use crate::proto::event::{Event, LinkLoss};
use crate::proto::id::{LinkId, NodeId, RingId};
use crate::proto::message::Message;
use crate::proto::view::View;

impl Node {
    /// Tells a peer that is no member which ring and view it has come to. Else a node that was
    /// removed while it was away would never learn it.
    pub(super) fn welcome_outsider(&mut self, step: &mut Step, link: LinkId, peer: NodeId) {
        let Some(ring) = self.ring.filter(|_| self.is_member()) else { return };
        if !self.membership.contains(peer) {
            let view = self.membership.base().clone();
            step.send(link, Message::Welcome { ring, view, sponsored: false });
        }
    }

    /// Whether a candidate that knows of the views up to `view` has been removed since.
    pub(super) fn knows_as_outsider(&self, candidate: NodeId, view: u64) -> bool {
        self.is_member()
            && self.membership.base().number > view
            && !self.membership.contains(candidate)
    }

    pub(super) fn on_welcome(
        &mut self,
        step: &mut Step,
        (link, from): (LinkId, NodeId),
        ring: RingId,
        view: View,
        sponsored: bool,
    ) {
        match self.ring {
            Some(own) if own == ring => {}
            Some(_) => return self.part(step, link, ring),
            None => self.choose_ring(step, ring),
        }
        if sponsored {
            self.joined_by(from, step.now);
        }
        // The view is committed: whatever is pending here under its number counts for nothing.
        if view.number <= self.newest_known().number {
            return;
        }
        let number = view.number;
        let was_member = self.is_member();
        if !view.contains(self.me.id) {
            self.outside = Some(view.clone());
        }
        self.told = Some(view);
        if was_member && !self.is_member() {
            self.expelled(step, number);
        }
    }

    /// This node belongs to a ring from now on. Whoever was in none yet when they said hello, or in
    /// another, must not reach it over the same link with another ring's log.
    fn choose_ring(&mut self, step: &mut Step, ring: RingId) {
        self.ring = Some(ring);
        let others = self.links.iter().filter(|(_, link)| link.stands && link.ring != Some(ring));
        let others: Vec<_> = others.map(|(id, link)| (id, link.ring)).collect();
        for (link, other) in others {
            step.hang_up(link);
            self.forget_link(step, link, other.map_or(LinkLoss::Replaced, LinkLoss::OtherRing));
        }
    }

    /// A peer has come into another ring since its link came to stand: for this one it is gone.
    fn part(&mut self, step: &mut Step, link: LinkId, ring: RingId) {
        step.hang_up(link);
        self.lose(step, link, LinkLoss::OtherRing(ring));
        self.retarget(step);
    }

    /// This node was a member, and is none any more.
    pub(super) fn expelled(&mut self, step: &mut Step, view: u64) {
        self.step_down(step);
        self.election.reset();
        self.election_at = None;
        self.held = None;
        self.heard = None;
        if self.leaving.is_some() {
            // The next tick ends it: until then the others hear that this node knows, which may be
            // the one voice that the view still lacks.
            return;
        }
        step.event(Event::Evicted { view });
        self.tick_joining(step);
    }
}
