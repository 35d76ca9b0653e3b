//! Many runs on all cores. What comes of a set of seeds does not depend on how they were shared out.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::one::{Explored, Finding, Space, explore};
use crate::coverage::{Coverage, Rare};

/// Which seeds, and how.
#[derive(Clone, Debug)]
pub struct Task {
    /// The first seed.
    pub from: u64,
    /// The seed behind the last; none to go on until the time is over.
    pub to: Option<u64>,
    /// Until when to begin new runs.
    pub until: Option<Instant>,
    /// This machine's share: every `of`th seed, beginning with the one at `number`.
    pub shard: (u64, u64),
    /// How many runs at once.
    pub jobs: usize,
    /// Stop at the first finding: the one with the smallest seed.
    pub first: bool,
    /// How far the search goes.
    pub space: Space,
}

/// What came of many runs.
#[derive(Clone, Debug, Default)]
pub struct Explorations {
    /// How many runs there were.
    pub runs: u64,
    /// How many inputs all nodes handled.
    pub handled: u64,
    /// How many faults there were.
    pub steps: u64,
    /// How much time passed in all worlds together.
    pub simulated: Duration,
    /// Which rare things were met how often.
    pub coverage: Coverage,
    /// In how many runs each was met.
    pub runs_with: BTreeMap<Rare, u64>,
    /// What failed, by seed.
    pub findings: BTreeMap<u64, Finding>,
}

impl Explorations {
    fn add(&mut self, seed: u64, explored: Explored) {
        self.runs += 1;
        self.handled += explored.handled;
        self.steps += explored.steps;
        self.simulated += explored.simulated;
        self.coverage.add(&explored.coverage);
        for rare in explored.coverage.keys() {
            *self.runs_with.entry(*rare).or_default() += 1;
        }
        if let Some(finding) = explored.finding {
            self.findings.insert(seed, finding);
        }
    }

    /// What was never met.
    pub fn never(&self) -> impl Iterator<Item = Rare> {
        Rare::ALL.iter().copied().filter(|rare| !self.coverage.counts().contains_key(rare))
    }
}

/// Explores. `progress` is told now and then how things stand; it decides nothing.
pub fn explore_many(task: &Task, progress: &(dyn Fn(&Explorations) + Sync)) -> Explorations {
    let total = Mutex::new(Explorations::default());
    let next = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let (number, of) = task.shard;
    std::thread::scope(|scope| {
        for _ in 0..task.jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let seed = task.from + number + of * next.fetch_add(1, Ordering::Relaxed);
                    // A smaller seed may still be under way: whoever stops at the first waits for it.
                    if stop.load(Ordering::Relaxed)
                        || task.to.is_some_and(|to| seed >= to)
                        || task.until.is_some_and(|until| Instant::now() >= until)
                    {
                        return;
                    }
                    let explored = apart(seed, &task.space);
                    if task.first && explored.finding.is_some() {
                        stop.store(true, Ordering::Relaxed);
                    }
                    let mut total = total.lock().unwrap_or_else(|broken| broken.into_inner());
                    total.add(seed, explored);
                    progress(&total);
                }
            });
        }
    });
    let mut total = total.into_inner().unwrap_or_else(|broken| broken.into_inner());
    if task.first {
        while total.findings.len() > 1 {
            total.findings.pop_last();
        }
    }
    total
}

/// Explores one seed in a thread of its name: a node that calls itself without end takes the whole
/// process along, and the last words of that are the thread's name.
fn apart(seed: u64, space: &Space) -> Explored {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name(format!("seed {seed}"));
        let run = thread.spawn_scoped(scope, || explore(seed, space));
        let run = run.expect("a search cannot go on where no thread can begin");
        run.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
