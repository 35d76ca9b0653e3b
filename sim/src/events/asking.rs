//! Whoever is out of the ring asks one at hand, before it dials all who may be gone.
//!
//! Each dial to one who is gone takes its time, so that a node which dials them in turn is back late; but
//! it is back, so that no guarantee is broken. Here it shows with the second dial.

use std::net::SocketAddr;

use ringchat::proto::event::Event;
use ringchat::proto::id::NodeId;
use ringchat::proto::status::Role;

use super::Events;
use crate::scenario::NodeIndex;

impl Events {
    /// A node asks one to whom a link stands.
    pub(super) fn asks(&mut self, host: NodeIndex) {
        self.hosts[host.0].dialed = None;
    }

    /// A node tells of this: if it dials one to be let in, and has dialed the last one
    /// in vain, nobody is at hand.
    pub(super) fn check_asking(&mut self, host: NodeIndex, event: &Event) {
        let contact = match event {
            Event::Joining { contact } => contact,
            // Whoever is a member begins anew when it is none any more.
            Event::ViewInstalled { .. } | Event::Evicted { .. } => {
                self.hosts[host.0].dialed = None;
                return;
            }
            _ => return,
        };
        let Some(before) = self.hosts[host.0].dialed.replace(*contact) else { return };
        let here = &self.hosts[host.0];
        let (Some(node), Some(me)) = (&here.node, here.id) else { return };
        let status = node.status();
        if status.role != Role::Learner {
            return;
        }
        let at_hand = |id: NodeId| status.round_trips.iter().any(|(peer, _)| *peer == id);
        let Some(view) = self.newest_view(host).filter(|view| !view.contains(me)) else { return };
        let asked = |address: SocketAddr| [before, *contact].contains(&address);
        let others = view.members.iter().filter(|member| !asked(member.address));
        // One of them may have been asked just now, which the next is not.
        if let Some(other) = others.filter(|member| at_hand(member.id)).nth(1) {
            let words = format!("dials {contact} behind {before}, though {} is at hand", other.id);
            self.crashed.get_or_insert((host, words));
        }
    }
}
