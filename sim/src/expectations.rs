//! What a scenario expects in the end, besides all guarantees.

use std::time::Duration;

use ringchat::proto::status::Role;

use crate::scenario::NodeIndex;
use crate::world::World;

/// What the scenario of this world expects and did not get, in words. `closed_after`: how long after
/// the last fault the ring was closed for good.
pub(crate) fn unmet(world: &World, closed_after: Option<Duration>) -> Vec<String> {
    let scenario = world.scenario();
    let expect = &scenario.expect;
    let names = |nodes: &[NodeIndex]| {
        nodes.iter().map(|node| scenario.name_of(*node)).collect::<Vec<_>>().join(" ")
    };
    let mut unmet = Vec::new();
    let mut want = |held: bool, expected: String, found: String| {
        if !held {
            unmet.push(format!("[expect] expected {expected}; found {found}"));
        }
    };
    let leader = world.leader();
    let members = world.members();
    let found = names(&members);
    if let Some(count) = expect.members {
        want(members.len() == count, format!("{count} members"), found.clone());
    }
    if let Some(expected) = &expect.member_names {
        let mut sorted = (expected.clone(), members);
        sorted.0.sort();
        sorted.1.sort();
        want(sorted.0 == sorted.1, format!("the members {}", names(expected)), found);
    }
    if let Some(expected) = &expect.leader {
        let held = leader.is_some_and(|leader| expected.contains(&leader));
        let found = leader.map_or("none", |leader| scenario.name_of(leader));
        want(held, format!("the leader to be {}", names(expected)), found.to_owned());
    }
    if let Some(within) = expect.closed_within {
        let held = closed_after.is_some_and(|after| after <= within);
        let expected = format!("the ring closed within {within:?} of the last fault");
        let found = closed_after.map_or("never".to_owned(), |after| format!("{after:?}"));
        want(held, expected, found);
    }
    if let Some(count) = expect.delivered {
        let found = world.delivered();
        want(found == count, format!("{count} messages delivered"), found.to_string());
    }
    for node in &expect.no_quorum {
        let held = world.says_no_quorum(*node);
        let expected = format!("{} to say that there is no quorum", names(&[*node]));
        want(held, expected, "it does not".to_owned());
    }
    if !expect.settles {
        let found = leader.map(|leader| scenario.name_of(leader).to_owned());
        let leads = world.statuses().any(|(_, status)| status.role == Role::Leader);
        want(!leads, "nobody to lead".to_owned(), found.unwrap_or_default());
    }
    unmet
}
