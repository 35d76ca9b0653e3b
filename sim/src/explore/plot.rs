//! Faults that hurt only together, each step at the moment when the one before has worked.

use std::time::Duration;

use rand::RngExt;
use rand::seq::IndexedRandom;
use ringchat::proto::event::Event;
use ringchat::proto::id::NodeId;
use ringchat::proto::view::Change;

use super::adversary::Adversary;
use super::kind::Kind;
use super::strike::{mortal, name, names, shuffled};
use crate::engine::Note;
use crate::history::Happening;
use crate::run::Run;
use crate::scenario::{Action, NodeIndex, Target};
use crate::world::Stopped;
use crate::world::survey::Phase;

/// How long a plot waits for what it has prepared.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);

/// How long a node that is cut off may take to find out that it has no quorum.
const FORLORN: Duration = Duration::from_secs(12);

impl Adversary {
    /// Plays a plot of this kind, where it fits. Tells whether nothing must come behind it.
    pub(super) fn plot(&mut self, run: &mut Run, kind: Kind) -> Result<bool, Stopped> {
        match kind {
            Kind::Unheard => self.unheard(run).map(|()| false),
            Kind::Duel => self.duel(run).map(|()| false),
            Kind::Secession => self.secession(run),
            Kind::Blackout => self.blackout(run).map(|()| false),
            Kind::Farewells => self.farewells(run).map(|()| false),
            Kind::Laggard => self.laggard(run).map(|()| false),
            Kind::Exile => self.exile(run).map(|()| false),
            Kind::Copies => self.copies(run).map(|()| false),
            Kind::Limp => self.limp(run),
            Kind::Messenger => self.messenger(run),
            _ => Ok(false),
        }
    }

    /// A newcomer is admitted and does not hear of it, and as many as a quorum bears die: then its voice
    /// is needed, though it does not know itself a member.
    fn unheard(&mut self, run: &mut Run) -> Result<(), Stopped> {
        let world = &run.world;
        let mut dead = world.in_phase(&[Phase::Killed, Phase::Off, Phase::Left]);
        dead.retain(|node| world.has_room(*node));
        let (newcomer, comes) = match world.in_phase(&[Phase::Absent]).first() {
            Some(absent) => (*absent, Action::Join(vec![*absent])),
            None => match dead.choose(&mut self.lots) {
                Some(dead) => (*dead, Action::Restart(names(&[*dead]))),
                None => return Ok(()),
            },
        };
        self.act_now(run, comes)?;
        let admits = |event: &Event, id: NodeId| match event {
            Event::ViewProposed { view, .. } => view.changes.contains(&Change::Joined(id)),
            _ => false,
        };
        let Some(id) = run.world.identity(newcomer) else { return Ok(()) };
        if !self.await_event(run, PATIENCE, &|_, event| admits(event, id))? {
            return Ok(());
        }
        self.act_now(run, Action::Deaf(name(newcomer)))?;
        let installs = |event: &Event| matches!(event, Event::ViewInstalled { .. });
        if self.await_event(run, PATIENCE / 3, &|_, event| installs(event))? {
            // The news takes a circle to get round.
            self.pass(run, 1_000..20_000)?;
            run.world.look();
            let mut who: Vec<NodeIndex> = run.world.leader().into_iter().collect();
            for other in shuffled(&mut self.lots, &run.world.in_phase(&[Phase::Alive])) {
                let more = [&who[..], &[other]].concat();
                let spared = other == newcomer || who.contains(&other);
                if !spared && mortal(&run.world, &more).is_some() {
                    who = more;
                }
            }
            if let Some(who) = mortal(&run.world, &who).filter(|who| !who.is_empty()) {
                self.act_now(run, Action::Power(who))?;
            }
        }
        self.pass(run, 1_000..1_000_000)?;
        self.act_now(run, Action::Heal(None))
    }

    /// A leader is cut off with a minority, and is back as soon as the others are about to follow
    /// another, before it has stepped down itself.
    fn duel(&mut self, run: &mut Run) -> Result<(), Stopped> {
        let Some(leader) = run.world.leader() else { return Ok(()) };
        let mut side = vec![leader];
        side.extend(run.world.successor_of(leader).filter(|_| self.lots.random_bool(0.7)));
        let Some(names) = mortal(&run.world, &side) else { return Ok(()) };
        self.act_now(run, Action::Partition(vec![names, vec![Target::Rest]]))?;
        let stage = self.lots.random_range(0..3);
        let rises = |note: &Note, event: &Event| {
            !side.contains(&note.node)
                && match stage {
                    0 => matches!(event, Event::ElectionStarted { .. }),
                    1 => matches!(event, Event::ElectionWon { .. }),
                    _ => matches!(event, Event::Leads { .. }),
                }
        };
        if self.await_event(run, PATIENCE, &rises)? {
            self.pass(run, 1..8_000)?;
        }
        self.act_now(run, Action::Heal(None))?;
        // Those who outbid each other go on for as long as nobody disturbs them.
        self.pass(run, 1_000..500_000)
    }

    /// A node that is cut off goes on as a ring of its own, and meets the one that it has left. From then
    /// on there are two, so this is the last that happens.
    fn secession(&mut self, run: &mut Run) -> Result<bool, Stopped> {
        let alive = run.world.in_phase(&[Phase::Alive]);
        let Some(node) = alive.choose(&mut self.lots).copied() else { return Ok(false) };
        let Some(side) = mortal(&run.world, &[node]) else { return Ok(false) };
        self.act_now(run, Action::Partition(vec![side, vec![Target::Rest]]))?;
        let forlorn = |note: &Note, event: &Event| {
            note.node == node && matches!(event, Event::NoQuorum { .. })
        };
        let says_so = self.await_event(run, FORLORN, &forlorn)?;
        if says_so {
            self.pass(run, 1..1_000_000)?;
            self.act_now(run, Action::Alone(name(node)))?;
            self.pass(run, 1..2_000_000)?;
        }
        self.act_now(run, Action::Heal(None))?;
        Ok(says_so)
    }

    /// Lets time pass until such a thing happens, or for so long. Tells whether it did.
    pub(super) fn await_event(
        &self,
        run: &mut Run,
        patience: Duration,
        is: &dyn Fn(&Note, &Event) -> bool,
    ) -> Result<bool, Stopped> {
        let until = run.world.elapsed() + patience;
        let came = run.world.run_until(until, false, &mut |note| match &note.what {
            Happening::Event(event) => is(note, event),
            Happening::Started { .. }
            | Happening::Died
            | Happening::Paused
            | Happening::Resumed
            | Happening::Delivered(_)
            | Happening::Fault(_) => false,
        })?;
        // Steps stand behind what they answer, never in the same instant.
        run.world.run_to(run.world.elapsed() + Duration::from_micros(1), false)?;
        Ok(came)
    }

    /// Lets a random time pass, in microseconds.
    pub(super) fn pass(
        &mut self,
        run: &mut Run,
        micros: std::ops::Range<u64>,
    ) -> Result<(), Stopped> {
        let wait = Duration::from_micros(self.lots.random_range(micros));
        run.world.run_to(run.world.elapsed() + wait, false)
    }
}
