//! Scenario files: what they mean, and what is said about those that cannot be run.

use std::time::Duration;

use ringchat_sim::scenario::{Action, NodeIndex, Scenario, Target};

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
        (step("slow = [\"n1\", \"n2\"]\nlatency = \"7ms\""), "a.toml:8:11: expected whole ticks"),
        ("[[step]]\nat = 3\nkill = \"n1\"\n".into(), "a.toml:6:6: expected a duration"),
        ("[[step]]\nat = \"3\"\nkill = \"n1\"\n".into(), "a.toml:6:6: expected a duration"),
        ("[[step]]\nat = \"10s\"\nkill = \"n1\"\n".into(), "a.toml:6:6: this step at 10s comes"),
        (step("heal = \"all\"").replace("1s", "2s") + &step("heal = \"all\""), "a.toml:9:6: this"),
        ("[network]\nlatency = \"7ms\"\n".into(), "a.toml:6:11: expected whole ticks of 5ms"),
        ("[network]\nlatency_min = \"5ms\"\n".into(), "a.toml:5:1: expected `latency` alone"),
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
