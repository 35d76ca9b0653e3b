//! Whom this node skips, and when it tries them again.

use std::collections::BTreeMap;
use std::time::Duration;

use super::id::NodeId;
use super::time::Instant;
use super::view::{Member, View};

#[derive(Debug)]
struct Probe {
    due_at: Instant,
    wait: Duration,
}

/// The members that this node cannot reach.
#[derive(Debug, Default)]
pub struct Suspects {
    probes: BTreeMap<NodeId, Probe>,
}

impl Suspects {
    /// A member cannot be reached: it is skipped, and probed. Whether that is news.
    pub fn suspect(&mut self, now: Instant, id: NodeId, first: Duration, most: Duration) -> bool {
        match self.probes.get_mut(&id) {
            Some(probe) => {
                probe.wait = (probe.wait * 2).min(most);
                probe.due_at = now + probe.wait;
                false
            }
            None => {
                self.probes.insert(id, Probe { due_at: now + first, wait: first });
                true
            }
        }
    }

    /// A member answers. Whether it was a suspect.
    pub fn clear(&mut self, id: NodeId) -> bool {
        self.probes.remove(&id).is_some()
    }

    /// Whoever is not skipped any more, in a ring of another order, needs no suspicion.
    pub fn retain(&mut self, ring: &View, me: NodeId) {
        let skipped = self.skipped(ring, me);
        self.probes.retain(|id, _| skipped.contains(id));
    }

    /// Whether the member is skipped.
    pub fn contains(&self, id: NodeId) -> bool {
        self.probes.contains_key(&id)
    }

    /// All that are skipped.
    pub fn iter(&self) -> impl Iterator<Item = NodeId> {
        self.probes.keys().copied()
    }

    /// Whom to dial again now.
    pub fn due(&self, now: Instant) -> Vec<NodeId> {
        let due = self.probes.iter().filter(|(_, probe)| probe.due_at <= now);
        due.map(|(id, _)| *id).collect()
    }

    /// The next in ring order behind `me` that is not skipped.
    pub fn successor(&self, ring: &View, me: NodeId) -> Option<Member> {
        ring.after(me).find(|member| !self.contains(member.id)).copied()
    }

    /// The members between `me` and its successor: those that it skips now.
    pub fn skipped(&self, ring: &View, me: NodeId) -> Vec<NodeId> {
        let between = ring.after(me).take_while(|member| self.contains(member.id));
        between.map(|member| member.id).collect()
    }
}
