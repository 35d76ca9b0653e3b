//! Carries out the steps of a scenario: what happens to disks, clocks and single frames.

use std::time::Duration;

use super::World;
use super::faults::Failed;
use super::wires::Harm;
use crate::engine::Tamper;
use crate::history::Happening;
use crate::scenario::{NodeIndex, Target};

impl World {
    pub(super) fn limit(
        &mut self,
        place: usize,
        a: &Target,
        b: &Target,
        bytes_per_second: u64,
    ) -> Result<(), Failed> {
        let (a, b) = self.resolve_pair(a, b)?;
        let cause = self.cause(place);
        self.wires.harm(&*self.engine, Harm::Limited, cause, (a, b));
        self.engine.tamper(Tamper::Limit(a, b, Some(bytes_per_second)))?;
        self.effects.await_crossing(place);
        let words = format!("{} - {}, {bytes_per_second} bytes/s", self.name(a), self.name(b));
        self.fault(a, format!("limit {words}"))
    }

    pub(super) fn reset(&mut self, a: &Target, b: &Target) -> Result<(), Failed> {
        let (a, b) = self.resolve_pair(a, b)?;
        self.engine.tamper(Tamper::Reset(a, b))?;
        self.fault(a, format!("reset {} - {}", self.name(a), self.name(b)))
    }

    pub(super) fn replay(&mut self, a: &Target, b: &Target) -> Result<(), Failed> {
        let (a, b) = self.resolve_pair(a, b)?;
        self.engine.tamper(Tamper::Replay(a, b))?;
        self.fault(a, format!("replay {} -> {}", self.name(a), self.name(b)))
    }

    pub(super) fn garbage(&mut self, a: &Target, b: &Target) -> Result<(), Failed> {
        let (a, b) = self.resolve_pair(a, b)?;
        self.engine.tamper(Tamper::Garbage(a, b))?;
        self.fault(a, format!("garbage {} -> {}", self.name(a), self.name(b)))
    }

    pub(super) fn sluggish(
        &mut self,
        node: NodeIndex,
        place: usize,
        per_input: Duration,
    ) -> Result<(), Failed> {
        self.engine.tamper(Tamper::Sluggish(node, per_input))?;
        self.machines[node.0].hampered = Some(self.cause(place).standing);
        self.fault(node, format!("is sluggish, {per_input:?} each"))
    }

    pub(super) fn disk(
        &mut self,
        node: NodeIndex,
        place: usize,
        write: Duration,
    ) -> Result<(), Failed> {
        self.engine.tamper(Tamper::Disk(node, Some(write)))?;
        self.machines[node.0].hampered = Some(self.cause(place).standing);
        self.fault(node, format!("has a slow disk, {write:?} each"))
    }

    pub(super) fn ease(&mut self, node: NodeIndex) -> Result<(), Failed> {
        if self.machines[node.0].hampered.take().is_none() {
            return Err(self.refuse(node, "is neither sluggish nor on a slow or full disk"));
        }
        if self.machines[node.0].unwritable.take().is_some() {
            self.engine.tamper(Tamper::Unwritable(node, false))?;
        }
        self.engine.tamper(Tamper::Sluggish(node, Duration::ZERO))?;
        self.engine.tamper(Tamper::Disk(node, None))?;
        self.fault(node, "is eased".to_owned())
    }

    pub(super) fn clock(&mut self, node: NodeIndex, forward: Duration) -> Result<(), Failed> {
        self.need_process(node)?;
        self.engine.tamper(Tamper::Clock(node, forward))?;
        self.fault(node, format!("its clock jumps {forward:?}"))
    }

    pub(super) fn drift(&mut self, node: NodeIndex, ppm: i64) -> Result<(), Failed> {
        self.engine.tamper(Tamper::Drift(node, ppm))?;
        self.fault(node, format!("its clock drifts {ppm} ppm"))
    }

    pub(super) fn name(&self, node: NodeIndex) -> &str {
        self.scenario.name_of(node)
    }

    pub(super) fn fault(&mut self, node: NodeIndex, text: String) -> Result<(), Failed> {
        Ok(self.note_now(node, Happening::Fault(text))?)
    }
}
