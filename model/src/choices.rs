//! Every step that one node may take next, but for those that make no difference to anybody.

use std::sync::Arc;

use ringchat::proto::entry::Committed;
use ringchat::proto::id::{Index, NodeId};
use ringchat::proto::membership::insert_behind;
use ringchat::proto::view::{Change, Member, View};

use crate::bounds::{Fault, FirstLap, Hearing, Writes};
use crate::peer::Peer;
use crate::walk::{State, Step, Walk, first_view};

impl Walk {
    /// What this node may do next, or have done to it.
    pub(crate) fn steps(&self, state: &State, peer: &Peer) -> Vec<Step> {
        let mut steps = Vec::new();
        let one_by_one = self.bounds.writes == Writes::OneByOne;
        // What it writes is lost: nobody will ever know what else it took in.
        let doomed = !one_by_one && peer.disk.is_some() && !self.says_what_is_not_durable();
        if !doomed {
            self.elections(state, peer, &mut steps);
        }
        if !doomed || peer.leads {
            self.frames(state, peer, &mut steps);
            steps
                .retain(|step| !doomed || matches!(step, Step::News(it, _) if *it == peer.current));
        }
        self.decisions(state, peer, &mut steps);
        if !peer.outstanding.is_empty() {
            steps.push(Step::Persisted);
        }
        let loses = peer.disk.is_some() || peer.membership.base().number > 1;
        if peer.crashes > 0 && (one_by_one || loses) {
            steps.push(Step::Crash);
        }
        steps
    }

    /// Whether this step, if it writes anything, may be the first whose write a crash takes along.
    pub(crate) fn may_be_lost(&self, peer: &Peer, step: &Step) -> bool {
        let shows = match step {
            Step::Elected(ballot) => ballot.proposer == peer.me,
            Step::Propose(_) | Step::Order => true,
            Step::Gather(_) | Step::Entry(..) | Step::News(..) | Step::Learn(_) => false,
            Step::Start | Step::Elect(_) | Step::Persisted | Step::Crash => false,
        };
        self.bounds.writes == Writes::LostWhereItShows
            && peer.crashes > 0
            && peer.disk.is_none()
            && *step != Step::Crash
            && (shows || self.says_what_is_not_durable())
    }

    fn says_what_is_not_durable(&self) -> bool {
        [Some(Fault::PromiseNotDurable), Some(Fault::AcknowledgedNotDurable)].contains(&self.fault)
    }

    fn elections(&self, state: &State, peer: &Peer, steps: &mut Vec<Step>) {
        match self.bounds.first_lap {
            FirstLap::Walked { .. } => {
                if state.starts > 0 && peer.is_member() && !peer.leads {
                    steps.push(Step::Start);
                }
                steps.extend((0..state.said.elect.len()).map(Step::Elect));
            }
            FirstLap::Assumed => {
                if state.ballots > 0 && peer.is_member() {
                    let own = peer.durable.promised().round;
                    let greatest =
                        state.peers.iter().map(|other| other.durable.promised().round).max();
                    steps.extend((own..=greatest.unwrap_or(own)).map(Step::Gather));
                }
                steps.extend(rumour(state, peer).map(Step::Learn));
            }
        }
        for (ballot, token) in &state.said.elected {
            let promised = peer.durable.promised();
            let own = ballot.proposer == peer.me;
            // A write that is under way holds this promise already.
            let waits = peer.disk.is_some() && *ballot == promised && !own;
            let voice = token.promised_by.contains(&peer.me) && !own;
            if *ballot >= promised && !waits && !voice {
                steps.push(Step::Elected(*ballot));
            }
        }
    }

    fn frames(&self, state: &State, peer: &Peer, steps: &mut Vec<Step>) {
        let everything = self.bounds.hearing == Hearing::Everything;
        for (ballot, log) in state.said.logs.range(peer.durable.promised()..) {
            let follows = *ballot == peer.current;
            let verified = if follows { peer.verified } else { peer.committed };
            let fits = |at: &Index| {
                let previous = at.previous();
                let theirs = log.get(place(previous)).map(|entry| entry.ballot);
                previous <= verified || peer.durable.log().ballot_at(previous) == theirs
            };
            if ballot.proposer != peer.me {
                let entries = (verified.0 + 1..=log.len() as u64).map(Index);
                let heard = entries.filter(|at| everything || fits(at));
                steps.extend(heard.map(|at| Step::Entry(*ballot, at)));
            }
            if !follows && everything {
                steps.push(Step::News(*ballot, Index::ZERO));
            }
            if follows && everything {
                let limits = (peer.committed.0 + 1..=verified.0).map(Index);
                steps.extend(limits.map(|at| Step::News(*ballot, at)));
            } else if follows && verified > peer.committed {
                steps.push(Step::News(*ballot, verified));
            }
        }
    }

    fn decisions(&self, state: &State, peer: &Peer, steps: &mut Vec<Step>) {
        // Whom nobody can hear any more might as well have decided before.
        let others = state.peers.iter().filter(|other| other.me != peer.me);
        let heard = others.map(|other| other.durable.promised()).any(|it| it <= peer.current);
        if !peer.leads || !heard {
            return;
        }
        if state.messages > 0 {
            steps.push(Step::Order);
        }
        let pending = peer.membership.pending().is_some();
        if state.views == 0 || (pending && self.fault != Some(Fault::TwoViewsPending)) {
            return;
        }
        let base = peer.membership.base();
        for other in first_view().members.iter().filter(|other| other.id != peer.me) {
            let mut members = base.members.to_vec();
            let change = if base.contains(other.id) {
                members.retain(|member| member.id != other.id);
                Change::Evicted(other.id)
            } else {
                insert_behind(&mut members, Some(peer.me), *other);
                Change::Joined(other.id)
            };
            steps.push(Step::Propose(next_view(base, members.into(), peer.me, change)));
        }
        if self.bounds.tie_breaker_moves && base.tie_breaker != peer.me {
            let change = Change::TieBreaker(peer.me);
            steps.push(Step::Propose(next_view(base, base.members.clone(), peer.me, change)));
        }
    }
}

fn next_view(base: &View, members: Arc<[Member]>, tie_breaker: NodeId, change: Change) -> View {
    View { number: base.number + 1, members, tie_breaker, changes: vec![change] }
}

/// What a token of lap 1 may tell: that the view that is pending here is committed.
fn rumour(state: &State, peer: &Peer) -> Option<Committed> {
    let (index, _) = *peer.membership.pending()?;
    let (entry, under) = state.truth.at(index)?;
    Some(Committed { index, ballot: entry.ballot, under: *under })
}

/// Where in a list that begins with index 1 the entry at `index` stands.
fn place(index: Index) -> usize {
    usize::try_from(index.previous().0).unwrap_or(usize::MAX)
}
