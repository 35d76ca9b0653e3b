//! One explored run: a seed's world, its faults, its quiet phase, and what came of it.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use ringchat::proto::config::ElectionKind;

use super::adversary::Adversary;
use super::draw;
use super::kind::{Profile, Swarm};
use crate::coverage::Rare;
use crate::lots::Lots;
use crate::run::{Failure, Manner, Outcome, Run, run};
use crate::scenario::{NodeIndex, Scenario};
use crate::world::{Ground, Keep, World};

/// How far a search goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Space {
    /// How many nodes found the ring.
    pub nodes: RangeInclusive<usize>,
    /// Which kinds of fault there are.
    pub profile: Profile,
    /// How the nodes find their leader.
    pub election: ElectionKind,
    /// Whether the chats are compared, too.
    pub chat: bool,
}

impl Default for Space {
    fn default() -> Space {
        Space {
            nodes: 2..=9,
            profile: Profile::default(),
            election: ElectionKind::default(),
            chat: false,
        }
    }
}

/// What came of one run.
#[derive(Clone, Debug)]
pub struct Explored {
    /// Which rare things happened how often.
    pub coverage: BTreeMap<Rare, u64>,
    /// How many inputs the nodes handled.
    pub handled: u64,
    /// How many steps there were.
    pub steps: u64,
    /// How much time passed in the world.
    pub simulated: Duration,
    /// The world and its faults: played again, it does the same.
    pub scenario: Scenario,
    /// What failed, if anything did.
    pub finding: Option<Finding>,
}

/// A run that failed, as a scenario that plays it again.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What failed.
    pub failure: Failure,
    /// The same in words.
    pub words: String,
    /// The world and its faults.
    pub scenario: Scenario,
}

/// How a found scenario is played again: steps that have no effect are passed over.
pub const AGAIN: Manner = Manner {
    ground: Ground::Events,
    keep: Keep { history: false, frames: false, replays: false, inputs: false },
    lenient: true,
};

/// Explores one seed.
pub fn explore(seed: u64, space: &Space) -> Explored {
    let lots = Lots::new(seed);
    let mut drawn = lots.stream("world");
    let mut scenario = draw::world(&mut drawn, seed, &space.nodes, space.profile);
    // A stream of its own: the rest of the world is the same with and without.
    draw::disks(&mut lots.stream("disks"), &mut scenario, space.profile);
    scenario.config.election = space.election;
    scenario.chat = space.chat;
    let swarm = Swarm::draw(&mut drawn, space.profile);
    let keep = Keep { replays: true, ..AGAIN.keep };
    let world = World::new(&scenario, seed, Ground::Events, keep);
    let mut run = Run::new(world, true);
    let mut adversary = Adversary::new(lots.stream("adversary"), swarm);
    let mut played = None;
    let ended = adversary.play(&mut run).and_then(|()| {
        played = Some(run.world.elapsed());
        run.world.hush();
        run.calm()
    });
    let mut scenario = run.world.scenario().clone();
    scenario.duration = played.unwrap_or_else(|| run.world.elapsed() + Duration::from_secs(1));
    let duration = scenario.duration;
    scenario.workloads.retain_mut(|talk| talk.ends_before(duration));
    let outcome = run.end(seed, ended);
    tidy(&mut scenario, &outcome.idle);
    Explored {
        coverage: outcome.coverage.clone(),
        handled: outcome.handled,
        steps: scenario.steps.len() as u64,
        simulated: outcome.simulated,
        finding: finding(scenario.clone(), &outcome),
        scenario,
    }
}

/// What a scenario shows when it is played again.
pub fn again(scenario: &Scenario) -> Option<Finding> {
    let outcome = run(scenario, scenario.seed, AGAIN);
    let mut scenario = scenario.clone();
    tidy(&mut scenario, &outcome.idle);
    finding(scenario, &outcome)
}

fn finding(scenario: Scenario, outcome: &Outcome) -> Option<Finding> {
    let failure = outcome.failure?;
    Some(Finding { failure, words: outcome.verdict.to_string(), scenario })
}

/// Drops the steps that had no effect, and the nodes that never come.
fn tidy(scenario: &mut Scenario, idle: &[usize]) {
    let mut place = 0;
    scenario.steps.retain(|_| {
        place += 1;
        !idle.contains(&(place - 1))
    });
    let joiners: Vec<NodeIndex> =
        scenario.steps.iter().flat_map(|step| step.action.joins().to_vec()).collect();
    let founders = scenario.founders;
    let absent = |node: NodeIndex| node.0 >= founders && !joiners.contains(&node);
    scenario.steps.retain_mut(|step| step.action.without(absent));
    let last = (founders..scenario.names.len()).rev().map(NodeIndex);
    let unused = last.take_while(|node| absent(*node)).count();
    scenario.names.truncate(scenario.names.len() - unused);
}
