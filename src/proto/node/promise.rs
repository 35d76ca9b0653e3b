//! Lap 2 of an election: the winner of lap 1 gathers promises, and leads if a quorum gave them.

use super::{Node, Step};
use crate::proto::election::Token;
use crate::proto::event::Event;
use crate::proto::id::{Ballot, LinkId, NodeId};
use crate::proto::message::{Elected, Freshness, Message};

impl Node {
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
        let hops_left = self.hops();
        let view = self.membership.base().number;
        let (met, promised_by) = (vec![self.me.id], Vec::new());
        self.durable.then(Elected { ballot, freshness, view, met, promised_by, hops_left });
    }

    pub(super) fn promise(&mut self, step: &mut Step, ballot: Ballot) {
        // Whoever asks for it was found by somebody.
        self.election.bully.reset();
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
            if !self.elects_by_bully() {
                step.send(link, Message::TokenAck { token: Token::Elected(token.clone()).id() });
            }
            self.token_from = Some(from);
            if self.knows_as_outsider(ballot.proposer, token.view) {
                return self.welcome_outsider(step, link, from);
            }
        }
        if ballot.proposer == self.me.id {
            return self.decide(step, token);
        }
        if token.hops_left == 0 {
            return;
        }
        token.hops_left -= 1;
        if !token.met.contains(&self.me.id) {
            token.met.push(self.me.id);
        }
        let fresher = self.counted() > token.freshness;
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
            if self.durable.failed() {
                // It goes on without a voice that could be forgotten.
                return self.send_token(step, Token::Elected(token));
            }
            self.durable.then(token);
        }
    }

    /// How far a candidate's log has to reach for this node's voice. Of a newcomer that is what it has delivered,
    /// and not all that it was served: what it holds counts from the view on that takes it in. If that stands
    /// in its log, it is on the ring; if not, its voice is asked for by a candidate that holds that view, and
    /// is needed for it. (The voters of the view before compare theirs.) One that was let go is a newcomer with
    /// what it has been served since.
    fn counted(&self) -> Freshness {
        let log = self.durable.log();
        if self.is_on_ring() {
            return log.freshness();
        }
        let index = self.held_as_member.min(log.last()).max(self.committed);
        Freshness { ballot: log.ballot_at(index).unwrap_or_default(), index }
    }

    /// The own token of lap 2 is back.
    fn decide(&mut self, step: &mut Step, token: Elected) {
        if self.elects_by_bully() {
            return self.decide_by_voices(step, &token);
        }
        if self.durable.promised() != token.ballot {
            return;
        }
        if self.is_quorum(&token.promised_by) {
            if self.election.decide(token.ballot) {
                self.lead(step, token.ballot, &token.promised_by);
            }
        } else if self.election.gathers(token.ballot) {
            if token.hops_left > 0 && self.detour(&token.met).is_some() {
                self.doubt_quorum(step, &token.promised_by);
                return self.send_token(step, Token::Elected(token));
            }
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

    /// Too few were met so far: people hear of it once, and again only of what the detours come to.
    pub(super) fn doubt_quorum(&mut self, step: &mut Step, met: &[NodeId]) {
        if self.no_quorum.is_none() {
            self.miss_quorum(step, met);
        }
    }

    /// This node, and the members to which its links stand.
    pub(super) fn members_at_hand(&self) -> Vec<NodeId> {
        let members = self.membership.newest().members.iter().map(|member| member.id);
        members.filter(|id| *id == self.me.id || self.links.to(*id).is_some()).collect()
    }

    /// The others that were met wait in vain, too. Some of them may stand beside the ring that this node
    /// knows, so it tells all that it reaches straight.
    pub(super) fn tell_met(&mut self, step: &mut Step, met: &[NodeId]) {
        for (_, link) in self.links.peers().filter(|(peer, _)| met.contains(peer)) {
            step.send(link, Message::TooFew { met: met.to_vec(), hops_left: 0 });
        }
    }

    /// The rest are told along the ring.
    pub(super) fn tell_too_few(&mut self, step: &mut Step, met: Vec<NodeId>, hops_left: u16) {
        if let Some(link) = self.next_in_ring().and_then(|member| self.links.to(member.id))
            && hops_left > 0
        {
            step.send(link, Message::TooFew { met, hops_left });
        }
    }

    pub(super) fn on_too_few(&mut self, step: &mut Step, met: Vec<NodeId>, hops_left: u16) {
        if self.leading.is_some() || self.hears_leader(step.now) {
            return;
        }
        // One that knows itself removed waits for no quorum, but those behind it may.
        if self.is_member() {
            self.miss_quorum(step, &met);
        }
        self.tell_too_few(step, met, hops_left.saturating_sub(1));
    }

    pub(super) fn quorum_is_back(&mut self, step: &mut Step) {
        if self.no_quorum.take().is_some() {
            step.event(Event::QuorumBack);
        }
    }

    /// Whether this node may lead, with these nodes' voices.
    pub(super) fn is_quorum(&self, voices: &[NodeId]) -> bool {
        self.is_member() && self.membership.is_election_quorum(|id| voices.contains(&id))
    }
}
