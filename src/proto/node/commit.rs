//! What is committed is delivered, in order; a view that is committed is in force.

use super::snapshots::Purpose;
use super::{Node, Step};
use crate::proto::entry::{Body, Delivered, Submission};
use crate::proto::event::Event;
use crate::proto::id::{Ballot, Index};
use crate::proto::sequencer::Verdict;
use crate::proto::view::View;

/// How many payload bytes of delivered entries are kept for those who are a little behind.
const KEEP_BYTES: usize = 64 << 20;

impl Node {
    /// Commits by count: what a quorum holds, up to an entry of the leader's own ballot.
    ///
    /// An older ballot's entry may be held by a quorum and yet be overwritten (Ongaro and Ousterhout,
    /// *In Search of an Understandable Consensus Algorithm*, 2014, section 5.4.2, figure 8).
    pub(super) fn count(&mut self, step: &mut Step) {
        self.count_pulse(step.now);
        if self.verified == self.committed
            || !self.tally.may_pass(self.committed, self.membership.fewest())
        {
            return self.govern_if_wished(step);
        }
        let is_own = |index| self.durable.log().ballot_at(index) == Some(self.current);
        let index = self.membership.commit_index(&mut self.tally, self.verified, is_own);
        self.advance(step, index);
        self.govern_if_wished(step);
    }

    /// Everything up to `to`, which this node holds, is known committed.
    pub(super) fn advance(&mut self, step: &mut Step, to: Index) {
        if to <= self.committed {
            return;
        }
        while self.committed < to {
            let index = self.committed.next();
            let Some(entry) = self.durable.log().get(index) else { break };
            let (ballot, body) = (entry.ballot, entry.body.clone());
            self.committed = index;
            match body {
                Body::Empty => {}
                Body::View(view) => self.install(step, index, view),
                Body::Message(message) => self.deliver(step, index, ballot, message),
            }
        }
        let keep = self.config.log_keep;
        if self.durable.log().is_long(self.committed, keep, KEEP_BYTES) {
            let needed = self.needed();
            self.durable.compact(self.committed, needed, keep, KEEP_BYTES);
        }
        if let Some(entries) = self.config.disk_entries
            && self.durable.exceeds(self.committed, entries, self.config.disk_bytes)
        {
            self.take_snapshot(step, Purpose::Disk);
        }
        self.flush_due = true;
    }

    /// Everything behind this may still be asked for by a member that is not far behind.
    fn needed(&self) -> Index {
        let near = self.committed.0.saturating_sub(self.config.lag_entries);
        let members = &self.membership.base().members;
        let held = members.iter().map(|member| self.tally.of(member.id).index);
        held.filter(|index| index.0 >= near).min().unwrap_or(self.committed)
    }

    fn deliver(&mut self, step: &mut Step, index: Index, ballot: Ballot, message: Submission) {
        if self.sessions.take(&message) != Verdict::Next {
            // The leader's filter lets no such thing through; and yet it must not reach a person.
            let why = format!("entry {index}: number {} of its origin again", message.seq);
            return step.event(Event::Ignored { from: Some(message.origin), why });
        }
        self.lamport = self.lamport.max(message.lamport);
        if message.origin == self.me.id {
            self.outgoing.delivered(step.now, message.seq);
        }
        step.deliver(Delivered { index, ballot, message });
    }

    fn install(&mut self, step: &mut Step, index: Index, view: View) {
        let was_member = self.is_member();
        let before = self.membership.base().clone();
        self.install_view(view.clone());
        if self.config.disk_entries.is_some() {
            // After a restart a view that is not known committed needs the voices of the one before it,
            // too; and those whom it let go may be gone for good.
            self.durable.touch();
        }
        self.exiles.installed(step.now, &before, &view, self.config.probe_max);
        step.event(Event::ViewInstalled { index, view: view.clone() });
        self.view_changed();
        self.forget_admitted();
        self.asked_for_frames = None;
        let linked: Vec<_> = self.links.peers().collect();
        for (peer, link) in linked {
            self.welcome_outsider(step, link, peer);
        }
        if was_member && !self.is_member() {
            self.expelled(step, view.number);
        }
        self.retarget(step);
    }

    /// A view came into the log or into force: what was decided by the one before may be moot.
    pub(super) fn view_changed(&mut self) {
        let known = self.membership.base().number;
        for told in [&mut self.told, &mut self.outside] {
            told.take_if(|view| view.number <= known);
        }
        self.leading_view_changed();
    }
}
