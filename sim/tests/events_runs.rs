//! Whole runs on the event engine: the same seed gives the same bytes, a fault changes nothing
//! before it, and what holds on the whole stack holds on bare nodes.

use std::path::Path;
use std::time::Duration;

use ringchat_sim::report::report;
use ringchat_sim::run::{Manner, Outcome, Verdict, run};
use ringchat_sim::scenario::{
    Action, Cuts, Direction, NodeIndex, Scenario, Step, Target, Workload,
};
use ringchat_sim::world::{Ground, Keep};

fn node(index: usize) -> Target {
    Target::Node(NodeIndex(index))
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Five nodes that talk, in a network with tails and disks with lots of their own.
fn five() -> Scenario {
    let mut scenario = Scenario::new("five", 7, 5);
    let network = &mut scenario.network;
    network.latency_min = Duration::from_micros(200);
    network.latency_max = Duration::from_millis(2);
    (network.tail_per_mille, network.tail) = (20, Duration::from_millis(40));
    network.cuts = Cuts::Stall;
    network.disk_max = Duration::from_micros(500);
    scenario.workloads.push(Workload {
        who: (0..5).map(NodeIndex).collect(),
        lines: 50,
        every: Duration::from_millis(100),
        from: seconds(2),
    });
    scenario
}

/// The run, whatever comes of it, with everything written down.
fn played(scenario: &Scenario, seed: u64) -> Outcome {
    let keep = Keep { history: true, frames: true, inputs: false, replays: false };
    run(scenario, seed, Manner { ground: Ground::Events, keep, lenient: true })
}

/// Everything that happened before then, as text.
fn bytes(outcome: &Outcome, before: Duration) -> String {
    let before = u64::try_from(before.as_micros()).expect("a short run");
    let mut text = String::new();
    for record in outcome.history.records().iter().filter(|it| it.at.as_micros() < before) {
        text += &format!("{record:?}\n");
    }
    for frame in outcome.frames.iter().filter(|it| it.at.as_micros() < before) {
        text += &format!("{frame:?}\n");
    }
    text
}

/// One of each kind of fault.
fn faults() -> Vec<Action> {
    let (who, ms) = (vec![node(2)], Duration::from_millis);
    vec![
        Action::Kill(who.clone()),
        Action::Power(who.clone()),
        Action::Tear { who: who.clone(), keeps: 1 },
        Action::Fail(who.clone()),
        Action::Full(who.clone()),
        Action::Pause(who.clone()),
        Action::Partition(vec![vec![node(0), node(1)], vec![Target::Rest]]),
        Action::Cut { a: node(1), b: node(2), direction: Direction::Both },
        Action::Cut { a: node(1), b: node(2), direction: Direction::AToB },
        Action::Deaf(node(2)),
        Action::Mute(node(2)),
        Action::Slow { a: node(1), b: node(2), latency: ms(50) },
        Action::Limit { a: node(1), b: node(2), bytes_per_second: 1_000 },
        Action::Reset(Target::Leader, Target::Successor(Target::Leader.into())),
        Action::Replay(Target::Leader, Target::Successor(Target::Leader.into())),
        Action::Garbage(Target::Leader, Target::Successor(Target::Leader.into())),
        Action::Sluggish { who: who.clone(), per_input: ms(20) },
        Action::Disk { who: who.clone(), write: ms(200) },
        Action::Clock { who: who.clone(), forward: seconds(5) },
        Action::Drift { who: who.clone(), ppm: 50_000 },
        Action::Leave(who),
        Action::Say { by: node(2), text: "hello".to_owned(), times: 3 },
    ]
}

#[test]
fn the_same_scenario_and_seed_twice_give_the_same_history_and_frames() {
    for action in faults() {
        let mut scenario = five();
        if action.needs_disks().is_some() {
            scenario = scenario.on_disks();
        }
        scenario.steps.push(Step::new(seconds(4), action.clone()));
        let (one, other) = (played(&scenario, 11), played(&scenario, 11));
        let end = one.simulated + seconds(1);
        assert_eq!(one.simulated, other.simulated, "{action:?}");
        assert_eq!(one.verdict, other.verdict, "{action:?}");
        assert_eq!((one.handled, &one.coverage), (other.handled, &other.coverage), "{action:?}");
        assert!(bytes(&one, end) == bytes(&other, end), "{action:?}");
        assert!(!one.history.records().is_empty() && !one.frames.is_empty());
        assert!(bytes(&one, end) != bytes(&played(&scenario, 12), end), "another seed differs");
    }
}

#[test]
fn a_fault_taken_out_leaves_the_bytes_up_to_its_time_as_they_were() {
    let at = seconds(4);
    for action in faults() {
        let mut with = five();
        if action.needs_disks().is_some() {
            with = with.on_disks();
            // Slower than lines come: so something is being written at any time.
            (with.network.disk_min, with.network.disk_max) = (seconds(1) / 8, seconds(1) / 4);
        }
        let early = Action::Slow { a: node(3), b: node(4), latency: Duration::from_millis(9) };
        with.steps.push(Step::new(seconds(3), early));
        let without = played(&with, 11);
        with.steps.push(Step::new(at, action.clone()));
        let with = played(&with, 11);
        assert_eq!(with.idle, [] as [usize; 0], "{action:?} came to nothing");
        let (before, after) = (bytes(&with, at), with.simulated);
        assert!(before.len() > 100_000, "{} bytes", before.len());
        assert!(before == bytes(&without, at), "{action:?}");
        assert!(bytes(&with, after) != bytes(&without, after), "{action:?} changed nothing");
    }
}

#[test]
fn every_scenario_file_holds_on_the_event_engine_too() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let entries = std::fs::read_dir(folder).expect("the folder of scenarios");
    let files = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> =
        files.filter(|file| file.extension().is_some_and(|it| it == "toml")).collect();
    files.sort();
    assert!(files.len() >= 70, "only {} scenarios are there", files.len());
    let mut failed = Vec::new();
    for file in files {
        let scenario = Scenario::load(&file).unwrap_or_else(|error| panic!("{error}"));
        let outcome = run(&scenario, scenario.seed, Manner::on(Ground::Events));
        if outcome.verdict != Verdict::Held {
            failed.push(report(&file, &scenario, &outcome, ""));
        }
    }
    assert!(failed.is_empty(), "{} runs failed\n{}", failed.len(), failed.join("\n"));
}
