//! How election tokens travel: to the successor, again if that fails, and no further while a
//! leader is heard.

use super::{Node, Step};
use crate::proto::election::Token;
use crate::proto::event::Event;
use crate::proto::id::{LinkId, NodeId};
use crate::proto::message::{Elect, Message};
use crate::proto::time::Instant;

impl Node {
    /// Sends a token on. With nobody to send it to, the ring is this node alone, and the token is
    /// back already.
    pub(super) fn send_token(&mut self, step: &mut Step, token: Token) {
        if self.elects_by_bully() {
            return self.send_straight(step, token);
        }
        if self.next_for(&token).is_some() {
            if let Some(met) = self.closes_too_early(&token) {
                self.dial_missing(step, &met);
            }
            self.token_links.remove(&token.id());
            self.election.sending(token);
            let waiting = &self.election.unacknowledged;
            self.token_links.retain(|id, _| waiting.iter().any(|token| token.id() == *id));
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

    /// Where a token goes from here: to the next live member; from where the circle closes home.
    ///
    /// Not all members can reach each other, nor know of each other. So a circle that closed without
    /// a quorum makes a detour to members that it has missed and this node has a link to; and a token
    /// that cannot go home straight takes the ring's way, past those it has met already.
    fn next_for(&self, token: &Token) -> Option<NodeId> {
        let next = self.next_in_ring().map(|member| member.id);
        if next.is_some_and(|id| !token.met().contains(&id)) {
            return next;
        }
        if let Some(missed) = self.closes_too_early(token).and_then(|met| self.detour(&met)) {
            return Some(missed);
        }
        let home = token.home();
        if home == self.me.id {
            return None;
        }
        // Home, or towards it along the ring by whomever is at hand, or back the way it came.
        let at_hand = |id: &NodeId| self.links.to(*id).is_some();
        let ahead = |id: &NodeId| at_hand(id) && Some(*id) != self.token_from;
        let around = || self.members_around().find(ahead).or(next);
        let back = || self.token_from.filter(at_hand);
        Some(home).filter(at_hand).or_else(around).or_else(back)
    }

    /// Whom a token has met, if its circle closes here and they are no quorum, as far as this node knows.
    fn closes_too_early(&self, token: &Token) -> Option<Vec<NodeId>> {
        let (votes, freshness) = match token {
            Token::Elect(token) => (&token.met, token.freshness),
            Token::Elected(token) => (&token.promised_by, token.freshness),
        };
        let closes = self.next_in_ring().is_none_or(|next| token.met().contains(&next.id));
        // A candidate whose log goes further may need the voices of a view that this node does not know.
        let knows_all = freshness <= self.durable.log().freshness();
        let enough = knows_all && self.membership.is_election_quorum(|id| votes.contains(&id));
        (closes && !enough).then(|| token.met().to_vec())
    }

    /// A member that a token has not met, and that this node has a link to.
    pub(super) fn detour(&self, met: &[NodeId]) -> Option<NodeId> {
        self.members_around().find(|id| !met.contains(id) && self.links.to(*id).is_some())
    }

    /// Makes links for the detours of the next election.
    pub(super) fn dial_missing(&mut self, step: &mut Step, met: &[NodeId]) {
        let missed =
            self.members_around().filter(|id| !met.contains(id) && !self.suspects.contains(*id));
        for id in missed.collect::<Vec<NodeId>>() {
            self.dial_member(step, id);
        }
    }

    /// All other members, by the newest ring that this node knows of, and by its log.
    pub(super) fn members_around(&self) -> impl Iterator<Item = NodeId> {
        let (newest, log) = (self.walk(), self.membership.ring());
        let others = log.after(self.me.id).filter(|_| self.told.is_some());
        let only_by_log = others.filter(|member| !newest.contains(member.id));
        newest.after(self.me.id).chain(only_by_log).map(|member| member.id)
    }

    /// What no neighbour has acknowledged goes out again when the link it went out on is gone.
    pub(super) fn resend_tokens(&mut self, step: &mut Step) {
        for token in &self.election.unacknowledged {
            let sent_on = self.token_links.get(&token.id());
            if sent_on.is_some_and(|link| self.links.get(*link).is_some()) {
                continue;
            }
            let Some(link) = self.next_for(token).and_then(|id| self.links.to(id)) else {
                continue;
            };
            self.token_links.insert(token.id(), link);
            step.send(link, token.clone().into());
        }
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

    pub(super) fn stop_token(&mut self, step: &mut Step, link: LinkId, token: &Elect) {
        step.event(Event::TokenStopped { candidate: token.candidate });
        if self.links.get(link).is_some() {
            step.send(link, Message::LeaderAlive { ballot: self.current });
        }
    }
}
