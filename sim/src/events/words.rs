//! What a node says in front of others is true: of its own disk, of its log, and of what others hold.
//!
//! A word that is not true breaks a guarantee only if somebody acts on it and just the wrong machines
//! die. Here it shows as soon as it is said, since this engine can look at those of whom it speaks.

use ringchat::proto::facts::Facts;
use ringchat::proto::id::{Ballot, NodeId};
use ringchat::proto::message::{Elected, Message};
use ringchat::proto::tally::Tally;

use super::Events;
use crate::scenario::NodeIndex;

impl Events {
    /// A node is about to say this to another.
    pub(super) fn check_words(&mut self, host: NodeIndex, message: &Message) {
        let here = &self.hosts[host.0];
        let Some(me) = here.id else { return };
        let wrong = here.written.too_early(me, message).or_else(|| match message {
            Message::Elected(token) => self.given_to_older(host, me, token),
            Message::Append(append) => self.not_held(append.ballot, &append.stored),
            Message::AppendAck(ack) => self.not_held(ack.ballot, &ack.stored),
            _ => None,
        });
        if let Some(words) = wrong {
            self.crashed.get_or_insert((host, words));
        }
    }

    /// Whoever gives its voice holds nothing committed that the candidate's log may lack.
    ///
    /// As long as it has promised nothing greater, nobody gives it what is below that promise: what it has
    /// delivered of smaller ballots stood in its log when it promised.
    fn given_to_older(&self, host: NodeIndex, me: NodeId, token: &Elected) -> Option<String> {
        let here = &self.hosts[host.0];
        let (ballot, index) = here.delivered;
        let older = (token.freshness.ballot, token.freshness.index) < (ballot, index);
        let given = token.promised_by.contains(&me) && ballot < token.ballot;
        let stands = || here.node.as_ref().is_some_and(|it| it.status().promised == token.ballot);
        (given && older && stands()).then(|| {
            format!("promises {} to a log without {index}, which it has delivered", token.ballot)
        })
    }

    /// What is said of who holds how much of a leader's log can be found on their disks, unless they
    /// follow another by now. What was true when it was said before is not looked up again.
    #[inline]
    fn not_held(&mut self, ballot: Ballot, facts: &Facts) -> Option<String> {
        let said_before =
            self.said.ballot == ballot && !facts.tells_more_than(self.said.facts.known());
        if said_before || facts.is_empty() { None } else { self.news_not_held(ballot, facts) }
    }

    fn news_not_held(&mut self, ballot: Ballot, facts: &Facts) -> Option<String> {
        let nothing = Facts::default();
        let known = if self.said.ballot == ballot { self.said.facts.known() } else { &nothing };
        let wrong = facts.find_beyond(known, |id, index| {
            let home = self.homes.of(id)?;
            let wrong = self.hosts[home.0].written.lacks(ballot, index);
            wrong.then(|| format!("says that {id} holds {index} of {ballot}"))
        });
        self.said.remember(ballot, facts);
        wrong
    }
}

/// What was said of who holds what, by whomever, under the ballot of which was spoken last.
#[derive(Debug, Default)]
pub(super) struct Said {
    ballot: Ballot,
    facts: Tally,
}

impl Said {
    fn remember(&mut self, ballot: Ballot, facts: &Facts) {
        if std::mem::replace(&mut self.ballot, ballot) != ballot {
            self.facts.clear();
        }
        self.facts.merge_all(facts);
    }
}
