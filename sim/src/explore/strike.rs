//! What a kind of fault does in the world as it is now: nothing, where it would not fit.

use std::time::Duration;

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::disk_faults;
use super::kind::Kind;
use crate::scenario::{Action, Direction, NodeIndex, Step, Target};
use crate::world::World;
use crate::world::survey::Phase;

/// Longer than any ring takes to find out that it has no quorum.
const STUCK_AFTER: Duration = Duration::from_secs(11);

/// Actions, each with the time to let pass before it.
pub(super) type Actions = Vec<(Duration, Action)>;

/// What a fault of this kind does now. Never takes the quorum for good.
pub(super) fn actions(
    lots: &mut ChaCha8Rng,
    world: &World,
    kind: Kind,
    struck: Option<NodeIndex>,
) -> Actions {
    let done = one(lots, world, kind, struck);
    match done {
        Some(action) => vec![(Duration::ZERO, action)],
        None if kind == Kind::NoQuorum => no_quorum(lots, world),
        None => Vec::new(),
    }
}

fn one(
    lots: &mut ChaCha8Rng,
    world: &World,
    kind: Kind,
    struck: Option<NodeIndex>,
) -> Option<Action> {
    let alive = world.in_phase(&[Phase::Alive]);
    let node = pick(lots, world, struck, &alive)?;
    let other = *alive.choose(lots)?;
    let pair = || (node != other).then_some((name(node), name(other)));
    match kind {
        Kind::Kill => mortal(world, &[node]).map(Action::Kill),
        Kind::Power => mortal(world, &[node]).map(Action::Power),
        Kind::KillNeighbours => {
            let next = world.successor_of(node).filter(|next| alive.contains(next))?;
            let who = mortal(world, &[node, next])?;
            Some(if lots.random_bool(0.5) { Action::Kill(who) } else { Action::Power(who) })
        }
        Kind::KillMinority => {
            let mut who = vec![node];
            for other in shuffled(lots, &alive) {
                let more = [&who[..], &[other]].concat();
                if !who.contains(&other) && mortal(world, &more).is_some() {
                    who = more;
                }
            }
            mortal(world, &who).map(Action::Power)
        }
        Kind::Restart => {
            let mut dead = world.in_phase(&[Phase::Killed, Phase::Off, Phase::Left]);
            dead.retain(|node| world.has_room(*node));
            Some(Action::Restart(names(&[*dead.choose(lots)?])))
        }
        Kind::CutLink => pair().map(|(a, b)| Action::Cut { a, b, direction: Direction::Both }),
        Kind::CutOneWay => pair().map(|(a, b)| Action::Cut { a, b, direction: Direction::AToB }),
        Kind::Isolate => Some(Action::Partition(vec![names(&[node]), vec![Target::Rest]])),
        Kind::Partition => {
            let side: Vec<NodeIndex> =
                alive.iter().copied().filter(|_| lots.random_bool(0.5)).collect();
            let whole = side.is_empty() || side.len() == world.count();
            (!whole).then(|| Action::Partition(vec![names(&side), vec![Target::Rest]]))
        }
        Kind::Deaf => Some(Action::Deaf(name(node))),
        Kind::Mute => Some(Action::Mute(name(node))),
        Kind::Heal => world.is_harmed().then_some(Action::Heal(None)),
        Kind::Pause => Some(Action::Pause(names(&[node]))),
        Kind::Resume => {
            let paused = world.in_phase(&[Phase::Paused]);
            Some(Action::Resume(names(&[*paused.choose(lots)?])))
        }
        Kind::Reset => pair().map(|(a, b)| Action::Reset(a, b)),
        Kind::SlowLink => {
            let latency = Duration::from_micros(lots.random_range(2_000..50_000));
            pair().map(|(a, b)| Action::Slow { a, b, latency })
        }
        Kind::NarrowLink => {
            let bytes_per_second = lots.random_range(500..100_000);
            pair().map(|(a, b)| Action::Limit { a, b, bytes_per_second })
        }
        Kind::Sluggish => {
            let per_input = Duration::from_micros(lots.random_range(50..3_000));
            Some(Action::Sluggish { who: names(&[node]), per_input })
        }
        Kind::SlowDisk => {
            let write = Duration::from_micros(lots.random_range(1_000..300_000));
            Some(Action::Disk { who: names(&[node]), write })
        }
        Kind::Ease => {
            let hampered: Vec<NodeIndex> =
                alive.into_iter().filter(|node| world.is_hampered(*node)).collect();
            Some(Action::Ease(names(&[*hampered.choose(lots)?])))
        }
        Kind::ClockJumps => {
            let forward = Duration::from_millis(lots.random_range(1..5_000));
            Some(Action::Clock { who: names(&[node]), forward })
        }
        Kind::ClockDrifts => {
            Some(Action::Drift { who: names(&[node]), ppm: lots.random_range(-20_000..20_000) })
        }
        Kind::Replay => pair().map(|(a, b)| Action::Replay(a, b)),
        Kind::Garbage => pair().map(|(a, b)| Action::Garbage(a, b)),
        // In the order of their names, as a scenario file has them.
        Kind::Join => {
            world.in_phase(&[Phase::Absent]).first().map(|node| Action::Join(vec![*node]))
        }
        Kind::Leave => mortal(world, &[node]).map(Action::Leave),
        Kind::Burst => {
            let times = if lots.random_bool(0.3) {
                lots.random_range(50..300)
            } else {
                lots.random_range(1..20)
            };
            let text = format!("at {}", world.elapsed().as_micros());
            Some(Action::Say { by: name(node), text, times })
        }
        Kind::Tear => disk_faults::tear(lots, world),
        Kind::FailingDisk => disk_faults::unwritable(world, node).map(Action::Fail),
        Kind::FullDisk => disk_faults::unwritable(world, node).map(Action::Full),
        Kind::LostDisk => disk_faults::lost(lots, world),
        Kind::NoQuorum | Kind::Unheard | Kind::Duel | Kind::Secession | Kind::Blackout => None,
        Kind::Farewells | Kind::Laggard | Kind::Exile => None,
        Kind::Copies | Kind::Limp | Kind::Messenger => None,
    }
}

/// A partition whose parts can decide nothing; it must be noticed, and heals.
fn no_quorum(lots: &mut ChaCha8Rng, world: &World) -> Actions {
    let alive = world.in_phase(&[Phase::Alive]);
    let all = world.in_phase(&[Phase::Alive, Phase::Paused]);
    let members = world.living_members();
    for _ in 0..4 {
        let mut parts: Vec<Vec<NodeIndex>> = vec![Vec::new(); 3];
        for node in shuffled(lots, &all) {
            parts[lots.random_range(0..3)].push(node);
        }
        parts.retain(|part| !part.is_empty());
        if parts.len() < 2 || parts.iter().any(|part| world.may_decide(part)) {
            continue;
        }
        let mut sets: Vec<Vec<Target>> = parts.iter().map(|part| names(part)).collect();
        if let Some(last) = sets.last_mut() {
            last.push(Target::Rest);
        }
        let mut actions: Actions = Vec::new();
        // Nothing else may hinder them: then what they say is sure.
        if world.is_harmed() {
            actions.push((Duration::ZERO, Action::Heal(None)));
        }
        actions.push((Duration::ZERO, Action::Partition(sets)));
        let sure = members.iter().copied().filter(|node| !world.is_hampered(*node));
        let sure: Vec<NodeIndex> = sure.filter(|node| alive.contains(node)).collect();
        if !sure.is_empty() && all.len() == alive.len() {
            actions.push((STUCK_AFTER, Action::Stuck(names(&sure))));
        }
        actions.push((Duration::from_micros(1), Action::Heal(None)));
        return actions;
    }
    Vec::new()
}

/// A fault that stays. Those who are left owe what a ring without it owes.
pub(super) fn for_good(
    lots: &mut ChaCha8Rng,
    world: &World,
    struck: Option<NodeIndex>,
) -> Option<Step> {
    let alive = world.in_phase(&[Phase::Alive]);
    let node = pick(lots, world, struck, &alive)?;
    let other = *alive.choose(lots)?;
    let bears = mortal(world, &[node]).is_some();
    let pair =
        (node != other && world.living_members().len() >= 3).then_some((name(node), name(other)));
    let action = match lots.random_range(0..7) {
        0 => {
            return mortal(world, &[node])
                .map(|who| Step::new(world.elapsed(), Action::Power(who)));
        }
        1 => pair.map(|(a, b)| Action::Cut { a, b, direction: Direction::Both }),
        2 => pair.map(|(a, b)| Action::Cut { a, b, direction: Direction::AToB }),
        3 => bears.then(|| Action::Partition(vec![names(&[node]), vec![Target::Rest]])),
        4 => bears.then(|| Action::Deaf(name(node))),
        5 => bears.then(|| Action::Mute(name(node))),
        _ => bears.then(|| Action::Pause(names(&[node]))),
    };
    action.map(|action| Step { standing: true, ..Step::new(world.elapsed(), action) })
}

/// These, if the ring keeps a quorum without them, and without those that are dead already.
pub(super) fn mortal(world: &World, lost: &[NodeIndex]) -> Option<Vec<Target>> {
    let left = world.in_phase(&[Phase::Alive, Phase::Paused]).into_iter();
    let left: Vec<NodeIndex> =
        left.filter(|node| !lost.contains(node) && !world.is_leaving(*node)).collect();
    world.is_quorum(&left).then(|| names(lost))
}

/// The node that was struck, or one with a role, or anybody.
fn pick(
    lots: &mut ChaCha8Rng,
    world: &World,
    struck: Option<NodeIndex>,
    alive: &[NodeIndex],
) -> Option<NodeIndex> {
    let leader = || world.leader();
    let role = match lots.random_range(0..8) {
        0..2 => leader(),
        2 => leader().and_then(|leader| world.successor_of(leader)),
        _ => None,
    };
    let node = struck.or(role).filter(|node| alive.contains(node));
    node.or_else(|| alive.choose(lots).copied())
}

pub(super) fn shuffled(lots: &mut ChaCha8Rng, nodes: &[NodeIndex]) -> Vec<NodeIndex> {
    let mut nodes = nodes.to_vec();
    for at in (1..nodes.len()).rev() {
        nodes.swap(at, lots.random_range(0..=at));
    }
    nodes
}

pub(super) fn name(node: NodeIndex) -> Target {
    Target::Node(node)
}

pub(super) fn names(nodes: &[NodeIndex]) -> Vec<Target> {
    nodes.iter().copied().map(Target::Node).collect()
}
