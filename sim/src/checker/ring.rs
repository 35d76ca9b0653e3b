//! One ring as all its nodes together show it: the one order, its views, and what is committed.

use std::collections::BTreeMap;

use ringchat::proto::entry::Delivered;
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::view::View;

/// A place of the one order that somebody has delivered.
#[derive(Clone, Debug)]
pub struct Ordered {
    /// What was delivered there.
    pub delivered: Delivered,
    /// The greatest Lamport time up to and including this place.
    pub lamport: u64,
    /// Whether its origin has delivered it.
    pub acknowledged: bool,
}

/// What one origin has in the order.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// The number of its last message there.
    pub seq: u64,
    /// Where in [`Ring::order`] that message stands.
    pub ordinal: usize,
}

/// A stretch of known entries of one ballot: committed logs never go back to a smaller one, so all
/// entries between the first and the last have it too.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    /// The ballot of the entries.
    pub ballot: Ballot,
    /// The first that is known.
    pub first: Index,
    /// The last that is known.
    pub last: Index,
}

/// One ring, as far as anybody has shown it.
#[derive(Clone, Debug, Default)]
pub struct Ring {
    pub(super) order: Vec<Ordered>,
    /// The greatest place that any node has got to, by delivery, view or snapshot.
    pub(super) reach: Index,
    sessions: BTreeMap<NodeId, Session>,
    pub(super) views: Vec<(Index, View)>,
    proposals: Vec<(Index, Ballot, View)>,
    stretches: Vec<Stretch>,
    /// For each ballot, how far somebody who led or followed under it knew the log committed.
    committed: BTreeMap<Ballot, Index>,
}

impl Ring {
    /// Everything that was delivered, in order.
    pub fn order(&self) -> &[Ordered] {
        &self.order
    }

    /// What `origin` has in the order; none if nothing.
    pub fn session(&self, origin: NodeId) -> Option<Session> {
        self.sessions.get(&origin).copied()
    }

    /// All views that were installed, in order, with their places.
    pub fn views(&self) -> &[(Index, View)] {
        &self.views
    }

    /// The last of the views that were installed.
    pub fn newest_view(&self) -> Option<&View> {
        self.views.last().map(|(_, view)| view)
    }

    /// All views that were ever proposed, and under which ballots.
    pub fn proposals(&self) -> impl Iterator<Item = (Ballot, &View)> {
        self.proposals.iter().map(|(_, ballot, view)| (*ballot, view))
    }

    /// The committed log by ballots, as far as it is known.
    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// Up to where the log was committed under ballots smaller than this.
    pub fn committed_below(&self, ballot: Ballot) -> Index {
        self.committed.range(..ballot).map(|(_, index)| *index).max().unwrap_or(Index::ZERO)
    }

    /// How many places of the order lie at or before `index`.
    pub fn ordinal_behind(&self, index: Index) -> usize {
        self.order.partition_point(|ordered| ordered.delivered.index <= index)
    }

    /// How many views lie at or before `index`.
    pub fn views_up_to(&self, index: Index) -> usize {
        self.views.partition_point(|(at, _)| *at <= index)
    }

    /// The greatest Lamport time in the first `count` places of the order.
    pub fn lamport_of(&self, count: usize) -> u64 {
        count.checked_sub(1).and_then(|last| self.order.get(last)).map_or(0, |it| it.lamport)
    }

    /// A ring that begins with the first places and views of this one, all of them committed.
    pub(super) fn fork(&self, places: usize, views: usize, position: Index) -> Ring {
        let mut ring = Ring { views: self.views[..views].to_vec(), ..Ring::default() };
        for ordered in &self.order[..places] {
            ring.push(ordered.delivered.clone(), ordered.acknowledged);
        }
        ring.reach = position;
        ring.committed.insert(Ballot::ZERO, position);
        ring
    }

    /// Somebody was the first to deliver this.
    pub(super) fn push(&mut self, delivered: Delivered, acknowledged: bool) {
        let message = &delivered.message;
        let session = Session { seq: message.seq, ordinal: self.order.len() };
        self.sessions.insert(message.origin, session);
        self.extend_stretch(delivered.index, delivered.ballot);
        let lamport = self.lamport_of(self.order.len()).max(message.lamport);
        self.order.push(Ordered { delivered, lamport, acknowledged });
    }

    /// Somebody was the first to install this view.
    pub(super) fn push_view(&mut self, index: Index, view: &View) {
        let mut same = self.proposals.iter().filter(|(at, _, other)| *at == index && other == view);
        // Rival leaders can propose the same: then the ballot of the entry is not known.
        if let (Some((_, ballot, _)), None) = (same.next(), same.next()) {
            self.extend_stretch(index, *ballot);
        }
        self.views.push((index, view.clone()));
    }

    pub(super) fn propose(&mut self, index: Index, ballot: Ballot, view: &View) {
        self.proposals.push((index, ballot, view.clone()));
    }

    /// A node that leads or follows under `ballot` has got to `index`.
    pub(super) fn got_to(&mut self, index: Index, ballot: Option<Ballot>) {
        self.reach = self.reach.max(index);
        if let Some(ballot) = ballot {
            let known = self.committed.entry(ballot).or_insert(index);
            *known = index.max(*known);
        }
    }

    fn extend_stretch(&mut self, index: Index, ballot: Ballot) {
        match self.stretches.last_mut() {
            Some(last) if last.ballot == ballot => last.last = index,
            Some(_) | None => self.stretches.push(Stretch { ballot, first: index, last: index }),
        }
    }
}
