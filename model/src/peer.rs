//! One node of the model: the product's machines, and what the product's node does between them.
//!
//! The functions are named after those of `src/proto/node/` that they restate.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

use ringchat::proto::durable::Durable;
use ringchat::proto::election::{Candidate, Election};
use ringchat::proto::entry::{Body, Committed, Entry};
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::membership::Membership;
use ringchat::proto::message::Elected;
use ringchat::proto::view::View;

use crate::bounds::Fault;
use crate::said::Said;
use crate::store::{Disk, Outstanding};
use crate::truth::{Broken, Truth};

/// A node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Who it is.
    pub me: NodeId,
    /// Promise and log.
    pub durable: Durable,
    /// Views.
    pub membership: Membership,
    /// Its part in elections.
    pub election: Election,
    /// Everything up to here is known committed.
    pub committed: Index,
    /// The ballot led or followed under.
    pub current: Ballot,
    /// The prefix known to equal the log of that ballot's leader.
    pub verified: Index,
    /// Whether it leads.
    pub leads: bool,
    /// What the store holds, if that is not all.
    pub disk: Option<Disk>,
    /// Writes that are not durable yet.
    pub outstanding: VecDeque<Outstanding>,
    /// The ballot whose token of lap 2 waits for the next write.
    pub asked: Option<Ballot>,
    /// How often it may yet crash.
    pub crashes: u8,
}

impl Hash for Peer {
    /// Leaves out what only counts: two nodes that differ in the number of their last write behave alike.
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.durable.promised(), self.durable.log(), self.durable.index()).hash(state);
        (&self.membership, &self.election, self.committed, self.current).hash(state);
        (self.verified, self.leads, &self.disk, &self.outstanding, self.crashes).hash(state);
    }
}

impl Peer {
    /// A node that comes up with this on its disk, in a ring that began with `first`.
    pub fn restart(me: NodeId, first: View, disk: &Disk, crashes: u8, truth: &mut Truth) -> Peer {
        let mut membership = Membership::default();
        membership.install(first);
        let mut peer = Peer {
            me,
            durable: Durable::default(),
            membership,
            election: Election::default(),
            committed: Index::ZERO,
            current: Ballot::ZERO,
            verified: Index::ZERO,
            leads: false,
            disk: None,
            outstanding: VecDeque::new(),
            asked: None,
            crashes,
        };
        peer.durable.promise(disk.promised);
        for entry in &disk.entries {
            peer.append(entry.clone(), truth);
        }
        if let Some(write) = peer.durable.next_write(me, None, Index::ZERO) {
            peer.durable.persisted(write.id);
        }
        peer
    }

    /// Whether it belongs to the ring, as far as it knows.
    pub fn is_member(&self) -> bool {
        self.membership.contains(self.me)
    }

    /// What it would run with.
    pub fn candidate(&self) -> Candidate {
        let log = self.durable.log();
        Candidate {
            id: self.me,
            eligible: self.is_member(),
            freshness: log.freshness(),
            promised: self.durable.promised(),
            view: self.membership.base().number,
            committed: Committed {
                index: self.committed,
                ballot: log.ballot_at(self.committed).unwrap_or_default(),
                under: self.current,
            },
        }
    }

    /// A token tells of a commit.
    pub fn learn(&mut self, known: Committed, truth: &mut Truth) {
        let holds = self.durable.log().ballot_at(known.index) == Some(known.ballot);
        if known.index <= self.committed || !holds {
            return;
        }
        if known.under > self.durable.promised() {
            self.leads = false;
            self.durable.promise(known.under);
        }
        self.verified = self.verified.max(known.index);
        self.advance(known.index, None, truth);
    }

    /// Lap 2 begins. The token that leaves once the own promise is durable.
    pub fn gather(&mut self, met: Ballot) -> Elected {
        let round = met.round.max(self.durable.promised().round) + 1;
        let ballot = Ballot { round, proposer: self.me };
        self.leads = false;
        self.durable.promise(ballot);
        self.election.gather(ballot);
        let freshness = self.durable.log().freshness();
        let view = self.membership.base().number;
        let (met, promised_by, hops_left) = (Vec::new(), Vec::new(), 0);
        let token = Elected { ballot, freshness, view, met, promised_by, hops_left };
        self.asked = Some(ballot);
        self.durable.then(token.clone());
        token
    }

    /// A token of lap 2 of another node. Whether it was promised.
    pub fn on_elected(&mut self, token: Elected, fault: Option<Fault>) -> bool {
        let fresher = self.durable.log().freshness() > token.freshness
            && fault != Some(Fault::FreshnessIgnored);
        if token.ballot < self.durable.promised() || token.promised_by.contains(&self.me) || fresher
        {
            return false;
        }
        if token.ballot > self.durable.promised() {
            self.leads = false;
            self.durable.promise(token.ballot);
        }
        self.asked = Some(token.ballot);
        self.durable.then(token);
        true
    }

    /// The own token of lap 2 is back.
    pub fn decide(
        &mut self,
        token: &Elected,
        fault: Option<Fault>,
        said: &Said,
        truth: &mut Truth,
    ) {
        if self.durable.promised() != token.ballot || !self.is_quorum(&token.promised_by, fault) {
            return;
        }
        let counts = self.election.decide(token.ballot);
        if counts || fault == Some(Fault::DecidedTwice) {
            if said.logs.contains_key(&token.ballot) {
                truth.broken = Some(Broken::LedTwice);
            }
            self.lead(token.ballot, truth);
        }
    }

    /// Whether this node may lead, with these nodes' voices.
    pub fn is_quorum(&self, voices: &[NodeId], fault: Option<Fault>) -> bool {
        let holds = |id: NodeId| voices.contains(&id);
        let half = |view: &View| {
            let votes = view.members.iter().filter(|member| holds(member.id)).count();
            2 * votes >= view.members.len()
        };
        let enough = if fault == Some(Fault::ElectedByNewViewAlone) {
            self.membership.newest().is_election_quorum(holds)
        } else if fault == Some(Fault::AnyHalfDecides) {
            half(self.membership.base()) && half(self.membership.newest())
        } else {
            self.membership.is_election_quorum(holds)
        };
        self.is_member() && enough
    }

    /// Leads under a ballot that a quorum has promised.
    pub fn lead(&mut self, ballot: Ballot, truth: &mut Truth) {
        self.enter(ballot);
        self.verified = self.durable.log().last();
        self.leads = true;
        self.append_own(Body::Empty, truth);
    }

    /// Appends an entry of the own ballot.
    pub fn append_own(&mut self, body: Body, truth: &mut Truth) {
        self.verified = self.append(Entry { ballot: self.current, body }, truth);
    }
}
