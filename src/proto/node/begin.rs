//! How a node begins: as the founder of a ring, or as the one that it was, with what its disk held.

use std::net::SocketAddr;

use bytes::Bytes;

use super::{Node, Step};
use crate::proto::durable::Durable;
use crate::proto::entry::{Body, Snapshot};
use crate::proto::event::Event;
use crate::proto::id::Index;
use crate::proto::log::Log;
use crate::proto::outgoing::Outgoing;
use crate::proto::output::Output;
use crate::proto::recovered::Recovered;
use crate::proto::sequencer::Sessions;
use crate::proto::time::Instant;
use crate::proto::view::{Change, View};

/// A node that comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restart {
    /// What its disk held.
    pub disk: Recovered,
    /// Whom to ask to be let in, besides those it knows, should it be no member.
    pub contacts: Vec<SocketAddr>,
    /// Go on as a new ring of one, with everything that the disk held, committed or not.
    pub alone: bool,
}

/// What a restarted node says with its first input.
#[derive(Debug)]
pub(super) struct Awakening {
    /// The application's state up to there.
    index: Index,
    application: Bytes,
    /// All this is known committed.
    known: Index,
    alone: bool,
}

impl Node {
    /// A ring of one: a first view that needs nobody else, and a ballot to write it under.
    pub(super) fn found(&mut self) {
        let id = self.me.id;
        let view = View {
            number: 0,
            members: [self.me].into(),
            tie_breaker: id,
            changes: vec![Change::Founded(id)],
        };
        self.install_view(view.clone());
        // That view does not stand in the log, and without it a disk could not say whose ring this is.
        let mut nothing = Snapshot::default();
        nothing.head.view = view;
        self.durable.keep(nothing);
        self.election_at = Some(Instant::START);
    }

    /// Becomes the node that the disk is of: a follower that knows nothing as committed but what the
    /// disk says. What it led or followed is not resumed; it hears of that, or of something newer.
    pub(super) fn restore(&mut self, restart: Restart) {
        let Restart { disk, contacts, alone } = restart;
        let Recovered { node, life, ring, promised, committed, snapshot, entries } = disk;
        let Snapshot { head, application } = snapshot;
        let log = Log::restore(head.index, head.ballot, entries);
        self.me.id = node;
        self.ring = Some(ring);
        self.outgoing = Outgoing::in_life(life);
        self.look_for(contacts);
        self.sessions = Sessions::from_pairs(&head.sessions);
        self.exiles.add(Instant::START, head.exiles, &head.view, self.config.probe_max);
        self.install_view(head.view);
        (self.lamport, self.committed, self.verified) = (head.lamport, head.index, head.index);
        let last = log.last();
        let mut known = committed.min(last).max(head.index);
        for (at, entry) in (head.index.0 + 1..).map(Index).zip(log.behind(head.index)) {
            match &entry.body {
                Body::Empty => {}
                // It may have been delivered before, and answers to it have to come later.
                Body::Message(message) => self.lamport = self.lamport.max(message.lamport),
                Body::View(view) => {
                    // A leader proposes a view only where it knows of none pending.
                    let before = self.membership.pending().map(|(before, _)| *before);
                    known = known.max(before.unwrap_or_default());
                    self.membership.propose(at, view.clone());
                }
            }
        }
        self.durable = Durable::restore(promised, log);
        self.held_as_member = last;
        let known = if alone { last } else { known };
        let index = head.index;
        self.awakening = Some(Box::new(Awakening { index, application, known, alone }));
        self.flush_due = true;
    }

    /// Says what the disk held, before anything else is heard.
    pub(super) fn awake(&mut self, step: &mut Step) {
        let Some(awakening) = self.awakening.take() else { return };
        let Awakening { index, application, known, alone } = *awakening;
        let last = self.durable.log().last();
        if index > Index::ZERO {
            let view = self.membership.base().clone();
            step.event(Event::SnapshotInstalled { index, view });
            step.out.push(Output::InstallSnapshot { index, application });
        }
        self.verified = known;
        self.advance(step, known);
        let view = self.membership.base().clone();
        step.event(Event::Restored { index: self.committed, last, view });
        if alone {
            return self.secede(step);
        }
        if self.is_member() {
            // The others may have a leader, who will be heard by then.
            let has_others = self.membership.ring().members.len() > 1;
            let wait = if has_others { self.leader_lost_after() } else { Default::default() };
            self.election_at = Some(step.now + wait);
        }
        self.retarget(step);
    }
}
