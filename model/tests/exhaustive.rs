//! Every claim holds in every state that a small ring can reach, and what should be reached is.

use std::time::Instant;

use ringchat_model::bounds::{Bounds, Writes};
use ringchat_model::walk::Walk;
use stateright::{Checker, Expectation, HasDiscoveries, Model};

/// Visits every reachable state. Fails with the way to one that breaks a claim, or if one of what must
/// happen somewhere, but for these exceptions, happens nowhere.
fn assert_all_hold(name: &str, bounds: Bounds, never: &[&str]) {
    let started = Instant::now();
    let walk = Walk { bounds, fault: None };
    let checker = walk.checker().threads(2).finish_when(HasDiscoveries::AnyFailures);
    let checker = checker.spawn_dfs().join();
    println!(
        "{name}: {} states, {} steps, at most {} in a row, {:.1} s",
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        started.elapsed().as_secs_f32(),
    );
    for property in walk.properties() {
        let found = checker.discovery(property.name).map(|path| path.into_actions());
        match property.expectation {
            Expectation::Always => assert!(
                found.is_none(),
                "{name}: broken: {}, after {:#?}",
                property.name,
                found.unwrap_or_default(),
            ),
            Expectation::Sometimes => assert!(
                found.is_some() != never.contains(&property.name),
                "{name}: {}: expected {}, found otherwise",
                property.name,
                if found.is_some() { "never" } else { "sometimes" },
            ),
            Expectation::Eventually => unreachable!("there is none, see claims.rs"),
        }
    }
}

const NO_SECOND_VIEW: &[&str] = &["two views are committed"];
const NO_VIEWS: &[&str] = &[
    "two views are committed",
    "a node leads with a view pending that another proposed",
    "half of a view may elect, with the tie-breaker",
];

#[test]
fn two_view_changes_an_election_and_a_crash_of_each_node_break_nothing() {
    assert_all_hold("small", Bounds::SMALL, &[]);
}

#[test]
fn nothing_breaks_where_every_frame_is_heard_in_every_order() {
    assert_all_hold("heard", Bounds::HEARD, &[]);
}

#[test]
fn nothing_breaks_where_each_write_completes_by_itself() {
    assert_all_hold("written", Bounds::WRITTEN, NO_SECOND_VIEW);
}

#[test]
fn nothing_breaks_where_nodes_crash_between_any_two_writes() {
    assert_all_hold("crashed", Bounds::CRASHED, NO_VIEWS);
}

#[test]
fn nothing_breaks_where_the_tokens_of_lap_1_travel() {
    assert_all_hold("walked", Bounds::WALKED, NO_VIEWS);
}

#[test]
#[ignore = "takes minutes: make model"]
fn a_second_election_breaks_nothing() {
    assert_all_hold("full", Bounds::FULL, &[]);
}

#[test]
#[ignore = "takes minutes: make model"]
fn nothing_breaks_where_nodes_crash_between_any_two_writes_of_a_view_change() {
    let bounds = Bounds { views: 1, ..Bounds::CRASHED };
    assert_all_hold("crashed with a view", bounds, NO_SECOND_VIEW);
}

#[test]
#[ignore = "takes minutes: make model"]
fn nothing_breaks_where_the_tokens_of_lap_1_travel_during_a_view_change() {
    let bounds = Bounds { views: 1, crashes: 0, ..Bounds::WALKED };
    assert_all_hold("walked with a view", bounds, NO_SECOND_VIEW);
}

#[test]
#[ignore = "takes minutes: make model"]
fn nothing_breaks_where_the_tokens_of_lap_1_travel_between_any_two_writes() {
    let bounds = Bounds { crashes: 0, writes: Writes::OneByOne, ..Bounds::WALKED };
    assert_all_hold("walked and written", bounds, NO_VIEWS);
}
