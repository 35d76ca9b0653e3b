//! Notices when the machine is too busy for what is played on it: a process had to wait for its turn.
//!
//! A node that is ready to run and is not let looks to others like one that hangs, and whatever they do
//! because of that is right, and was not asked for by the scenario. Two things are looked at. The system
//! counts for how long each task has waited for a processor: that of each node, of the proxy and of the
//! harness. And a virtual machine that its host takes from the processor stops all at once, which nobody
//! counts; a thread that only sleeps and looks at the clock wakes too late then.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use ringchat::proto::config::Config;
use tokio::time::Instant;

use super::pace::Pace;
use super::site::rest;
use super::turns::Turns;
use crate::engine::Standstill;

/// How long the thread sleeps.
const SLEEP: Duration = Duration::from_millis(10);

/// A thread that looks; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    board: Arc<Mutex<Board>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// Who is watched, and what was found.
#[derive(Debug)]
struct Board {
    /// So long a wait is one too many. It is half of what nodes bear without doing anything.
    least: Duration,
    tasks: BTreeMap<String, Task>,
    longest: Option<Standstill>,
}

/// A task, and how long it had waited by when, within the last stretch that a node bears.
#[derive(Debug)]
struct Task {
    turns: Turns,
    waited: VecDeque<(Instant, Duration)>,
}

impl Watch {
    /// Watches for a wait of half of what nodes with these bounds bear without doing anything.
    pub(super) fn start(config: &Config, pace: Pace) -> Watch {
        let borne = config.link_timeout.min(config.dial_timeout).min(config.leader_quiet);
        let least = pace.real(borne) / 2;
        let board = Board { least, tasks: BTreeMap::new(), longest: None };
        let board = Arc::new(Mutex::new(board));
        let over = Arc::<AtomicBool>::default();
        let (found, ends) = (Arc::clone(&board), Arc::clone(&over));
        let thread = std::thread::spawn(move || {
            while !ends.load(Ordering::Relaxed) {
                let before = Instant::now();
                rest(SLEEP);
                let late = before.elapsed().saturating_sub(SLEEP);
                let mut board = found.lock().unwrap_or_else(PoisonError::into_inner);
                board.note("the machine", late);
                board.look();
            }
        });
        Watch { board, over, thread: Some(thread) }
    }

    /// From now on this task is watched, in place of whatever had that name.
    pub(super) fn follow(&self, name: &str, turns: Turns) {
        let task = Task { turns, waited: VecDeque::new() };
        self.board().tasks.insert(name.to_owned(), task);
    }

    /// The longest wait since the last call that was too long, in real time.
    pub(super) fn take(&self) -> Option<Standstill> {
        let mut board = self.board();
        board.look();
        board.longest.take()
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Board {
    /// Looks how long everybody has waited.
    fn look(&mut self) {
        let now = Instant::now();
        let least = self.least;
        let mut found = Vec::new();
        for (name, task) in &mut self.tasks {
            // Where nobody counts, or of a process that has ended, there is nothing to know.
            let Some(waited) = task.turns.waited() else { continue };
            let wait = task.within(now, waited, 2 * least);
            if wait >= least {
                task.waited.clear();
                found.push((name.clone(), wait));
            }
        }
        found.iter().for_each(|(name, wait)| self.note(name, *wait));
    }

    fn note(&mut self, who: &str, length: Duration) {
        let longer = self.longest.as_ref().is_none_or(|longest| longest.length < length);
        if length >= self.least && longer {
            self.longest = Some(Standstill { who: who.to_owned(), length });
        }
    }
}

impl Task {
    /// How long it has waited within the last stretch of this length.
    fn within(&mut self, now: Instant, waited: Duration, length: Duration) -> Duration {
        self.waited.push_back((now, waited));
        while self.waited.get(1).is_some_and(|(at, _)| *at + length <= now) {
            self.waited.pop_front();
        }
        let before = self.waited.front().map_or(waited, |(_, before)| *before);
        waited.saturating_sub(before)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It has nothing to panic about.
            let _ended = thread.join();
        }
    }
}
