//! How fast the event engine is: runs and node inputs a second, on one core, all checkers on.
//!
//! `cargo bench -p ringchat-sim --bench events`. The measure is "5 nodes, 20 s, chat, two faults": a
//! node is killed, a link is cut and healed, everybody talks. The same with 20 and 100 nodes shows
//! whether an input costs the same in a greater ring: in the whole run, and once all have come in, which is
//! the run less one that ends there. (A hundred who come one by one are told of a hundred views.)

use std::time::{Duration, Instant};

use ringchat_sim::run::{Manner, Verdict, run};
use ringchat_sim::scenario::{Action, Direction, NodeIndex, Scenario, Step, Target, Workload};
use ringchat_sim::world::{Ground, Keep};

/// Until then all have come in, and nothing else has happened.
const GATHERED: Duration = Duration::from_secs(4);

fn main() {
    println!(
        "{:>5} nodes  {:>10}  {:>12}  {:>10}  {:>10}  {:>8}",
        "", "runs/s", "inputs/s", "ns/input", "gathered", "runs"
    );
    // Two numbers measure one ring only, for a profiler: how many nodes, how many runs.
    let asked: Vec<u64> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    match asked[..] {
        [nodes, rounds] => {
            let whole = measure(&scenario(nodes as usize), rounds);
            println!("{nodes:>5} nodes  {:>10.1}", rounds as f64 / whole.took);
        }
        _ => [(5, 1_000), (20, 100), (100, 10)].into_iter().for_each(|(n, r)| compare(n, r)),
    }
}

/// What some runs took, and how many inputs that was.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    took: f64,
    inputs: f64,
}

impl Cost {
    /// In nanoseconds.
    fn of_an_input(self) -> f64 {
        1e9 * self.took / self.inputs
    }
}

fn compare(nodes: usize, rounds: u64) {
    let whole = scenario(nodes);
    let mut start = Scenario { duration: GATHERED, ..whole.clone() };
    start.steps.clear();
    start.workloads.clear();
    // In turns, so that what else the machine does meets both alike.
    let (mut all, mut before) = (Cost::default(), Cost::default());
    for _ in 0..10 {
        for (sum, scenario) in [(&mut all, &whole), (&mut before, &start)] {
            let cost = measure(scenario, rounds / 10);
            (sum.took, sum.inputs) = (sum.took + cost.took, sum.inputs + cost.inputs);
        }
    }
    let behind = Cost { took: all.took - before.took, inputs: all.inputs - before.inputs };
    let (runs, rate) = (rounds as f64 / all.took, all.inputs / all.took);
    let (each, gathered) = (all.of_an_input(), behind.of_an_input());
    println!(
        "{nodes:>5} nodes  {runs:>10.1}  {rate:>12.0}  {each:>10.0}  {gathered:>10.0}  {rounds:>8}"
    );
}

fn measure(scenario: &Scenario, rounds: u64) -> Cost {
    let manner = Manner { ground: Ground::Events, keep: Keep::default(), lenient: false };
    let mut inputs = 0;
    let start = Instant::now();
    for seed in 0..rounds {
        let outcome = run(scenario, seed, manner);
        assert_eq!(outcome.verdict, Verdict::Held, "seed {seed} of {}", scenario.name);
        inputs += outcome.handled;
    }
    Cost { took: start.elapsed().as_secs_f64(), inputs: inputs as f64 }
}

/// Twenty simulated seconds, the quiet phase included.
fn scenario(nodes: usize) -> Scenario {
    let node = |index: usize| Target::Node(NodeIndex(index));
    let mut scenario = Scenario::new("bench", 1, nodes);
    scenario.duration = Duration::from_secs(16);
    scenario.network.latency_min = Duration::from_micros(200);
    scenario.network.latency_max = Duration::from_millis(2);
    scenario.workloads.push(Workload {
        who: (0..nodes.min(5)).map(NodeIndex).collect(),
        lines: 20,
        every: Duration::from_millis(500),
        from: Duration::from_secs(4),
    });
    let cut = Action::Cut {
        a: Target::Leader,
        b: Target::Successor(Target::Leader.into()),
        direction: Direction::Both,
    };
    for (at, action) in
        [(6, Action::Kill(vec![node(nodes - 1)])), (9, cut), (12, Action::Heal(None))]
    {
        scenario.steps.push(Step::new(Duration::from_secs(at), action));
    }
    scenario
}
