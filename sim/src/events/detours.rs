//! A token whose circle closes without a quorum goes to all who are at hand before it goes home.
//!
//! Where no circle visits a quorum, an election needs that. Few worlds are so broken, and still owe a
//! leader; but a token that goes home too early can be seen in many.

use ringchat::proto::config::ElectionKind;
use ringchat::proto::message::Message;
use ringchat::proto::status::Role;

use super::Events;
use crate::scenario::NodeIndex;

impl Events {
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
        let (met, votes) = match message {
            Message::Elect(token) => (&token.met, &token.met),
            Message::Elected(token) => (&token.met, &token.promised_by),
            _ => return,
        };
        let to = to.and_then(|to| self.hosts[to.0].id);
        let here = &self.hosts[host.0];
        let (Some(node), Some(view), Some(me)) = (&here.node, &here.view, here.id) else { return };
        let goes_back = to.is_some_and(|to| met.contains(&to));
        if !goes_back || view.is_election_quorum(|id| votes.contains(&id)) {
            return;
        }
        let status = node.status();
        let at_hand = |id| status.round_trips.iter().any(|(peer, _)| *peer == id);
        let mut members = status.view.members.iter().map(|member| member.id);
        let missed = members.find(|id| *id != me && !met.contains(id) && at_hand(*id));
        if let Some(missed) = missed.filter(|_| status.role != Role::Learner) {
            let words = format!("sends a token home past {missed}, whom it has not met");
            self.crashed.get_or_insert((host, words));
        }
    }
}
