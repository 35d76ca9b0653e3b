//! A picture of the ring, for people.

use super::Node;
use crate::proto::id::{Ballot, NodeId};
use crate::proto::status::{Role, Standing, Status};
use crate::proto::view::{View, Voters};

impl Node {
    /// What this node knows of its ring now.
    pub fn status(&self) -> Status {
        let Standing { leading, pending_view, last, committed, .. } = self.standing();
        let stored_by_all = match &self.outside {
            Some(view) => self.tally.index_of_all(&Voters::from(view)),
            None => self.tally.index_of_all(self.membership.base_voters()),
        };
        Status {
            me: self.me,
            ring: self.ring,
            role: self.role(),
            promised: self.durable.promised(),
            leading,
            pending_view,
            pending_ballot: self.pending_ballot(),
            last,
            committed,
            stored_by_all,
            successor: self.successor,
            predecessor: self.predecessor.filter(|peer| self.links.to(*peer).is_some()),
            suspects: self.suspects.iter().collect(),
            round_trips: self
                .links
                .peers()
                .filter_map(|(peer, link)| Some((peer, self.links.get(link)?.round_trip?)))
                .collect(),
            waiting: self.outgoing.waiting(),
            no_quorum: self.no_quorum,
            view: self.view().clone(),
        }
    }

    /// The numbers of it only, for those who ask often.
    pub fn standing(&self) -> Standing {
        let hears = self.leading.is_some() || self.heard.is_some();
        Standing {
            view: self.view().number,
            leading: Some(self.current).filter(|_| hears),
            pending_view: self.membership.pending().map(|(_, view)| view.number),
            last: self.durable.log().last(),
            committed: self.committed,
        }
    }

    fn pending_ballot(&self) -> Option<Ballot> {
        self.membership.pending().and_then(|(index, _)| self.durable.log().ballot_at(*index))
    }

    /// The view in force, or the one that has put this node out.
    fn view(&self) -> &View {
        self.outside.as_ref().unwrap_or(self.membership.base())
    }

    fn role(&self) -> Role {
        if self.left {
            Role::Left
        } else if self.leading.is_some() {
            Role::Leader
        } else if !self.is_member() {
            Role::Learner
        } else if self.heard.is_some() {
            Role::Follower
        } else {
            Role::Candidate
        }
    }

    /// Whether this node belongs to the ring, as far as it knows.
    pub(super) fn is_member(&self) -> bool {
        self.outside.is_none() && self.membership.contains(self.me.id)
    }

    /// A view is in force.
    pub(super) fn install_view(&mut self, view: View) {
        self.may_be_let_go();
        self.membership.install(view);
    }

    /// The view that makes it a member may be none any more: what it holds until then was counted.
    pub(super) fn may_be_let_go(&mut self) {
        if self.is_on_ring() {
            self.held_as_member = self.durable.log().last();
        }
    }

    /// Whether frames pass through this node, by its own log. That may be so while it is removed:
    /// whoever does not know yet that the view without it is committed still counts on it.
    pub(super) fn is_on_ring(&self) -> bool {
        self.membership.contains(self.me.id)
    }

    /// The newest view that this node knows to be committed, by its log or by a word.
    pub(super) fn newest_known(&self) -> &View {
        self.told.as_ref().unwrap_or(self.membership.base())
    }

    /// The newest ring that this node knows of.
    pub(super) fn walk(&self) -> &View {
        self.told.as_ref().unwrap_or_else(|| self.membership.ring())
    }

    /// Whether it belongs to that ring, or to the one of the log.
    pub(super) fn is_around(&self, id: NodeId) -> bool {
        self.walk().contains(id) || self.membership.contains(id)
    }
}
