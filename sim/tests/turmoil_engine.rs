//! What the turmoil engine makes of a scenario that knows more than whole ticks and turmoil's faults.

use std::time::Duration;

use ringchat_sim::run::{Manner, Outcome, Verdict, run};
use ringchat_sim::scenario::{Action, NodeIndex, Scenario, Step, Target};
use ringchat_sim::world::Ground;

fn three() -> Scenario {
    let mut scenario = Scenario::new("three", 5, 3);
    scenario.duration = Duration::from_secs(4);
    scenario
}

fn played(scenario: &Scenario) -> Outcome {
    run(scenario, scenario.seed, Manner::on(Ground::Turmoil))
}

#[test]
fn latencies_are_rounded_up_to_whole_ticks() {
    let with_latency = |micros: u64| {
        let mut scenario = three();
        scenario.network.latency_min = Duration::from_micros(micros);
        scenario.network.latency_max = Duration::from_micros(2 * micros);
        let (a, b) = (Target::Node(NodeIndex(0)), Target::Node(NodeIndex(1)));
        let slow = Action::Slow { a, b, latency: Duration::from_micros(3 * micros) };
        scenario.steps.push(Step::new(Duration::from_secs(2), slow));
        let outcome = played(&scenario);
        assert_eq!(outcome.verdict, Verdict::Held);
        // Their words differ: the step names its latency as the file does.
        outcome.history.records().iter().map(|record| record.at).collect::<Vec<_>>()
    };
    assert_eq!(with_latency(9_000), with_latency(10_000));
    assert_ne!(with_latency(10_000), with_latency(11_000));
}

#[test]
fn what_is_said_several_times_is_delivered_as_often() {
    let mut scenario = three();
    let say = Action::Say { by: Target::Leader, text: "hello".to_owned(), times: 300 };
    scenario.steps.push(Step::new(Duration::from_secs(3), say));
    scenario.expect.delivered = Some(300);
    assert_eq!(played(&scenario).verdict, Verdict::Held);
}

#[test]
fn a_step_beyond_turmoil_names_the_engine_that_can_do_it() {
    let mut scenario = three();
    let clock = Action::Clock { who: vec![Target::Leader], forward: Duration::from_secs(1) };
    scenario.steps.push(Step::new(Duration::from_secs(3), clock));
    let verdict = played(&scenario).verdict;
    let Verdict::NoEffect(why) = &verdict else { panic!("{verdict:?}") };
    assert!(why.ends_with("the turmoil engine cannot do this; use `--engine events`"), "{why}");
}
