//! Scenarios written as files: parsed again they are the same, and a person likes to read them.

use std::path::Path;
use std::time::Duration;

use ringchat::proto::config::{Config, ElectionKind};
use ringchat_sim::scenario::{
    Action, Cuts, Direction, Expect, Network, NodeIndex, Scenario, Step, Target, Workload,
};

fn ms(length: u64) -> Duration {
    Duration::from_millis(length)
}

fn node(index: usize) -> Target {
    Target::Node(NodeIndex(index))
}

fn successor(of: Target) -> Target {
    Target::Successor(Box::new(of))
}

fn predecessor(of: Target) -> Target {
    Target::Predecessor(Box::new(of))
}

/// The same without places in a file.
fn without_lines(mut scenario: Scenario) -> Scenario {
    scenario.steps.iter_mut().for_each(|step| step.line = 0);
    scenario
}

fn parsed(name: &str, text: &str) -> Scenario {
    Scenario::parse("a.toml", name, text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn assert_comes_back(scenario: &Scenario) {
    let text = scenario.to_toml();
    let back = parsed(&scenario.name, &text);
    assert_eq!(without_lines(back.clone()), without_lines(scenario.clone()), "{text}");
    assert_eq!(back.to_toml(), text);
}

/// One step for each action, and for each thing that an action can say in two ways.
fn every_action() -> Vec<Action> {
    let (one, two) = (node(0), node(1));
    let who = vec![one.clone(), Target::Leader];
    vec![
        Action::Kill(vec![one.clone()]),
        Action::Kill(vec![Target::TieBreaker, Target::AnyFollower]),
        Action::Power(vec![Target::Leader]),
        Action::Tear { who: vec![Target::Leader], keeps: 0 },
        Action::Fail(vec![one.clone()]),
        Action::Full(who.clone()),
        Action::Lose(vec![Target::Killed]),
        Action::Restart(vec![Target::Killed]),
        Action::Pause(vec![successor(predecessor(successor(Target::TieBreaker)))]),
        Action::Resume(vec![Target::Paused]),
        Action::Partition(vec![vec![one.clone(), successor(two.clone())], vec![Target::Rest]]),
        Action::Cut { a: one.clone(), b: two.clone(), direction: Direction::Both },
        Action::Cut { a: Target::Leader, b: two.clone(), direction: Direction::AToB },
        Action::Deaf(Target::Leader),
        Action::Mute(Target::AnyFollower),
        Action::Heal(None),
        Action::Heal(Some((one.clone(), two.clone()))),
        Action::Slow { a: one.clone(), b: two.clone(), latency: Duration::from_micros(1) },
        Action::Limit { a: one.clone(), b: two.clone(), bytes_per_second: i64::MAX as u64 },
        Action::Reset(one.clone(), two.clone()),
        Action::Replay(two.clone(), one.clone()),
        Action::Garbage(one.clone(), successor(one.clone())),
        Action::Sluggish { who: who.clone(), per_input: Duration::from_micros(1_001) },
        Action::Disk { who: who.clone(), write: ms(0) },
        Action::Disk { who: who.clone(), write: ms(50) },
        Action::Ease(who.clone()),
        Action::Clock { who: who.clone(), forward: Duration::from_secs(24 * 3_600) },
        Action::Drift { who: who.clone(), ppm: -100_000 },
        Action::Drift { who: who.clone(), ppm: 0 },
        Action::Join(vec![NodeIndex(3)]),
        Action::Join(vec![NodeIndex(4), NodeIndex(5)]),
        Action::Leave(vec![predecessor(Target::Leader)]),
        Action::Alone(one.clone()),
        Action::Say { by: one.clone(), text: "a \"b\" \\ c\n\t\u{7}\u{7f} ü".into(), times: 1 },
        Action::Say { by: Target::Leader, text: String::new(), times: 100_000 },
        Action::Stuck(who),
    ]
}

/// Every bound differs from its default. A new one has to be named here, and be known to `[timing]`.
fn every_bound() -> Config {
    Config {
        election: ElectionKind::FastBully,
        priority: 0,
        heartbeat: ms(101),
        link_timeout: ms(402),
        dial_timeout: ms(303),
        pulse: ms(104),
        leader_quiet: ms(255),
        leader_silent: ms(806),
        quorum_timeout: ms(1_007),
        election_delay: Duration::from_micros(48),
        election_retry: ms(309),
        resubmit: ms(510),
        probe_min: ms(61),
        probe_max: ms(1_012),
        retry: ms(313),
        lag_timeout: Duration::from_micros(3_000_014),
        lag_entries: 0,
        admit_within: 0,
        learners: 1,
        in_flight: 2,
        in_flight_bytes: 3,
        waiting: 4,
        waiting_bytes: 5,
        payload_bytes: 6,
        batch_bytes: 7,
        batch_entries: 8,
        window_bytes: 9,
        window_entries: 10,
        log_keep: 0,
        // `disks` decides on the one, nothing on the other.
        disk_entries: Config::default().disk_entries,
        disk_bytes: Config::default().disk_bytes,
        snapshot_chunk: 11,
        snapshot_window: 12,
    }
}

/// A scenario that says everything that can be said.
fn everything() -> Scenario {
    let mut scenario = Scenario::new("everything", 7, 0).described(
        "All that can be said is said here.\n\n# and more: \u{7} that is all, but for a line that is \
         so very much longer than what a line of a comment should be that it has to be laid out anew.",
    );
    let names = ["ann", "all", "x-3", "late", "j1", "j2"];
    scenario.names = names.map(str::to_owned).to_vec();
    scenario.founders = 3;
    scenario.duration = Duration::from_secs(3_600);
    scenario.settle_within = ms(20_500);
    scenario.network = Network {
        latency_min: Duration::from_micros(17),
        latency_max: ms(3),
        tick: ms(2),
        tail_per_mille: 1_000,
        tail: ms(40),
        cuts: Cuts::Stall,
        rejects: true,
        disk_min: Duration::from_micros(10),
        disk_max: ms(1),
    };
    scenario.config = every_bound();
    let mut scenario = scenario.on_disks();
    let talk = |who: &[usize]| Workload {
        who: who.iter().copied().map(NodeIndex).collect(),
        lines: 3,
        every: ms(1_250),
        from: ms(2_000),
    };
    scenario.workloads = vec![talk(&[0, 1, 2]), talk(&[1]), talk(&[5, 0])];
    scenario.steps =
        (1..).zip(every_action()).map(|(at, it)| Step::new(ms(at * 350), it)).collect();
    for step in &mut scenario.steps {
        step.standing = matches!(
            step.action,
            Action::Pause(_)
                | Action::Partition(_)
                | Action::Cut { .. }
                | Action::Deaf(_)
                | Action::Mute(_)
                | Action::Slow { .. }
                | Action::Limit { .. }
                | Action::Sluggish { .. }
                | Action::Disk { .. }
        );
    }
    scenario.expect = Expect {
        members: Some(2),
        member_names: Some(vec![NodeIndex(1), NodeIndex(5)]),
        leader: Some(vec![NodeIndex(1)]),
        closed_within: Some(ms(500)),
        delivered: Some(0),
        no_quorum: vec![NodeIndex(0), NodeIndex(2)],
        settles: true,
    };
    scenario
}

#[test]
fn every_scenario_that_is_there_comes_back() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the folder of scenarios") {
        let file = entry.expect("an entry").path();
        assert_comes_back(&Scenario::load(&file).unwrap_or_else(|error| panic!("{error}")));
        count += 1;
    }
    assert!(count >= 12, "only {count} scenarios are there");
}

#[test]
fn everything_that_can_be_said_comes_back() {
    let scenario = everything();
    assert_comes_back(&scenario);
    let mut stuck = scenario.clone();
    stuck.expect = Expect { no_quorum: vec![NodeIndex(0)], settles: false, ..Expect::default() };
    assert_comes_back(&stuck);
    let mut counted = scenario;
    counted.expect = Expect { members: Some(4), ..Expect::default() };
    assert_comes_back(&counted);
}

#[test]
fn every_network_comes_back() {
    let usual = Network::default();
    let table = [
        Network { tick: ms(2), ..usual },
        Network { tick: ms(2), latency_min: ms(2), latency_max: ms(2), ..usual },
        Network { latency_min: ms(7), latency_max: ms(7), ..usual },
        Network { latency_min: ms(1), ..usual },
        Network { tail_per_mille: 5, tail: ms(5), ..usual },
        Network { tail: ms(9), ..usual },
        Network { cuts: Cuts::Stall, ..usual },
        Network { rejects: true, ..usual },
        Network { disk_max: ms(8), ..usual },
        Network { disk_min: ms(8), disk_max: ms(8), ..usual },
    ];
    for network in table {
        let mut scenario = Scenario::new("network", 1, 3);
        scenario.network = network;
        assert_comes_back(&scenario);
    }
}

#[test]
fn what_goes_without_saying_is_not_said() {
    let mut scenario = Scenario::new("small", 4, 3).described("Somebody dies. It matters.");
    scenario.names.push("late".to_owned());
    let join = Action::Join(vec![NodeIndex(3)]);
    let limit = Action::Limit { a: Target::Leader, b: node(3), bytes_per_second: 1_000 };
    scenario.steps = vec![Step::new(ms(350), join), Step::new(ms(1_250), limit)];
    scenario.steps[1].standing = true;
    let expected = "# Somebody dies. It matters.\nseed = 4\nnodes = 3\nduration = \"10s\"\n\n\
                    [[step]]\nat = \"350ms\"\njoin = \"late\"\n\n\
                    [[step]]\nat = \"1.250s\"\nlimit = [\"leader\", \"late\"]\n\
                    bytes_per_second = 1000\nstanding = true\n";
    assert_eq!(scenario.to_toml(), expected);
    assert_comes_back(&scenario);
}

#[test]
fn no_line_is_too_long_to_read() {
    let mut scenario = Scenario::new("long", 1, 0).described(&"word ".repeat(60));
    scenario.names = (1..=90).map(|number| format!("node-{number}")).collect();
    scenario.founders = 90;
    let some = |from: usize| (from..from + 7).map(node).collect::<Vec<Target>>();
    let sets = vec![some(0), some(30), vec![Target::Rest]];
    scenario.steps = vec![Step::new(ms(1), Action::Partition(sets))];
    let text = scenario.to_toml();
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    assert_comes_back(&scenario);
}

#[test]
fn a_scenario_can_go_to_another_thread() {
    fn assert_shared<T: Send + Sync + Clone + Eq>() {}
    assert_shared::<Scenario>();
    assert_shared::<Step>();
    assert_shared::<Action>();
}
