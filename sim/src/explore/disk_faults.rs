//! What is done to disks that are read again; nothing, in a world that has none.

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::adversary::Adversary;
use super::strike::{mortal, names, shuffled};
use crate::run::Run;
use crate::scenario::{Action, NodeIndex, Target};
use crate::world::survey::Phase;
use crate::world::{Stopped, World};

/// This node, if its disk is read again and the ring can do without it: it has to leave.
pub(super) fn unwritable(world: &World, node: NodeIndex) -> Option<Vec<Target>> {
    mortal(world, &[node]).filter(|_| world.scenario().disks)
}

/// A dead node loses what it had, if the living are a quorum without it.
pub(super) fn lost(lots: &mut ChaCha8Rng, world: &World) -> Option<Action> {
    let dead = world.in_phase(&[Phase::Killed, Phase::Off, Phase::Left]);
    let node = *dead.choose(lots)?;
    mortal(world, &[node]).filter(|_| world.scenario().disks).map(Action::Lose)
}

/// Power is lost where something is being written: at one machine, or at as many as a quorum bears.
pub(super) fn tear(lots: &mut ChaCha8Rng, world: &World) -> Option<Action> {
    let alive = world.in_phase(&[Phase::Alive, Phase::Paused]);
    let writing: Vec<NodeIndex> =
        shuffled(lots, &alive).into_iter().filter(|node| world.is_writing(*node)).collect();
    let count = if lots.random_bool(0.5) { 1 } else { writing.len() };
    let mut who = Vec::new();
    for node in writing {
        let more = [&who[..], &[node]].concat();
        if more.len() <= count && mortal(world, &more).is_some() {
            who = more;
        }
    }
    let keeps = lots.random_range(0..4);
    (!who.is_empty()).then(|| Action::Tear { who: names(&who), keeps })
}

impl Adversary {
    /// All machines lose their power, or so many that no quorum is left; then they come back, in any
    /// order. Sometimes only a quorum of disks does, and the others later or never.
    pub(super) fn blackout(&mut self, run: &mut Run) -> Result<(), Stopped> {
        let world = &run.world;
        let living = world.in_phase(&[Phase::Alive, Phase::Paused]);
        if !world.scenario().disks || living.is_empty() {
            return Ok(());
        }
        let mut who = shuffled(&mut self.lots, &living);
        if self.lots.random_bool(0.3) {
            who.truncate(self.lots.random_range(1..=who.len()));
        }
        // Whoever is on its way out, or cannot write, may come back as another.
        let leaving: Vec<NodeIndex> =
            who.iter().copied().filter(|node| world.is_leaving(*node)).collect();
        let cut = if self.lots.random_bool(0.2) { Action::Kill } else { Action::Power };
        self.act_now(run, cut(names(&who)))?;
        self.pass(run, 1..1_000_000)?;
        let spared = living.into_iter().filter(|node| !who.contains(node));
        let mut back: Vec<NodeIndex> = spared.collect();
        let some = self.lots.random_bool(0.3);
        for node in shuffled(&mut self.lots, &who) {
            let known: Vec<NodeIndex> =
                back.iter().copied().filter(|node| !leaving.contains(node)).collect();
            if some && run.world.is_quorum(&known) {
                break;
            }
            if !run.world.has_room(node) {
                continue;
            }
            self.act_now(run, Action::Restart(names(&[node])))?;
            back.push(node);
            if self.lots.random_bool(0.5) {
                self.pass(run, 1..300_000)?;
            }
        }
        Ok(())
    }
}
