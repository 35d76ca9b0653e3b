//! What a node makes of its links: whom it keeps them to, and what it believes when they end.
//!
//! Links of another ring, a leader that is taken for dead once too often, or one that is left alone and
//! does not say so: each costs something only where more goes wrong. Here it shows at once.

use std::time::Duration;

use ringchat::proto::event::Event;
use ringchat::proto::id::{Ballot, LinkId, RingId};
use ringchat::proto::input::Input;
use ringchat::proto::message::Message;
use ringchat::proto::time::Instant;
use ringchat::proto::view::View;

use super::Events;
use crate::scenario::NodeIndex;

/// Whoever is left alone says so within so many heartbeats: it looks once in each.
const SAID_WITHIN: u32 = 5;

/// What a node was just told of its company.
#[derive(Clone, Copy, Debug)]
pub(super) enum Met {
    /// A link came or went while it heard this leader.
    Link(Ballot),
    /// A frame, or another word, came while it heard no leader, since the address of that one had refused.
    Word { leader: Ballot, frame: bool },
    /// Somebody belongs to this ring, as it says over this link.
    Ring(LinkId, RingId),
    /// The same, to one that belongs to none yet.
    FirstRing,
}

/// What there is to remember of a node's links in this life.
#[derive(Debug, Default)]
pub(super) struct Company {
    /// The links that stand, as it told.
    up: Vec<LinkId>,
    /// Since when there is none, by the world and by its own clock.
    alone_since: Option<(Instant, Instant)>,
    /// People know that it finds no quorum.
    has_said: bool,
    /// The leader whose address has refused.
    refused: Option<Ballot>,
    /// The leader that was heard all the same.
    misled_by: Option<Ballot>,
}

impl Company {
    /// Whether the next word of a leader may show that it was wrong about it.
    pub(super) fn is_wary(&self) -> bool {
        self.refused.is_some()
    }

    /// While the process stood still it could say nothing.
    pub(super) fn goes_on(&mut self, world: Instant, own: Instant) {
        if let Some(since) = &mut self.alone_since {
            *since = (world, own);
        }
    }
}

impl Events {
    /// A node is about to be told this.
    pub(super) fn meets(&self, host: NodeIndex, input: &Input) -> Option<Met> {
        let here = &self.hosts[host.0];
        let leading = || here.node.as_ref().and_then(|node| node.standing().leading);
        match input {
            Input::Connected { .. } | Input::Disconnected { .. } => leading().map(Met::Link),
            Input::Message { link, message: Message::Welcome { ring, .. } } => {
                let own = here.node.as_ref()?.hello().ring;
                Some(own.map_or(Met::FirstRing, |_| Met::Ring(*link, *ring)))
            }
            Input::Message { message, .. } => {
                let leader = here.company.refused.filter(|_| leading().is_none())?;
                Some(Met::Word { leader, frame: matches!(message, Message::Append(_)) })
            }
            _ => None,
        }
    }

    /// What it has made of that.
    pub(super) fn check_company(&mut self, host: NodeIndex, met: Met) {
        let here = &mut self.hosts[host.0];
        let Some(node) = &here.node else { return };
        let leading = node.standing().leading;
        let company = &mut here.company;
        let words = match met {
            // Who has promised another something since has not believed it dead.
            Met::Link(leader) if leading.is_none() && node.status().promised == leader => {
                let again = company.misled_by == Some(leader);
                company.refused = Some(leader);
                again.then(|| {
                    format!(
                        "takes the leader of {leader} for dead, which was heard after a refusal"
                    )
                })
            }
            // What it says itself may have been under way; its frames come by others, and show that it lives.
            Met::Word { leader, frame } if leading == Some(leader) => {
                company.refused = None;
                if frame {
                    company.misled_by = Some(leader);
                }
                None
            }
            Met::Link(_) | Met::Word { .. } => None,
            Met::FirstRing => self.another_ring(host),
            Met::Ring(link, ring) => {
                let other = node.hello().ring.is_some_and(|own| own != ring);
                let stays = other && here.links.get(link).is_some();
                stays.then(|| format!("keeps its link to one of {ring}, which is another ring"))
            }
        };
        if let Some(words) = words {
            self.crashed.get_or_insert((host, words));
        }
    }

    /// A link of this node, which has just come into a ring, to one that belongs to another, or to none.
    /// Whoever belonged to its ring when they said hello still do, unless they have hung up since.
    fn another_ring(&self, host: NodeIndex) -> Option<String> {
        let here = &self.hosts[host.0];
        let own = here.node.as_ref()?.hello().ring?;
        here.links.all().find_map(|(id, side)| {
            let connection = &self.connections[id];
            let (end, there) = (connection.end(side), connection.end(side.other()));
            let peer = &self.hosts[there.host.0];
            let is_up = peer.has_process() && there.life == Some(peer.incarnation) && !there.closed;
            let node = peer.node.as_ref().filter(|_| is_up)?;
            let other = node.hello().ring != Some(own) && end.greeted;
            let name = &self.names[there.host.0];
            other.then(|| {
                format!(
                    "comes into {own}, and keeps its link to {name}, which is in another or in none"
                )
            })
        })
    }

    /// A node tells of this.
    pub(super) fn check_solitude(&mut self, host: NodeIndex, event: &Event) {
        let here = &mut self.hosts[host.0];
        let (world, own) = (self.now, here.clock.read(self.now));
        let company = &mut here.company;
        match event {
            Event::LinkUp { link, .. } => {
                company.up.push(*link);
                company.alone_since = None;
            }
            Event::LinkDown { link, .. } => {
                company.up.retain(|other| other != link);
                if company.up.is_empty() {
                    company.alone_since.get_or_insert((world, own));
                }
            }
            Event::QuorumBack => company.has_said = false,
            Event::NoQuorum { .. } => {
                let silent = !std::mem::replace(&mut company.has_said, true);
                let alone = company.alone_since.filter(|_| silent && here.per_input.is_zero());
                // One alone may be enough.
                let enough = |view: &View| view.is_election_quorum(|id| here.id == Some(id));
                let alone = alone.filter(|_| !here.view.as_ref().is_none_or(enough));
                let tried = here.tries.in_vain_since();
                let (Some((since, by_own)), Some((tried, tried_own))) = (alone, tried) else {
                    return;
                };
                let late = (world.since(since.max(tried))).min(own.since(by_own.max(tried_own)));
                if late > self.config.heartbeat * SAID_WITHIN {
                    let words = said_late(late);
                    self.crashed.get_or_insert((host, words));
                }
            }
            _ => {}
        }
    }
}

fn said_late(late: Duration) -> String {
    format!("finds no quorum {} ms after it was left alone without a leader", late.as_millis())
}
