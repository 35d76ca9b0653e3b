//! Nodes that go for good, each for its own reason, at the same moment or one by one.

use std::time::Duration;

use ringchat::proto::event::Event;
use ringchat::proto::view::Change;

use super::super::adversary::Adversary;
use super::super::plot::PATIENCE;
use super::super::strike::{mortal, name, names};
use crate::run::Run;
use crate::scenario::{Action, NodeIndex, Target};
use crate::world::Stopped;
use crate::world::survey::Phase;
use rand::RngExt;
use rand::seq::IndexedRandom;

/// In a greater ring it takes too long until all have left.
const COMPANIONS_AT_MOST: usize = 4;

impl Adversary {
    /// A leader and the one that it would hand over to leave, and neither knows of the other.
    pub(in super::super) fn farewells(&mut self, run: &mut Run) -> Result<(), Stopped> {
        let Some(leader) = run.world.leader() else { return Ok(()) };
        let mut who = vec![leader];
        let mut heir = run.world.successor_of(leader);
        while let Some(next) = heir.filter(|next| !who.contains(next)) {
            who.push(next);
            heir = run.world.successor_of(next).filter(|_| self.lots.random_bool(0.3));
        }
        match mortal(&run.world, &who) {
            Some(who) => self.act_now(run, Action::Leave(who)),
            None => Ok(()),
        }
    }

    /// A node stands still or is cut off until it is evicted; newcomers come in, and whoever it knew
    /// leaves. Then it is back, and only those who never met it can look for it.
    pub(in super::super) fn exile(&mut self, run: &mut Run) -> Result<(), Stopped> {
        let members = run.world.living_members();
        let absent = run.world.in_phase(&[Phase::Absent]);
        if absent.is_empty() || !(2..=COMPANIONS_AT_MOST + 1).contains(&members.len()) {
            return Ok(());
        }
        let Some(exile) = members.choose(&mut self.lots).copied() else { return Ok(()) };
        let (Some(id), Some(side)) = (run.world.identity(exile), mortal(&run.world, &[exile]))
        else {
            return Ok(());
        };
        let stands_still = self.lots.random_bool(0.5);
        self.act_now(
            run,
            match stands_still {
                true => Action::Pause(names(&[exile])),
                false => Action::Partition(vec![side, vec![Target::Rest]]),
            },
        )?;
        let evicts = |event: &Event| match event {
            Event::ViewInstalled { view, .. } => view.changes.contains(&Change::Evicted(id)),
            _ => false,
        };
        if self.await_event(run, PATIENCE, &|_, event| evicts(event))? {
            self.replace(run, exile, &members, &absent)?;
        }
        self.pass(run, 1_000..500_000)?;
        self.act_now(
            run,
            match stands_still {
                true => Action::Resume(names(&[exile])),
                false => Action::Heal(None),
            },
        )
    }

    /// All who come are in before the first of the old ones goes.
    fn replace(
        &mut self,
        run: &mut Run,
        exile: NodeIndex,
        old: &[NodeIndex],
        new: &[NodeIndex],
    ) -> Result<(), Stopped> {
        for newcomer in new {
            self.act_now(run, Action::Join(vec![*newcomer]))?;
            let Some(id) = run.world.identity(*newcomer) else { return Ok(()) };
            self.await_event(run, PATIENCE, &|_, event| match event {
                Event::ViewInstalled { view, .. } => view.contains(id),
                _ => false,
            })?;
        }
        self.pass(run, 100_000..600_000)?;
        for companion in old.iter().filter(|it| **it != exile) {
            run.world.look();
            if mortal(&run.world, &[*companion]).is_some() {
                self.act_now(run, Action::Leave(vec![name(*companion)]))?;
                self.await_event(run, Duration::from_secs(4), &|note, event| {
                    note.node == *companion && *event == Event::Left
                })?;
                self.pass(run, 1_000..200_000)?;
            }
        }
        Ok(())
    }
}
