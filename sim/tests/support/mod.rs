//! Hand-made histories, step by step, and a table of them against what the checkers must say.
#![allow(dead_code, reason = "each test file uses its own part of this")]

pub mod end;

use std::net::{Ipv4Addr, SocketAddr};

use bytes::Bytes;
use ringchat::proto::entry::{Delivered, Payload, Submission};
use ringchat::proto::event::{Event, LogSummary};
use ringchat::proto::id::{Ballot, Index, NodeId, RingId};
use ringchat::proto::time::Instant;
use ringchat::proto::view::{Change, Member, View};
use ringchat_sim::checker::Checkers;
use ringchat_sim::checker::violation::{Guarantee, Violation};
use ringchat_sim::history::{Happening, History, Incarnation, NodeName, Record};

/// One record to be: the node's number, its life, what happened.
#[derive(Clone)]
pub struct Step(pub u32, pub u32, pub Happening);

pub fn name(node: u32) -> NodeName {
    NodeName::new(node, &format!("n{node}"))
}

pub fn address(node: u32) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, u16::try_from(node).expect("a small number")))
}

pub fn ballot(round: u64, proposer: u64) -> Ballot {
    Ballot { round, proposer: NodeId(proposer) }
}

/// The node's first life, whose id is the node's number.
pub fn start(node: u32) -> Step {
    restart(node, 0, u64::from(node))
}

pub fn restart(node: u32, life: u32, id: u64) -> Step {
    Step(node, life, Happening::Started { id: NodeId(id), address: address(node) })
}

/// A step of a later life.
pub fn in_life(life: u32, step: Step) -> Step {
    Step(step.0, life, step.2)
}

pub fn event(node: u32, event: Event) -> Step {
    Step(node, 0, Happening::Event(event))
}

fn payload(origin: u64, seq: u64) -> Bytes {
    Bytes::from(format!("line {seq} of {origin}"))
}

/// The node submits its message `seq`, having delivered everything up to `delivered`.
pub fn submit(node: u32, seq: u64, lamport: u64, delivered: u64) -> Step {
    let payload = payload(u64::from(node), seq);
    event(node, Event::Submitted { seq, lamport, delivered: Index(delivered), payload })
}

/// What the first life of node `origin` submitted, as it is delivered under ballot 1 of node 1.
pub fn message(index: u64, origin: u64, seq: u64, lamport: u64) -> Delivered {
    let payload = Payload::new(payload(origin, seq)).expect("a short line");
    let message = Submission { origin: NodeId(origin), seq, lamport, payload };
    Delivered { index: Index(index), ballot: ballot(1, 1), message }
}

pub fn deliver(node: u32, index: u64, origin: u64, seq: u64, lamport: u64) -> Step {
    Step(node, 0, Happening::Delivered(message(index, origin, seq, lamport)))
}

pub fn deliver_under(under: Ballot, node: u32, index: u64, origin: u64, seq: u64) -> Step {
    let message = Delivered { ballot: under, ..message(index, origin, seq, seq) };
    Step(node, 0, Happening::Delivered(message))
}

pub fn member(id: u64) -> Member {
    Member { id: NodeId(id), address: address(u32::try_from(id).expect("a small number")) }
}

pub fn view(number: u64, members: &[u64], changes: &[Change]) -> View {
    View {
        number,
        members: members.iter().map(|id| member(*id)).collect(),
        tie_breaker: NodeId(members.first().copied().unwrap_or(0)),
        changes: changes.to_vec(),
    }
}

pub fn install(node: u32, index: u64, view: View) -> Step {
    event(node, Event::ViewInstalled { index: Index(index), view })
}

pub fn propose(node: u32, index: u64, view: View) -> Step {
    event(node, Event::ViewProposed { index: Index(index), view })
}

pub fn snapshot(node: u32, index: u64, view: View) -> Step {
    event(node, Event::SnapshotInstalled { index: Index(index), view })
}

pub fn promise(node: u32, ballot: Ballot) -> Step {
    event(node, Event::Promised { ballot })
}

pub fn follow(node: u32, ballot: Ballot) -> Step {
    event(node, Event::Follows { ballot })
}

/// The node leads, with a log of these stretches.
pub fn lead(node: u32, ballot: Ballot, compacted: u64, runs: &[(Ballot, u64)]) -> Step {
    let runs = runs.iter().map(|(ballot, last)| (*ballot, Index(*last))).collect();
    let log = LogSummary { compacted: Index(compacted), runs };
    event(node, Event::Leads { ballot, log, voices: (1, 1) })
}

pub fn go_alone(node: u32) -> Step {
    event(node, Event::WentAlone { ring: RingId(99), dropped: 0 })
}

pub fn sponsor(node: u32, learner: u64) -> Step {
    event(node, Event::Sponsors { learner: NodeId(learner) })
}

/// The steps as a history, a millisecond apart.
pub fn history(steps: &[Step]) -> History {
    let mut history = History::new();
    for (at, Step(node, life, what)) in (1..).zip(steps) {
        let at = Instant::from_micros(at * 1_000);
        let (node, incarnation) = (name(*node), Incarnation(*life));
        history.record(Record { at, node, incarnation, what: what.clone() });
    }
    history
}

/// What the checkers say to a history: they and the first violation.
pub fn observe(history: &History) -> (Checkers, Result<(), Violation>) {
    let mut checkers = Checkers::new();
    let said = history.records().iter().try_for_each(|record| checkers.observe(record));
    (checkers, said)
}

/// The history's checkers, which must have found nothing.
pub fn accepted(steps: &[Step]) -> Checkers {
    let (checkers, said) = observe(&history(steps));
    said.expect("a legal history");
    checkers
}

/// A history, in words, and the guarantee it breaks at its last step, if any.
pub type Case = (&'static str, Vec<Step>, Option<Guarantee>);

/// Three nodes, then the steps of each case: it must break what it says, at its last step.
pub fn judge(cases: Vec<Case>) {
    for (words, steps, expected) in cases {
        let steps: Vec<Step> = [start(1), start(2), start(3)].into_iter().chain(steps).collect();
        let history = history(&steps);
        let (_, said) = observe(&history);
        match (said, expected) {
            (Ok(()), None) => {}
            (Err(violation), Some(guarantee)) => {
                assert_eq!(violation.guarantee, guarantee, "{words}: {violation}");
                let last = history.records().last().map(|record| record.at);
                assert_eq!(Some(violation.at), last, "{words}: not at the last step: {violation}");
            }
            (Ok(()), Some(guarantee)) => panic!("{words}: {guarantee} was not found broken"),
            (Err(violation), None) => panic!("{words}: legal, but: {violation}"),
        }
    }
}
