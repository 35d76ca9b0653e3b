//! What the people at the nodes type, and when.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::Duration;

use bytes::Bytes;
use ringchat::driver::handle;

use super::machine::Machine;
use crate::scenario::{NodeIndex, Scenario};

/// A line on its way into a node whose queue is full.
type Typing = Pin<Box<dyn Future<Output = Result<(), handle::Stopped>>>>;

/// All lines that are to be said, and those that wait in front of a node.
pub(super) struct Talk {
    /// In order of time.
    planned: VecDeque<(Duration, NodeIndex, String)>,
    typing: Vec<VecDeque<Typing>>,
}

impl Talk {
    /// The lines of all workloads.
    pub(super) fn new(scenario: &Scenario) -> Talk {
        let mut planned = Vec::new();
        let mut counts = vec![0_u64; scenario.names.len()];
        for workload in &scenario.workloads {
            for line in 0..workload.lines {
                let at = workload.from + workload.every * u32::try_from(line).unwrap_or(u32::MAX);
                planned.extend(workload.who.iter().map(|node| (at, *node)));
            }
        }
        planned.sort();
        let numbered = planned.into_iter().map(|(at, node)| {
            counts[node.0] += 1;
            (at, node, format!("{} line {}", scenario.name_of(node), counts[node.0]))
        });
        let planned = numbered.collect();
        Talk { planned, typing: scenario.names.iter().map(|_| VecDeque::new()).collect() }
    }

    /// Whether everything was typed.
    pub(super) fn is_over(&self) -> bool {
        self.planned.is_empty() && self.typing.iter().all(VecDeque::is_empty)
    }

    /// Says what is due. Nobody types at a dead node.
    pub(super) fn speak(&mut self, now: Duration, machines: &[Machine]) {
        while self.planned.front().is_some_and(|(at, ..)| *at <= now) {
            if let Some((_, node, text)) = self.planned.pop_front() {
                self.say(&machines[node.0], node, text);
            }
        }
        let mut cx = Context::from_waker(Waker::noop());
        for lines in &mut self.typing {
            while lines.front_mut().is_some_and(|line| line.as_mut().poll(&mut cx).is_ready()) {
                lines.pop_front();
            }
        }
    }

    /// Says something at a node now. Tells whether anybody is there to take it.
    pub(super) fn say(&mut self, machine: &Machine, node: NodeIndex, text: String) -> bool {
        match machine.switch.handle().filter(|_| machine.has_process()) {
            None => false,
            Some(handle) => {
                let line: Typing =
                    Box::pin(async move { handle.submit(Bytes::from(text.into_bytes())).await });
                self.typing[node.0].push_back(line);
                true
            }
        }
    }

    /// What was typed at a node that died is gone with it.
    pub(super) fn forget(&mut self, node: NodeIndex) {
        self.typing[node.0].clear();
    }
}

impl fmt::Debug for Talk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} lines planned", self.planned.len())
    }
}
