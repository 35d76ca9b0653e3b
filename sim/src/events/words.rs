//! What a node says in front of others is true: of its own disk, of its log, and of what others hold.
//!
//! A word that is not true breaks a guarantee only if somebody acts on it and just the wrong machines
//! die. Here it shows as soon as it is said, since this engine can look at those of whom it speaks.

use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::message::{Elected, Message, Stored};
use ringchat::proto::tally::{BLOCK, hold_all_of};

use super::Events;
use crate::scenario::NodeIndex;

impl Events {
    /// A node is about to say this to another.
    pub(super) fn check_words(&mut self, host: NodeIndex, message: &Message) {
        let here = &mut self.hosts[host.0];
        let said = std::mem::take(&mut here.said);
        let Some(me) = here.id else { return };
        let wrong = here.written.too_early(me, message).or_else(|| match message {
            Message::Elected(token) => self.given_to_older(host, me, token),
            Message::Append(append) => self.not_held(append.ballot, &append.stored, &said),
            Message::AppendAck(ack) => self.not_held(ack.ballot, &ack.stored, &said),
            _ => None,
        });
        self.hosts[host.0].said = said;
        if let Message::Append(append) = message {
            self.hosts[host.0].said.remember(append.ballot, &append.stored);
        }
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
    fn not_held(&self, ballot: Ballot, facts: &[Stored], said: &Said) -> Option<String> {
        let known = if said.ballot == ballot { &said.facts[..] } else { &[] };
        // Both these facts and the homes of those they speak of are sorted.
        let mut skipped = 0;
        let mut look_up = |place: usize, fact: &Stored| {
            let old = known.get(place).is_some_and(|it| it.id == fact.id && it.index >= fact.index);
            if old || fact.index == Index::ZERO {
                return None;
            }
            let (at, home) = self.homes.of_near(place + skipped, fact.id)?;
            skipped = at.saturating_sub(place);
            let wrong = self.hosts[home.0].written.lacks(ballot, fact.index);
            wrong.then(|| format!("says that {} holds {} of {ballot}", fact.id, fact.index))
        };
        facts.chunks(BLOCK).zip((0..).step_by(BLOCK)).find_map(|(facts, from)| {
            if hold_all_of(known.get(from..).unwrap_or(&[]), facts) {
                return None;
            }
            facts.iter().zip(from..).find_map(|(fact, place)| look_up(place, fact))
        })
    }
}

/// What a node has said last of who holds what, under which ballot.
#[derive(Debug, Default)]
pub(super) struct Said {
    ballot: Ballot,
    facts: Vec<Stored>,
}

impl Said {
    fn remember(&mut self, ballot: Ballot, facts: &[Stored]) {
        self.ballot = ballot;
        self.facts.clear();
        self.facts.extend_from_slice(facts);
    }
}
