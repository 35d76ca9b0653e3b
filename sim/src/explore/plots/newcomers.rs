//! Newcomers at the wrong moment.

use std::time::Duration;

use rand::RngExt;
use rand::seq::IndexedRandom;
use ringchat::proto::event::Event;

use super::super::adversary::Adversary;
use super::super::plot::PATIENCE;
use super::super::strike::{mortal, name, names, shuffled};
use crate::run::Run;
use crate::scenario::{Action, NodeIndex};
use crate::world::Stopped;
use crate::world::survey::Phase;

impl Adversary {
    /// Somebody who needs a snapshot comes, and what is on its way there comes twice.
    pub(in super::super) fn copies(&mut self, run: &mut Run) -> Result<(), Stopped> {
        let dead = run.world.in_phase(&[Phase::Killed, Phase::Off, Phase::Left]);
        let comes = match run.world.in_phase(&[Phase::Absent]).first() {
            Some(absent) => Action::Join(vec![*absent]),
            None => match dead.choose(&mut self.lots) {
                Some(dead) => Action::Restart(names(&[*dead])),
                None => return Ok(()),
            },
        };
        self.act_now(run, comes)?;
        let sent = std::cell::Cell::new(None);
        let is_sent = |event: &Event, from: NodeIndex| match event {
            Event::SnapshotSent { to, .. } => {
                sent.set(Some((from, *to)));
                true
            }
            _ => false,
        };
        if !self.await_event(run, PATIENCE, &|note, event| is_sent(event, note.node))? {
            return Ok(());
        }
        let Some((from, id)) = sent.get() else { return Ok(()) };
        let all = (0..run.world.count()).map(NodeIndex);
        let Some(to) = { all }.find(|it| run.world.identity(*it) == Some(id)) else {
            return Ok(());
        };
        for _ in 0..self.lots.random_range(1..6) {
            self.pass(run, 1..4_000)?;
            self.act_now(run, Action::Replay(name(from), name(to)))?;
        }
        Ok(())
    }

    /// A node is back in a new life, and its sponsor's disk is slow; the leader proposes the view with
    /// that change, and hears nobody. Once the sponsor knows that view in force, it dies: then the
    /// leader can hear of it from the newcomer alone.
    pub(in super::super) fn messenger(&mut self, run: &mut Run) -> Result<bool, Stopped> {
        let Some(leader) = run.world.leader() else { return Ok(false) };
        let members = run.world.living_members();
        let others: Vec<_> = members.iter().copied().filter(|it| *it != leader).collect();
        let mixed = shuffled(&mut self.lots, &others);
        let [back, knows, ..] = mixed[..] else { return Ok(false) };
        if mortal(&run.world, &[back]).is_none() {
            return Ok(false);
        }
        self.act_now(run, Action::Kill(names(&[back])))?;
        let write = Duration::from_millis(self.lots.random_range(20..300));
        self.act_now(run, Action::Disk { who: names(&[knows]), write })?;
        self.act_now(run, Action::Restart(names(&[back])))?;
        self.pass(run, 1_000..60_000)?;
        self.act_now(run, Action::Deaf(name(leader)))?;
        let installs = |event: &Event| matches!(event, Event::ViewInstalled { .. });
        let is_there = |node: NodeIndex| node == knows || node == back;
        self.await_event(run, PATIENCE / 3, &|note, event| is_there(note.node) && installs(event))?;
        self.pass(run, 1..100_000)?;
        run.world.look();
        let mut dies = vec![knows];
        for other in shuffled(&mut self.lots, &mixed[2..]) {
            let more = [&dies[..], &[other]].concat();
            if mortal(&run.world, &more).is_some() {
                dies = more;
            }
        }
        if let Some(dies) = mortal(&run.world, &dies) {
            self.act_now(run, Action::Power(dies))?;
            self.pass(run, 1_000..600_000)?;
            self.act_now(run, Action::Heal(None))?;
            // Whoever comes now would bring the news, too.
            return Ok(true);
        }
        self.act_now(run, Action::Heal(None)).map(|()| false)
    }
}
