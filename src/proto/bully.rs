//! Fast Bully (Lee and Choi, *The Fast Bully Algorithm*, 2002): who misses the leader asks all, and names one.
//!
//! The first half of an election, in place of the lap of Chang and Roberts: it finds the best candidate, and
//! whether a quorum can be met, and changes nothing that lasts. What was learned here of others is
//! used by nobody but the one who asked; the promises that follow are the same for both.
//!
//! The paper compares ids; here a fresher log comes before a greater priority, and that before a greater id:
//! a candidate with an older log would be given no promise. Nobody knows how fresh the others' logs are, so
//! all are asked, and all answer.

use super::id::{Ballot, NodeId};
use super::message::{Answer, Freshness};

/// What candidates are compared by: the greatest is to lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Rank {
    freshness: Freshness,
    priority: u32,
    id: NodeId,
}

impl From<&Answer> for Rank {
    fn from(answer: &Answer) -> Rank {
        let Answer { freshness, priority, id, .. } = *answer;
        Rank { freshness, priority, id }
    }
}

/// What is to be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Others may still answer.
    Wait,
    /// This node is the best: it asks for promises, for a ballot greater than this.
    Coordinate(Ballot),
    /// This one is, and is to hear of it, and what the greatest promise is.
    Nominate(NodeId, Ballot),
    /// These were met, and are no quorum.
    TooFew(Vec<NodeId>),
    /// Nobody who was named came to lead.
    GiveUp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
enum Phase {
    /// Nothing was begun.
    #[default]
    Idle,
    /// All were asked; these have answered, this node first, and those are awaited.
    Asking { answers: Vec<Answer>, awaited: Vec<NodeId> },
    /// One was named; these come next, the best last.
    Naming { next: Vec<NodeId>, promised: Ballot },
}

/// This node's part in elections by Fast Bully.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bully {
    phase: Phase,
    attempt: u64,
    /// Those who were named since a leader was last heard, and did not come to lead.
    passed: Vec<NodeId>,
}

impl Bully {
    /// Asks all of `others`. `own` is what this node would answer, and names the attempt.
    pub fn start(&mut self, own: Answer, others: Vec<NodeId>) {
        self.attempt = own.attempt;
        self.phase = Phase::Asking { answers: vec![own], awaited: others };
    }

    /// Somebody has answered. A verdict as soon as nobody else is awaited.
    pub fn answered(&mut self, answer: Answer, is_quorum: impl Fn(&[NodeId]) -> bool) -> Verdict {
        let Phase::Asking { answers, awaited } = &mut self.phase else { return Verdict::Wait };
        if answer.attempt != self.attempt || answers.iter().any(|known| known.id == answer.id) {
            return Verdict::Wait;
        }
        awaited.retain(|id| *id != answer.id);
        answers.push(answer);
        self.conclude_if_all(is_quorum)
    }

    /// Somebody cannot be reached: no answer of theirs is awaited.
    pub fn unreachable(&mut self, id: NodeId, is_quorum: impl Fn(&[NodeId]) -> bool) -> Verdict {
        let Phase::Asking { awaited, .. } = &mut self.phase else { return Verdict::Wait };
        awaited.retain(|other| *other != id);
        self.conclude_if_all(is_quorum)
    }

    fn conclude_if_all(&mut self, is_quorum: impl Fn(&[NodeId]) -> bool) -> Verdict {
        match &self.phase {
            Phase::Asking { awaited, .. } if awaited.is_empty() => self.expired(is_quorum),
            Phase::Asking { .. } | Phase::Idle | Phase::Naming { .. } => Verdict::Wait,
        }
    }

    /// The time for answers is over, or that for whoever was named to ask for promises.
    pub fn expired(&mut self, is_quorum: impl Fn(&[NodeId]) -> bool) -> Verdict {
        match std::mem::take(&mut self.phase) {
            Phase::Idle => Verdict::Wait,
            Phase::Asking { answers, .. } => self.conclude(&answers, is_quorum),
            Phase::Naming { next, promised } => self.name(next, promised),
        }
    }

    fn conclude(&mut self, answers: &[Answer], is_quorum: impl Fn(&[NodeId]) -> bool) -> Verdict {
        let met: Vec<NodeId> = answers.iter().map(|answer| answer.id).collect();
        if !is_quorum(&met) {
            return Verdict::TooFew(met);
        }
        let promised = answers.iter().map(|answer| answer.promised).max().unwrap_or_default();
        let Some((own, others)) = answers.split_first() else { return Verdict::GiveUp };
        // Only those who are better than this node are named. Where not all reach each other the best may lack
        // a quorum that another has, so each is named once; none of them left, this node tries itself.
        let better = others.iter().filter(|it| it.eligible && Rank::from(*it) > Rank::from(own));
        let better = better.filter(|it| !self.passed.contains(&it.id));
        let mut better: Vec<Rank> = better.map(Rank::from).collect();
        if better.is_empty() {
            self.passed.clear();
            return if own.eligible { Verdict::Coordinate(promised) } else { Verdict::GiveUp };
        }
        better.sort_unstable();
        self.name(better.into_iter().map(|rank| rank.id).collect(), promised)
    }

    fn name(&mut self, mut next: Vec<NodeId>, promised: Ballot) -> Verdict {
        let Some(best) = next.pop() else { return Verdict::GiveUp };
        self.passed.push(best);
        self.phase = Phase::Naming { next, promised };
        Verdict::Nominate(best, promised)
    }

    /// Whether answers are awaited, or somebody who was named.
    pub fn is_under_way(&self) -> bool {
        self.phase != Phase::Idle
    }

    /// Who is still to answer.
    pub fn awaited(&self) -> &[NodeId] {
        match &self.phase {
            Phase::Asking { awaited, .. } => awaited,
            Phase::Idle | Phase::Naming { .. } => &[],
        }
    }

    /// Somebody asks for promises: this attempt is over.
    pub fn reset(&mut self) {
        self.phase = Phase::Idle;
    }

    /// A leader is heard.
    pub fn forget(&mut self) {
        self.reset();
        self.passed.clear();
    }
}
