//! The state of the whole ring, and every step that may come next.

use ringchat::proto::entry::Committed;
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::view::{Member, View};
use stateright::{Model, Property};

use crate::bounds::{Bounds, Fault, FirstLap, Hearing};
use crate::claims;
use crate::peer::Peer;
use crate::said::Said;
use crate::shared::Shared;
use crate::store::Disk;
use crate::truth::Truth;

/// A ring of three, and how much may happen to it.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    /// How much.
    pub bounds: Bounds,
    /// What is broken on purpose.
    pub fault: Option<Fault>,
}

/// Everything, at one moment. What did not change is shared with the moment before.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The nodes; the first has led from the beginning.
    pub peers: [Shared<Peer>; 3],
    /// The network.
    pub said: Shared<Said>,
    /// What no node knows.
    pub truth: Shared<Truth>,
    /// What is left of [`Bounds::ballots`].
    pub(crate) ballots: u8,
    /// What is left of [`Bounds::views`].
    pub(crate) views: u8,
    /// What is left of [`Bounds::messages`].
    pub(crate) messages: u8,
    /// What is left of the starts of lap 1.
    pub(crate) starts: u8,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Whose.
    who: usize,
    /// What.
    step: Step,
    /// Its write, and all that follow, will be lost in a crash.
    lost: bool,
}

/// What a node may do, or have done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Begins lap 1.
    Start,
    /// Hears the token of lap 1 at this place.
    Elect(usize),
    /// Has won lap 1, and met no promise of a greater round.
    Gather(u64),
    /// Hears a token of lap 2; its own, perhaps.
    Elected(Ballot),
    /// Hears one entry of the leader of this ballot.
    Entry(Ballot, Index),
    /// Hears what is known of the log of this ballot, up to an index.
    News(Ballot, Index),
    /// Hears from a token what is committed.
    Learn(Committed),
    /// Proposes a view.
    Propose(View),
    /// Gives a message its place.
    Order,
    /// Its oldest write is durable.
    Persisted,
    /// Crashes, and comes up again.
    Crash,
}

/// The ballot of the leader that all begin with.
const FIRST: Ballot = Ballot { round: 1, proposer: NodeId(1) };

/// The view that all begin with.
pub(crate) fn first_view() -> View {
    let member = |id: u16| Member { id: NodeId(id.into()), address: ([127, 0, 0, 1], id).into() };
    let members = [member(1), member(2), member(3)].into();
    View { number: 1, members, tie_breaker: NodeId(1), changes: Vec::new() }
}

impl Model for Walk {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let mut truth = Truth::default();
        let mut said = Said::default();
        let disk = Disk { promised: FIRST, entries: Vec::new() };
        let peers = [1, 2, 3].map(|id| {
            let crashes = self.bounds.crashes;
            let mut peer = Peer::restart(NodeId(id), first_view(), &disk, crashes, &mut truth);
            if peer.me == FIRST.proposer {
                peer.lead(FIRST, &mut truth);
                let write = peer.durable.next_write(peer.me, None, Index::ZERO);
                write.into_iter().for_each(|write| drop(peer.durable.persisted(write.id)));
                peer.publish(self.fault, &mut said, &mut truth);
            }
            Shared::new(peer)
        });
        let Bounds { ballots, views, messages, .. } = self.bounds;
        let starts = match self.bounds.first_lap {
            FirstLap::Walked { starts } => starts,
            FirstLap::Assumed => 0,
        };
        let (said, truth) = (Shared::new(said), Shared::new(truth));
        vec![State { peers, said, truth, ballots, views, messages, starts }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.truth.broken.is_some() {
            return;
        }
        for (who, peer) in state.peers.iter().enumerate() {
            for step in self.steps(state, peer) {
                if self.may_be_lost(peer, &step) {
                    actions.push(Action { who, step: step.clone(), lost: true });
                }
                actions.push(Action { who, step, lost: false });
            }
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let before = &last.peers[action.who];
        let mut next = Next {
            state: last.clone(),
            peer: Peer::clone(before),
            said: Said::clone(&last.said),
            truth: Truth::clone(&last.truth),
        };
        let news = matches!(action.step, Step::News(..));
        self.take(action.step, &mut next);
        let wrote = self.write(before, &mut next, action.lost);
        if action.lost && !wrote {
            return None;
        }
        self.tidy_up(&mut next.peer);
        let Next { mut state, peer, mut said, mut truth } = next;
        let same_views = peer.membership.base() == before.membership.base();
        let idle = news && same_views && self.bounds.hearing == Hearing::WhatMatters;
        if truth == *last.truth && (idle || peer == **before && said == *last.said) {
            return None;
        }
        peer.publish(self.fault, &mut said, &mut truth);
        state.peers[action.who].set(peer);
        self.forget(&state, &mut said);
        state.said.set(said);
        state.truth.set(truth);
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Walk>> {
        claims::all()
    }
}

/// A state in the making: everything that a step of one node may change.
#[derive(Debug)]
pub(crate) struct Next {
    /// The state before, with what is left of the bounds as it will be.
    pub state: State,
    /// The node.
    pub peer: Peer,
    /// The network.
    pub said: Said,
    /// What no node knows.
    pub truth: Truth,
}

impl Walk {
    /// Drops what a node never looks at again, so that states that behave alike are equal.
    fn tidy_up(&self, peer: &mut Peer) {
        if self.bounds.first_lap != FirstLap::Assumed {
            // A token of lap 1 would tell of it.
            return;
        }
        let promised = peer.durable.promised();
        if !peer.election.gathers(promised) {
            peer.election.reset();
        }
        if peer.current < promised {
            // Nothing is taken or said under that ballot any more.
            peer.current = Ballot::ZERO;
            peer.verified = peer.committed;
        }
    }

    /// Drops what nobody will listen to any more, whatever crashes.
    fn forget(&self, state: &State, said: &mut Said) {
        let floor = state.peers.iter().map(|peer| {
            let memory = peer.durable.promised();
            peer.disk.as_ref().map_or(memory, |disk| disk.promised.min(memory))
        });
        said.forget_below(floor.min().unwrap_or(Ballot::ZERO));
        if self.fault == Some(Fault::DecidedTwice) {
            return;
        }
        // Who promises a ballot that nobody can lead under any more only does less than it could.
        said.elected.retain(|ballot, _| {
            let mut peers = state.peers.iter();
            peers.any(|peer| {
                peer.me == ballot.proposer
                    && peer.election.gathers(*ballot)
                    && peer.durable.promised() == *ballot
            })
        });
    }
}
