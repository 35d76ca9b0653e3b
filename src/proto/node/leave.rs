//! Leaving: gracefully, with a word to the others; or away from all of them, alone.

use std::time::Duration;

use super::snapshots::Purpose;
use super::{Node, Step};
use crate::proto::election::Token;
use crate::proto::entry::{Body, Snapshot};
use crate::proto::event::{Event, LinkLoss};
use crate::proto::id::{Ballot, NodeId, RingId};
use crate::proto::message::{Message, Request};
use crate::proto::status::refuses_alone;
use crate::proto::view::{Change, View};
use rand::Rng;

/// A node whose wish to leave nobody answers leaves without a farewell after this.
const FAREWELL: Duration = Duration::from_secs(3);

impl Node {
    pub(super) fn leave(&mut self, step: &mut Step) {
        if self.leaving.is_some() {
            return;
        }
        self.leaving = Some(step.now);
        self.tick_leaving(step);
    }

    /// Nothing more becomes durable here, so this node can promise and hold nothing, and has to go. Until it
    /// is let go it passes on what others say: whatever waited for its own disk goes on without it.
    pub(super) fn on_unwritable(&mut self, step: &mut Step) {
        for token in self.durable.fail() {
            if token.ballot.proposer != self.me.id {
                self.send_token(step, Token::Elected(token));
            }
        }
        self.leave(step);
    }

    /// Repeats the wish until it is granted. A leader first lets those go who asked before, and then
    /// finds another to lead.
    pub(super) fn tick_leaving(&mut self, step: &mut Step) {
        let Some(since) = self.leaving else { return };
        let last_one = self.membership.ring().members.len() <= 1;
        if step.now.since(since) >= FAREWELL || !self.is_member() || last_one {
            return self.leave_now(step);
        }
        if self.leading.is_none() {
            return self.request(step, Request::Leave { id: self.me.id });
        }
        let last = self.durable.log().last();
        let Some(heir) = self.successor.filter(|id| self.membership.newest().contains(*id)) else {
            return;
        };
        if let Some(link) = self.links.to(heir)
            && self.membership.pending().is_none()
            && !self.grants_leaves()
            && self.holds_all(heir, last)
        {
            step.event(Event::HandedOver { to: heir });
            step.send(link, Message::TakeOver { ballot: self.current });
        }
    }

    pub(super) fn leave_now(&mut self, step: &mut Step) {
        self.left = true;
        if !self.is_member() && self.config.disk_entries.is_some() {
            // It was let go, and who was let go never comes back: its disk is that of no ring any more.
            // Whoever leaves without that, or as the last one, is still counted on.
            self.ring = None;
            self.durable.touch();
        }
        step.event(Event::Left);
    }

    /// The leader leaves, and this node holds all that it holds: it asks for promises at once.
    pub(super) fn on_take_over(&mut self, step: &mut Step, from: NodeId, ballot: Ballot) {
        if self.leaving.is_some() {
            // This one wants to go first: two that leave would hand over to each other for ever.
            return self.request(step, Request::Leave { id: self.me.id });
        }
        let follows = ballot == self.current && ballot.proposer == from;
        if follows && self.is_member() && self.durable.promised() == ballot {
            self.gather(step, ballot);
        }
    }

    /// Goes on as a new ring of one, with the history.
    pub(super) fn go_alone(&mut self, step: &mut Step) {
        if let Some(why) = refuses_alone(self.ring, self.no_quorum) {
            return step.event(Event::Refused { why });
        }
        self.secede(step);
    }

    /// The first view of the new ring does not stand in the log. So where there is a disk, it begins
    /// with a snapshot.
    pub(super) fn secede(&mut self, step: &mut Step) {
        if self.config.disk_entries.is_some() {
            self.take_snapshot(step, Purpose::Alone);
        } else {
            self.begin_alone(step, None);
        }
    }

    pub(super) fn begin_alone(&mut self, step: &mut Step, snapshot: Option<Snapshot>) {
        let links: Vec<_> = self.links.iter().map(|(id, _)| id).collect();
        for link in links {
            step.hang_up(link);
            self.forget_link(step, link, LinkLoss::Replaced);
        }
        let first = self.committed.next();
        let dropped = self.durable.log().last().0 - self.committed.0;
        self.durable.truncate(first);
        self.membership.truncate(first);
        self.verified = self.committed;
        let ring = RingId(self.lots.next_u64() | 1);
        self.ring = Some(ring);
        (self.told, self.outside) = (None, None);
        self.joining = None;
        self.learners.clear();
        step.event(Event::WentAlone { ring, dropped });
        self.reign_alone(step, snapshot);
    }

    /// The first ballot and the first view of the new ring, which need nobody else.
    fn reign_alone(&mut self, step: &mut Step, snapshot: Option<Snapshot>) {
        let me = self.me.id;
        let number = self.membership.base().number + 1;
        let view = View {
            number,
            members: [self.me].into(),
            tie_breaker: me,
            changes: vec![Change::Founded(me)],
        };
        let base = View { number: number - 1, ..view.clone() };
        if let Some(mut snapshot) = snapshot {
            snapshot.head.view = base.clone();
            self.durable.keep(snapshot);
        }
        self.install_view(base);
        let round = self.durable.promised().round + 1;
        let ballot = Ballot { round, proposer: me };
        self.durable.promise(ballot);
        step.event(Event::Promised { ballot });
        // Nobody else promises anything to this ring: no laps are needed.
        self.lead(step, ballot, &[me]);
        self.append_own(step, Body::View(view));
        self.retarget(step);
    }
}
