//! Frames that are kept, for whoever reads them afterwards and for a network that brings them again.

use ringchat::proto::id::LinkId;
use ringchat::proto::message::Message;

use super::Events;
use super::thing::Item;
use crate::engine::Frame;
use crate::scenario::NodeIndex;

/// How many frames are kept for a replay, at each side of a connection.
const REMEMBERED: usize = 4;

impl Events {
    /// A node is about to send this.
    #[inline]
    pub(super) fn remember(&mut self, host: NodeIndex, link: LinkId, message: &Message) {
        if self.frames.is_some() || self.remembers {
            self.keep_frame(host, link, message);
        }
    }

    fn keep_frame(&mut self, host: NodeIndex, link: LinkId, message: &Message) {
        let Some((id, side)) = self.hosts[host.0].links.get(link) else { return };
        let connection = &mut self.connections[id];
        let way = connection.way(side);
        let end = connection.end_mut(side);
        if let Some(frames) = &mut self.frames {
            frames.push(Frame { at: self.now, way, message: message.clone() });
        }
        if self.remembers {
            end.remembered.push_back((message.clone(), self.hosts[way.0.0].last_input));
            if end.remembered.len() > REMEMBERED {
                end.remembered.pop_front();
            }
        }
    }

    /// The last frames from `a` to `b` arrive once more. Tells whether there were any.
    pub(super) fn replay(&mut self, a: NodeIndex, b: NodeIndex) -> bool {
        let mut any = false;
        for (id, side) in self.between(a, b) {
            for (message, cause) in self.connections[id].end(side).remembered.clone() {
                any = true;
                self.transmit_for(id, side, Item::Message(message), cause);
            }
        }
        any
    }
}
