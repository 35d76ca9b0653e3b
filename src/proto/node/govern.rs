//! The leader's decisions on who belongs to the ring, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use super::accuse::Accused;
use super::{Node, Step};
use crate::proto::entry::Body;
use crate::proto::event::Event;
use crate::proto::id::{Index, NodeId};
use crate::proto::membership::insert_behind;
use crate::proto::reorder::{self, Broken};
use crate::proto::time::Instant;
use crate::proto::view::{Change, Member, View};

/// An accusation, or a wish to come in, that is not repeated for this many retries is dropped.
const WORD_LASTS: u32 = 4;
/// A broken link counts as broken for this many retries after the last word of it.
const BROKEN_LASTS: u32 = 40;
/// Who was let go is not let in for this many retries: no request to admit it is under way for longer.
const RELEASE_LASTS: u32 = 20;
/// A member that lacks more pulses than this, besides those under way, does not answer.
const RECENT_PULSES: u64 = 4;

/// What a leader has on its desk.
#[derive(Debug, Default)]
pub(super) struct Government {
    pub(super) accused: BTreeMap<NodeId, Accused>,
    /// Links known to be broken while both ends live, and when that was last said.
    pub(super) broken: BTreeMap<(NodeId, NodeId), Instant>,
    /// Who is to come in, who asked for it, and when last.
    admits: Vec<(Member, NodeId, Instant)>,
    leaves: BTreeSet<NodeId>,
    /// Those it let go, and when they last asked for it. They do not come back, though a late request to
    /// admit them may; unless they died before they heard that they were let go, and were restarted.
    released: BTreeMap<NodeId, Instant>,
    /// The first in the ring that is far behind, and since when.
    lagging: Option<(NodeId, Instant)>,
    /// By Fast Bully: the greatest priority above this leader's, whose that is, and since when one is known.
    pub(super) claimed: Option<(u32, NodeId, Instant)>,
    /// When this leader last asked such a one to lead.
    pub(super) handed_over_at: Option<Instant>,
    /// The pulse at which the next view was first needed.
    wished: Option<u64>,
}

impl Government {
    /// Whether nobody complains, comes, goes or has just gone.
    fn is_clear(&self) -> bool {
        self.accused.is_empty()
            && self.broken.is_empty()
            && self.admits.is_empty()
            && self.leaves.is_empty()
            && self.released.is_empty()
    }
}

impl Node {
    pub(super) fn on_admit(&mut self, step: &mut Step, member: Member, sponsor: NodeId) {
        let Some(leading) = &mut self.leading else { return };
        let desk = &mut leading.government;
        if desk.released.contains_key(&member.id) || self.membership.newest().contains(member.id) {
            return;
        }
        desk.admits.retain(|(other, ..)| other.id != member.id);
        desk.admits.push((member, sponsor, step.now));
        self.govern(step);
    }

    pub(super) fn on_leave(&mut self, step: &mut Step, id: NodeId) {
        let Some(leading) = &mut self.leading else { return };
        if self.membership.newest().contains(id) && id != self.me.id {
            leading.government.leaves.insert(id);
            leading.government.released.insert(id, step.now);
            self.govern(step);
        }
    }

    /// Whether members that asked to leave are still to go.
    pub(super) fn grants_leaves(&self) -> bool {
        self.leading.as_ref().is_some_and(|leading| !leading.government.leaves.is_empty())
    }

    /// Drops from the desk what the newest view has settled.
    pub(super) fn leading_view_changed(&mut self) {
        let Some(leading) = &mut self.leading else { return };
        let newest = self.membership.newest();
        let desk = &mut leading.government;
        desk.accused.retain(|id, _| newest.contains(*id));
        desk.leaves.retain(|id| newest.contains(*id));
        desk.admits.retain(|(member, ..)| !newest.contains(member.id));
        desk.lagging = None;
        desk.claimed = desk.claimed.filter(|(_, id, _)| newest.contains(*id));
    }

    /// Proposes the view that the ring needs now, if it is another and none is pending.
    ///
    /// What is proposed cannot be taken back, and a view that nobody can commit would be the end of
    /// the ring: so first a pulse has to come back from an election quorum of it.
    pub(super) fn govern(&mut self, step: &mut Step) {
        if self.membership.pending().is_some() {
            return;
        }
        self.review(step.now);
        let view = self.next_view(step.now);
        let (pulse, recent) = (self.pulse, self.recent_pulses());
        let Some(leading) = &mut self.leading else { return };
        let Some(view) = view else {
            leading.government.wished = None;
            return;
        };
        let wished = *leading.government.wished.get_or_insert_with(|| {
            leading.pulse_at = step.now;
            pulse
        });
        let fresh = (wished + 1).max(pulse.saturating_sub(2 * recent));
        if !view.is_election_quorum(|id| self.tally.of(id).pulse >= fresh) {
            return;
        }
        leading.government.wished = None;
        let index = self.durable.log().last().next();
        step.event(Event::ViewProposed { index, view: view.clone() });
        self.append_own(step, Body::View(view));
    }

    /// A pulse may have come back that the next view waits for.
    pub(super) fn govern_if_wished(&mut self, step: &mut Step) {
        if self.leading.as_ref().is_some_and(|leading| leading.government.wished.is_some()) {
            self.govern(step);
        }
    }

    /// Brings the desk up to date: stale words are dropped, broken links and laggards noted.
    fn review(&mut self, now: Instant) {
        let limit = self.config.lag_entries;
        if let Some(leading) = &mut self.leading
            && leading.government.is_clear()
            && self.committed.0 <= limit
        {
            // Nearly always: in a short log nobody can be far behind.
            leading.government.lagging = None;
            return;
        }
        let Some(mut leading) = self.leading.take() else { return };
        let desk = &mut leading.government;
        let retry = self.config.retry;
        for accused in desk.accused.values_mut() {
            accused.by.retain(|_, (_, last)| now.since(*last) < retry * WORD_LASTS);
        }
        desk.accused.retain(|_, accused| !accused.by.is_empty());
        desk.admits.retain(|(.., asked)| now.since(*asked) < retry * WORD_LASTS);
        desk.released.retain(|_, asked| now.since(*asked) < retry * RELEASE_LASTS);
        let recently = self.config.link_timeout / 2;
        for (id, accused) in &desk.accused {
            let link = self.links.to(*id).and_then(|link| self.links.get(link));
            let heard = link.is_some_and(|link| now.since(link.heard_at) < recently);
            let answers = *id == self.me.id || (heard && !accused.dead) || self.lives(*id, accused);
            for (by, (first, last)) in &accused.by {
                // Said twice, and the leader hears it: the link between those two is broken.
                if answers && last.since(*first) >= retry {
                    let at = desk.broken.entry(reorder::pair(*by, *id)).or_insert(*last);
                    *at = (*at).max(*last);
                }
            }
        }
        desk.broken.retain(|(a, b), at| {
            // Two who stand side by side and do not complain have found that it works again.
            let neighbours = self.membership.base().are_neighbours(*a, *b);
            now.since(*at) < retry * if neighbours { WORD_LASTS } else { BROKEN_LASTS }
        });
        let base = self.membership.base();
        let behind = |id: &NodeId| self.tally.of(*id).index.0 + limit < self.committed.0;
        let mut others = base.after(self.me.id).map(|member| member.id);
        let first = if self.committed.0 > limit { others.find(behind) } else { None };
        let since = desk.lagging.filter(|(id, _)| Some(*id) == first).map_or(now, |(_, at)| at);
        desk.lagging = first.map(|id| (id, since));
        self.leading = Some(leading);
    }

    fn next_view(&self, now: Instant) -> Option<View> {
        let desk = &self.leading.as_ref()?.government;
        let base = self.membership.base();
        let me = self.me.id;
        let quiet = self.committed == self.durable.log().last()
            && desk.accused.is_empty()
            && self.led_for(now) >= self.leader_lost_after();
        let breaks_ties = base.tie_breaker != me && quiet && self.leaving.is_none();
        if desk.is_clear() && desk.lagging.is_none() && !breaks_ties {
            return None;
        }
        let mut next = Draft { members: base.members.to_vec(), changes: Vec::new() };
        let dead = |id: NodeId| {
            let accused = desk.accused.get(&id);
            accused.is_some_and(|accused| accused.dead && !self.lives(id, accused))
        };
        if base.is_election_quorum(|id| !dead(id)) {
            next.remove(dead, Change::Evicted);
        }
        if let Some((id, since)) = desk.lagging
            && now.since(since) >= self.config.lag_timeout
        {
            next.remove(|other| other == id, Change::Evicted);
        }
        next.remove(|id| desk.leaves.contains(&id), Change::Left);
        for (member, sponsor, _) in &desk.admits {
            // Whoever was at that address before is dead, or the port would not have been free;
            // unless the newcomer is wrong about its own address: then it has to wait.
            let before = next.members.iter().find(|other| other.address == member.address);
            match before.map(|other| other.id) {
                Some(id) if self.answers_pulses(id) => continue,
                Some(id) => next.remove(|other| other == id, Change::Evicted),
                None => {}
            }
            next.admit(*member, *sponsor);
        }
        let broken: Broken = desk.broken.keys().copied().collect();
        if let Some((order, moved)) = reorder::around(&next.members, &broken) {
            next.members = order;
            next.changes.extend(moved.into_iter().map(Change::Moved));
        }
        if next.changes.is_empty() && breaks_ties {
            next.changes.push(Change::TieBreaker(me));
        }
        let Draft { members, changes } = next;
        let (number, members) = (base.number + 1, members.into());
        let mut view = View { number, members, tie_breaker: me, changes };
        if self.leaving.is_some() {
            // A leader that leaves must not take the casting vote along.
            let heir = view.after(me).next().map(|heir| heir.id);
            view.tie_breaker = heir.unwrap_or(me);
        }
        Some(view).filter(|view| !view.changes.is_empty())
    }

    /// Whether a pulse begun after the accusation was seen by the accused, through whomever.
    fn lives(&self, id: NodeId, accused: &Accused) -> bool {
        self.answers_pulses(id) && self.tally.of(id).pulse > accused.pulse
    }

    /// Whether a member has seen one of the last pulses.
    pub(super) fn answers_pulses(&self, id: NodeId) -> bool {
        id == self.me.id || self.tally.of(id).pulse + self.recent_pulses() >= self.pulse
    }

    /// Whoever lacks more pulses than this does not answer: those that are under way, and a few.
    fn recent_pulses(&self) -> u64 {
        RECENT_PULSES + self.pace.pulses_under_way(self.config.pulse)
    }

    /// How far the log reaches, for a leader that is about to hand over.
    pub(super) fn holds_all(&self, id: NodeId, last: Index) -> bool {
        self.tally.of(id).index >= last
    }
}

/// A view in the making.
struct Draft {
    members: Vec<Member>,
    changes: Vec<Change>,
}

impl Draft {
    fn remove(&mut self, which: impl Fn(NodeId) -> bool, how: impl Fn(NodeId) -> Change) {
        let gone = self.members.iter().map(|member| member.id).filter(|id| which(*id));
        self.changes.extend(gone.map(how));
        self.members.retain(|member| !which(member.id));
    }

    fn admit(&mut self, member: Member, sponsor: NodeId) {
        insert_behind(&mut self.members, Some(sponsor), member);
        self.changes.push(Change::Joined(member.id));
    }
}
