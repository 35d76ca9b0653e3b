//! The explorer: what it finds does not depend on how the work was shared out, and holds on replay.

use std::time::Duration;

use ringchat_sim::coverage::Rare;
use ringchat_sim::explore::kind::Profile;
use ringchat_sim::explore::many::{Explorations, Task, explore_many};
use ringchat_sim::explore::one::{AGAIN, Space, explore};
use ringchat_sim::explore::report::report;
use ringchat_sim::explore::shrink::shrink;
use ringchat_sim::run::{Failure, run};
use ringchat_sim::scenario::{Action, NodeIndex, Scenario, Step, Target, Workload};

fn task(to: u64, jobs: usize, profile: Profile) -> Task {
    Task {
        from: 0,
        to: Some(to),
        until: None,
        shard: (0, 1),
        jobs,
        first: false,
        space: Space { profile, ..Space::default() },
    }
}

fn explored(task: &Task) -> Explorations {
    explore_many(task, &|_| {})
}

#[test]
fn a_small_exploration_of_every_profile_finds_nothing() {
    for profile in Profile::ALL {
        let runs = if profile == Profile::Swarm { 200 } else { 60 };
        let explored = explored(&task(runs, 2, profile));
        let failed: Vec<String> = explored
            .findings
            .iter()
            .map(|(seed, finding)| format!("seed {seed}: {}", finding.words))
            .collect();
        assert!(failed.is_empty(), "{}\n{}", profile.name(), failed.join("\n"));
        assert_eq!(explored.runs, runs);
    }
}

#[test]
fn the_report_is_the_same_whatever_the_jobs() {
    let report_of = |jobs| {
        let task = task(60, jobs, Profile::Swarm);
        report(&task, &explored(&task))
    };
    let alone = report_of(1);
    assert!(alone.contains("60 runs of 2 to 9 nodes, profile swarm"), "{alone}");
    assert_eq!(alone, report_of(1), "the same seeds twice");
    assert_eq!(alone, report_of(3), "three at once");
}

#[test]
fn shards_together_are_the_whole() {
    let whole = explored(&task(40, 2, Profile::Swarm));
    let mut runs = 0;
    let mut handled = 0;
    let mut coverage = ringchat_sim::coverage::Coverage::default();
    for number in 0..3 {
        let shard = explored(&Task { shard: (number, 3), ..task(40, 1, Profile::Swarm) });
        runs += shard.runs;
        handled += shard.handled;
        coverage.add(shard.coverage.counts());
    }
    assert_eq!((runs, handled), (whole.runs, whole.handled));
    assert_eq!(coverage.counts(), whole.coverage.counts());
}

#[test]
fn what_the_adversary_did_can_be_played_again_without_it() {
    for seed in 0..40 {
        let first = explore(seed, &Space::default());
        let again = run(&first.scenario, seed, AGAIN);
        assert_eq!(again.handled, first.handled, "seed {seed}: another number of inputs");
        assert_eq!(again.coverage, first.coverage, "seed {seed}: other things happened");
        assert_eq!(again.failure, first.finding.map(|finding| finding.failure), "seed {seed}");
    }
}

#[test]
fn rare_things_are_met_within_few_runs() {
    let explored = explored(&task(200, 2, Profile::Swarm));
    let often = [
        Rare::TokenReplaced,
        Rare::PendingAtChange,
        Rare::OneEvicted,
        Rare::Snapshot,
        Rare::Duplicate,
        Rare::Reordered,
        Rare::EvictedAndBack,
        Rare::NewLife,
        Rare::NoQuorum,
    ];
    for rare in often {
        assert!(explored.coverage.counts().contains_key(&rare), "never met: {}", rare.words());
    }
}

/// A scenario that fails whatever is done in it: it expects a member of a whole ring to miss a quorum.
fn failing() -> Scenario {
    let node = |index| Target::Node(NodeIndex(index));
    let at = Duration::from_millis;
    let mut scenario = Scenario::new("failing", 5, 5);
    scenario.duration = at(9_000);
    scenario.expect.no_quorum = vec![NodeIndex(0)];
    scenario.workloads.push(Workload {
        who: (0..5).map(NodeIndex).collect(),
        lines: 20,
        every: at(100),
        from: at(2_000),
    });
    scenario.steps = vec![
        Step::new(at(2_500), Action::Reset(node(0), node(1))),
        Step::new(at(3_000), Action::Pause(vec![node(1)])),
        Step::new(at(3_500), Action::Resume(vec![node(1)])),
        Step::new(at(4_000), Action::Kill(vec![node(2), node(4)])),
        Step::new(at(5_000), Action::Restart(vec![node(2)])),
        Step::new(at(6_000), Action::Deaf(node(3))),
        Step::new(at(7_000), Action::Heal(None)),
    ];
    scenario
}

#[test]
fn a_finding_shrinks_to_what_it_takes() {
    let found = ringchat_sim::explore::one::again(&failing()).expect("it fails");
    assert_eq!(found.failure, Failure::Scenario, "{}", found.words);
    let small = shrink(found);
    assert_eq!(small.failure, Failure::Scenario, "{}", small.words);
    assert!(small.scenario.steps.len() <= 1, "{:#?}", small.scenario.steps);
    assert!(small.scenario.workloads.is_empty(), "{:?}", small.scenario.workloads);
    let written = small.scenario.clone().described("It fails. It is small.").to_toml();
    let read = Scenario::parse("small.toml", "small", &written).expect("a scenario file");
    assert_eq!(run(&read, read.seed, AGAIN).failure, Some(Failure::Scenario));
}
