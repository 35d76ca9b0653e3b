//! What the people at the nodes type, and when.

use std::collections::VecDeque;
use std::time::Duration;

use crate::scenario::{NodeIndex, Scenario};

/// All lines that are to be said, in order of time.
#[derive(Debug)]
pub(super) struct Talk {
    planned: VecDeque<(Duration, NodeIndex, String)>,
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
        Talk { planned: numbered.collect() }
    }

    /// What was not said yet is never said.
    pub(super) fn hush(&mut self) {
        self.planned.clear();
    }

    /// Whether everything was said.
    pub(super) fn is_over(&self) -> bool {
        self.planned.is_empty()
    }

    /// When the next line is due.
    pub(super) fn next_at(&self) -> Option<Duration> {
        self.planned.front().map(|(at, ..)| *at)
    }

    /// A line that is due now, and who says it.
    pub(super) fn due(&mut self, now: Duration) -> Option<(NodeIndex, String)> {
        self.planned.pop_front_if(|(at, ..)| *at <= now).map(|(_, node, text)| (node, text))
    }
}
