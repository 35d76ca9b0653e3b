//! Elections: when they start, how their tokens travel, and who promises what.

use super::{Node, Step};
use crate::proto::election::{Candidate, Token, Verdict};
use crate::proto::event::Event;
use crate::proto::id::{Ballot, LinkId, NodeId};
use crate::proto::message::{Elect, Elected, Message};
use crate::proto::time::Instant;

/// An election that comes to nothing doubles the wait for the next, this often at the most.
const DOUBLED_AT_MOST: u32 = 3;

impl Node {
    /// Schedules an election, if the leader was not heard for long.
    pub(super) fn miss_leader(&mut self, step: &mut Step) {
        if self.leading.is_some() || !self.is_member() {
            return;
        }
        let silent = self.config.leader_silent;
        let heard = self.heard.filter(|heard| step.now.since(*heard) < silent);
        // What an older leader says is not heard any more once a greater ballot is promised.
        self.heard = heard.filter(|_| self.durable.promised() == self.current);
        if self.heard.is_none() && self.election_at.is_none() {
            self.hurry_election(step);
        }
    }

    /// An election soon, after a short random delay.
    pub(super) fn hurry_election(&mut self, step: &mut Step) {
        if self.leading.is_none() && self.is_member() {
            let delay = self.lot(self.config.election_delay);
            self.election_at = Some(step.now + delay);
        }
    }

    /// If this election comes to nothing, the next: later each time, and at random.
    fn postpone_election(&mut self, step: &mut Step) {
        let base = self.config.election_retry * (1 << self.elections_failed.min(DOUBLED_AT_MOST));
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

    pub(super) fn start_election(&mut self, step: &mut Step) {
        if self.leading.is_some() || !self.is_member() || self.hears_leader(step.now) {
            self.election_at = None;
            return;
        }
        self.postpone_election(step);
        self.elections_failed += 1;
        let own = self.candidate();
        let token = self.election.start(own);
        step.event(Event::ElectionStarted { attempt: token.attempt });
        self.send_token(step, Token::Elect(token));
    }

    fn candidate(&self) -> Candidate {
        Candidate {
            id: self.me.id,
            eligible: self.is_member(),
            freshness: self.durable.log().freshness(),
            promised: self.durable.promised(),
            view: self.membership.base().number,
        }
    }

    /// Sends a token to the successor. Without anybody to send it to, the ring is this node alone,
    /// and the token is back already.
    fn send_token(&mut self, step: &mut Step, token: Token) {
        if self.next_in_ring().is_some() {
            self.election.sending(token.clone());
            self.token_link = None;
            return self.retarget(step);
        }
        match token {
            Token::Elect(token) if token.candidate == self.me.id => self.judge(step, token),
            Token::Elected(token) if token.ballot.proposer == self.me.id => {
                self.on_elected(step, None, token);
            }
            Token::Elect(_) | Token::Elected(_) => {}
        }
    }

    /// What no neighbour has acknowledged goes out again when the way has changed.
    pub(super) fn resend_tokens(&mut self, step: &mut Step) {
        let link = self.next_in_ring().and_then(|member| self.links.to(member.id));
        let Some(link) = link.filter(|link| self.token_link != Some(*link)) else { return };
        self.token_link = Some(link);
        for token in &self.election.unacknowledged {
            let message = match token.clone() {
                Token::Elect(token) => Message::Elect(token),
                Token::Elected(token) => Message::Elected(token),
            };
            step.send(link, message);
        }
    }

    pub(super) fn on_elect(&mut self, step: &mut Step, link: LinkId, from: NodeId, token: Elect) {
        let id = Token::Elect(token.clone()).id();
        step.send(link, Message::TokenAck { token: id });
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

    pub(super) fn held_until(&self) -> Instant {
        self.heard.map_or(Instant::START, |heard| heard + self.config.leader_quiet)
    }

    /// The pulse did not come: the token goes on.
    pub(super) fn release_held(&mut self, step: &mut Step) {
        if let Some((_, token)) = self.held.take() {
            self.judge(step, token);
        }
    }

    /// The pulse came: the token ends here, and its sender is told.
    pub(super) fn stop_held(&mut self, step: &mut Step) {
        if let Some((link, token)) = self.held.take() {
            self.stop_token(step, link, &token);
        }
    }

    fn stop_token(&mut self, step: &mut Step, link: LinkId, token: &Elect) {
        step.event(Event::TokenStopped { candidate: token.candidate });
        if self.links.get(link).is_some() {
            step.send(link, Message::LeaderAlive { ballot: self.current });
        }
    }

    pub(super) fn on_leader_alive(&mut self, step: &mut Step, ballot: Ballot) {
        if ballot >= self.durable.promised() && self.leading.is_none() {
            self.election.reset();
            if self.election_at.is_some() {
                self.postpone_election(step);
            }
        }
    }

    fn judge(&mut self, step: &mut Step, token: Elect) {
        let candidate = token.candidate;
        let own = self.candidate();
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
        if !eligible_quorum(self, &token.met) {
            self.miss_quorum(step, &token.met);
            let hops_left = u16::try_from(token.met.len() - 1).unwrap_or(u16::MAX);
            return self.tell_too_few(step, token.met, hops_left);
        }
        self.gather(step, token.promised);
    }

    /// Lap 2: asks for promises for a ballot greater than all that were met.
    pub(super) fn gather(&mut self, step: &mut Step, met: Ballot) {
        let round = met.round.max(self.durable.promised().round) + 1;
        let ballot = Ballot { round, proposer: self.me.id };
        self.step_down(step);
        self.heard = None;
        step.event(Event::ElectionWon { ballot });
        self.promise(step, ballot);
        self.election.gather(ballot);
        self.postpone_election(step);
        let freshness = self.durable.log().freshness();
        let hops_left = u16::try_from(2 * self.walk().members.len() + 2).unwrap_or(u16::MAX);
        let view = self.membership.base().number;
        self.durable.then(Elected { ballot, freshness, view, promised_by: vec![], hops_left });
    }

    fn promise(&mut self, step: &mut Step, ballot: Ballot) {
        self.durable.promise(ballot);
        step.event(Event::Promised { ballot });
    }

    /// The promise for this token is durable: it may be counted, and the token goes on.
    pub(super) fn promise_is_durable(&mut self, step: &mut Step, mut token: Elected) {
        if self.durable.promised() == token.ballot {
            token.promised_by.push(self.me.id);
        } else if token.ballot.proposer == self.me.id {
            return;
        }
        self.send_token(step, Token::Elected(token));
    }

    pub(super) fn on_elected(
        &mut self,
        step: &mut Step,
        via: Option<(LinkId, NodeId)>,
        mut token: Elected,
    ) {
        let ballot = token.ballot;
        if let Some((link, from)) = via {
            step.send(link, Message::TokenAck { token: Token::Elected(token.clone()).id() });
            if self.knows_as_outsider(ballot.proposer, token.view) {
                return self.welcome_outsider(step, link, from);
            }
        }
        if ballot.proposer == self.me.id {
            return self.decide(step, &token);
        }
        if token.hops_left == 0 {
            return;
        }
        token.hops_left -= 1;
        let fresher = self.durable.log().freshness() > token.freshness;
        if ballot < self.durable.promised() || token.promised_by.contains(&self.me.id) {
            self.send_token(step, Token::Elected(token));
        } else if fresher {
            step.event(Event::PromiseWithheld { ballot });
            self.send_token(step, Token::Elected(token));
        } else {
            if ballot > self.durable.promised() {
                self.step_down(step);
                self.promise(step, ballot);
            }
            self.heard = None;
            if self.is_member() {
                self.postpone_election(step);
            }
            self.durable.then(token);
        }
    }

    /// The own token of lap 2 is back.
    fn decide(&mut self, step: &mut Step, token: &Elected) {
        let stands = self.election.decide(token.ballot);
        if !stands || self.durable.promised() != token.ballot {
            return;
        }
        if eligible_quorum(self, &token.promised_by) {
            self.lead(step, token.ballot);
        } else {
            self.miss_quorum(step, &token.promised_by);
        }
    }

    /// Too few were met: nobody can lead, and people should know.
    pub(super) fn miss_quorum(&mut self, step: &mut Step, met: &[NodeId]) {
        let members = &self.membership.newest().members;
        let reachable = members.iter().filter(|member| met.contains(&member.id)).count();
        let picture = (reachable, members.len());
        if self.no_quorum.replace(picture) != Some(picture) {
            step.event(Event::NoQuorum { reachable, members: picture.1 });
        }
    }

    /// The others that were met wait in vain, too.
    fn tell_too_few(&mut self, step: &mut Step, met: Vec<NodeId>, hops_left: u16) {
        if let Some(link) = self.next_in_ring().and_then(|member| self.links.to(member.id))
            && hops_left > 0
        {
            step.send(link, Message::TooFew { met, hops_left });
        }
    }

    pub(super) fn on_too_few(&mut self, step: &mut Step, met: Vec<NodeId>, hops_left: u16) {
        if !self.is_member() || self.leading.is_some() || self.hears_leader(step.now) {
            return;
        }
        self.miss_quorum(step, &met);
        self.tell_too_few(step, met, hops_left.saturating_sub(1));
    }

    pub(super) fn quorum_is_back(&mut self, step: &mut Step) {
        if self.no_quorum.take().is_some() {
            step.event(Event::QuorumBack);
        }
    }
}

fn eligible_quorum(node: &Node, met: &[NodeId]) -> bool {
    node.is_member() && node.membership.is_election_quorum(|id| met.contains(&id))
}
