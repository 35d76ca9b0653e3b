//! Elections by Fast Bully: all are asked at once, the best is named, and asks all for their promises.
//!
//! It stands in for the laps of the ring and for nothing else. Who may lead is decided by the same ballots,
//! promises, freshness and quorum; so who is asked, and in which order, can cost time and never a line.

use std::time::Duration;

use super::{Node, Step};
use crate::proto::bully::{Bully, Verdict};
use crate::proto::config::ElectionKind;
use crate::proto::election::{Candidate, Token};
use crate::proto::id::{Ballot, LinkId, NodeId};
use crate::proto::message::{Answer, Elect, Elected, Message, Request};
use crate::proto::time::Instant;

/// Within so many round trips everybody who is there has answered (T2 of the paper): one to dial, one for the
/// hellos, one to ask.
const ANSWER_TRIPS: u32 = 4;
/// Within so many round trips whoever was named leads, or others have promised it something (T3).
const NAMED_TRIPS: u32 = 4;
/// A member with a greater priority than the leader's says so again after this many retries.
const CLAIM_AGAIN: u32 = 3;
/// A claim that could not be followed for this many retries is dropped.
const CLAIM_LASTS: u32 = 8;

impl Node {
    pub(super) fn elects_by_bully(&self) -> bool {
        self.config.election == ElectionKind::FastBully
    }

    /// Asks all who are members by the log or by the view in force. Whoever is known not to answer is asked,
    /// too, should a link come to stand; but nobody waits for it.
    pub(super) fn ask_all(&mut self, step: &mut Step, token: Elect) {
        let all: Vec<NodeId> = self.members_around().collect();
        let awaited = all.iter().filter(|id| !self.suspects.is_unanswered(**id));
        let awaited: Vec<NodeId> = awaited.copied().collect();
        let own = self.own_answer(token.attempt);
        self.bully_at = Some(step.now + self.answers_after());
        let alone = awaited.is_empty();
        self.election.bully.start(own, awaited);
        self.call_all(step, all, &Token::Elect(token));
        if alone {
            self.bully_expired(step);
        }
    }

    /// A member that heard the leader a moment ago answers only once it misses it, too.
    fn answers_after(&self) -> Duration {
        self.pace.trips(self.config.leader_quiet + self.config.heartbeat, ANSWER_TRIPS)
    }

    fn call_all(&mut self, step: &mut Step, all: Vec<NodeId>, token: &Token) {
        self.election.calls = all.iter().map(|id| (*id, token.clone())).collect();
        for id in all {
            self.dial_member(step, id);
        }
        self.make_calls(step);
    }

    /// Says what is still to be said to those to whom a link stands by now.
    pub(super) fn make_calls(&mut self, step: &mut Step) {
        if self.election.calls.is_empty() {
            return;
        }
        let (ready, waiting) = std::mem::take(&mut self.election.calls)
            .into_iter()
            .partition(|(id, _)| self.links.to(*id).is_some());
        self.election.calls = waiting;
        let ready: Vec<(NodeId, Token)> = ready;
        for (id, token) in ready {
            self.call(step, id, token);
        }
    }

    fn call(&mut self, step: &mut Step, to: NodeId, token: Token) {
        let Some(link) = self.links.to(to) else { return };
        self.links.want(step.now, to);
        step.send(link, token.into());
    }

    /// What this node would run with, as an answer.
    fn own_answer(&self, attempt: u64) -> Answer {
        let Candidate { id, eligible, freshness, promised, committed, .. } = self.candidate();
        let (eligible, priority) = (eligible && !self.durable.failed(), self.config.priority);
        Answer { id, attempt, eligible, freshness, priority, promised, committed }
    }

    /// Somebody asks, and no leader is heard: answers. If nobody leads soon, this node asks, too (T4).
    pub(super) fn answer(&mut self, step: &mut Step, token: &Elect) {
        self.learn(step, token.committed);
        let answer = self.own_answer(token.attempt);
        if answer.eligible && !self.election.bully.is_under_way() {
            self.postpone_election(step);
        }
        if let Some(link) = self.links.to(token.candidate) {
            step.send(link, Message::Answer(Box::new(answer)));
        }
    }

    pub(super) fn on_answer(&mut self, step: &mut Step, from: NodeId, answer: Answer) {
        if answer.id != from || !self.is_around(from) {
            return;
        }
        self.learn(step, answer.committed);
        self.elect(step, |bully, is_quorum| bully.answered(answer, is_quorum));
    }

    /// No answer of this one is to be waited for.
    pub(super) fn no_answer(&mut self, step: &mut Step, peer: NodeId) {
        self.elect(step, |bully, is_quorum| bully.unreachable(peer, is_quorum));
    }

    /// The time for answers is over, or that of whoever was named.
    pub(super) fn bully_expired(&mut self, step: &mut Step) {
        self.bully_at = None;
        self.elect(step, |bully, is_quorum| bully.expired(is_quorum));
    }

    /// Tells the election something, and does what follows.
    fn elect(
        &mut self,
        step: &mut Step,
        tell: impl FnOnce(&mut Bully, &dyn Fn(&[NodeId]) -> bool) -> Verdict,
    ) {
        let membership = &self.membership;
        let is_quorum = |met: &[NodeId]| membership.is_election_quorum(|id| met.contains(&id));
        let verdict = tell(&mut self.election.bully, &is_quorum);
        self.conclude(step, verdict);
    }

    fn conclude(&mut self, step: &mut Step, verdict: Verdict) {
        match verdict {
            // Who has given up asks again when the next election is due.
            Verdict::Wait | Verdict::GiveUp => {}
            Verdict::TooFew(met) => {
                self.miss_quorum(step, &met);
                self.dial_missing(step, &met);
                self.tell_met(step, &met);
            }
            Verdict::Coordinate(promised) => {
                if self.is_member() && !self.durable.failed() {
                    self.gather(step, promised);
                }
            }
            Verdict::Nominate(best, promised) => {
                // Each who is named has its time before this node asks again.
                self.postpone_election(step);
                let wait = self.pace.trips(self.config.leader_quiet, NAMED_TRIPS);
                self.bully_at = Some(step.now + wait);
                if let Some(link) = self.links.to(best) {
                    step.send(link, Message::Nominate { promised });
                }
            }
        }
    }

    /// Others have found this node to be the best.
    pub(super) fn on_nominate(
        &mut self,
        step: &mut Step,
        link: LinkId,
        from: NodeId,
        promised: Ballot,
    ) {
        let named_by_member = self.is_around(from);
        if self.leads_in_touch(step.now) || self.hears_leader(step.now) {
            return step.send(link, Message::LeaderAlive { ballot: self.current });
        }
        let may = self.is_member() && !self.durable.failed() && !self.election.is_gathering();
        if named_by_member && may && self.leading.is_none() {
            self.gather(step, promised);
        }
    }

    /// A token on its way by Fast Bully: the candidate's own goes to all, one that carries a voice goes home.
    pub(super) fn send_straight(&mut self, step: &mut Step, token: Token) {
        let home = token.home();
        if home != self.me.id {
            return self.call(step, home, token);
        }
        if let Token::Elected(token) = token {
            let all: Vec<NodeId> = self.members_around().collect();
            self.call_all(step, all, &Token::Elected(token.clone()));
            self.on_elected(step, None, token);
        }
    }

    /// Voices came straight to this node, which asked for them.
    pub(super) fn decide_by_voices(&mut self, step: &mut Step, token: &Elected) {
        if self.durable.promised() != token.ballot || !self.election.gathers(token.ballot) {
            return;
        }
        let voices = self.election.hear(&token.promised_by).to_vec();
        if self.is_quorum(&voices) && self.election.decide(token.ballot) {
            self.lead(step, token.ballot, &voices);
        }
    }

    /// Whoever holds all of the log, and hears the leader, tells it which priority it has: once in a while,
    /// since the leader may be another by then, or may not have been free to go.
    pub(super) fn tick_claim(&mut self, step: &mut Step) {
        if step.now < self.claim_at || !self.elects_by_bully() {
            return;
        }
        let whole = self.is_member() && self.committed == self.durable.log().last();
        if !whole || self.leaving.is_some() || self.durable.failed() {
            return;
        }
        if self.leading.is_none() && self.hears_leader(step.now) {
            self.claim_at = step.now + self.config.retry * CLAIM_AGAIN;
            let priority = self.config.priority;
            self.request(step, Request::Claim { by: self.me.id, priority });
        }
    }

    /// A member has this priority. If it is greater than the leader's, it is to lead; with equal ones the
    /// leader stays.
    pub(super) fn on_claim(&mut self, step: &mut Step, by: NodeId, priority: u32) {
        if !self.elects_by_bully() || priority <= self.config.priority {
            return;
        }
        if let Some(leading) = &mut self.leading {
            let claimed = leading.government.claimed.get_or_insert((priority, by, step.now));
            if priority > claimed.0 {
                (claimed.0, claimed.1) = (priority, by);
            }
        }
    }

    /// Hands over to the best of those who have claimed, once all have had the time to, and in a calm moment.
    pub(super) fn tick_claims(&mut self, step: &mut Step) {
        let Some((_, by, since)) = self.leading.as_ref().and_then(|it| it.government.claimed)
        else {
            return;
        };
        let last = self.durable.log().last();
        let calm = self.leads_in_touch(step.now)
            && self.led_for(step.now) >= self.leader_lost_after()
            && self.leaving.is_none()
            && self.membership.pending().is_none()
            && self.committed == last;
        let age = step.now.since(since);
        self.links.want(step.now, by);
        let link = self.links.to(by);
        if link.is_none() {
            self.dial_member(step, by);
        }
        let hands_over = calm && age >= self.config.retry * CLAIM_AGAIN && link.is_some();
        // Whoever still wants it says so again.
        let forgotten = age >= self.config.retry * CLAIM_LASTS;
        if let Some(leading) = self.leading.as_mut().filter(|_| hands_over || forgotten) {
            leading.government.claimed = None;
        }
        let whole = self.membership.base().contains(by) && self.holds_all(by, last);
        if let Some(link) = link.filter(|_| hands_over && whole) {
            step.send(link, Message::TakeOver { ballot: self.current });
            if let Some(leading) = &mut self.leading {
                leading.government.handed_over_at = Some(step.now);
            }
        }
    }

    /// Whether another was asked to lead a short while ago: its promise is no reason to outbid it.
    pub(super) fn has_handed_over(&self, now: Instant) -> bool {
        let at = self.leading.as_ref().and_then(|it| it.government.handed_over_at);
        at.is_some_and(|at| now.since(at) < self.leader_lost_after())
    }
}
