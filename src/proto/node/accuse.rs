//! Accusations: who skips whom, told to the leader, who asks the accused itself.

use std::collections::BTreeMap;

use super::govern::Government;
use super::{Node, Step};
use crate::proto::id::NodeId;
use crate::proto::message::Request;
use crate::proto::reorder;
use crate::proto::time::Instant;

/// A member that others skip.
#[derive(Debug)]
pub(super) struct Accused {
    /// Who skipped it: when first, and when last.
    pub(super) by: BTreeMap<NodeId, (Instant, Instant)>,
    /// The leader's pulse when it was accused first.
    pub(super) pulse: u64,
    /// The leader's own dial came to nothing.
    pub(super) dead: bool,
}

impl Node {
    /// Tells the leader whom this node has to skip; and once, that it skips nobody any more.
    pub(super) fn accuse(&mut self, step: &mut Step) {
        if self.suspects.is_empty() && self.accused_at.is_none() {
            return;
        }
        if !self.is_member() {
            self.accused_at = None;
            return;
        }
        let skipped = self.suspects.skipped(self.walk(), self.me.id);
        let due = match self.accused_at {
            None => !skipped.is_empty(),
            Some(at) => skipped.is_empty() || step.now.since(at) >= self.config.retry,
        };
        if due && (self.leading.is_some() || self.hears_leader(step.now)) {
            self.accused_at = Some(step.now).filter(|_| !skipped.is_empty());
            self.request(step, Request::Accuse { by: self.me.id, skipped });
        }
    }

    pub(super) fn on_accuse(&mut self, step: &mut Step, by: NodeId, skipped: &[NodeId]) {
        let next = self.membership.base().after(by).next().map(|member| member.id);
        if let Some(leading) = &mut self.leading {
            leading.government.withdraw(by, skipped, next);
        }
        for id in skipped.iter().copied() {
            let known_dead = by == self.me.id && self.suspects.is_unanswered(id);
            let Some(leading) = &mut self.leading else { return };
            if !self.membership.newest().contains(id) {
                continue;
            }
            let fresh = || Accused { by: BTreeMap::new(), pulse: self.pulse, dead: false };
            let accused = leading.government.accused.entry(id).or_insert_with(fresh);
            accused.by.entry(by).or_insert((step.now, step.now)).1 = step.now;
            // The leader's own word needs no second check.
            accused.dead |= known_dead;
            self.dial_member(step, id);
        }
        self.govern(step);
    }

    /// A node that was looked for did not answer the leader itself.
    pub(super) fn suspect_fails(&mut self, step: &mut Step, id: NodeId) {
        let accused = self.leading.as_mut().and_then(|it| it.government.accused.get_mut(&id));
        if let Some(accused) = accused {
            accused.dead = true;
            self.govern(step);
        }
    }

    /// A node answered: whoever skips it has a broken link.
    pub(super) fn suspect_answers(&mut self, id: NodeId) {
        let accused = self.leading.as_mut().and_then(|it| it.government.accused.get_mut(&id));
        if let Some(accused) = accused {
            accused.dead = false;
        }
    }
}

impl Government {
    /// A member skips only these now: its word that the link to others is broken is not said twice any
    /// more, and whoever is next to it was reached. Whether those are dead is another question.
    fn withdraw(&mut self, by: NodeId, skipped: &[NodeId], next: Option<NodeId>) {
        for (id, accused) in &mut self.accused {
            if let Some((first, last)) = accused.by.get_mut(&by).filter(|_| !skipped.contains(id)) {
                *first = *last;
            }
        }
        if let Some(reached) = next.filter(|id| !skipped.contains(id)) {
            self.broken.remove(&reorder::pair(by, reached));
        }
    }
}
