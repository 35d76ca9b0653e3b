//! Carries out the steps of a scenario: what happens to the links.

use std::time::Duration;

use super::World;
use super::faults::Failed;
use super::machine::Phase;
use super::wires::{Cause, Harm};
use crate::engine::Way;
use crate::history::Happening;
use crate::scenario::{Direction, NodeIndex, Target};

impl World {
    /// Cuts all ways between nodes of different sets. Who is in no set is in that of "the rest".
    pub(super) fn partition(&mut self, place: usize, sets: &[Vec<Target>]) -> Result<(), Failed> {
        let mut parts = Vec::new();
        for set in sets {
            parts.push(self.resolve(set)?);
        }
        let all = (0..self.machines.len()).map(NodeIndex);
        if let Some(twice) =
            all.clone().find(|node| parts.iter().filter(|part| part.contains(node)).count() > 1)
        {
            let name = self.scenario.name_of(twice);
            return Err(Failed::NoEffect(format!("{name} is in two sets, by name and by role")));
        }
        if let Some(rest) = sets.iter().position(|set| set.contains(&Target::Rest)) {
            let others: Vec<NodeIndex> =
                all.clone().filter(|node| !parts.iter().flatten().any(|n| n == node)).collect();
            parts[rest].extend(others);
        }
        let part_of = |node: &NodeIndex| parts.iter().position(|part| part.contains(node));
        let mut ways = Vec::new();
        for from in all.clone() {
            ways.extend(all.clone().map(|to| (from, to)).filter(
                |(from, to)| matches!((part_of(from), part_of(to)), (Some(a), Some(b)) if a != b),
            ));
        }
        let ran = |node: &&NodeIndex| self.machines[node.0].phase != Phase::Absent;
        let words = parts.iter().map(|part| {
            let names = part.iter().filter(ran).map(|node| self.scenario.name_of(*node));
            names.collect::<Vec<_>>().join(" ")
        });
        let text = format!("partition {}", words.collect::<Vec<_>>().join(" | "));
        let first = parts.iter().flatten().next().copied().unwrap_or(NodeIndex(0));
        self.cut_ways(place, first, &ways, text)
    }

    pub(super) fn cut(
        &mut self,
        place: usize,
        a: &Target,
        b: &Target,
        direction: Direction,
    ) -> Result<(), Failed> {
        let (a, b) = self.resolve_pair(a, b)?;
        let (from, to) = (self.scenario.name_of(a), self.scenario.name_of(b));
        let (ways, text) = match direction {
            Direction::Both => (vec![(a, b), (b, a)], format!("cut {from} - {to}")),
            Direction::AToB => (vec![(a, b)], format!("cut {from} -> {to}")),
        };
        self.cut_ways(place, a, &ways, text)
    }

    pub(super) fn deaf(&mut self, node: NodeIndex, place: usize) -> Result<(), Failed> {
        let ways: Vec<Way> = self.others(node).map(|other| (other, node)).collect();
        let text = format!("{} hears nobody", self.scenario.name_of(node));
        self.cut_ways(place, node, &ways, text)
    }

    pub(super) fn mute(&mut self, node: NodeIndex, place: usize) -> Result<(), Failed> {
        let ways: Vec<Way> = self.others(node).map(|other| (node, other)).collect();
        let text = format!("nobody hears {}", self.scenario.name_of(node));
        self.cut_ways(place, node, &ways, text)
    }

    pub(super) fn slow(
        &mut self,
        place: usize,
        a: &Target,
        b: &Target,
        latency: Duration,
    ) -> Result<(), Failed> {
        let (a, b) = self.resolve_pair(a, b)?;
        let cause = self.cause(place);
        self.wires.harm(&*self.engine, Harm::Slow, cause, (a, b));
        self.engine.slow(a, b, Some(latency));
        let (from, to) = (self.name(a), self.name(b));
        let text = format!("slow {from} - {to}, {latency:?}");
        self.effects.await_crossing(place);
        Ok(self.note_now(a, Happening::Fault(text))?)
    }

    pub(super) fn heal_link(&mut self, a: &Target, b: &Target) -> Result<(), Failed> {
        let (a, b) = self.resolve_pair(a, b)?;
        let text = format!("heal {} - {}", self.scenario.name_of(a), self.scenario.name_of(b));
        self.heal(&text, |way, _| way == (a, b) || way == (b, a))
    }

    /// Undoes what was done to some ways.
    pub(super) fn heal(
        &mut self,
        text: &str,
        which: impl Fn(Way, bool) -> bool,
    ) -> Result<(), Failed> {
        let undone = self.wires.heal(&mut *self.engine, which);
        let Some((first, _)) = undone.first().copied() else {
            return Err(Failed::NoEffect("nothing was cut or slow there".to_owned()));
        };
        let node = first.0;
        for (_, (step, crossed)) in undone {
            if crossed {
                self.effects.crossed(step);
            }
        }
        Ok(self.note_now(node, Happening::Fault(text.to_owned()))?)
    }

    /// Looks whether anything was sent over the links that are still cut or slow.
    pub(super) fn notice_crossings(&mut self) {
        for (step, crossed) in self.wires.standing(&*self.engine) {
            if crossed {
                self.effects.crossed(step);
            }
        }
    }

    fn cut_ways(
        &mut self,
        place: usize,
        at: NodeIndex,
        ways: &[Way],
        text: String,
    ) -> Result<(), Failed> {
        let cause = self.cause(place);
        if !self.wires.cut(&mut *self.engine, cause, ways) {
            return Err(Failed::NoEffect("all of this is cut already".to_owned()));
        }
        self.effects.await_crossing(place);
        Ok(self.note_now(at, Happening::Fault(text))?)
    }

    pub(super) fn cause(&self, step: usize) -> Cause {
        let standing = self.scenario.steps.get(step).is_some_and(|step| step.standing);
        Cause { step, standing }
    }

    pub(super) fn resolve_pair(&mut self, a: &Target, b: &Target) -> Result<Way, Failed> {
        let (first, second) = (self.resolve_single(a)?, self.resolve_single(b)?);
        if first == second {
            let name = self.scenario.name_of(first);
            return Err(Failed::NoEffect(format!("both ends are {name}")));
        }
        Ok((first, second))
    }

    fn others(&self, node: NodeIndex) -> impl Iterator<Item = NodeIndex> + use<> {
        (0..self.machines.len()).map(NodeIndex).filter(move |other| *other != node)
    }
}
