//! A token whose circle closes without a quorum goes to all who are at hand before it goes home; and home
//! it goes by others than those it came from, if there are any.
//!
//! Where no circle visits a quorum, an election needs that. Few worlds are so broken, and still owe a
//! leader; but a token that goes home too early can be seen in many.

use ringchat::proto::config::ElectionKind;
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::input::Input;
use ringchat::proto::message::Message;
use ringchat::proto::node::Node;
use ringchat::proto::view::View;

use super::Events;
use crate::scenario::NodeIndex;

/// By what a node finds the way of a token, in this life.
#[derive(Debug, Default)]
pub(super) struct Bearings {
    /// Who sent the last token.
    from: Option<NodeId>,
    /// The newest view of which another node told.
    told: Option<View>,
}

impl Bearings {
    /// Another ring begins.
    pub(super) fn forget(&mut self) {
        self.told = None;
    }
}

impl Events {
    /// A node is about to be told this.
    pub(super) fn take_bearings(&mut self, host: NodeIndex, input: &Input) {
        let Input::Message { link, message } = input else { return };
        match message {
            Message::Elect(_) | Message::Elected(_) => {
                self.hosts[host.0].bearings.from = self.identity_at(host, *link);
            }
            Message::Welcome { ring, view, .. } => {
                let own = self.hosts[host.0].node.as_ref().and_then(|node| node.hello().ring);
                let newest = self.newest_view(host).map_or(0, |newest| newest.number);
                if own.is_none_or(|own| own == *ring) && view.number > newest {
                    self.hosts[host.0].bearings.told = Some(view.clone());
                }
            }
            _ => {}
        }
    }

    /// The newest view that a node knows to be committed, by its log or by a word.
    pub(super) fn newest_view(&self, host: NodeIndex) -> Option<&View> {
        let here = &self.hosts[host.0];
        [&here.view, &here.bearings.told].into_iter().flatten().max_by_key(|view| view.number)
    }

    /// A node says this to another: if it is a token on its way home, nobody at hand was left out.
    pub(super) fn check_detour(
        &mut self,
        host: NodeIndex,
        to: Option<NodeIndex>,
        message: &Message,
    ) {
        if self.config.election == ElectionKind::FastBully {
            // No token goes round.
            return;
        }
        let (home, met, votes, freshness) = match message {
            Message::Elect(it) => (it.candidate, &it.met, &it.met, it.freshness),
            Message::Elected(it) => (it.ballot.proposer, &it.met, &it.promised_by, it.freshness),
            _ => return,
        };
        let here = &self.hosts[host.0];
        let Some(to) = to.and_then(|to| self.hosts[to.0].id).filter(|to| met.contains(to)) else {
            return;
        };
        let (Some(node), Some(view), Some(me)) = (&here.node, &here.view, here.id) else { return };
        let status = node.status();
        let at_hand = |id| status.round_trips.iter().any(|(peer, _)| *peer == id);
        let told = self.newest_view(host).filter(|newest| newest.number > view.number);
        let members = || {
            let all =
                view.members.iter().chain(told.into_iter().flat_map(|told| told.members.iter()));
            all.map(|member| member.id).filter(|id| *id != me && at_hand(*id))
        };
        let ends_before = log_ends_before(node, (freshness.ballot, freshness.index));
        let enough = !ends_before && view.is_election_quorum(|id| votes.contains(&id));
        let missed = members().find(|id| !enough && !met.contains(id));
        let back = here.bearings.from == Some(to) && to != home && !at_hand(home);
        let ahead = members().find(|id| back && *id != to);
        let words = match (missed, ahead) {
            (Some(missed), _) => format!("sends a token home past {missed}, whom it has not met"),
            (None, Some(ahead)) => format!("sends a token back to {to}, though {ahead} is at hand"),
            (None, None) => return,
        };
        self.crashed.get_or_insert((host, words));
    }
}

/// Whether a node's log surely ends before this.
fn log_ends_before(node: &Node, other: (Ballot, Index)) -> bool {
    let last = node.standing().last;
    let mut entries = node.entries(last.previous(), last);
    entries.next().is_some_and(|entry| (entry.ballot, last) < other)
}
