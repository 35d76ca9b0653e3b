//! Writes the steps of a scenario: each action under its verb, targets by their names and roles.

use super::write::{Page, quoted, time};
use super::{Action, Direction, NodeIndex, Scenario, Step, Target};

/// One `[[step]]`.
pub(super) fn step(page: &mut Page, scenario: &Scenario, step: &Step) {
    let Step { at, line: _, action, standing } = step;
    page.table("[[step]]");
    page.key("at", time(*at));
    let (verb, object) = sentence(action);
    match object {
        Object::Nodes(who) => page.one_or_list(verb, words(scenario, who)),
        Object::Node(who) => page.key(verb, word(scenario, who)),
        Object::Link(a, b) => page.list(verb, vec![word(scenario, a), word(scenario, b)]),
        Object::Sets(sets) => {
            let sets = sets.iter().map(|set| format!("[{}]", words(scenario, set).join(", ")));
            page.list(verb, sets.collect());
        }
        Object::Newcomers(who) => page.one_or_list(verb, scenario.quoted(who)),
        Object::Text(text) => page.key(verb, quoted(text)),
    }
    for (key, value) in details(scenario, action) {
        page.key(key, value);
    }
    if *standing {
        page.key("standing", "true");
    }
}

/// What stands behind a verb.
#[derive(Clone, Copy, Debug)]
enum Object<'a> {
    Nodes(&'a [Target]),
    Node(&'a Target),
    Link(&'a Target, &'a Target),
    Sets(&'a [Vec<Target>]),
    Newcomers(&'a [NodeIndex]),
    Text(&'a str),
}

/// The verb of an action, and what stands behind it.
fn sentence(action: &Action) -> (&'static str, Object<'_>) {
    match action {
        Action::Kill(who) => ("kill", Object::Nodes(who)),
        Action::Power(who) => ("power", Object::Nodes(who)),
        Action::Tear { who, .. } => ("tear", Object::Nodes(who)),
        Action::Restart(who) => ("restart", Object::Nodes(who)),
        Action::Pause(who) => ("pause", Object::Nodes(who)),
        Action::Resume(who) => ("resume", Object::Nodes(who)),
        Action::Partition(sets) => ("partition", Object::Sets(sets)),
        Action::Cut { a, b, .. } => ("cut", Object::Link(a, b)),
        Action::Deaf(who) => ("deaf", Object::Node(who)),
        Action::Mute(who) => ("mute", Object::Node(who)),
        Action::Heal(None) => ("heal", Object::Text("all")),
        Action::Heal(Some((a, b))) => ("heal", Object::Link(a, b)),
        Action::Slow { a, b, .. } => ("slow", Object::Link(a, b)),
        Action::Limit { a, b, .. } => ("limit", Object::Link(a, b)),
        Action::Reset(a, b) => ("reset", Object::Link(a, b)),
        Action::Replay(a, b) => ("replay", Object::Link(a, b)),
        Action::Garbage(a, b) => ("garbage", Object::Link(a, b)),
        Action::Sluggish { who, .. } => ("sluggish", Object::Nodes(who)),
        Action::Disk { who, .. } => ("disk", Object::Nodes(who)),
        Action::Fail(who) => ("fail", Object::Nodes(who)),
        Action::Full(who) => ("full", Object::Nodes(who)),
        Action::Lose(who) => ("lose", Object::Nodes(who)),
        Action::Ease(who) => ("ease", Object::Nodes(who)),
        Action::Clock { who, .. } => ("clock", Object::Nodes(who)),
        Action::Drift { who, .. } => ("drift", Object::Nodes(who)),
        Action::Join(who) => ("join", Object::Newcomers(who)),
        Action::Leave(who) => ("leave", Object::Nodes(who)),
        Action::Alone(who) => ("alone", Object::Node(who)),
        Action::Say { text, .. } => ("say", Object::Text(text)),
        Action::Stuck(who) => ("stuck", Object::Nodes(who)),
    }
}

/// The other keys of an action, as far as they differ from what goes without saying.
fn details(scenario: &Scenario, action: &Action) -> Vec<(&'static str, String)> {
    match action {
        Action::Cut { direction: Direction::AToB, .. } => vec![("direction", quoted("a_to_b"))],
        Action::Slow { latency, .. } => vec![("latency", time(*latency))],
        Action::Limit { bytes_per_second, .. } => {
            vec![("bytes_per_second", bytes_per_second.to_string())]
        }
        Action::Sluggish { per_input, .. } => vec![("per_input", time(*per_input))],
        Action::Tear { keeps, .. } => vec![("keeps", keeps.to_string())],
        Action::Disk { write, .. } => vec![("write", time(*write))],
        Action::Clock { forward, .. } => vec![("forward", time(*forward))],
        Action::Drift { ppm, .. } => vec![("ppm", ppm.to_string())],
        Action::Say { by, times: 1, .. } => vec![("by", word(scenario, by))],
        Action::Say { by, times, .. } => {
            vec![("by", word(scenario, by)), ("times", times.to_string())]
        }
        Action::Kill(_)
        | Action::Power(_)
        | Action::Restart(_)
        | Action::Pause(_)
        | Action::Resume(_)
        | Action::Partition(_)
        | Action::Cut { direction: Direction::Both, .. }
        | Action::Deaf(_)
        | Action::Mute(_)
        | Action::Heal(_)
        | Action::Reset(..)
        | Action::Replay(..)
        | Action::Garbage(..)
        | Action::Fail(_)
        | Action::Full(_)
        | Action::Lose(_)
        | Action::Ease(_)
        | Action::Join(_)
        | Action::Leave(_)
        | Action::Alone(_)
        | Action::Stuck(_) => Vec::new(),
    }
}

/// A target with its quotes.
fn word(scenario: &Scenario, target: &Target) -> String {
    quoted(&role(scenario, target))
}

fn words(scenario: &Scenario, targets: &[Target]) -> Vec<String> {
    targets.iter().map(|target| word(scenario, target)).collect()
}

fn role(scenario: &Scenario, target: &Target) -> String {
    match target {
        Target::Node(node) => scenario.name_of(*node).to_owned(),
        Target::Leader => "leader".to_owned(),
        Target::TieBreaker => "tie-breaker".to_owned(),
        Target::AnyFollower => "any follower".to_owned(),
        Target::Successor(of) => format!("successor of {}", role(scenario, of)),
        Target::Predecessor(of) => format!("predecessor of {}", role(scenario, of)),
        Target::Killed => "killed".to_owned(),
        Target::Paused => "paused".to_owned(),
        Target::Rest => "rest".to_owned(),
    }
}
