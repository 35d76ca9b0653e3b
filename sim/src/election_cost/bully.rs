//! Fast Bully (Lee and Choi, 2002) in rounds: one asks all, the others answer, the best is named.
//!
//! Of `n` nodes one is dead: the leader that is missed. The one who misses it asks the n−1 others, the dead
//! one among them; n−2 answer; one message names the best, unless it is the one who asked; and that one
//! asks n−2 for their promises. Together 3n−4 at the worst, and 3n−5 at the best, since it is asked how fresh
//! the logs are even by the one with the greatest priority.

use std::collections::VecDeque;

use ringchat::proto::bully::{Bully, Verdict};
use ringchat::proto::entry::Committed;
use ringchat::proto::id::{Ballot, NodeId};
use ringchat::proto::message::{Answer, Freshness};

use super::Cost;

/// What is on its way.
enum Said {
    Election,
    Answer(u64),
    Nomination,
    Coordinator,
}

/// An election among the nodes 1 to `nodes`, of which the last, who has led, is dead; begun by `starter`.
pub fn elect(nodes: u64, starter: u64) -> Cost {
    let answer = |id: u64| Answer {
        id: NodeId(id),
        attempt: 1,
        eligible: true,
        freshness: Freshness::default(),
        priority: u32::try_from(id).unwrap_or(u32::MAX),
        promised: Ballot::ZERO,
        committed: Committed::default(),
    };
    let is_quorum = |met: &[NodeId]| 2 * met.len() as u64 > nodes;
    let lives = |id: u64| id < nodes;
    let others: Vec<u64> = (1..=nodes).filter(|id| *id != starter).collect();
    let mut machine = Bully::default();
    machine.start(answer(starter), others.iter().copied().map(NodeId).collect());
    let mut cost = Cost::default();
    let mut under_way: VecDeque<(u64, u64, Said)> = VecDeque::new();
    for id in others {
        under_way.push_back((id, 1, Said::Election));
        cost.finds += 1;
    }
    // The dead one's machine refuses the dial, which takes as long as an answer.
    under_way.push_back((starter, 2, Said::Answer(nodes)));
    while let Some((to, round, said)) = under_way.pop_front() {
        let verdict = match said {
            Said::Election if lives(to) => {
                under_way.push_back((starter, round + 1, Said::Answer(to)));
                cost.finds += 1;
                Verdict::Wait
            }
            Said::Election => Verdict::Wait,
            Said::Answer(from) if lives(from) => machine.answered(answer(from), is_quorum),
            Said::Answer(from) => machine.unreachable(NodeId(from), is_quorum),
            Said::Nomination => Verdict::Coordinate(Ballot::ZERO),
            Said::Coordinator => {
                cost.rounds = cost.rounds.max(round);
                Verdict::Wait
            }
        };
        match verdict {
            Verdict::Nominate(best, _) => {
                under_way.push_back((best.0, round + 1, Said::Nomination));
                cost.finds += 1;
            }
            Verdict::Coordinate(_) => {
                for id in (1..nodes).filter(|id| *id != to) {
                    under_way.push_back((id, round + 1, Said::Coordinator));
                    cost.announces += 1;
                }
            }
            Verdict::Wait | Verdict::TooFew(_) | Verdict::GiveUp => {}
        }
    }
    cost
}
