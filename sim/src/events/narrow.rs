//! Narrow ways: what waits in front of one, and what becomes of it when the way is wide again.

use std::time::Duration;

use super::Events;
use super::link::{ConnectionId, Side};
use crate::engine::Way;

/// What takes longer to get through than this waits at the sender, not on the way.
pub(super) const QUEUED: Duration = Duration::from_millis(100);

impl Events {
    /// Something that waited at this side is through.
    pub(super) fn come_through(&mut self, id: ConnectionId, from: Side) {
        loop {
            let waiting = &mut self.connections[id].end_mut(from).waiting;
            let Some((_, item, cause)) = waiting.pop_front_if(|(at, ..)| *at <= self.now) else {
                return;
            };
            self.on_arrival(id, from.other(), item, cause);
        }
    }

    /// A way has another pace now: what waits in front of it goes on at that.
    pub(super) fn repace(&mut self, way: Way) {
        for id in 0..self.connections.len() {
            for side in [Side::Dialer, Side::Acceptor] {
                let connection = &mut self.connections[id];
                if connection.way(side) != way || connection.end(side).waiting.is_empty() {
                    continue;
                }
                let end = connection.end_mut(side);
                let waiting = std::mem::take(&mut end.waiting);
                // Nothing overtakes what is on its way already.
                end.last = end.last.min(self.now + QUEUED);
                for (_, item, cause) in waiting {
                    self.transmit_for(id, side, item, cause);
                }
            }
        }
    }
}
