//! Carries out the steps of a scenario: what happens to disks that are read again.

use ringchat::proto::event::Event;
use ringchat::proto::node::Start;
use ringchat::proto::view::Change;

use super::World;
use super::faults::Failed;
use super::machine::{Phase, Unwritable};
use crate::coverage::Rare;
use crate::engine::Tamper;
use crate::history::Happening;
use crate::scenario::NodeIndex;

impl World {
    /// The power goes in the middle of a write.
    pub(super) fn tear(&mut self, node: NodeIndex, keeps: u64) -> Result<(), Failed> {
        self.need_process(node)?;
        self.engine.tamper(Tamper::Tear(node, keeps)).map_err(|why| self.refuse(node, &why))?;
        self.died(node, Phase::Off)
    }

    /// The process is gone, and with it an unknown part of what its disk was writing.
    pub(super) fn died(&mut self, node: NodeIndex, phase: Phase) -> Result<(), Failed> {
        self.machines[node.0].phase = phase;
        if self.engine.take_torn() > 0 {
            self.coverage.met(Rare::TornWrite);
        }
        Ok(self.note_now(node, Happening::Died)?)
    }

    /// The disk takes nothing more. The node has to leave as soon as it finds out.
    pub(super) fn unwritable(
        &mut self,
        node: NodeIndex,
        place: usize,
        why: Unwritable,
    ) -> Result<(), Failed> {
        self.need_process(node)?;
        if self.machines[node.0].unwritable.is_some() {
            return Err(self.refuse(node, "has a disk that takes nothing any more"));
        }
        self.engine.tamper(Tamper::Unwritable(node, true))?;
        let machine = &mut self.machines[node.0];
        machine.unwritable = Some(why);
        machine.leaving = true;
        machine.hampered.get_or_insert(false);
        self.effects.await_leave(place, node);
        let words = match why {
            Unwritable::Failing => "has a disk that fails",
            Unwritable::Full => "has no room on its disk",
        };
        self.fault(node, words.to_owned())
    }

    /// The disk of a dead node is lost.
    pub(super) fn lose(&mut self, node: NodeIndex) -> Result<(), Failed> {
        if self.machines[node.0].has_process() {
            return Err(self.refuse(node, "runs; a disk is lost while nobody writes to it"));
        }
        self.engine.tamper(Tamper::Lose(node)).map_err(|why| self.refuse(node, &why))?;
        self.machines[node.0].amnesiac = true;
        self.fault(node, "loses its disk".to_owned())
    }

    /// A process that starts writes to its disk before anything else.
    pub(super) fn need_room(&mut self, node: NodeIndex) -> Result<(), Failed> {
        match self.machines[node.0].unwritable {
            Some(Unwritable::Full) => {
                Err(self.refuse(node, "has no room on its disk; `ease` makes some"))
            }
            Some(Unwritable::Failing) => {
                self.machines[node.0].unwritable = None;
                Ok(self.engine.tamper(Tamper::Unwritable(node, false))?)
            }
            None => Ok(()),
        }
    }

    /// A node is about to come back, as itself or as another.
    pub(super) fn note_return(&mut self, node: NodeIndex, start: &Start) {
        let amnesiac = std::mem::take(&mut self.machines[node.0].amnesiac);
        match start {
            Start::Restore(_) => {
                self.coverage.met(Rare::Restored);
                self.dark |= !self.machines.iter().any(|machine| machine.has_process());
            }
            Start::Join(_) if amnesiac => self.coverage.met(Rare::Amnesia),
            Start::Join(_) | Start::Found => {}
        }
    }

    /// Somebody leads.
    pub(super) fn note_whole(&mut self) {
        if std::mem::take(&mut self.dark) {
            self.coverage.met(Rare::WholeRing);
        }
    }

    /// Takes in who is out of the ring by its own will. Whoever dies, or stands still, before it hears that
    /// it was let go has got its wish, too.
    pub(super) fn observe_leaves(&mut self, node: NodeIndex, event: &Event) {
        if *event == Event::Left {
            self.machines[node.0].phase = Phase::Left;
            if self.machines[node.0].unwritable.is_some() {
                self.coverage.met(Rare::Unwritable);
            }
        }
        if let Event::ViewInstalled { view, .. } = event {
            for change in &view.changes {
                if let Change::Left(id) = change
                    && let Some(who) = self.whose(*id)
                    && self.machines[who.0].phase != Phase::Alive
                {
                    self.effects.let_go(who);
                }
            }
        }
    }
}
