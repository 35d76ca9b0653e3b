//! Lap 1 of an election: when it starts, and what becomes of its token here.

use std::time::Duration;

use rand::RngExt;

use super::{Node, Step, micros};
use crate::proto::election::{Candidate, Token, Verdict};
use crate::proto::entry::Committed;
use crate::proto::event::Event;
use crate::proto::id::{Ballot, LinkId, NodeId};
use crate::proto::message::{Elect, Message};

/// An election that comes to nothing doubles the wait for the next, this often at the most.
const DOUBLED_AT_MOST: u32 = 3;

/// Within so many laps of its promise a node hears its leader.
const SILENT_LAPS: u32 = 2;

/// Within so many laps an election has led to something.
const ELECTION_LAPS: u32 = 2;

/// After so many elections that came to nothing people are told that their lines wait.
const TOLD_AFTER: u32 = 2;

impl Node {
    /// Schedules an election, if the leader was not heard for long.
    pub(super) fn miss_leader(&mut self, step: &mut Step) {
        if self.leading.is_some() || !self.is_member() {
            return;
        }
        let silent = self.leader_lost_after();
        let heard = self.heard.filter(|heard| step.now.since(*heard) < silent);
        // What an older leader says is not heard any more once a greater ballot is promised.
        self.heard = heard.filter(|_| self.durable.promised() == self.current);
        if self.heard.is_none() && self.election_at.is_none() {
            self.hurry_election(step);
        }
        // The next election may be far, if the ring seemed large when the last one came to nothing.
        if self.elections_failed > 0 && self.links.peers().next().is_none() {
            let met = self.members_at_hand();
            if !self.is_quorum(&met) {
                self.doubt_quorum(step, &met);
            }
        }
    }

    /// A leader that was not heard for this long is missed. Whoever has promised it something hears its
    /// first pulse a lap later.
    pub(super) fn leader_lost_after(&self) -> Duration {
        self.pace.laps(self.config.leader_silent, SILENT_LAPS)
    }

    /// An election soon, after a short random delay.
    pub(super) fn hurry_election(&mut self, step: &mut Step) {
        if self.leading.is_none() && self.is_member() {
            let delay = self.lot(self.config.election_delay);
            self.election_at = Some(step.now + delay);
        }
    }

    /// If this election comes to nothing, the next: later each time, and at random.
    pub(super) fn postpone_election(&mut self, step: &mut Step) {
        let doubled =
            self.config.election_retry * (1 << self.elections_failed.min(DOUBLED_AT_MOST));
        // Where a lap takes that long, the wait for it sets candidates apart enough.
        let base = self.pace.laps(doubled, ELECTION_LAPS);
        let wait = base + self.lot(base);
        self.election_at = Some(step.now + wait);
    }

    /// A member can be reached again: elections that failed without it may succeed now.
    pub(super) fn peer_returned(&mut self, step: &mut Step) {
        if self.elections_failed > 0 {
            self.elections_failed = 0;
            if self.election_at.is_some() {
                self.postpone_election(step);
            }
        }
    }

    /// A random length of at most `most`.
    fn lot(&mut self, most: Duration) -> Duration {
        Duration::from_micros(self.lots.random_range(0..=micros(most)))
    }

    pub(super) fn start_election(&mut self, step: &mut Step) {
        if self.leading.is_some() || !self.is_member() || self.hears_leader(step.now) {
            self.election_at = None;
            return;
        }
        if self.durable.failed() {
            // Whoever can promise nothing cannot lead.
            self.election_at = None;
            return;
        }
        self.postpone_election(step);
        if self.elections_failed >= TOLD_AFTER {
            // Better candidates took the tokens on, and none of them came to lead, nor to a lap of which
            // this node heard.
            let met = self.members_at_hand();
            self.doubt_quorum(step, &met);
        }
        self.elections_failed += 1;
        let own = self.candidate();
        let token = self.election.start(own);
        step.event(Event::ElectionStarted { attempt: token.attempt });
        if self.elects_by_bully() {
            return self.ask_all(step, token);
        }
        self.send_token(step, Token::Elect(token));
    }

    pub(super) fn candidate(&self) -> Candidate {
        Candidate {
            id: self.me.id,
            eligible: self.is_member(),
            freshness: self.durable.log().freshness(),
            promised: self.durable.promised(),
            view: self.membership.base().number,
            committed: self.known_committed(),
        }
    }

    /// The last that this node knows committed, for others to learn.
    pub(super) fn known_committed(&self) -> Committed {
        Committed {
            index: self.committed,
            ballot: self.durable.log().ballot_at(self.committed).unwrap_or_default(),
            under: self.current.max(self.learned_under),
        }
    }

    /// Somebody that the token met, or who asks to be let in, knows more committed, maybe a view: this
    /// node may know the entry and not that. Without the news it could ask for the votes of a view
    /// that is in force no more.
    pub(super) fn learn(&mut self, step: &mut Step, known: Committed) {
        let holds = self.durable.log().ballot_at(known.index) == Some(known.ballot);
        if known.index <= self.committed || !holds {
            return;
        }
        if known.under > self.durable.promised() {
            // A leader of a smaller ballot may lack it, and is none of this node's any more.
            self.step_down(step);
            self.promise(step, known.under);
        }
        self.learned_under = self.learned_under.max(known.under);
        self.verified = self.verified.max(known.index);
        self.advance(step, known.index);
    }

    pub(super) fn on_elect(&mut self, step: &mut Step, link: LinkId, from: NodeId, token: Elect) {
        if !self.elects_by_bully() {
            let id = Token::Elect(token.clone()).id();
            step.send(link, Message::TokenAck { token: id });
        }
        self.token_from = Some(from);
        if self.knows_as_outsider(token.candidate, token.view) {
            self.welcome_outsider(step, link, from);
            return;
        }
        if self.leads_in_touch(step.now) {
            return self.stop_token(step, link, &token);
        }
        if token.candidate != self.me.id && self.hears_leader(step.now) {
            // Perhaps the leader died a moment ago: the next pulse, or its absence, decides.
            self.held = Some((link, token));
            return;
        }
        self.judge(step, token);
    }

    pub(super) fn on_leader_alive(&mut self, step: &mut Step, link: LinkId, ballot: Ballot) {
        if let Some(from) = self.links.peer_of(link).filter(|_| !self.hears_leader(step.now)) {
            self.ask_for_frames(step, from);
        }
        if ballot >= self.durable.promised() && self.leading.is_none() {
            self.election.reset();
            if self.election_at.is_some() {
                self.postpone_election(step);
            }
        }
    }

    pub(super) fn judge(&mut self, step: &mut Step, token: Elect) {
        if self.elects_by_bully() {
            return self.answer(step, &token);
        }
        let candidate = token.candidate;
        self.learn(step, token.committed);
        let mut own = self.candidate();
        own.eligible &= !self.durable.failed();
        match self.election.judge(token, own) {
            Verdict::Pass(token) => {
                if own.eligible {
                    self.postpone_election(step);
                }
                self.send_token(step, Token::Elect(token));
            }
            Verdict::Replace(token) => {
                self.postpone_election(step);
                step.event(Event::TokenReplaced { candidate });
                step.event(Event::ElectionStarted { attempt: token.attempt });
                self.send_token(step, Token::Elect(token));
            }
            Verdict::Swallow => step.event(Event::TokenSwallowed { candidate }),
            Verdict::Won(token) => self.won_first_lap(step, token),
        }
    }

    /// Lap 1 is won. Lap 2 costs a promise of everybody, so it starts only where a quorum was met.
    fn won_first_lap(&mut self, step: &mut Step, token: Elect) {
        if self.durable.failed() {
            return;
        }
        if !self.is_quorum(&token.met) {
            if self.detour(&token.met).is_some() {
                self.doubt_quorum(step, &token.met);
                self.election.resume();
                return self.send_token(step, Token::Elect(token));
            }
            self.miss_quorum(step, &token.met);
            self.dial_missing(step, &token.met);
            let hops_left = u16::try_from(token.met.len() - 1).unwrap_or(u16::MAX);
            self.tell_met(step, &token.met);
            return self.tell_too_few(step, token.met, hops_left);
        }
        self.gather(step, token.promised);
    }
}
