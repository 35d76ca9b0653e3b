//! Replays every scenario file that is there, and compares its story with the reviewed one.

use std::path::{Path, PathBuf};

use ringchat::proto::config::ElectionKind;
use ringchat_sim::report::report;
use ringchat_sim::run::{Manner, Verdict, run};
use ringchat_sim::scenario::{Expect, Scenario};
use ringchat_sim::trace::story::story;
use ringchat_sim::world::Ground;

/// A story longer than this is not read by anybody.
const LINES_MAX: usize = 60;

/// The one that needs more, in five acts, and how much that is.
const LONGEST: (&str, usize) = ("figure-eight", 74);

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let entries = std::fs::read_dir(folder).expect("the folder of scenarios");
    let files = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> =
        files.filter(|file| file.extension().is_some_and(|it| it == "toml")).collect();
    files.sort();
    files
}

/// The whole stack, where it can do what the scenario wants. Where it counts how long writes take
/// and what is left of them, the reviewed story is that of the event engine, which also looks
/// whether what nodes say of their disks is so; `sim/tests/turmoil_disks.rs` plays these on the
/// whole stack.
fn ground(scenario: &Scenario) -> Ground {
    if scenario.asks_of_disks() { Ground::Events } else { Ground::of(scenario) }
}

#[test]
fn every_scenario_holds_and_its_story_is_the_reviewed_one() {
    let files = files();
    assert!(files.len() >= 12, "only {} scenarios are there", files.len());
    for file in files {
        let scenario = Scenario::load(&file).unwrap_or_else(|error| panic!("{error}"));
        let ground = ground(&scenario);
        let outcome = run(&scenario, scenario.seed, Manner::on(ground));
        let said = report(&file, &scenario, &outcome, "");
        assert_eq!(outcome.verdict, Verdict::Held, "{said}on the engine of {ground:?}");
        let story = story(&outcome.history);
        let lines = story.lines().count();
        let most = if scenario.name == LONGEST.0 { LONGEST.1 } else { LINES_MAX };
        assert!(lines <= most, "{}: {lines} lines are too many\n{story}", scenario.name);
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.set_description(scenario.description.trim());
        settings.bind(|| insta::assert_snapshot!(scenario.name.as_str(), story));
    }
}

/// Who leads, and when, is another story by the other way to elect; what is guaranteed is the same.
#[test]
fn every_scenario_holds_by_fast_bully_too() {
    for file in files() {
        let mut scenario = Scenario::load(&file).unwrap_or_else(|error| panic!("{error}"));
        scenario.config.election = ElectionKind::FastBully;
        // What a scenario expects of the ring is said of the ring's own elections.
        scenario.expect = Expect { settles: scenario.expect.settles, ..Expect::default() };
        for seed in 101..104 {
            let manner = Manner { lenient: true, ..Manner::on(Ground::Events) };
            let outcome = run(&scenario, seed, manner);
            let said = report(&file, &scenario, &outcome, "");
            assert_eq!(outcome.verdict, Verdict::Held, "{said}by Fast Bully");
        }
    }
}

#[test]
fn every_scenario_holds_from_other_seeds_too() {
    for file in files() {
        let scenario = Scenario::load(&file).unwrap_or_else(|error| panic!("{error}"));
        // Whom a role hits, and what a scenario expects by name, may differ; the guarantees may not.
        for seed in 101..104 {
            let ground = ground(&scenario);
            let outcome = run(&scenario, seed, Manner::on(ground));
            let said = report(&file, &scenario, &outcome, "");
            assert_eq!(outcome.verdict, Verdict::Held, "{said}on the engine of {ground:?}");
        }
    }
}
