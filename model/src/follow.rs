//! A node follows a leader's log: what it takes, says that it holds, and knows committed.
//!
//! The functions are named after those of `src/proto/node/` that they restate.

use ringchat::proto::entry::{Body, Entry};
use ringchat::proto::id::{Ballot, Index};
use ringchat::proto::membership::Membership;
use ringchat::proto::message::Append;
use ringchat::proto::tally::Tally;

use crate::bounds::Fault;
use crate::peer::Peer;
use crate::said::Said;
use crate::truth::{Broken, Truth};

impl Peer {
    /// A frame of a leader's log.
    pub fn on_append(&mut self, frame: Append, fault: Option<Fault>, truth: &mut Truth) {
        let own = frame.ballot.proposer == self.me;
        if frame.ballot < self.durable.promised() || (own && frame.ballot > self.current) {
            return;
        }
        if frame.ballot > self.current {
            self.leads = false;
            if frame.ballot > self.durable.promised() {
                self.durable.promise(frame.ballot);
            }
            self.enter(frame.ballot);
        }
        let mut tally = Tally::default();
        tally.merge_all(&frame.stored);
        let commit = frame.commit;
        if !own {
            self.take_entries(frame, truth);
        }
        self.advance(commit.min(self.verified), None, truth);
        self.count(&mut tally, fault, truth);
    }

    /// Another ballot begins at this node.
    pub(crate) fn enter(&mut self, ballot: Ballot) {
        self.current = ballot;
        self.verified = self.committed;
        self.election.reset();
    }

    fn take_entries(&mut self, frame: Append, truth: &mut Truth) {
        let fits = frame.previous <= self.verified
            || self.durable.log().ballot_at(frame.previous) == Some(frame.previous_ballot);
        if !fits {
            return;
        }
        self.verified = self.verified.max(frame.previous);
        let mut at = frame.previous;
        for entry in frame.entries {
            at = at.next();
            if at <= self.verified {
                continue;
            }
            match self.durable.log().ballot_at(at) {
                Some(ballot) if ballot == entry.ballot => {}
                Some(_) => {
                    if at <= self.committed {
                        truth.broken = Some(Broken::CommittedCut);
                    }
                    self.durable.truncate(at);
                    self.membership.truncate(at);
                    self.append(entry, truth);
                }
                None => {
                    self.append(entry, truth);
                }
            }
            self.verified = at;
        }
    }

    /// Adds an entry, and takes in the view that it may hold.
    pub(crate) fn append(&mut self, entry: Entry, truth: &mut Truth) -> Index {
        let view = match &entry.body {
            Body::View(view) => Some(view.clone()),
            Body::Empty | Body::Message(_) => None,
        };
        if view.is_some()
            && let Some(before) = self.membership.pending().map(|(index, _)| *index)
        {
            self.verified = self.verified.max(before);
            self.advance(before, None, truth);
        }
        let at = self.durable.append(entry);
        if let Some(view) = view {
            self.membership.propose(at, view);
        }
        at
    }

    fn count(&mut self, tally: &mut Tally, fault: Option<Fault>, truth: &mut Truth) {
        self.advance(self.counted(tally, fault), Some(self.current), truth);
    }

    /// What is committed by count of these acknowledgements.
    fn counted(&self, tally: &mut Tally, fault: Option<Fault>) -> Index {
        let log = self.durable.log();
        let is_own = |index| {
            let ballot = log.ballot_at(index);
            ballot == Some(self.current) || fault == Some(Fault::OldBallotCounted)
        };
        let pending = self.membership.pending().filter(|(at, _)| *at <= self.verified);
        if let Some((_, view)) = pending
            && fault == Some(Fault::CommittedByNewViewAlone)
        {
            let mut alone = Membership::default();
            alone.install(view.clone());
            return alone.commit_index(tally, self.verified, is_own);
        }
        self.membership.commit_index(tally, self.verified, is_own)
    }

    /// Says what it holds and knows, to whomever; and what can be counted now is committed in truth.
    pub fn publish(&self, fault: Option<Fault>, said: &mut Said, truth: &mut Truth) {
        if self.current == Ballot::ZERO || self.durable.promised() != self.current {
            return;
        }
        let log = self.durable.log();
        let early = fault == Some(Fault::AcknowledgedNotDurable);
        let durable = if early { self.verified } else { self.durable.index() };
        let holds = self.verified.min(durable);
        // The product says this always; but only an entry of the own ballot is ever counted.
        let counts = log.ballot_at(holds) == Some(self.current);
        if counts || fault == Some(Fault::OldBallotCounted) {
            said.stored(self.current, self.me, holds);
        }
        said.commit(self.current, self.committed);
        if self.leads {
            said.logs.insert(self.current, log.behind(Index::ZERO).cloned().collect());
        }
        if let Some(tally) = said.stored.get(&self.current) {
            let counted = self.counted(&mut tally.clone(), fault);
            for at in (self.committed.0 + 1..=counted.0).map(Index) {
                log.get(at).into_iter().for_each(|it| truth.commit(at, it, Some(self.current)));
            }
        }
    }

    /// Everything up to `to`, which this node holds, is known committed.
    pub(crate) fn advance(&mut self, to: Index, counted_under: Option<Ballot>, truth: &mut Truth) {
        while self.committed < to {
            let index = self.committed.next();
            let Some(entry) = self.durable.log().get(index) else { break };
            truth.commit(index, entry, counted_under);
            self.committed = index;
            if let Body::View(view) = &entry.body {
                self.membership.install(view.clone());
            }
        }
    }
}
