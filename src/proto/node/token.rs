//! How election tokens travel: to the successor, again if that fails, and no further while a
//! leader is heard.

use super::{Node, Step};
use crate::proto::election::Token;
use crate::proto::event::Event;
use crate::proto::id::LinkId;
use crate::proto::message::{Elect, Message};
use crate::proto::time::Instant;

impl Node {
    /// Sends a token to the successor. Without anybody to send it to, the ring is this node alone,
    /// and the token is back already.
    pub(super) fn send_token(&mut self, step: &mut Step, token: Token) {
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
