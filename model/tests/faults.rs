//! The check can fail: each rule that is broken on purpose breaks a claim.

use ringchat_model::bounds::{Bounds, Fault};
use ringchat_model::walk::Walk;
use stateright::{Checker, Expectation, HasDiscoveries, Model};

const S7: &str = "S7: one leader, once per ballot";
const S8: &str = "S8: a leader holds what was committed before";

/// Fails unless the fault breaks this claim, among others.
fn assert_caught(fault: Fault, bounds: Bounds, claim: &str) {
    let walk = Walk { bounds, fault: Some(fault) };
    // One thread looks at short ways first, so the way it shows is a shortest, and always the same.
    let checker = walk.checker().finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    let always = walk.properties().into_iter();
    let always = always.filter(|property| property.expectation == Expectation::Always);
    let broken: Vec<_> =
        always.map(|it| it.name).filter(|name| checker.discovery(name).is_some()).collect();
    println!("{fault:?}: {broken:?} within {} states", checker.unique_state_count());
    assert!(broken.contains(&claim), "{fault:?}: expected {claim:?} to break, found {broken:?}");
}

#[test]
fn a_promise_counted_before_it_is_durable_is_caught() {
    assert_caught(Fault::PromiseNotDurable, Bounds::SMALL, S8);
}

#[test]
fn an_acknowledgement_before_the_write_is_durable_is_caught() {
    assert_caught(Fault::AcknowledgedNotDurable, Bounds::SMALL, S8);
}

#[test]
fn an_election_by_the_pending_view_alone_is_caught() {
    let bounds = Bounds { views: 1, crashes: 0, ..Bounds::FULL };
    assert_caught(Fault::ElectedByNewViewAlone, bounds, S8);
}

#[test]
fn a_view_committed_by_its_own_quorum_alone_is_caught() {
    assert_caught(Fault::CommittedByNewViewAlone, Bounds::SMALL, S8);
}

#[test]
fn a_token_counted_twice_is_caught() {
    assert_caught(Fault::DecidedTwice, Bounds::SMALL, S7);
}

#[test]
fn a_promise_of_a_fresher_log_is_caught() {
    assert_caught(Fault::FreshnessIgnored, Bounds::SMALL, S8);
}

#[test]
fn an_old_ballots_entry_committed_by_counting_is_caught() {
    // Figure 8 of Ongaro and Ousterhout, 2014: four leaders.
    let bounds = Bounds { ballots: 3, views: 0, crashes: 0, ..Bounds::SMALL };
    assert_caught(Fault::OldBallotCounted, bounds, S8);
}

#[test]
fn any_half_as_a_quorum_is_caught() {
    assert_caught(Fault::AnyHalfDecides, Bounds::SMALL, S8);
}

#[test]
fn two_pending_views_are_caught() {
    assert_caught(Fault::TwoViewsPending, Bounds::SMALL, S8);
}
