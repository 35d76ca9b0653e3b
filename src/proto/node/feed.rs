//! A member that the ring's frames do not reach asks one that they do reach for them.
//!
//! A ring needs its neighbours' links. Where a broken one cannot be ordered away, because the ring is
//! too small or the leader does not know yet, whoever stands behind it is skipped and would starve.

use super::{Node, Step};
use crate::proto::id::{Ballot, NodeId};
use crate::proto::message::Message;

/// A leader that is this many pulses ahead of what the ring brought, besides those under way, was not
/// heard through the ring.
const PULSES_AHEAD: u64 = 8;

impl Node {
    /// The leader itself says how far its pulse is.
    pub(super) fn compare_pulse(&mut self, step: &mut Step, ballot: Ballot, pulse: u64) {
        let ahead = PULSES_AHEAD + self.pace.pulses_under_way(self.config.pulse);
        let known = if ballot == self.current { self.pulse } else { 0 };
        if ballot >= self.current && pulse > known + ahead {
            self.ask_for_frames(step, ballot.proposer);
        }
    }

    /// Asks `peer`, who hears the leader, to pass its frames on as to a learner.
    pub(super) fn ask_for_frames(&mut self, step: &mut Step, peer: NodeId) {
        // Of several, each has its own turn: who was asked last may have none to pass on.
        let recently = |at| step.now.since(at) < self.config.retry;
        let asked = self.asked_for_frames.is_some_and(|(last, at)| last == peer && recently(at));
        if asked || !self.is_member() || self.leading.is_some() {
            return;
        }
        if let Some(link) = self.links.to(peer) {
            self.asked_for_frames = Some((peer, step.now));
            self.links.want(step.now, peer);
            step.send(link, Message::Join { committed: self.known_committed() });
        }
    }

    /// Asks on, as long as the frames come from there. Without a leader, asks those who would hear of
    /// one: whoever passed the last token on, and the successor, in turn.
    pub(super) fn tick_feeding(&mut self, step: &mut Step) {
        let asked = self.asked_for_frames.map(|(peer, _)| peer);
        let peer = if self.hears_leader(step.now) {
            asked.filter(|peer| self.predecessor == Some(*peer))
        } else {
            let others = [self.token_from, self.successor].into_iter().flatten();
            others.clone().find(|peer| Some(*peer) != asked).or(others.clone().next())
        };
        if let Some(peer) = peer {
            self.ask_for_frames(step, peer);
        }
    }
}
