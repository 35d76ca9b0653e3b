//! Membership: the view in force, the one that is proposed, and the ring that both make.

use std::sync::Arc;

use super::id::{Index, NodeId};
use super::tally::Tally;
use super::view::{Member, View, Voters};

/// What a node knows of who belongs to its ring.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Membership {
    base: View,
    pending: Option<(Index, View)>,
    ring: View,
    /// The same, sorted: it is asked with every input who belongs to it.
    ids: Arc<[NodeId]>,
    /// Who counts in `base`, and who does in `pending`.
    voters: [Voters; 2],
}

impl Membership {
    /// The newest view known committed.
    pub fn base(&self) -> &View {
        &self.base
    }

    /// The view that stands in the log and is not known committed, and where.
    pub fn pending(&self) -> Option<&(Index, View)> {
        self.pending.as_ref()
    }

    /// The newest view in the log, committed or not.
    pub fn newest(&self) -> &View {
        self.pending.as_ref().map_or(&self.base, |(_, view)| view)
    }

    /// The ring that tokens and messages travel: while a view is pending, the union of both.
    pub fn ring(&self) -> &View {
        &self.ring
    }

    /// Whether the node is a member of either view.
    pub fn contains(&self, id: NodeId) -> bool {
        self.ids.binary_search(&id).is_ok()
    }

    /// A view entry was appended at `index`. The one before it is installed already, since a leader
    /// proposes a view only where it knows of none pending.
    pub fn propose(&mut self, index: Index, view: View) {
        self.voters[1] = Voters::from(&view);
        self.pending = Some((index, view));
        self.arrange();
    }

    /// Entries from `from` on are gone.
    pub fn truncate(&mut self, from: Index) {
        if self.pending.as_ref().is_some_and(|(index, _)| *index >= from) {
            self.forget_pending();
            self.arrange();
        }
    }

    /// `view` is committed and in force.
    pub fn install(&mut self, view: View) {
        // Nearly always it is the one that was pending.
        let waited = self.pending.as_ref().is_some_and(|(_, pending)| *pending == view);
        self.voters[0] = if waited { self.voters[1].clone() } else { Voters::from(&view) };
        if self.pending.as_ref().is_some_and(|(_, pending)| pending.number <= view.number) {
            self.forget_pending();
        }
        self.base = view;
        self.arrange();
    }

    /// Enough nodes for an election: of both views, while one is pending.
    pub fn is_election_quorum(&self, holds: impl Fn(NodeId) -> bool) -> bool {
        self.base.is_election_quorum(&holds)
            && self.pending.as_ref().is_none_or(|(_, view)| view.is_election_quorum(&holds))
    }

    /// The greatest index that is committed by count, in a log that is known to be the leader's up to
    /// `verified`. Only entries of the leader's own ballot are counted (`is_own`); those before them
    /// are committed with them.
    ///
    /// Entries before a pending view are judged by the view before it; the view itself needs an
    /// election quorum of both; entries behind it need that and a commit quorum of the new view.
    pub fn commit_index(
        &self,
        tally: &mut Tally,
        verified: Index,
        is_own: impl Fn(Index) -> bool,
    ) -> Index {
        let counted = |held: Index| {
            Some(held.min(verified)).filter(|index| is_own(*index)).unwrap_or_default()
        };
        let [base, pending] = &self.voters;
        let by_base = counted(tally.commit_index(base));
        // A view in a tail that may not be the leader's says nothing.
        let Some((at, _)) = self.pending.as_ref().filter(|(at, _)| *at <= verified) else {
            return by_base;
        };
        let both = tally.election_index(base).min(tally.election_index(pending));
        if counted(both) < *at {
            return by_base.min(at.previous());
        }
        counted(tally.commit_index(pending)).max(*at)
    }

    /// The latest pulse that came back from an election quorum, of both views.
    pub fn election_pulse(&self, tally: &mut Tally) -> u64 {
        let [base, pending] = &self.voters;
        let by_base = tally.election_pulse(base);
        match &self.pending {
            Some(_) => by_base.min(tally.election_pulse(pending)),
            None => by_base,
        }
    }

    /// Who counts in the view in force.
    pub fn base_voters(&self) -> &Voters {
        &self.voters[0]
    }

    /// The size of the smaller of both views.
    pub fn fewest(&self) -> usize {
        self.base.members.len().min(self.newest().members.len())
    }

    fn forget_pending(&mut self) {
        self.pending = None;
        self.voters[1] = Voters::default();
    }

    /// The pending view's order, with those it removes behind their old predecessors.
    fn arrange(&mut self) {
        let Some((_, view)) = &self.pending else {
            self.ring.clone_from(&self.base);
            self.ids = self.voters[0].ids.clone();
            return;
        };
        let goes = |member: &Member| self.voters[1].ids.binary_search(&member.id).is_err();
        if !self.base.members.iter().any(goes) {
            self.ring.clone_from(view);
            self.ids = self.voters[1].ids.clone();
            return;
        }
        let mut members = view.members.to_vec();
        let mut before: Option<NodeId> = None;
        for member in self.base.members.iter() {
            if goes(member) {
                insert_behind(&mut members, before, *member);
            }
            before = Some(member.id);
        }
        self.ring = View { members: members.into(), ..view.clone() };
        self.ids = Voters::from(&self.ring).ids;
    }
}

/// Puts `member` behind `before`; at the end if there is no such node.
pub fn insert_behind(members: &mut Vec<Member>, before: Option<NodeId>, member: Member) {
    let at = before.and_then(|id| members.iter().position(|other| other.id == id));
    members.insert(at.map_or(members.len(), |at| at + 1), member);
}
