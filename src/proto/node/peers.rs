//! Links come and go: who is reached, who is skipped, who is next in the ring.

use super::{Node, Step};
use crate::proto::event::{Event, LinkLoss};
use crate::proto::id::{LinkId, NodeId};
use crate::proto::input::Disconnect;
use crate::proto::links::Link;
use crate::proto::message::Hello;
use crate::proto::time::Instant;
use crate::proto::view::Member;

impl Node {
    pub(super) fn on_connected(&mut self, step: &mut Step, link: LinkId, hello: Hello) {
        let peer = hello.member;
        if let Some(ring) = hello.ring
            && self.ring.is_some_and(|own| own != ring)
        {
            return self.refuse_link(step, link, peer.id, LinkLoss::OtherRing(ring));
        }
        if peer.id == self.me.id {
            return self.refuse_link(step, link, peer.id, LinkLoss::Itself);
        }
        if let LinkId::Dialed(_) = link
            && self.links.get(link).is_none()
        {
            // Given up in the meantime; the driver was told.
            return;
        }
        let meant = self.links.get(link).and_then(|link| link.peer).filter(|id| *id != peer.id);
        if let Some(older) = self.links.stand(step.now, link, hello) {
            step.hang_up(older);
            self.forget_link(step, older, LinkLoss::Replaced);
        }
        step.event(Event::LinkUp { link, peer: peer.id });
        if self.suspects.clear(peer.id) {
            step.event(Event::Cleared { peer: peer.id });
            self.peer_returned(step);
        }
        self.suspect_answers(peer.id);
        if let Some(meant) = meant {
            // Another incarnation answers at its address: the one that was looked for is dead.
            self.exiles.forget(meant);
            self.unreachable(step, meant, true, step.now);
        }
        self.ask_to_join(step, link, &hello);
        self.welcome_outsider(step, link, peer.id);
        self.retarget(step);
    }

    fn refuse_link(&mut self, step: &mut Step, link: LinkId, peer: NodeId, why: LinkLoss) {
        step.hang_up(link);
        // Whoever was looked for there is not: another process has that address now.
        let meant = self.links.remove(link).and_then(|link| link.peer);
        step.event(Event::LinkDown { link, peer: Some(peer), why: why.clone() });
        self.contact_failed(link);
        if let Some(meant) = meant {
            self.unreachable(step, meant, true, step.now);
        }
        self.retarget(step);
    }

    pub(super) fn on_disconnected(&mut self, step: &mut Step, link: LinkId, why: Disconnect) {
        self.lose(step, link, LinkLoss::Lost(why));
        self.retarget(step);
    }

    /// A link is gone, by the network's word or because it brought nothing for too long.
    pub(super) fn lose(&mut self, step: &mut Step, link: LinkId, why: LinkLoss) {
        let Some(Link { peer, stands, since, .. }) = self.forget_link(step, link, why.clone())
        else {
            return;
        };
        let Some(peer) = peer else { return };
        if self.links.to(peer).is_some() {
            return;
        }
        let cut_short = matches!(why, LinkLoss::Lost(Disconnect::Closed | Disconnect::Reset));
        // A dial that is cut short came to a listener in its last moments.
        let refused = why == LinkLoss::Lost(Disconnect::Refused) || (!stands && cut_short);
        if !stands || !cut_short {
            let hung = why == LinkLoss::DialTimeout;
            return self.unreachable(step, peer, refused, if hung { since } else { step.now });
        }
        if self.successor == Some(peer) {
            // The ring goes on without it until it answers: where only the way there is broken, a
            // dial is not even refused.
            self.suspects.doubt(step.now, peer, self.config.probe_min);
        }
        if self.successor == Some(peer) || peer == self.current.proposer {
            // Its process may be dead; asking it is the surest way to know.
            self.dial_member(step, peer);
        }
    }

    /// Drops what is known of a link, and what depended on it.
    pub(super) fn forget_link(
        &mut self,
        step: &mut Step,
        link: LinkId,
        why: LinkLoss,
    ) -> Option<Link> {
        let gone = self.links.remove(link)?;
        step.event(Event::LinkDown { link, peer: gone.peer, why });
        self.acks_due.retain(|due| due.link != link);
        self.replicas.retain(|(_, replica)| replica.link != link);
        gone.peer.into_iter().for_each(|peer| self.fetch.lost(peer));
        self.contact_failed(link);
        Some(gone)
    }

    /// A peer did not answer. `refused`: nobody listens there, so that process is surely dead. `tried`: when
    /// it was dialed, if that dial hung.
    fn unreachable(&mut self, step: &mut Step, peer: NodeId, refused: bool, tried: Instant) {
        self.suspect_fails(step, peer);
        self.no_answer(step, peer);
        let leader = peer == self.current.proposer && !self.refusal_misleads;
        if refused && leader && self.heard.take().is_some() {
            self.refused_at = Some(self.pulse);
            self.hurry_election(step);
        }
        if !self.is_around(peer) {
            return;
        }
        let (first, most) = (self.config.probe_min, self.config.probe_max);
        if self.suspects.suspect(tried, peer, first, most) {
            step.event(Event::Suspected { peer });
        }
    }

    /// Dials a member, unless a link stands or is on its way.
    pub(super) fn dial_member(&mut self, step: &mut Step, peer: NodeId) {
        if self.links.to(peer).is_some() {
            return;
        }
        let mut known = self.walk().members.iter().chain(self.membership.ring().members.iter());
        if let Some(member) = known.find(|member| member.id == peer).copied() {
            self.dial(step, member);
        }
    }

    /// The same for anybody.
    pub(super) fn dial(&mut self, step: &mut Step, Member { id, address }: Member) {
        if id != self.me.id && self.links.to(id).is_none() && !self.links.is_dialing(id) {
            let link = self.links.dial(step.now, Some(id), address);
            step.dial(link, address);
        }
    }

    /// The next live member, as far as this node knows.
    pub(super) fn next_in_ring(&self) -> Option<Member> {
        if self.is_on_ring() {
            return self.suspects.successor(self.membership.ring(), self.me.id);
        }
        // One that was only told that it is a member stands at its place, and who is none (yet) behind the
        // one that counts on it.
        let (from, walk) = (self.token_from?, self.walk());
        let place = if walk.contains(self.me.id) { self.me.id } else { from };
        let itself = || walk.members.iter().find(|member| member.id == from).copied();
        self.suspects.successor(walk, place).or_else(itself)
    }

    /// Makes sure that the link to the successor stands, or is on its way.
    pub(super) fn retarget(&mut self, step: &mut Step) {
        let on_ring = self.is_on_ring();
        let ahead = if on_ring { self.ahead() } else { Vec::new() };
        if on_ring {
            self.suspects.retain(self.membership.ring(), self.me.id, &ahead);
        }
        let next = self.next_in_ring().map(|member| member.id);
        if on_ring && next != self.successor {
            self.successor = next;
            step.event(Event::Successor { peer: next });
        }
        if let Some(peer) = next
            && (on_ring || !self.election.unacknowledged.is_empty())
        {
            self.dial_member(step, peer);
            self.links.want(step.now, peer);
        }
        for peer in ahead {
            if !self.suspects.contains(peer) {
                self.dial_member(step, peer);
            }
        }
        self.resend_tokens(step);
        self.make_calls(step);
        self.accuse(step);
        self.flush_due = true;
    }

    /// Whom to dial besides the next member while that one does not answer: as many as did not answer
    /// before it. A dial to a machine without power hangs, and a row of them tried one by one would
    /// hold the ring up for a timeout each.
    fn ahead(&self) -> Vec<NodeId> {
        if self.suspects.is_empty() {
            return Vec::new();
        }
        let (ring, me) = (self.membership.ring(), self.me.id);
        let skipped = self.suspects.skipped(ring, me);
        let in_vain = skipped.iter().filter(|id| self.suspects.is_unanswered(**id)).count();
        if in_vain == 0 {
            return Vec::new();
        }
        let next = self.suspects.successor(ring, me);
        if next.is_none_or(|next| self.links.to(next.id).is_some()) {
            return Vec::new();
        }
        let behind_next = ring.after(me).skip(skipped.len() + 1);
        behind_next.take(in_vain).map(|member| member.id).collect()
    }
}
