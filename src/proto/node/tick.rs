//! What a node does by the clock: heartbeats, silence, probes, and requests that are repeated.

use std::time::Duration;

use super::{Node, Step};
use crate::proto::event::{Event, LinkLoss};
use crate::proto::id::LinkId;
use crate::proto::message::Message;

/// A dialed link that nobody needed for this many heartbeats is closed.
const UNWANTED_AFTER: u32 = 20;
/// The round trip of a link that is heard anyhow is measured after this many heartbeats.
const MEASURED_EVERY: u32 = 10;
/// Within so many round trips something is heard on a link, if its peer is there.
const LINK_TRIPS: u32 = 3;
/// Within so many round trips a dial is answered: the connection stands after one, and the peer's hello
/// comes with the second.
const DIAL_TRIPS: u32 = 4;
/// Within so many laps a message is with the leader, and known committed at its origin.
const DELIVERY_LAPS: u32 = 3;
/// The wait between two dials to an evicted member grows to this many times that of a lost peer.
const EXILES_WAIT: u32 = 4;

impl Node {
    pub(super) fn on_timeout(&mut self, step: &mut Step) {
        let now = step.now;
        if now >= self.tick_at {
            self.tick_at = now + self.config.heartbeat;
            self.tick(step);
            if self.left {
                return;
            }
        }
        if self.leading.as_ref().is_some_and(|leading| now >= leading.pulse_at) {
            self.beat(step);
        }
        if self.held.is_some() && now >= self.held_until() {
            self.release_held(step);
        }
        if self.bully_at.is_some_and(|at| now >= at) {
            self.bully_expired(step);
        }
        if self.election_at.is_some_and(|at| now >= at) {
            self.start_election(step);
        }
        if self.fetch.due().is_some_and(|at| now >= at) {
            self.fetch_archive(step);
        }
        if std::mem::take(&mut self.flush_due) {
            self.flush(step);
        }
    }

    fn tick(&mut self, step: &mut Step) {
        self.pace.update(self.links.farthest(), self.walk().members.len());
        self.tick_links(step);
        for peer in self.suspects.due(step.now) {
            self.dial_member(step, peer);
        }
        if !self.exiles.is_empty() && self.is_member() {
            for exile in self.exiles.due(step.now, self.config.probe_max * EXILES_WAIT) {
                self.dial(step, exile);
            }
        }
        self.replicas.iter_mut().for_each(|(_, replica)| replica.ask_again_if_refused());
        self.retarget(step);
        self.miss_leader(step);
        self.tick_leading(step);
        self.tick_learners(step.now);
        self.tick_joining(step);
        self.tick_feeding(step);
        self.tick_leaving(step);
        self.tick_claim(step);
        self.tick_claims(step);
        if !self.left
            && self.outgoing.is_under_way()
            && self.outgoing.is_overdue(step.now, self.resubmit_after())
        {
            self.resubmit(step);
        }
    }

    /// Asks every peer that was not just heard whether it is there, and gives up those that did not
    /// answer for long.
    fn tick_links(&mut self, step: &mut Step) {
        let now = step.now;
        let leading = self.leading.as_ref().map(|leading| (leading.ballot, self.pulse));
        let contact_wait = self.contact_wait();
        let mut lost: Vec<(LinkId, LinkLoss)> = Vec::new();
        // Without a leader any link may serve an election.
        let led = self.leading.is_some() || self.hears_leader(now);
        let heartbeat = self.config.heartbeat;
        let unwanted_after = heartbeat * UNWANTED_AFTER;
        let measured_every = heartbeat * MEASURED_EVERY;
        let silent_after = self.pace.trips(self.config.link_timeout, LINK_TRIPS);
        let hangs_after = || self.pace.trips(self.config.dial_timeout, DIAL_TRIPS);
        for (id, link) in self.links.iter_mut() {
            if !link.stands {
                // How far a peer is is not known before it answers: so each dial may take as long as the
                // wait before the next.
                let wait = link.peer.map_or(contact_wait, |peer| self.suspects.wait(peer));
                if now.since(link.since) >= hangs_after().max(wait) {
                    lost.push((id, LinkLoss::DialTimeout));
                }
            } else if now >= link.heard_at.max(link.arrived_at) + silent_after {
                lost.push((id, LinkLoss::Silent));
            } else if led
                && matches!(id, LinkId::Dialed(_))
                && now >= link.wanted_at + unwanted_after
            {
                lost.push((id, LinkLoss::Replaced));
            } else {
                // The ring's own frames tell a neighbour as much; now and then the round trip is
                // measured all the same. Other links than the ring's bring the leader's pulse too.
                let heard = now < link.heard_at + heartbeat;
                let measured = now < link.asked_at + measured_every;
                let in_ring = leading.is_none() || link.peer == self.successor;
                if !(heard && measured && in_ring) {
                    link.asked_at = now;
                    step.send(id, Message::Ping { sent_at: now, leading });
                }
            }
        }
        for (id, why) in lost {
            step.hang_up(id);
            if why == LinkLoss::Replaced {
                self.forget_link(step, id, why);
            } else {
                self.lose(step, id, why);
            }
        }
    }

    /// Without any news of its messages for this long a node sends them again.
    fn resubmit_after(&self) -> Duration {
        self.pace.laps(self.config.resubmit, DELIVERY_LAPS)
    }

    /// Sends again what was under way to a leader that is not known to have got it.
    pub(super) fn resubmit(&mut self, step: &mut Step) {
        let count = self.outgoing.rewind();
        if count > 0 {
            step.event(Event::Resubmitted { count });
        }
        self.flush_due = true;
    }
}
