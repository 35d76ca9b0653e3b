//! What is known committed is held by a quorum at that moment, or it may be lost with those who hold it.
//!
//! The guarantees are held against what nodes tell and deliver. A node that counts too much breaks them
//! only if just the wrong machines die before the others have caught up, which is rare; here it shows at
//! once, since this engine can look into the logs.

use std::collections::BTreeMap;
use std::sync::Arc;

use ringchat::proto::entry::{Body, Delivered, Entry};
use ringchat::proto::event::Event;
use ringchat::proto::id::{Ballot, Index, NodeId, RingId};
use ringchat::proto::view::View;

use super::Events;
use super::host::Host;
use crate::scenario::NodeIndex;

/// How far each ring is known to be committed.
pub(super) type Furthest = BTreeMap<RingId, Index>;

impl Events {
    /// A message is delivered, by the view that is in force there.
    pub(super) fn check_delivery(&mut self, host: NodeIndex, delivered: &Delivered) {
        if !self.is_first(host, delivered.index) {
            return;
        }
        let is_it = |entry: &Entry| {
            entry.ballot == delivered.ballot
                && matches!(&entry.body, Body::Message(message) if *message == delivered.message)
        };
        let view = self.hosts[host.0].view.clone();
        let strictly = !self.view_follows(host);
        self.check_holders(host, delivered.index, &is_it, (view.as_ref(), strictly));
    }

    /// Takes in what the node tells of its views: one that is installed is held by quorums of both.
    pub(super) fn check_view(&mut self, host: NodeIndex, event: &Event) {
        match event {
            Event::ViewInstalled { index, view } => {
                let before = self.hosts[host.0].view.replace(view.clone());
                self.check_addresses(host, view);
                if self.is_first(host, *index) {
                    let is_it =
                        |entry: &Entry| matches!(&entry.body, Body::View(held) if held == view);
                    self.check_holders(host, *index, &is_it, (before.as_ref(), false));
                    self.check_holders(host, *index, &is_it, (Some(view), false));
                }
            }
            Event::SnapshotInstalled { view, .. } => self.hosts[host.0].view = Some(view.clone()),
            Event::Leads { ballot, .. } => self.check_leader(host, *ballot),
            // From here on it needs nobody else.
            Event::WentAlone { .. } => {
                self.hosts[host.0].view = None;
                self.hosts[host.0].bearings.forget();
            }
            _ => {}
        }
    }

    /// Whoever was at a newcomer's address before is dead, or the newcomer could not listen there.
    fn check_addresses(&mut self, host: NodeIndex, view: &View) {
        // All who install a view hold the same list.
        if Arc::ptr_eq(&self.addressed, &view.members) {
            return;
        }
        self.addressed = view.members.clone();
        let mut addresses: Vec<_> = view.members.iter().map(|member| member.address).collect();
        addresses.sort_unstable();
        if let Some(pair) = addresses.windows(2).find(|pair| pair[0] == pair[1]) {
            let words = format!("installs view {} with two members at {}", view.number, pair[0]);
            self.crashed.get_or_insert((host, words));
        }
    }

    /// Nobody leads a ring that it is no member of, by its own log.
    fn check_leader(&mut self, host: NodeIndex, ballot: Ballot) {
        let here = &self.hosts[host.0];
        // A pending view may be the one that lets it in.
        let pending = here.node.as_ref().is_some_and(|node| node.standing().pending_view.is_some());
        let outside = |view: &View| here.id.is_some_and(|id| !view.contains(id));
        if !pending && here.view.as_ref().is_some_and(outside) {
            let words = format!("leads under {ballot}, though its log says that it was removed");
            self.crashed.get_or_insert((host, words));
        }
    }

    fn is_first(&mut self, host: NodeIndex, index: Index) -> bool {
        let Some(ring) = self.hosts[host.0].ring() else { return false };
        let furthest = self.furthest.entry(ring).or_default();
        let is_first = index > *furthest;
        *furthest = index.max(*furthest);
        self.counted |= is_first;
        is_first
    }

    /// Whether a view is committed together with what is delivered now: that needs an election quorum
    /// only, and what stands before it is committed with it.
    fn view_follows(&self, host: NodeIndex) -> bool {
        let here = &self.hosts[host.0];
        let (Some(node), Some(view)) = (&here.node, &here.view) else { return false };
        node.standing().view > view.number
    }

    /// Whoever is the first to know something committed has counted an entry of the ballot that it
    /// follows: behind one of an older ballot a greater may be on its way (Raft's figure 8). Only at a view
    /// may it stop short of that entry: what stands before, at and behind a view needs other quorums.
    pub(super) fn check_count(&mut self, host: NodeIndex) {
        if !std::mem::take(&mut self.counted) {
            return;
        }
        let here = &self.hosts[host.0];
        let (Some(node), true) = (&here.node, here.view.is_some()) else { return };
        let status = node.standing();
        let Some(ballot) = status.leading else { return };
        let before = status.committed.previous();
        let held = node.entries(before, status.last).count() as u64;
        if held < status.last.0 - before.0 {
            // The log is cut behind what was counted.
            return;
        }
        let mut counted = node.entries(before, status.last).peekable();
        let Some(last) = counted.next() else { return };
        let is_view = |entry: &Entry| matches!(entry.body, Body::View(_));
        let at_view = is_view(last) || counted.peek().is_some_and(|next| is_view(next));
        if last.ballot != ballot && !(at_view && counted.any(|entry| entry.ballot == ballot)) {
            let words = format!("counts {} of {} under {ballot}", status.committed, last.ballot);
            self.crashed.get_or_insert((host, words));
        }
    }

    fn check_holders(
        &mut self,
        host: NodeIndex,
        index: Index,
        is_it: &dyn Fn(&Entry) -> bool,
        (view, strictly): (Option<&View>, bool),
    ) {
        let Some(view) = view else { return };
        let ring = self.hosts[host.0].ring();
        let holds = |id: NodeId| {
            let place = self.homes.of(id);
            // Of a life that made way for the next, or for a ring of its own, nothing is known any more.
            place.is_none_or(|place| {
                let there = &self.hosts[place.0];
                place == host || there.ring() != ring || there.holds(index, is_it)
            })
        };
        let enough =
            if strictly { view.is_commit_quorum(holds) } else { view.is_election_quorum(holds) };
        if !enough {
            let name = |id: NodeId| {
                let place = self.homes.of(id);
                place.map_or_else(|| id.to_string(), |place| self.names[place.0].clone())
            };
            let of = |which: &dyn Fn(NodeId) -> bool| {
                let those = view.members.iter().map(|member| member.id).filter(|id| which(*id));
                those.map(name).collect::<Vec<_>>().join(" ")
            };
            let (all, some) = (of(&|_| true), of(&holds));
            let words = format!("takes {index} for committed, which of {all} only {some} holds");
            self.crashed.get_or_insert((host, words));
        }
    }
}

impl Host {
    /// The ring of the last life of its node.
    pub(super) fn ring(&self) -> Option<RingId> {
        self.node.as_ref().and_then(|node| node.hello().ring)
    }

    /// Whether the last life of its node holds this entry, or has delivered and forgotten it.
    fn holds(&self, index: Index, is_it: &dyn Fn(&Entry) -> bool) -> bool {
        let entry = |node: &ringchat::proto::node::Node| {
            node.entries(index.previous(), index).next().is_some_and(is_it)
        };
        self.covered >= index || self.node.as_ref().is_some_and(entry)
    }
}
