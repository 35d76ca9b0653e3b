//! Joining: a newcomer asks a contact, which serves it the log until it has caught up. So does a member that
//! finds no quorum: it may be none any more, and those who know that may be none whom it knows.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use super::{Node, Step};
use crate::proto::event::Event;
use crate::proto::id::{Index, LinkId, NodeId};
use crate::proto::message::{Hello, Message, Request};
use crate::proto::time::Instant;
use crate::proto::view::Member;

/// A contact that brings nothing for this many retries is given up for the next.
const PATIENCE: u32 = 5;
/// Every dial to a contact but the first may take this many times as long.
const LONGER_AGAIN: u32 = 2;
/// A newcomer that was not heard for this many retries is not served any more.
const FORGOTTEN_AFTER: u32 = 10;

/// A node on its way into a ring.
#[derive(Debug)]
pub(super) struct Joining {
    /// Whom to ask. Whoever was asked stands behind the others.
    contacts: VecDeque<SocketAddr>,
    /// How often another was asked.
    turn: usize,
    /// The last one was dialed: next is one to whom a link stands, if there is any.
    dialed: bool,
    /// The link to the contact whose turn it is.
    link: Option<LinkId>,
    asked_at: Instant,
    heard_at: Instant,
}

/// A newcomer that this node serves.
#[derive(Debug)]
pub(super) struct Learner {
    member: Member,
    asked_at: Instant,
    admit_asked_at: Option<Instant>,
}

impl Joining {
    pub(super) fn new(contacts: Vec<SocketAddr>) -> Joining {
        Joining {
            contacts: contacts.into(),
            turn: 0,
            dialed: true,
            link: None,
            asked_at: Instant::START,
            heard_at: Instant::START,
        }
    }
}

impl Node {
    /// These are asked first, and again should this node, once a member, find no quorum.
    pub(super) fn look_for(&mut self, contacts: Vec<SocketAddr>) {
        self.joining = Some(Joining::new(contacts.clone()));
        self.contacts = contacts;
    }

    pub(super) fn tick_joining(&mut self, step: &mut Step) {
        if !self.asks_contacts() {
            self.joining = None;
            return;
        }
        if self.leaving.is_some() {
            return;
        }
        let own = self.me.address;
        let known = self.walk().members.iter().map(|member| member.address);
        let known: Vec<SocketAddr> = known.filter(|address| *address != own).collect();
        // Members look for each other as it is.
        let asked = if self.is_member() {
            let unknown = |address: &SocketAddr| !known.contains(address);
            self.contacts.iter().copied().filter(unknown).collect()
        } else {
            known
        };
        let joining = self.joining.get_or_insert_with(|| Joining::new(Vec::new()));
        for address in asked {
            if !joining.contacts.contains(&address) {
                joining.contacts.push_back(address);
            }
        }
        let link = joining.link.and_then(|link| self.links.get(link));
        let heard_at = link.map_or(joining.heard_at, |link| joining.heard_at.max(link.arrived_at));
        let silent = step.now.since(heard_at) >= self.config.retry * PATIENCE;
        match joining.link.filter(|_| link.is_some()) {
            Some(_) if silent => self.next_contact(step),
            Some(link) if self.links.peer_of(link).is_some() => {
                if step.now.since(joining.asked_at) >= self.config.retry {
                    self.ask(step, link);
                }
            }
            Some(_) => {}
            None => self.next_contact(step),
        }
    }

    /// Whether somebody is to be asked who need not be a member that this node knows.
    fn asks_contacts(&self) -> bool {
        !self.is_member() || self.no_quorum.is_some()
    }

    /// Every second time it is one to whom a link stands: of those who were known long ago many may be gone,
    /// and each dial to one of them takes its time.
    fn next_contact(&mut self, step: &mut Step) {
        let Some(joining) = &mut self.joining else { return };
        let at_hand = |address: &SocketAddr| {
            self.links.iter().find(|(_, link)| link.stands && link.address == *address)
        };
        // The last one was asked just now.
        let others = joining.contacts.len().saturating_sub(1);
        let mut others = joining.contacts.iter().take(others);
        let place = others.position(|contact| at_hand(contact).is_some());
        let place = place.filter(|_| joining.dialed).unwrap_or_default();
        let Some(contact) = joining.contacts.remove(place) else { return };
        joining.contacts.push_back(contact);
        joining.turn += 1;
        joining.heard_at = step.now;
        let link = at_hand(&contact).map(|(id, _)| id);
        joining.dialed = link.is_none();
        if let Some(link) = link {
            joining.link = Some(link);
            return self.ask(step, link);
        }
        let under_way = self.links.iter().find(|(_, link)| link.address == contact);
        if let Some((id, _)) = under_way {
            joining.link = Some(id);
            return;
        }
        let link = self.links.dial(step.now, None, contact);
        joining.link = Some(link);
        step.event(Event::Joining { contact });
        step.dial(link, contact);
    }

    fn ask(&mut self, step: &mut Step, link: LinkId) {
        let committed = self.known_committed();
        if let Some(joining) = &mut self.joining {
            joining.asked_at = step.now;
            step.send(link, Message::Join { committed });
        }
        if let Some(peer) = self.links.peer_of(link) {
            self.links.want(step.now, peer);
        }
    }

    /// The link to the contact stands: if it has a ring, ask to be let in.
    pub(super) fn ask_to_join(&mut self, step: &mut Step, link: LinkId, hello: &Hello) {
        let is_contact = self.joining.as_ref().is_some_and(|joining| joining.link == Some(link));
        if is_contact && hello.ring.is_some() && self.asks_contacts() {
            self.ask(step, link);
        }
    }

    /// The contact cannot be reached: the next tick tries another.
    pub(super) fn contact_failed(&mut self, link: LinkId) {
        if let Some(joining) = self.joining.as_mut().filter(|joining| joining.link == Some(link)) {
            joining.link = None;
        }
    }

    /// How long a dial to a contact may take: behind one that came to nothing, longer. How far the contacts
    /// are is not known yet.
    pub(super) fn contact_wait(&self) -> Duration {
        let again = self.joining.as_ref().is_some_and(|joining| joining.turn > 1);
        self.config.dial_timeout * if again { LONGER_AGAIN } else { 1 }
    }

    /// The sponsor was heard: this node is on its way.
    pub(super) fn joined_by(&mut self, from: NodeId, now: Instant) {
        if let Some(joining) = &mut self.joining {
            let by_contact = joining.link.and_then(|link| self.links.peer_of(link)) == Some(from);
            if by_contact {
                joining.heard_at = now;
            }
        }
    }

    /// A newcomer, or one who was away, asks to be let in.
    pub(super) fn on_join(&mut self, step: &mut Step, link: LinkId, from: NodeId, known: Index) {
        let (Some(ring), Some(peer)) = (self.ring, self.links.get(link)) else { return };
        let member = Member { id: from, address: peer.address };
        // Whoever hears no leader can let nobody in, and may be no member any more itself.
        let led = self.heard.is_some() || self.has_begun();
        // Whoever knows itself removed says so: the one who asks may have gone in the same view, or before.
        let (view, base) = (self.newest_known(), self.membership.base());
        // A member that the ring's frames do not reach asks, too. It must not wait for a place among the
        // newcomers: the ring may need its voice to admit anybody. What makes it one, if this node was only
        // told of it, a leader has yet to bring.
        let is_member = |id: NodeId| view.contains(id) && (led || base.contains(id));
        let newcomer = !is_member(from);
        let newcomers = self.learners.keys().filter(|id| **id != from && !is_member(**id));
        let room = !newcomer || newcomers.count() < self.config.learners;
        // Nor can it bring news to one who knows more: that one must ask on.
        let ahead = known > self.committed;
        let sponsored = self.is_member() && room && !ahead && (led || !newcomer);
        let view = view.clone();
        step.send(link, Message::Welcome { ring, view, sponsored });
        if !sponsored {
            return;
        }
        let asked_at = step.now;
        match self.learners.get_mut(&from) {
            Some(learner) => learner.asked_at = asked_at,
            None => {
                self.learners.insert(from, Learner { member, asked_at, admit_asked_at: None });
                if newcomer {
                    step.event(Event::Sponsors { learner: from });
                }
            }
        }
        self.flush_due = true;
    }

    /// Whether this node leads, and something of its ballot is committed. Before that the view in force
    /// may be one that stands in no log: the one that a ring of one is made with.
    fn has_begun(&self) -> bool {
        let committed = self.durable.log().ballot_at(self.committed);
        self.leading.as_ref().is_some_and(|leading| committed == Some(leading.ballot))
    }

    /// A learner has come this far: if it is close enough, the leader is asked to admit it. Its disk counts,
    /// too, since a member that nobody can count on is evicted again at once. The disk may be as far behind as
    /// is borne for a member that has time to catch up: under load a sound one always lags a little.
    pub(super) fn learner_acknowledged(&mut self, step: &mut Step, from: NodeId, verified: Index) {
        let Some(learner) = self.learners.get_mut(&from) else { return };
        let within = self.config.admit_within;
        let durable = self.tally.of(from).index;
        let close = verified.0 + within >= self.committed.0
            && durable.0 + within.max(self.config.lag_entries / 2) >= self.committed.0;
        let retry = self.config.retry;
        let due = learner.admit_asked_at.is_none_or(|at| step.now.since(at) >= retry);
        if !close || !due || self.membership.newest().contains(from) {
            return;
        }
        if learner.admit_asked_at.replace(step.now).is_none() {
            step.event(Event::CaughtUp { learner: from });
        }
        let member = learner.member;
        self.request(step, Request::Admit { member, sponsor: self.me.id });
    }

    /// Those who are members now are served by the ring.
    pub(super) fn forget_admitted(&mut self) {
        let base = self.membership.base();
        self.learners.retain(|id, _| !base.contains(*id));
    }

    pub(super) fn tick_learners(&mut self, now: Instant) {
        if self.learners.is_empty() {
            return;
        }
        let limit = self.config.retry * FORGOTTEN_AFTER;
        self.learners.retain(|_, learner| now.since(learner.asked_at) < limit);
    }
}
