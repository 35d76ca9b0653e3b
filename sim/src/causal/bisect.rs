//! Runs a scenario on the event engine, and finds the input that first broke a guarantee.

use super::{InputLog, InputNumber};
use crate::checker::violation::Violation;
use crate::history::{Happening, History};
use crate::run::{Run, Verdict};
use crate::scenario::{NodeIndex, Scenario};
use crate::world::{Ground, Keep, Stopped, World};

/// What a run came to.
#[derive(Clone, Debug)]
pub enum Found {
    /// Everything held: there is nothing to look for.
    Holds,
    /// The scenario does not do what it says; why.
    Untested(String),
    /// All guarantees held, but these expectations of the scenario did not.
    Unexpected(Vec<String>),
    /// Something is broken.
    Broken(Box<Case>),
}

/// A run in which something is broken, with all that is needed to tell how that came.
#[derive(Clone, Debug)]
pub struct Case {
    /// What is broken.
    pub what: Broken,
    /// What happened up to then.
    pub history: History,
    /// What the nodes handled up to then.
    pub inputs: InputLog,
}

/// What is broken, by when it can be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Seen at once: the last record of the history shows it.
    AtOnce(Violation),
    /// Seen only in the end, once nothing disturbed the ring any more.
    InTheEnd(Violation),
    /// A node could not go on; how it said so.
    Crash(String),
    /// The ring did not settle, and no node can be named; what is missing.
    Unsettled(Vec<String>),
}

/// Runs a scenario and keeps what is needed to find the cause of what breaks.
pub fn bisect(scenario: &Scenario, seed: u64) -> Found {
    let keep = Keep { history: true, inputs: true, ..Keep::default() };
    let mut run = Run::new(World::new(scenario, seed, Ground::Events, keep), false);
    let ended = run.play();
    let violation = run.violations.first().cloned();
    let what = match (ended, violation) {
        (Ok(Verdict::Held), _) => return Found::Holds,
        (Ok(Verdict::NoEffect(why)), _) => return Found::Untested(why),
        (Ok(Verdict::TooBusy(unmet)), _) => return Found::Unexpected(unmet),
        (Ok(Verdict::Broken(_) | Verdict::NotSettled(_)), Some(violation)) => {
            Broken::InTheEnd(violation)
        }
        (Ok(Verdict::Broken(unmet)), None) => return Found::Unexpected(unmet),
        (Ok(Verdict::NotSettled(missing)), None) => Broken::Unsettled(missing),
        (Err(Stopped::Broken(violation)), _) => Broken::AtOnce(*violation),
        (Err(Stopped::Crashed(how)), _) => Broken::Crash(how),
        (Err(stopped @ Stopped::NoEffect { .. }), _) => {
            return Found::Untested(stopped.to_string());
        }
    };
    let (history, inputs) = (run.world.take_history(), run.world.take_inputs());
    Found::Broken(Box::new(Case { what, history, inputs }))
}

impl Case {
    /// The input that broke it, or, where no single one did, the last one of the node that shows it.
    /// None if there is no such node, or it never handled anything.
    pub fn moment(&self) -> Option<InputNumber> {
        match &self.what {
            Broken::AtOnce(_) => self.of_last_record(),
            Broken::InTheEnd(violation) => {
                let first = violation.nodes.first()?;
                let records = self.history.records();
                let shown = records.iter().find(|record| record.node.as_str() == first)?;
                self.inputs.last_of(NodeIndex(shown.node.index() as usize))
            }
            Broken::Crash(_) => self.inputs.last(),
            Broken::Unsettled(_) => None,
        }
    }

    fn of_last_record(&self) -> Option<InputNumber> {
        let records = self.history.records();
        let last = records.last()?;
        if !is_said(&last.what) {
            // What the world did broke it. The node's last input is what came before.
            return self.inputs.last_of(NodeIndex(last.node.index() as usize));
        }
        let said = records.iter().filter(|record| is_said(&record.what));
        self.inputs.which_led_to(said.count())
    }
}

/// Whether a node said or delivered it while it handled an input; else the world did it.
pub(super) fn is_said(what: &Happening) -> bool {
    match what {
        Happening::Event(_) | Happening::Delivered(_) => true,
        Happening::Started { .. }
        | Happening::Died
        | Happening::Paused
        | Happening::Resumed
        | Happening::Fault(_) => false,
    }
}
