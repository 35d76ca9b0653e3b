//! Carries out the steps of a scenario: what happens to processes and machines.

use ringchat::proto::input::Command;
use ringchat::proto::node::Start;
use ringchat::proto::node::begin::Restart;

use super::machine::{Phase, Unwritable};
use super::{Stopped, World};
use crate::history::Happening;
use crate::scenario::{Action, NodeIndex, Target, said};

/// Why a step came to nothing.
#[derive(Debug)]
pub(super) enum Failed {
    /// It could not do what it says.
    NoEffect(String),
    /// The run is over.
    Stopped(Stopped),
}

impl From<String> for Failed {
    fn from(why: String) -> Failed {
        Failed::NoEffect(why)
    }
}

impl From<Stopped> for Failed {
    fn from(stopped: Stopped) -> Failed {
        Failed::Stopped(stopped)
    }
}

impl World {
    /// Carries out the step at this place of the scenario.
    ///
    /// # Errors
    /// If it has no effect, or if what follows from it breaks a guarantee.
    pub fn act(&mut self, place: usize) -> Result<(), Stopped> {
        let Some(step) = self.scenario.steps.get(place).cloned() else { return Ok(()) };
        let done = match &step.action {
            Action::Kill(who) => self.each(who, World::kill),
            Action::Power(who) => self.each(who, World::power),
            Action::Tear { who, keeps } => self.each(who, |world, node| world.tear(node, *keeps)),
            Action::Restart(who) => self.each(who, World::restart),
            Action::Pause(who) => self.each(who, |world, node| world.pause(node, step.standing)),
            Action::Resume(who) => self.each(who, World::resume),
            Action::Leave(who) => self.each(who, |world, node| world.leave(node, place)),
            Action::Join(who) => who.iter().try_for_each(|node| self.join(*node)),
            Action::Alone(who) => self.one(who, |world, node| world.alone(node, place)),
            Action::Say { by, text, times } => {
                self.one(by, |world, node| world.say(node, text, *times))
            }
            Action::Heal(None) => self.heal("heal all", |_, _| true),
            Action::Heal(Some((a, b))) => self.heal_link(a, b),
            Action::Partition(sets) => self.partition(place, sets),
            Action::Cut { a, b, direction } => self.cut(place, a, b, *direction),
            Action::Deaf(who) => self.one(who, |world, node| world.deaf(node, place)),
            Action::Mute(who) => self.one(who, |world, node| world.mute(node, place)),
            Action::Slow { a, b, latency } => self.slow(place, a, b, *latency),
            Action::Limit { a, b, bytes_per_second } => self.limit(place, a, b, *bytes_per_second),
            Action::Reset(a, b) => self.reset(a, b),
            Action::Replay(a, b) => self.replay(a, b),
            Action::Garbage(a, b) => self.garbage(a, b),
            Action::Sluggish { who, per_input } => {
                self.each(who, |world, node| world.sluggish(node, place, *per_input))
            }
            Action::Disk { who, write } => {
                self.each(who, |world, node| world.disk(node, place, *write))
            }
            Action::Fail(who) => {
                self.each(who, |world, node| world.unwritable(node, place, Unwritable::Failing))
            }
            Action::Full(who) => {
                self.each(who, |world, node| world.unwritable(node, place, Unwritable::Full))
            }
            Action::Lose(who) => self.each(who, World::lose),
            Action::Ease(who) => self.each(who, World::ease),
            Action::Clock { who, forward } => {
                self.each(who, |world, node| world.clock(node, *forward))
            }
            Action::Drift { who, ppm } => self.each(who, |world, node| world.drift(node, *ppm)),
            Action::Stuck(who) => {
                let nodes = self.resolve(who);
                nodes.map_err(Failed::from).and_then(|nodes| self.stuck(&nodes))
            }
        };
        done.map_err(|failed| match failed {
            Failed::NoEffect(why) => Stopped::NoEffect { line: step.line, at: step.at, why },
            Failed::Stopped(stopped) => stopped,
        })?;
        self.note_undecided();
        self.observe_now()
    }

    /// Begins the quiet phase: undoes every fault that is not to stand.
    ///
    /// # Errors
    /// If a guarantee is broken by then.
    pub fn calm(&mut self) -> Result<(), Stopped> {
        let paused = |world: &World, index: usize| {
            let machine = &world.machines[index];
            machine.phase == Phase::Paused && !machine.stays_paused
        };
        for index in 0..self.machines.len() {
            if paused(self, index) {
                quietly(self.resume(NodeIndex(index)))?;
            }
        }
        for index in 0..self.machines.len() {
            if self.machines[index].hampered == Some(false) {
                quietly(self.ease(NodeIndex(index)))?;
            }
        }
        quietly(self.heal("heal what is left", |_, standing| !standing))
    }

    fn each(
        &mut self,
        who: &[Target],
        act: impl Fn(&mut Self, NodeIndex) -> Result<(), Failed>,
    ) -> Result<(), Failed> {
        // All are looked up first: what is done to one may take its role from another.
        let mut idle = Ok(());
        let mut any = false;
        for node in self.resolve(who)? {
            match act(self, node) {
                Ok(()) => any = true,
                Err(Failed::NoEffect(why)) if self.lenient => idle = Err(Failed::NoEffect(why)),
                Err(failed) => return Err(failed),
            }
        }
        if any { Ok(()) } else { idle }
    }

    fn one(
        &mut self,
        who: &Target,
        act: impl Fn(&mut Self, NodeIndex) -> Result<(), Failed>,
    ) -> Result<(), Failed> {
        let node = self.resolve_single(who)?;
        act(self, node)
    }

    fn kill(&mut self, node: NodeIndex) -> Result<(), Failed> {
        self.need_process(node)?;
        self.engine.kill(node);
        self.died(node, Phase::Killed)
    }

    /// The machine loses its power: its connections are not closed, they fall silent.
    fn power(&mut self, node: NodeIndex) -> Result<(), Failed> {
        self.need_process(node)?;
        self.engine.power_off(node);
        self.died(node, Phase::Off)
    }

    /// The node comes back with its disk; where that is lost, or there is none, a new incarnation asks
    /// the others to take it in.
    fn restart(&mut self, node: NodeIndex) -> Result<(), Failed> {
        let phase = self.machines[node.0].phase;
        if phase != Phase::Absent {
            self.need_room(node)?;
        }
        match phase {
            Phase::Killed | Phase::Left => {}
            Phase::Off => self.engine.power_on(node),
            Phase::Alive | Phase::Paused => return Err(self.refuse(node, "is not dead")),
            Phase::Absent => return Err(self.refuse(node, "never ran; `join` starts it")),
        }
        self.start_as_newcomer(node);
        Ok(())
    }

    fn join(&mut self, node: NodeIndex) -> Result<(), Failed> {
        if self.machines[node.0].phase != Phase::Absent {
            return Err(self.refuse(node, "has joined before; `restart` brings it back"));
        }
        self.need_room(node)?;
        self.start_as_newcomer(node);
        Ok(())
    }

    /// Its contacts are all others that ever ran, those behind it first, as a list in a file would
    /// name them: some may be dead.
    fn start_as_newcomer(&mut self, node: NodeIndex) {
        let count = self.machines.len();
        let others = (1..count).map(|ahead| &self.machines[(node.0 + ahead) % count]);
        let ran = others.filter(|other| other.phase != Phase::Absent);
        let contacts = ran.map(|other| other.address).collect();
        let start = match self.engine.wake(node) {
            Some(disk) => Start::Restore(Box::new(Restart { disk, contacts, alone: false })),
            None => Start::Join(contacts),
        };
        self.note_return(node, &start);
        self.start(node, start);
    }

    fn pause(&mut self, node: NodeIndex, standing: bool) -> Result<(), Failed> {
        if self.machines[node.0].phase != Phase::Alive {
            return Err(self.refuse(node, "does not run"));
        }
        let machine = &mut self.machines[node.0];
        machine.phase = Phase::Paused;
        machine.stays_paused = standing;
        self.engine.pause(node, true);
        Ok(self.note_now(node, Happening::Paused)?)
    }

    fn resume(&mut self, node: NodeIndex) -> Result<(), Failed> {
        if self.machines[node.0].phase != Phase::Paused {
            return Err(self.refuse(node, "is not paused"));
        }
        let machine = &mut self.machines[node.0];
        machine.phase = Phase::Alive;
        self.engine.pause(node, false);
        Ok(self.note_now(node, Happening::Resumed)?)
    }

    fn leave(&mut self, node: NodeIndex, place: usize) -> Result<(), Failed> {
        self.need_process(node)?;
        self.note_now(node, Happening::Fault("asked to leave".to_owned()))?;
        self.effects.await_leave(place, node);
        self.machines[node.0].leaving = true;
        self.command(node, Command::Leave)
    }

    fn alone(&mut self, node: NodeIndex, place: usize) -> Result<(), Failed> {
        self.need_process(node)?;
        self.note_now(node, Happening::Fault("asked to go on alone".to_owned()))?;
        self.effects.await_alone(place, node);
        self.command(node, Command::Alone)
    }

    fn say(&mut self, node: NodeIndex, text: &str, times: u64) -> Result<(), Failed> {
        self.need_process(node)?;
        for line in said(text, times) {
            if !self.engine.say(node, line) {
                return Err(self.refuse(node, "has not begun to run yet"));
            }
        }
        Ok(())
    }

    fn command(&mut self, node: NodeIndex, command: Command) -> Result<(), Failed> {
        self.engine.command(node, command).map_err(|why| self.refuse(node, why))
    }

    pub(super) fn need_process(&self, node: NodeIndex) -> Result<(), Failed> {
        let alive = self.machines[node.0].has_process();
        if alive { Ok(()) } else { Err(self.refuse(node, "is not running")) }
    }

    pub(super) fn refuse(&self, node: NodeIndex, why: &str) -> Failed {
        Failed::NoEffect(format!("{} {why}", self.scenario.name_of(node)))
    }
}

/// The quiet phase may find nothing to undo.
fn quietly(done: Result<(), Failed>) -> Result<(), Stopped> {
    match done {
        Ok(()) | Err(Failed::NoEffect(_)) => Ok(()),
        Err(Failed::Stopped(stopped)) => Err(stopped),
    }
}
