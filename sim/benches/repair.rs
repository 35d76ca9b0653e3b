//! How long a ring takes to get over the loss of any minority at once: figures from the runs.
//!
//! `cargo bench -p ringchat-sim --bench repair`. Rings of 3 to 7 nodes, and of 100, with the default
//! bounds and frames that take 0.2 to 2 ms; everybody talks. At a random moment a random minority is
//! lost, each member by `kill` or by `power`: neighbours in the ring or not, and in half of the runs
//! the leader among them. Four lengths are measured from the loss on:
//!
//! - *leads*: until the new leader leads whose ballot stays. Only where the leader was lost.
//! - *first*: until anybody new leads at all, even if that ballot gives way to another.
//! - *followed*: until every living member follows the ballot that stays.
//! - *repaired*: until the circle is closed and all agree on the leader. The run looks at that every
//!   50 ms, so this is up to 50 ms too long.
//!
//! `REPAIR_RUN=nodes/seed` prints that one run as a scenario file, for `sim run FILE --engine events
//! --trace`.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use rand::RngExt;
use rand::seq::SliceRandom;
use ringchat::proto::event::Event;
use ringchat::proto::id::Ballot;
use ringchat_sim::history::{Happening, Record};
use ringchat_sim::lots::Lots;
use ringchat_sim::run::{Run, Verdict};
use ringchat_sim::scenario::{Action, NodeIndex, Scenario, Step, Target, Workload};
use ringchat_sim::world::{Ground, Keep, Stopped, World};

/// How many runs a small ring is measured with, at least: half of them lose their leader.
const RUNS: u64 = 2_500;

/// How long the runs of a great ring may take, on the clock of whoever waits for them.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a ring may take to gather.
const GATHERED: Duration = Duration::from_secs(60);

/// How long the talk goes on after the loss.
const GOES_ON: Duration = Duration::from_secs(6);

/// What the ring is held against: a length in seconds, and what it is of.
struct Goal {
    leads_p99: f64,
    repaired_p99: f64,
    repaired_max: f64,
}

fn main() {
    if let Ok(wanted) = std::env::var("REPAIR_RUN") {
        let mut numbers = wanted.split('/').map(|number| number.parse().expect("nodes/seed"));
        let (nodes, seed) = (numbers.next().expect("nodes"), numbers.next().expect("a seed"));
        let nodes = usize::try_from(nodes).expect("a number of nodes");
        return print!("{}", lose(nodes, seed).scenario.to_toml());
    }
    println!(
        "{:>5}  {:>8}  {:>6}  {:>8}  {:>8}  {:>8}",
        "nodes", "what", "runs", "p50", "p99", "max"
    );
    let small = Goal { leads_p99: 1.0, repaired_p99: 2.0, repaired_max: 5.0 };
    let great = Goal { leads_p99: 5.0, repaired_p99: 5.0, repaired_max: f64::INFINITY };
    for nodes in 3..=7 {
        measure(nodes, &small, |runs, _| runs < RUNS);
    }
    measure(100, &great, |_, spent| spent < PATIENCE);
}

/// One length, and the seed it comes from.
type Lengths = Vec<(Duration, u64)>;

fn measure(nodes: usize, target: &Goal, goes_on: impl Fn(u64, Duration) -> bool) {
    let (mut leads, mut first) = (Lengths::new(), Lengths::new());
    let (mut followed, mut repaired) = (Lengths::new(), Lengths::new());
    let (mut replaced, start) = (0, Instant::now());
    let mut seed = 0;
    while goes_on(seed, start.elapsed()) {
        let took = lose(nodes, seed);
        repaired.push((took.repaired, seed));
        if let Some(new) = took.new_leader {
            leads.push((new.leads, seed));
            first.push((new.first, seed));
            followed.push((new.followed, seed));
            replaced += u64::from(new.first != new.leads);
        }
        seed += 1;
    }
    let of_leads = print(nodes, "leads", &mut leads);
    print(nodes, "first", &mut first);
    print(nodes, "followed", &mut followed);
    let of_repaired = print(nodes, "repaired", &mut repaired);
    let missed = [
        ("leads p99", of_leads.0, target.leads_p99),
        ("repaired p99", of_repaired.0, target.repaired_p99),
        ("repaired max", of_repaired.1, target.repaired_max),
    ];
    for (what, is, most) in missed.into_iter().filter(|(_, is, most)| is > most) {
        println!("       missed: {what} is {is:.3} s, expected at most {most} s");
    }
    if replaced > 0 {
        println!("       in {replaced} runs the first new leader gave way to another");
    }
}

/// Prints a line of the table. Gives the 99th percentile and the longest, in seconds.
fn print(nodes: usize, what: &str, lengths: &mut Lengths) -> (f64, f64) {
    lengths.sort();
    let at = |share: usize| lengths[(lengths.len() * share).div_ceil(100) - 1].0.as_secs_f64();
    let (longest, seed) = lengths[lengths.len() - 1];
    let (median, nearly_all, longest) = (at(50), at(99), longest.as_secs_f64());
    let count = lengths.len();
    println!(
        "{nodes:>5}  {what:>8}  {count:>6}  {median:>8.3}  {nearly_all:>8.3}  {longest:>8.3}  \
         longest with seed {seed}"
    );
    (nearly_all, longest)
}

/// What was measured in one run.
struct Took {
    new_leader: Option<NewLeader>,
    repaired: Duration,
    /// The same as a file.
    scenario: Scenario,
}

struct NewLeader {
    leads: Duration,
    first: Duration,
    followed: Duration,
}

/// Loses a minority, and waits until the ring is itself again.
fn lose(nodes: usize, seed: u64) -> Took {
    let keep = Keep { history: true, ..Keep::default() };
    let world = World::new(&scenario(nodes, seed), seed, Ground::Events, keep);
    let mut run = Run::new(world, false);
    let mut lost = Lost::default();
    let ended = strike(&mut run, seed, &mut lost).and_then(|()| {
        run.world.hush();
        run.calm()
    });
    let mut scenario = run.world.scenario().clone();
    scenario.duration = lost.at + GOES_ON;
    let outcome = run.end(seed, ended);
    assert_eq!(outcome.verdict, Verdict::Held, "seed {seed} of {nodes} nodes");
    let repaired = outcome.closed_after.expect("a ring that held is closed");
    let records = outcome.history.records();
    let new_leader = lost.leader.then(|| new_leader(records, &lost));
    Took { new_leader, repaired, scenario }
}

/// Who was lost, and when.
#[derive(Default)]
struct Lost {
    at: Duration,
    nodes: BTreeSet<NodeIndex>,
    leader: bool,
}

fn strike(run: &mut Run, seed: u64, lost: &mut Lost) -> Result<(), Stopped> {
    let mut fate = Lots::new(seed).stream("loss");
    while !run.world.has_gathered() {
        assert!(run.world.elapsed() < GATHERED, "seed {seed} never gathers");
        run.pass(run.world.elapsed() + Duration::from_millis(100))?;
    }
    // A whole second of moments, so that it falls anywhere between two pulses and two heartbeats.
    run.pass(run.world.elapsed() + Duration::from_micros(fate.random_range(500_000..1_500_000)))?;
    run.world.look();
    let mut members = run.world.members();
    let leader = run.world.leader().expect("a ring that has gathered has a leader");
    let count = fate.random_range(1..=(members.len() - 1) / 2);
    // Neighbours in the ring, or whoever it may be.
    if fate.random_bool(0.5) {
        let from = fate.random_range(0..members.len());
        members.rotate_left(from);
    } else {
        members.shuffle(&mut fate);
    }
    if fate.random_bool(0.5) {
        let place = members.iter().position(|node| *node == leader).unwrap_or(0);
        let before = fate.random_range(0..count);
        let length = members.len();
        members.rotate_left((place + length - before) % length);
    }
    members.truncate(count);
    lost.at = run.world.elapsed();
    lost.leader = members.contains(&leader);
    lost.nodes = members.iter().copied().collect();
    let (killed, powerless): (Vec<_>, Vec<_>) =
        members.into_iter().map(Target::Node).partition(|_| fate.random_bool(0.5));
    for action in [Action::Kill(killed), Action::Power(powerless)] {
        let (Action::Kill(who) | Action::Power(who)) = &action else { continue };
        if !who.is_empty() {
            let place = run.world.add_step(Step::new(lost.at, action));
            run.act(place)?;
        }
    }
    run.pass(lost.at + GOES_ON)
}

/// The ballot that stays is the last under which anybody leads.
fn new_leader(records: &[Record], lost: &Lost) -> NewLeader {
    let since =
        |record: &Record| Duration::from_micros(record.at.as_micros()).saturating_sub(lost.at);
    let is_after = |record: &&Record| Duration::from_micros(record.at.as_micros()) >= lost.at;
    let living = |record: &&Record| !lost.nodes.contains(&NodeIndex(record.node.index() as usize));
    let after: Vec<&Record> = records.iter().filter(is_after).filter(living).collect();
    let led = after.iter().filter_map(|record| Some((since(record), leads(record)?)));
    let led: Vec<(Duration, Ballot)> = led.collect();
    let (first, _) = *led.first().expect("somebody leads in the end");
    let (leads, stays) = *led.last().expect("somebody leads in the end");
    let follows = after.iter().filter(|record| {
        matches!(&record.what, Happening::Event(Event::Follows { ballot }) if *ballot == stays)
    });
    let followed = follows.map(|record| since(record)).max().unwrap_or(leads);
    NewLeader { leads, first, followed }
}

fn leads(record: &Record) -> Option<Ballot> {
    match &record.what {
        Happening::Event(Event::Leads { ballot, .. }) => Some(*ballot),
        _another => None,
    }
}

fn scenario(nodes: usize, seed: u64) -> Scenario {
    let mut scenario = Scenario::new("repair", seed, nodes);
    scenario.network.latency_min = Duration::from_micros(200);
    scenario.network.latency_max = Duration::from_millis(2);
    scenario.workloads.push(Workload {
        who: (0..nodes.min(7)).map(NodeIndex).collect(),
        lines: 2_000,
        every: Duration::from_millis(100),
        from: Duration::from_secs(1),
    });
    scenario
}
