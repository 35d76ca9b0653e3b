//! Scenario files: what they mean, and what is said about those that cannot be run.

use std::time::Duration;

use ringchat_sim::scenario::{Action, NODES_MAX, NodeIndex, Scenario, Target, said};

/// A scenario that can be run, in front of what a test adds.
const HEAD: &str = "# Something happens. It matters.\nseed = 1\nnodes = 3\nduration = \"9s\"\n";

fn refused(rest: &str) -> String {
    let text = format!("{HEAD}{rest}");
    match Scenario::parse("a.toml", "a", &text) {
        Ok(scenario) => panic!("this should have been refused: {scenario:?}"),
        Err(error) => error.to_string(),
    }
}

fn accepted(rest: &str) -> Scenario {
    Scenario::parse("a.toml", "a", &format!("{HEAD}{rest}")).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn roles_and_names_stand_for_nodes() {
    let scenario = accepted(
        "[[step]]\nat = \"1.5s\"\nkill = [\"n2\", \"successor of predecessor of leader\"]\n",
    );
    let nested = Target::Successor(Box::new(Target::Predecessor(Box::new(Target::Leader))));
    let step = &scenario.steps[0];
    assert_eq!(step.at, Duration::from_millis(1_500));
    assert_eq!(step.action, Action::Kill(vec![Target::Node(NodeIndex(1)), nested]));
    assert_eq!(step.line, 7);
    assert_eq!(scenario.summary(), "Something happens.");
}

#[test]
fn a_node_that_joins_is_known_by_name() {
    let scenario = accepted(
        "[[step]]\nat = \"1s\"\njoin = [\"late\"]\n[[step]]\nat = \"2s\"\nkill = \"late\"\n",
    );
    assert_eq!(scenario.names, ["n1", "n2", "n3", "late"]);
    assert_eq!(scenario.founders, 3);
}

#[test]
fn a_misspelt_key_is_shown_with_its_place_and_the_nearest_key() {
    assert_eq!(
        refused("[network]\nlatencz = \"5ms\"\n"),
        "a.toml:6:1: unknown key `latencz` in this network\n  |\n6 | latencz = \"5ms\"\n  | ^^^^^^^\n\
         hint: did you mean `latency`?"
    );
}

#[test]
fn a_misspelt_action_is_shown_with_the_nearest_action() {
    let said = refused("[[step]]\nat = \"1s\"\nkil = \"n1\"\n");
    assert!(said.starts_with("a.toml:7:1: unknown key `kil` in this step"), "{said}");
    assert!(said.ends_with("hint: did you mean `kill`?"), "{said}");
}

#[test]
fn what_cannot_be_is_refused_at_its_place() {
    let step = |body: &str| format!("[[step]]\nat = \"1s\"\n{body}\n");
    let table = [
        (step("kill = \"n7\""), "a.toml:7:8: there is no node \"n7\""),
        (step("kill = \"n1\"\npause = \"n2\""), "a.toml:8:1: a step does one thing"),
        (step("kill = []"), "a.toml:7:8: expected at least one node"),
        (step("kill = [\"n1\", \"n1\"]"), "a.toml:7:15: this is here twice"),
        (step("standing = true\nkill = \"n1\""), "a.toml:7:12: `kill` is not healed"),
        (step("cut = [\"n1\", \"n1\"]"), "a.toml:7:14: a node has no link to itself"),
        (step("cut = [\"n1\"]"), "a.toml:7:7: expected the two ends of a link"),
        (step("cut = [\"n1\", \"n2\"]\ndirection = \"up\""), "a.toml:8:13: expected \"both\""),
        (step("partition = [[\"n1\"], [\"n1\", \"rest\"]]"), "a.toml:7:23: this is in two sets"),
        (step("partition = [[\"n1\"], []]"), "a.toml:7:22: expected at least one node"),
        (step("partition = [[\"n1\"], [\"n2\"]]"), "a.toml:7:13: \"n3\" may be in none"),
        (step("partition = [[\"n1\", \"rest\"]]"), "a.toml:7:13: expected at least two sets"),
        (step("join = \"n1\""), "a.toml:7:8: there is a node \"n1\" already"),
        (step("say = \"hello\""), "a.toml:5:1: `by` is missing from this step"),
        (step("say = \"hello\"\nby = \"killed\""), "a.toml:8:6: expected exactly one node"),
        (step("slow = [\"n1\", \"n2\"]\nlatency = \"0s\""), "a.toml:8:11: expected more than no"),
        (step("say = \"hello\"\nby = \"n1\"\ntimes = 0"), "a.toml:9:9: expected a whole number"),
        (step("stuck = \"rest\""), "a.toml:7:9: only a partition has a \"rest\""),
        (step("reset = \"n1\""), "a.toml:7:9: expected the two ends of a link, found 1"),
        (step("replay = [\"n1\", \"killed\"]"), "a.toml:7:17: expected exactly one node"),
        (step("garbage = [\"n1\", \"n1\"]"), "a.toml:7:18: a node has no link to itself"),
        (step("limit = [\"n1\", \"n2\"]"), "a.toml:5:1: `bytes_per_second` is missing"),
        (
            step("limit = [\"n1\", \"n2\"]\nbytes_per_second = 0"),
            "a.toml:8:20: expected a whole number from 1",
        ),
        (step("sluggish = \"n1\""), "a.toml:5:1: `per_input` is missing from this step"),
        (step("sluggish = \"n1\"\nper_input = \"0s\""), "a.toml:8:13: expected more than no time"),
        (step("disk = \"n1\""), "a.toml:5:1: `write` is missing from this step"),
        (step("disk = \"n1\"\nper_input = \"1s\""), "a.toml:5:1: `write` is missing"),
        (step("disk = \"n1\"\nwrite = \"1s\"\nppm = 3"), "a.toml:9:1: unknown key `ppm`"),
        (step("lose = \"n1\""), "a.toml:5:1: `lose` needs disks that are read again"),
        (step("tear = \"n1\""), "a.toml:5:1: `keeps` is missing from this step"),
        (step("clock = \"n1\"\nforward = \"0s\""), "a.toml:8:11: expected more than no time"),
        (step("clock = \"n1\"\nforward = \"25h\""), "a.toml:8:11: expected a duration such as"),
        (step("drift = \"n1\"\nppm = -100001"), "a.toml:8:7: expected a whole number from -100000"),
        (step("drift = \"n1\"\nppm = \"fast\""), "a.toml:8:7: expected a whole number from -1"),
        (
            step("standing = true\nclock = \"n1\"\nforward = \"1s\""),
            "a.toml:7:12: `clock` is not healed",
        ),
        ("[[step]]\nat = 3\nkill = \"n1\"\n".into(), "a.toml:6:6: expected a duration"),
        ("[[step]]\nat = \"3\"\nkill = \"n1\"\n".into(), "a.toml:6:6: expected a duration"),
        ("[[step]]\nat = \"10s\"\nkill = \"n1\"\n".into(), "a.toml:6:6: this step at 10s comes"),
        (step("heal = \"all\"").replace("1s", "2s") + &step("heal = \"all\""), "a.toml:9:6: this"),
        ("[network]\nlatency = \"0ms\"\n".into(), "a.toml:6:11: expected more than no time"),
        ("[network]\nlatency_min = \"5ms\"\n".into(), "a.toml:5:1: expected `latency` alone"),
        ("[network]\ntail = \"9s\"\n".into(), "a.toml:5:1: expected `tail_per_mille` and `tail`"),
        (
            "[network]\ntail_per_mille = 1001\ntail = \"9s\"\n".into(),
            "a.toml:6:18: expected a whole number from 0 to 1000",
        ),
        (
            "[network]\ntail_per_mille = 3\ntail = \"4ms\"\n".into(),
            "a.toml:7:8: expected a tail of at least 5ms",
        ),
        ("[network]\ncuts = \"bend\"\n".into(), "a.toml:6:8: expected \"break\" or \"stall\""),
        ("[network]\nrejects = 1\n".into(), "a.toml:6:11: expected `true` or `false`, found"),
        ("[network]\ndisk_min = \"1s\"\n".into(), "a.toml:5:1: `disk_min` is greater than"),
        ("[timing]\nlearners = 0\n".into(), "a.toml:6:12: expected a whole number from 1 to"),
        ("[timing]\nlog_keep = -1\n".into(), "a.toml:6:12: expected a whole number from 0 to"),
        ("[timing]\npulse = \"0s\"\n".into(), "a.toml:6:9: expected more than no time"),
        ("[expect]\nmembers = 4\n".into(), "a.toml:6:11: expected a whole number from 1 to 3"),
        ("[expect]\nleader = \"leader\"\n".into(), "a.toml:6:10: there is no node \"leader\""),
        ("[expect]\nsettles = false\nmembers = 2\n".into(), "a.toml:6:11: a ring that does not"),
        ("[network\n".into(), "a.toml:5:9: "),
        ("seed = 2\n".into(), "a.toml:5:1: duplicate key"),
    ];
    for (rest, expected) in table {
        let said = refused(&rest);
        assert!(said.starts_with(expected), "{rest}\nexpected: {expected}\nsaid: {said}");
    }
}

#[test]
fn a_latency_need_not_be_whole_ticks() {
    let scenario = accepted("[network]\nlatency_min = \"17us\"\nlatency_max = \"7.5ms\"\n");
    assert_eq!(scenario.network.latency_min, Duration::from_micros(17));
    assert_eq!(scenario.network.latency_max, Duration::from_micros(7_500));
    assert_eq!(scenario.network.tick, Duration::from_millis(5));
}

#[test]
fn what_is_said_several_times_is_numbered() {
    assert_eq!(said("hello", 1).collect::<Vec<_>>(), ["hello"]);
    assert_eq!(said("hello", 3).collect::<Vec<_>>(), ["hello 1", "hello 2", "hello 3"]);
}

#[test]
fn a_scenario_holds_at_most_128_nodes() {
    let nodes = |count: u64| {
        let text = HEAD.replace("nodes = 3", &format!("nodes = {count}"));
        Scenario::parse("a.toml", "a", &text).map(|it| it.names.len()).map_err(|e| e.to_string())
    };
    assert_eq!(nodes(128), Ok(NODES_MAX));
    assert!(nodes(129).is_err_and(|said| said.contains("expected a whole number from 1 to 128")));
}

#[test]
fn a_workload_ends_before_the_scenario_does() {
    let lines = "who = \"all\"\nlines = 10\nevery = \"1s\"\nfrom = \"1s\"\n";
    let said = refused(&format!("[[workload]]\n{lines}"));
    assert!(said.contains("the last of these 10 lines comes after the end at 9s"), "{said}");
}

#[test]
fn a_scenario_without_an_opening_comment_is_refused() {
    let said = Scenario::parse("a.toml", "a", "seed = 1\n").map(|_| ()).map_err(|e| e.to_string());
    assert!(said.is_err_and(|said| said.contains("expected a comment to open the scenario")));
}

#[test]
fn a_file_that_is_not_there_is_said_to_be_so() {
    let path = std::path::Path::new("no/such.toml");
    let said = Scenario::load(path).map(|_| ()).map_err(|error| error.to_string());
    assert!(said.is_err_and(|said| said.starts_with("no/such.toml: cannot read this scenario")));
}
