//! What becomes of a step: who does what, what is said of it, and what is written.

use ringchat::proto::election::Verdict;
use ringchat::proto::entry::{Body, Payload, Submission};
use ringchat::proto::id::Ballot;
use ringchat::proto::message::Elected;

use crate::bounds::{Fault, Writes};
use crate::peer::Peer;
use crate::said::Said;
use crate::store::{Disk, Outstanding};
use crate::truth::Broken;
use crate::walk::{Next, Step, Walk, first_view};

impl Walk {
    /// Carries a step out.
    pub(crate) fn take(&self, step: Step, next: &mut Next) {
        let Next { state, peer, said, truth } = next;
        match step {
            Step::Start => {
                state.starts -= 1;
                let own = peer.candidate();
                said.elect(peer.election.start(own));
            }
            Step::Elect(at) => self.judge(at, next),
            Step::Gather(round) => self.gather(Ballot { round, ..Ballot::ZERO }, next),
            Step::Elected(ballot) => {
                let Some(token) = said.elected.get(&ballot).cloned() else { return };
                if ballot.proposer == peer.me {
                    peer.decide(&token, self.fault, said, truth);
                } else if peer.on_elected(token.clone(), self.fault) {
                    self.promised_early(peer, token, said);
                }
            }
            Step::Entry(ballot, index) => {
                let Some(frame) = said.entry(ballot, index) else { return };
                peer.on_append(frame, self.fault, truth);
            }
            Step::News(ballot, limit) => {
                peer.on_append(said.news(ballot, limit), self.fault, truth);
            }
            Step::Learn(known) => peer.learn(known, truth),
            Step::Propose(view) => {
                state.views -= 1;
                peer.append_own(Body::View(view), truth);
            }
            Step::Order => {
                state.messages -= 1;
                let (origin, payload) = (peer.me, Payload::default());
                let message = Submission { origin, seq: 1, lamport: 0, payload };
                peer.append_own(Body::Message(message), truth);
            }
            Step::Persisted => self.persisted(next),
            Step::Crash => {
                let all = || Disk::of(peer.durable.promised(), peer.durable.log());
                let disk = peer.disk.clone().unwrap_or_else(all);
                *peer = Peer::restart(peer.me, first_view(), &disk, peer.crashes - 1, truth);
            }
        }
    }

    /// A token of lap 1 is heard. What would begin more than the bounds allow does not happen.
    fn judge(&self, at: usize, next: &mut Next) {
        let Next { state, peer, said, truth } = next;
        let Some(token) = said.elect.get(at).cloned() else { return };
        peer.learn(token.committed, truth);
        let before = peer.election.clone();
        let own = peer.candidate();
        match peer.election.judge(token, own) {
            Verdict::Pass(token) => said.elect(token),
            Verdict::Replace(token) if state.starts > 0 => {
                state.starts -= 1;
                said.elect(token);
            }
            Verdict::Won(token) if !peer.is_quorum(&token.met, self.fault) => {
                peer.election.resume();
            }
            Verdict::Won(token) if state.ballots > 0 => self.gather(token.promised, next),
            Verdict::Replace(_) | Verdict::Won(_) => peer.election = before,
            Verdict::Swallow => {}
        }
    }

    fn gather(&self, met: Ballot, next: &mut Next) {
        next.state.ballots -= 1;
        let token = next.peer.gather(met);
        self.promised_early(&next.peer, token, &mut next.said);
    }

    fn promised_early(&self, peer: &Peer, token: Elected, said: &mut Said) {
        if self.fault == Some(Fault::PromiseNotDurable) {
            said.elected(Elected { promised_by: vec![peer.me], ..token });
        }
    }

    /// What the node gives to its store after every step. Whether there was anything.
    pub(crate) fn write(&self, before: &Peer, next: &mut Next, lost: bool) -> bool {
        let Next { peer, said, .. } = next;
        let then = peer.asked.take();
        let Some(write) = peer.durable.next_write(peer.me, None, ringchat::proto::id::Index::ZERO)
        else {
            return false;
        };
        match self.bounds.writes {
            Writes::LostWhereItShows if peer.disk.is_none() && !lost => {
                for token in peer.durable.persisted(write.id) {
                    promise_is_durable(peer, token, said);
                }
                return true;
            }
            Writes::LostWhereItShows => {}
            Writes::OneByOne => {
                let entries = peer.durable.log().behind(write.behind).cloned().collect();
                let (id, promised, behind) = (write.id, write.promised, write.behind);
                peer.outstanding.push_back(Outstanding { id, promised, behind, entries, then });
            }
        }
        peer.disk.get_or_insert_with(|| Disk::of(before.durable.promised(), before.durable.log()));
        true
    }

    /// The oldest write is durable.
    fn persisted(&self, next: &mut Next) {
        let Next { peer, said, truth, .. } = next;
        let Some(write) = peer.outstanding.pop_front() else { return };
        for token in peer.durable.persisted(write.id) {
            promise_is_durable(peer, token, said);
        }
        let Some(disk) = &mut peer.disk else { return };
        disk.complete(write);
        if peer.outstanding.is_empty() {
            if *disk != Disk::of(peer.durable.promised(), peer.durable.log()) {
                truth.broken = Some(Broken::StoreDiffers);
            }
            peer.disk = None;
        }
    }
}

/// The promise for this token is durable: it may be counted.
fn promise_is_durable(peer: &Peer, mut token: Elected, said: &mut Said) {
    if peer.durable.promised() == token.ballot {
        token.promised_by.push(peer.me);
        said.elected(token);
    }
}
