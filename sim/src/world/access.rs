//! What others may ask of a world, and small things they may tell it.

use std::sync::Arc;
use std::time::Duration;

use ringchat::proto::id::NodeId;
use ringchat::proto::time::Instant;

use super::machine::Phase;
use super::{Stopped, World};
use crate::causal::InputLog;
use crate::checker::Checkers;
use crate::coverage::Coverage;
use crate::engine::{Frame, Standstill};
use crate::history::{Happening, History};
use crate::scenario::{NodeIndex, Scenario, Step};

impl World {
    /// From now on a step that strikes several may come to nothing for some of them.
    pub fn be_lenient(&mut self) {
        self.lenient = true;
    }

    /// Nobody says anything any more that is not said yet; nor does the scenario.
    pub fn hush(&mut self) {
        let now = self.elapsed();
        self.talk.hush();
        self.scenario.workloads.retain_mut(|talk| talk.ends_before(now));
    }

    /// The scenario, with the steps that were added meanwhile.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Adds a step at the end; gives its place.
    pub fn add_step(&mut self, step: Step) -> usize {
        self.scenario.steps.push(step);
        self.scenario.steps.len() - 1
    }

    /// How much time has passed in the world.
    pub fn elapsed(&self) -> Duration {
        self.engine.elapsed()
    }

    /// The same, as the nodes and the history count it.
    pub fn now(&self) -> Instant {
        Instant::START + self.elapsed()
    }

    /// What has happened so far, if it is kept.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The frames so far, if they are kept.
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// Takes the history out.
    pub fn take_history(&mut self) -> History {
        std::mem::take(&mut self.history)
    }

    /// Takes the handled inputs out, if they are kept.
    pub fn take_inputs(&mut self) -> InputLog {
        self.engine.take_inputs()
    }

    /// Takes the frames out.
    pub fn take_frames(&mut self) -> Vec<Frame> {
        std::mem::take(&mut self.frames)
    }

    /// How the machine itself stood still since the last call, if it is no simulated one and
    /// did. That is a fault like others, though no step of the scenario.
    ///
    /// # Errors
    /// Never: a fault that is only told of breaks no guarantee.
    pub fn take_standstill(&mut self) -> Result<Option<Standstill>, Stopped> {
        let Some(found) = self.engine.take_standstill() else { return Ok(None) };
        let Standstill { who, length } = &found;
        let text = format!("{who} did not get its turn for {length:?} of real time");
        self.note_now(NodeIndex(0), Happening::Fault(text))?;
        Ok(Some(found))
    }

    /// Whether anything has happened since this was asked last.
    pub fn take_stirred(&mut self) -> bool {
        std::mem::take(&mut self.stirred)
    }

    /// Whether anything but talk has happened since this was asked last.
    pub fn take_moved(&mut self) -> bool {
        std::mem::take(&mut self.moved)
    }

    /// Whether nodes have to be told beforehand that they will be asked.
    pub fn asks_ahead(&self) -> bool {
        self.engine.asks_ahead()
    }

    /// The checkers, and what they know.
    pub fn checkers(&self) -> &Checkers {
        &self.checkers
    }

    /// The same, for the checks at the end.
    pub fn checkers_mut(&mut self) -> &mut Checkers {
        &mut self.checkers
    }

    /// Which rare things have happened.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// How many inputs the nodes have handled, if the engine counts them.
    pub fn handled(&self) -> u64 {
        self.engine.handled()
    }

    /// Asks all nodes that can answer what they know.
    pub fn look(&mut self) {
        let World { machines, engine, .. } = self;
        for (index, machine) in machines.iter_mut().enumerate() {
            let answers = machine.phase == Phase::Alive;
            machine.status =
                if answers { engine.status(NodeIndex(index)).map(Arc::new) } else { None };
        }
    }

    /// Whose identity this is, or was in its last life.
    pub fn whose(&self, id: NodeId) -> Option<NodeIndex> {
        self.machines.iter().position(|machine| machine.id == id).map(NodeIndex)
    }
}
