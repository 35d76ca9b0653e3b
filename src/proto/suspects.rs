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
    /// A dial came to nothing, too.
    in_vain: bool,
}

/// The members that this node cannot reach.
#[derive(Debug, Default)]
pub struct Suspects {
    probes: BTreeMap<NodeId, Probe>,
}

impl Suspects {
    /// A member does not answer: it is skipped, and probed. `tried` is when that began, and what the wait
    /// for the next dial counts from: one that has hung for that long is followed by the next at once. Whether
    /// it is news.
    pub fn suspect(&mut self, tried: Instant, id: NodeId, first: Duration, most: Duration) -> bool {
        match self.probes.get_mut(&id) {
            Some(probe) => {
                let news = !std::mem::replace(&mut probe.in_vain, true);
                probe.wait = (probe.wait * 2).min(most);
                probe.due_at = tried + probe.wait;
                news
            }
            None => {
                self.probes.insert(id, Probe { due_at: tried + first, wait: first, in_vain: true });
                true
            }
        }
    }

    /// A member has closed its link: it is skipped until it answers a dial, which is due at once.
    pub fn doubt(&mut self, now: Instant, id: NodeId, first: Duration) {
        let doubt = Probe { due_at: now, wait: first, in_vain: false };
        self.probes.entry(id).or_insert(doubt);
    }

    /// Whether the member was dialed, and did not answer.
    pub fn is_unanswered(&self, id: NodeId) -> bool {
        self.probes.get(&id).is_some_and(|probe| probe.in_vain)
    }

    /// How long the wait before the next dial is.
    pub fn wait(&self, id: NodeId) -> Duration {
        self.probes.get(&id).map_or(Duration::ZERO, |probe| probe.wait)
    }

    /// A member answers. Whether it did not before.
    pub fn clear(&mut self, id: NodeId) -> bool {
        self.probes.remove(&id).is_some_and(|probe| probe.in_vain)
    }

    /// Whoever is not skipped any more, in a ring of another order, needs no suspicion, unless it is one
    /// of those that are dialed ahead: they may be skipped next.
    pub fn retain(&mut self, ring: &View, me: NodeId, ahead: &[NodeId]) {
        if self.probes.is_empty() {
            return;
        }
        let skipped = self.skipped(ring, me);
        self.probes.retain(|id, _| skipped.contains(id) || ahead.contains(id));
    }

    /// Whether nobody is skipped.
    pub fn is_empty(&self) -> bool {
        self.probes.is_empty()
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
        if self.probes.is_empty() {
            return Vec::new();
        }
        let between = ring.after(me).take_while(|member| self.contains(member.id));
        between.map(|member| member.id).collect()
    }
}
