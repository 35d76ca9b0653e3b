//! What a node says in front of others is true: of its own disk, of its log, and of what others hold.
//!
//! A word that is not true breaks a guarantee only if somebody acts on it and just the wrong machines
//! die. Here it shows as soon as it is said, since this engine can look at those of whom it speaks.

use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::message::{Elected, Message, Stored};

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
    /// follow another by now.
    fn not_held(&self, ballot: Ballot, facts: &[Stored]) -> Option<String> {
        facts.iter().filter(|fact| fact.index > Index::ZERO).find_map(|fact| {
            let of = self.hosts.iter().find(|other| other.id == Some(fact.id))?;
            let wrong = of.written.lacks(ballot, fact.index);
            wrong.then(|| format!("says that {} holds {} of {ballot}", fact.id, fact.index))
        })
    }
}
