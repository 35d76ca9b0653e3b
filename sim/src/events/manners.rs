//! How a node answers what it was just told, where a wrong answer shows only much later, or never.
//!
//! Who turns the wrong one away, or takes a burden that it cannot carry, breaks no guarantee by that: it
//! takes a world in which nobody else could have helped. Here it shows with the answer.

use ringchat::proto::event::Event;
use ringchat::proto::id::{Index, LinkId, NodeId};
use ringchat::proto::input::{Command, Input};
use ringchat::proto::message::{Message, Request};
use ringchat::proto::node::Node;
use ringchat::proto::status::{Role, Status};
use ringchat::proto::time::Instant;

use super::Events;
use super::company::Met;
use crate::scenario::NodeIndex;

/// What a node was just told that wants an answer.
#[derive(Clone, Copy, Debug)]
enum Told {
    /// Somebody wants to be let in, or served, and knows so much to be committed.
    Join { by: NodeId, known: Index },
    /// Whoever leads wants to leave, and asks for a successor.
    TakeOver,
    /// Somebody has promised more than it leads under.
    Outpromised,
    /// Too few were met, and those behind this node are to hear it.
    TooFew,
    /// Something of its links.
    Company(Met),
    /// A token was stopped by this machine, whose node hears a leader.
    LeaderAlive(NodeIndex),
}

/// What there is to remember of a node until it has answered.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Manners {
    told: Option<Told>,
    answered: bool,
    /// It has just said that it serves a member, by the newest view that it knows.
    serves_a_member: bool,
    /// It was asked to leave.
    leaves: bool,
    /// Since when it leads, or did until a moment ago.
    led_since: Option<Instant>,
    /// Whom it asked last, and whom before that, and when.
    asked: [Option<(NodeIndex, Instant)>; 2],
}

impl Events {
    /// Whether it matters here what a node makes of this.
    pub(super) fn is_looked_at(&self, host: NodeIndex, input: &Input) -> bool {
        !is_everyday(input) || self.hosts[host.0].company.is_wary()
    }

    /// A node is about to be told this.
    pub(super) fn begin_answer(&mut self, host: NodeIndex, input: &Input) {
        self.take_bearings(host, input);
        let company = self.meets(host, input).map(Told::Company);
        let told = self.told(host, input).or(company);
        let manners = &mut self.hosts[host.0].manners;
        (manners.told, manners.answered, manners.serves_a_member) = (told, false, false);
    }

    fn told(&mut self, host: NodeIndex, input: &Input) -> Option<Told> {
        match input {
            Input::Command(Command::Leave) => {
                self.hosts[host.0].manners.leaves = true;
                None
            }
            Input::Message { link, message } => match message {
                Message::Join { committed } => {
                    let by = self.identity_at(host, *link);
                    by.map(|by| Told::Join { by, known: committed.index })
                }
                Message::TakeOver { .. } => Some(Told::TakeOver),
                Message::ToLeader { request: Request::Outpromised { .. }, .. } => {
                    Some(Told::Outpromised)
                }
                Message::AppendAck(ack) if ack.promised > ack.ballot => Some(Told::Outpromised),
                // The last that it reaches passes it on to nobody.
                Message::TooFew { hops_left, .. } => (*hops_left > 1).then_some(Told::TooFew),
                Message::LeaderAlive { .. } => self.peer(host, *link).map(Told::LeaderAlive),
                _ => None,
            },
            _ => None,
        }
    }

    /// It says this.
    pub(super) fn check_answer(
        &mut self,
        host: NodeIndex,
        to: Option<NodeIndex>,
        message: &Message,
    ) {
        let here = &mut self.hosts[host.0];
        let told = here.manners.told;
        match message {
            Message::Join { .. } => {
                let now = here.clock.read(self.now);
                here.manners.answered |=
                    matches!((told, to), (Some(Told::LeaderAlive(by)), Some(to)) if by == to);
                // One of them may be a contact, whom a node without a quorum asks, too.
                let asked = &mut self.hosts[host.0].manners.asked;
                *asked = [to.map(|to| (to, now)), asked[0]];
            }
            Message::TooFew { .. } => here.manners.answered |= matches!(told, Some(Told::TooFew)),
            Message::Welcome { view, sponsored, .. } => {
                let (Some(Told::Join { by, known }), Some(node)) = (told, &here.node) else {
                    return;
                };
                // Others that wait outside may be told of a new view, too.
                let status = node.status();
                if to.is_none_or(|to| self.hosts[to.0].id != Some(by)) {
                    return;
                }
                let behind = known > status.committed;
                self.hosts[host.0].manners.serves_a_member = *sponsored && view.contains(by);
                // Of a view that it was only told of it has nothing to bring, unless a leader brings it.
                let led = status.role == Role::Follower;
                let of_view = status.view.contains(by);
                let words = if *sponsored && behind {
                    format!("sponsors {by}, which knows more committed")
                } else if *sponsored && status.leading.is_none() && !of_view {
                    format!("serves {by}, no member that it knows, though it hears no leader")
                } else if !*sponsored
                    && !behind
                    && is_member(&status)
                    && view.contains(by)
                    && (of_view || led)
                {
                    format!("turns the member {by} away, which asks for frames")
                } else {
                    return;
                };
                self.crashed.get_or_insert((host, words));
            }
            _ => {}
        }
    }

    /// It tells of this.
    pub(super) fn check_manners(&mut self, host: NodeIndex, event: &Event) {
        let settled = self.config.leader_silent;
        let here = &mut self.hosts[host.0];
        let now = here.clock.read(self.now);
        let manners = &mut here.manners;
        let words = match event {
            Event::Leads { .. } => {
                manners.led_since = Some(now);
                None
            }
            Event::ElectionWon { .. } => match manners.told {
                Some(Told::TakeOver) if manners.leaves => {
                    Some("takes the lead over, though it leaves itself")
                }
                Some(Told::Outpromised) => {
                    let began = manners.led_since.is_some_and(|it| now.since(it) < settled);
                    began.then_some("outbids another leader, though it has just begun to lead")
                }
                _ => None,
            },
            Event::Sponsors { .. } if manners.serves_a_member => {
                Some("takes a member for a newcomer, who may have to wait for a place")
            }
            Event::Sponsors { .. } => {
                let led = here.node.as_ref().is_some_and(|it| it.status().leading.is_some());
                (!led).then_some("sponsors a newcomer, though it hears no leader")
            }
            Event::ElectionStarted { .. } => {
                // One that has just left says no more that anybody would hear.
                let outside = |it: &Node| it.status().role == Role::Learner;
                here.node
                    .as_ref()
                    .is_some_and(outside)
                    .then_some("is a candidate, though it is no member")
            }
            _ => None,
        };
        if let Some(words) = words {
            self.crashed.get_or_insert((host, words.to_owned()));
        }
    }
}

impl Events {
    /// It has answered, or has not.
    pub(super) fn end_answer(&mut self, host: NodeIndex) {
        let here = &mut self.hosts[host.0];
        let Some(told) = here.manners.told.take().filter(|_| !here.manners.answered) else {
            return;
        };
        let Some(node) = &here.node else { return };
        let words = match told {
            Told::TooFew => {
                let status = node.status();
                let next = status.successor.filter(|next| {
                    status.leading.is_none() && status.round_trips.iter().any(|(id, _)| id == next)
                });
                // Whoever does not know itself on the ring may have another successor for tokens.
                let counted = |id| here.view.as_ref().is_some_and(|view| view.contains(id));
                next.filter(|_| here.id.is_some_and(counted))
                    .map(|next| format!("does not tell {next} that there are too few"))
            }
            Told::LeaderAlive(by) => {
                let (now, retry) = (here.clock.read(self.now), self.config.retry);
                let asked = here.manners.asked;
                let just = |(to, at): &(NodeIndex, Instant)| *to == by && now.since(*at) < retry;
                let recently = asked.iter().flatten().any(just);
                let starves = !recently && node.status().role == Role::Candidate;
                let name = &self.names[by.0];
                starves.then(|| format!("does not ask {name} for frames, which hears a leader"))
            }
            Told::Company(met) => return self.check_company(host, met),
            Told::Join { .. } | Told::TakeOver | Told::Outpromised => None,
        };
        if let Some(words) = words {
            self.crashed.get_or_insert((host, words));
        }
    }

    /// Which node of the machine at the other end of a link has it, unless that has ended.
    pub(super) fn identity_at(&self, host: NodeIndex, link: LinkId) -> Option<NodeId> {
        let (id, side) = self.hosts[host.0].links.get(link)?;
        let end = self.connections[id].end(side.other());
        let there = &self.hosts[end.host.0];
        there.id.filter(|_| end.life == Some(there.incarnation))
    }

    /// Who is at the other end of a link.
    pub(super) fn peer(&self, host: NodeIndex, link: LinkId) -> Option<NodeIndex> {
        let (id, side) = self.hosts[host.0].links.get(link)?;
        Some(self.connections[id].end(side.other()).host)
    }
}

/// By far the most of what a node is told, which wants no answer that could be wrong here.
fn is_everyday(input: &Input) -> bool {
    let Input::Message { message, .. } = input else {
        return matches!(input, Input::Timeout | Input::Persisted { .. });
    };
    match message {
        Message::Append(_) | Message::Ping { .. } | Message::Pong { .. } => true,
        Message::AppendAck(ack) => ack.promised <= ack.ballot,
        _ => false,
    }
}

fn is_member(status: &Status) -> bool {
    match status.role {
        Role::Leader | Role::Follower | Role::Candidate => true,
        Role::Learner | Role::Left => false,
    }
}
