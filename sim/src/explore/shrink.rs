//! Cuts a failing scenario down to what a person can read, as long as it still fails alike.
//!
//! Steps go by delta debugging (Zeller and Hildebrandt, 2002); then nodes, lines, bounds and times.
//! The budget is a number of runs, not of seconds: the same finding shrinks to the same scenario on
//! every machine.

use std::time::Duration;

use ringchat::proto::config::Config;

use super::one::{Finding, again};
use crate::scenario::{Action, Network, NodeIndex, Scenario, Step, Target};

/// How many runs a finding may cost.
const RUNS_MAX: usize = 900;

/// Makes a finding small. It still fails, and alike.
pub fn shrink(finding: Finding) -> Finding {
    let mut shrinker = Shrinker { best: finding, runs: 0 };
    loop {
        let before = shrinker.best.scenario.clone();
        shrinker.cut_end();
        shrinker.drop_steps();
        shrinker.drop_targets();
        shrinker.drop_talk();
        shrinker.drop_nodes();
        shrinker.plain_bounds();
        shrinker.pull_together();
        if shrinker.best.scenario == before || shrinker.runs >= RUNS_MAX {
            break;
        }
    }
    shrinker.best
}

struct Shrinker {
    best: Finding,
    runs: usize,
}

impl Shrinker {
    /// Takes a smaller scenario, if it fails alike.
    fn try_one(&mut self, smaller: Scenario) -> bool {
        if smaller == self.best.scenario || self.runs >= RUNS_MAX {
            return false;
        }
        self.runs += 1;
        match again(&smaller) {
            Some(found) if found.failure.is_like(self.best.failure) => {
                self.best = found;
                true
            }
            Some(_) | None => false,
        }
    }

    fn try_with(&mut self, change: impl FnOnce(&mut Scenario)) -> bool {
        let mut smaller = self.best.scenario.clone();
        change(&mut smaller);
        self.try_one(smaller)
    }

    /// What comes after the last step hardly matters.
    fn cut_end(&mut self) {
        let last = self.best.scenario.steps.last().map_or(Duration::ZERO, |step| step.at);
        let short = last + Duration::from_secs(1);
        if short < self.best.scenario.duration {
            self.try_with(|scenario| {
                scenario.duration = short;
                scenario.workloads.retain_mut(|talk| talk.ends_before(short));
            });
        }
    }

    /// Delta debugging: halves first, then smaller and smaller stretches.
    fn drop_steps(&mut self) {
        let mut stretch = self.best.scenario.steps.len().div_ceil(2);
        while stretch > 0 {
            let mut at = 0;
            while at < self.best.scenario.steps.len() {
                let end = (at + stretch).min(self.best.scenario.steps.len());
                let dropped = self.try_with(|scenario| drop(scenario.steps.drain(at..end)));
                if !dropped {
                    at += stretch;
                }
            }
            stretch = if stretch == 1 { 0 } else { stretch.div_ceil(2) };
        }
    }

    /// A step that strikes several may do with fewer.
    fn drop_targets(&mut self) {
        for place in 0..self.best.scenario.steps.len() {
            let mut at = 0;
            while self.best.scenario.steps.get(place).is_some_and(|step| at < count(&step.action)) {
                let dropped = self.try_with(|scenario| {
                    if let Some(step) = scenario.steps.get_mut(place) {
                        drop_target(&mut step.action, at);
                    }
                });
                if !dropped {
                    at += 1;
                }
            }
        }
    }

    fn drop_talk(&mut self) {
        for place in (0..self.best.scenario.workloads.len()).rev() {
            if self.try_with(|scenario| drop(scenario.workloads.remove(place))) {
                continue;
            }
            while self.best.scenario.workloads.get(place).is_some_and(|talk| talk.who.len() > 1)
                && self.try_with(|scenario| scenario.workloads[place].who.truncate(1))
            {}
            while self.best.scenario.workloads.get(place).is_some_and(|talk| talk.lines > 1)
                && self.try_with(|scenario| scenario.workloads[place].lines /= 2)
            {}
        }
        for place in 0..self.best.scenario.steps.len() {
            while self.try_with(|scenario| {
                if let Some(Action::Say { times, .. }) =
                    scenario.steps.get_mut(place).map(|step| &mut step.action)
                {
                    *times = (*times / 2).max(1);
                }
            }) {}
        }
    }

    /// The last founder goes, with all that is done to it; those who join move up.
    fn drop_nodes(&mut self) {
        while self.best.scenario.founders > 1 {
            let last = NodeIndex(self.best.scenario.founders - 1);
            let dropped = self.try_with(|scenario| {
                scenario.founders -= 1;
                scenario.names.remove(last.0);
                for talk in &mut scenario.workloads {
                    talk.who.retain(|node| *node != last);
                    talk.who.iter_mut().for_each(|node| move_up(node, last));
                }
                scenario.workloads.retain(|talk| !talk.who.is_empty());
                scenario.steps.retain_mut(|step| {
                    let stays = step.action.without(|node| node == last);
                    move_all_up(&mut step.action, last);
                    stays
                });
            });
            if !dropped {
                return;
            }
        }
    }

    /// Bounds and weather as they are by default, all at once or in groups.
    fn plain_bounds(&mut self) {
        self.try_with(|scenario| {
            let Config { disk_entries, election, .. } = scenario.config;
            scenario.config = Config { disk_entries, election, ..Config::default() };
        });
        let needs_disks = |step: &Step| step.action.needs_disks().is_some();
        if !self.best.scenario.steps.iter().any(needs_disks) {
            self.try_with(|scenario| {
                (scenario.disks, scenario.config.disk_entries) = (false, None)
            });
        }
        let network = Network::default();
        let plain = |scenario: &mut Scenario| {
            let latency = Duration::from_millis(1);
            scenario.network = Network { latency_min: latency, latency_max: latency, ..network };
        };
        if self.try_with(plain) {
            return;
        }
        self.try_with(|scenario| {
            let now = &mut scenario.network;
            (now.tail_per_mille, now.tail) = (0, Duration::ZERO);
        });
        self.try_with(|scenario| {
            let now = &mut scenario.network;
            (now.disk_min, now.disk_max) = (Duration::ZERO, Duration::ZERO);
        });
        self.try_with(|scenario| scenario.network.cuts = network.cuts);
        self.try_with(|scenario| scenario.network.rejects = network.rejects);
    }

    /// Shorter waits between the steps, and times that read well.
    fn pull_together(&mut self) {
        for place in 0..self.best.scenario.steps.len() {
            let Some(step) = self.best.scenario.steps.get(place) else { return };
            let at = step.at;
            let before = place
                .checked_sub(1)
                .map_or(Duration::ZERO, |before| self.best.scenario.steps[before].at);
            let gap = at.saturating_sub(before);
            // Scenarios count in whole microseconds.
            let gap = u64::try_from(gap.as_micros()).unwrap_or(u64::MAX);
            for shorter in [gap / 4, gap / 2] {
                let by = Duration::from_micros(gap - shorter);
                if gap > 200_000 && self.shift(place, by) {
                    break;
                }
            }
            for unit in [100_000, 10_000, 1_000] {
                let at = self.best.scenario.steps.get(place).map_or(at, |step| step.at);
                let micros = u64::try_from(at.as_micros()).unwrap_or(u64::MAX);
                if micros.is_multiple_of(unit) || self.shift_to(place, micros / unit * unit) {
                    break;
                }
            }
        }
    }

    /// This step and all behind it come earlier.
    fn shift(&mut self, place: usize, by: Duration) -> bool {
        self.try_with(|scenario| {
            for step in scenario.steps.iter_mut().skip(place) {
                step.at = step.at.saturating_sub(by);
            }
            scenario.duration = scenario.duration.saturating_sub(by);
            let end = scenario.duration;
            scenario.workloads.retain_mut(|talk| talk.ends_before(end));
        })
    }

    fn shift_to(&mut self, place: usize, micros: u64) -> bool {
        let before = place.checked_sub(1).map(|before| self.best.scenario.steps[before].at);
        let at = Duration::from_micros(micros);
        if before.is_some_and(|before| at < before) {
            return false;
        }
        self.try_with(|scenario| {
            if let Some(step) = scenario.steps.get_mut(place) {
                step.at = at;
            }
        })
    }
}

/// A node behind the one that went has its place now.
fn move_up(node: &mut NodeIndex, gone: NodeIndex) {
    if node.0 > gone.0 {
        node.0 -= 1;
    }
}

/// How many targets an action could do without.
fn count(action: &Action) -> usize {
    let mut action = action.clone();
    action.lists_mut().into_iter().filter(|list| list.len() > 1).map(|list| list.len()).sum()
}

/// Drops the target at this place of all lists that have more than one.
fn drop_target(action: &mut Action, mut at: usize) {
    for list in action.lists_mut().into_iter().filter(|list| list.len() > 1) {
        if at < list.len() {
            list.remove(at);
            return;
        }
        at -= list.len();
    }
}

/// A node behind the one that went has its place now.
fn move_all_up(action: &mut Action, gone: NodeIndex) {
    if let Action::Join(who) = action {
        who.iter_mut().for_each(|node| move_up(node, gone));
    }
    let lists: Vec<&mut Target> = action.lists_mut().into_iter().flatten().collect();
    for target in lists {
        if let Target::Node(node) = target {
            move_up(node, gone);
        }
    }
    for target in action.singles_mut() {
        if let Target::Node(node) = target {
            move_up(node, gone);
        }
    }
}
