//! Leading: the first entry, the pulse, the order of messages, and knowing when to stop.

use std::time::Duration;

use super::{Node, Step};
use crate::proto::entry::{Body, Entry, Submission};
use crate::proto::event::Event;
use crate::proto::id::{Ballot, Index, NodeId};
use crate::proto::sequencer::{Sessions, Verdict};
use crate::proto::time::Instant;

use super::govern::Government;

/// Within so many laps a pulse is back.
const QUORUM_LAPS: u32 = 3;

/// What only a leader keeps.
#[derive(Debug)]
pub(super) struct Leading {
    pub(super) ballot: Ballot,
    /// When the next pulse is due.
    pub(super) pulse_at: Instant,
    /// The latest pulse that came back from a quorum, and when it did.
    quorum_pulse: u64,
    quorum_at: Instant,
    since: Instant,
    /// The duplicate filter, as of the end of the log.
    sessions: Sessions,
    pub(super) government: Government,
}

impl Node {
    /// Leads under a ballot that a quorum has promised.
    pub(super) fn lead(&mut self, step: &mut Step, ballot: Ballot, voices: &[NodeId]) {
        let log = self.durable.log().summary();
        self.enter(ballot);
        self.verified = self.durable.log().last();
        self.leading = Some(Leading {
            ballot,
            pulse_at: step.now,
            quorum_pulse: 0,
            quorum_at: step.now,
            since: step.now,
            sessions: self.sessions_at_end(),
            government: Government::default(),
        });
        let members = &self.membership.base().members;
        let given = members.iter().filter(|member| voices.contains(&member.id)).count();
        let voices = (given, members.len());
        step.event(Event::Leads { ballot, log, voices });
        self.quorum_is_back(step);
        // Nothing older is committed before an entry of the own ballot is.
        let first = if self.membership.base().number == 0 && self.membership.pending().is_none() {
            let mut view = self.membership.base().clone();
            view.number = 1;
            Body::View(view)
        } else {
            Body::Empty
        };
        self.append_own(step, first);
        self.resubmit(step);
        self.beat(step);
    }

    /// The duplicate filter of everything in the log, committed or not.
    fn sessions_at_end(&self) -> Sessions {
        let mut sessions = self.sessions.clone();
        for entry in self.durable.log().behind(self.committed) {
            if let Body::Message(message) = &entry.body {
                sessions.take(message);
            }
        }
        sessions
    }

    /// Appends an entry of the own ballot.
    pub(super) fn append_own(&mut self, step: &mut Step, body: Body) -> Index {
        let at = self.append(step, Entry { ballot: self.current, body });
        self.verified = at;
        self.own_fact();
        self.flush_due = true;
        at
    }

    /// Gives one message its place, unless it has one or is too early.
    pub(super) fn sequence_one(&mut self, step: &mut Step, message: Submission) {
        let Some(leading) = &mut self.leading else { return };
        let (origin, seq) = (message.origin, message.seq);
        match leading.sessions.take(&message) {
            Verdict::Next => {
                let entry = Entry { ballot: self.current, body: Body::Message(message) };
                self.verified = self.durable.append(entry);
            }
            Verdict::Duplicate => step.event(Event::DuplicateSuppressed { origin, seq }),
            Verdict::Gap => step.event(Event::GapRefused { origin, seq }),
        }
    }

    /// The ring's pulse: an idle leader is heard all the same, and sees who hears it.
    pub(super) fn beat(&mut self, step: &mut Step) {
        let Some(leading) = &mut self.leading else { return };
        leading.pulse_at = step.now + self.config.pulse;
        self.pulse += 1;
        self.own_fact();
        self.count(step);
        self.flush_due = true;
    }

    /// Notes whether the pulse came back from a quorum.
    pub(super) fn count_pulse(&mut self, now: Instant) {
        let Some(leading) = &mut self.leading else { return };
        if !self.tally.may_beat(leading.quorum_pulse, self.membership.fewest()) {
            return;
        }
        let pulse = self.membership.election_pulse(&mut self.tally);
        if pulse > leading.quorum_pulse {
            leading.quorum_pulse = pulse;
            leading.quorum_at = now;
        }
    }

    /// Whether this node leads, and a quorum heard it a short while ago.
    pub(super) fn leads_in_touch(&self, now: Instant) -> bool {
        let quiet = self.config.leader_quiet;
        self.leading.as_ref().is_some_and(|leading| now.since(leading.quorum_at) < quiet)
    }

    pub(super) fn tick_leading(&mut self, step: &mut Step) {
        let Some(leading) = &self.leading else { return };
        if step.now.since(leading.quorum_at) >= self.quorum_lost_after() {
            let members = self.membership.newest().members.iter().map(|member| member.id);
            let met: Vec<NodeId> = members.filter(|id| self.answers_pulses(*id)).collect();
            self.step_down(step);
            self.miss_quorum(step, &met);
            return self.hurry_election(step);
        }
        self.govern(step);
    }

    /// A leader whose pulse does not come back from a quorum for this long steps down.
    fn quorum_lost_after(&self) -> Duration {
        self.pace.laps(self.config.quorum_timeout, QUORUM_LAPS)
    }

    /// How long this node has led.
    pub(super) fn led_for(&self, now: Instant) -> Duration {
        self.leading.as_ref().map_or_else(Default::default, |leading| now.since(leading.since))
    }

    pub(super) fn step_down(&mut self, step: &mut Step) {
        if let Some(leading) = self.leading.take() {
            let uncommitted = self.durable.log().last().0 - self.committed.0;
            step.event(Event::SteppedDown { ballot: leading.ballot, uncommitted });
            self.heard = None;
        }
    }

    /// Somebody has promised more than this leader's ballot, and refuses its entries. A new ballot,
    /// greater than that, takes them along; if another leads by then, it comes to nothing.
    pub(super) fn on_outpromised(&mut self, step: &mut Step, promised: Ballot) {
        // A leader that goes has asked for just that.
        let stays = self.leaving.is_none() && !self.has_handed_over(step.now);
        if !stays || !self.leads_in_touch(step.now) || promised <= self.current {
            return;
        }
        if self.led_for(step.now) >= self.leader_lost_after() {
            return self.gather(step, promised);
        }
        // Whoever has only just begun gives way, and tries again after a random while: two leaders
        // that outbid each other at once would do so for ever.
        self.step_down(step);
        self.postpone_election(step);
    }
}
