//! Notices when the machine itself stands still: all of it, and so longer than a node may.
//!
//! A virtual machine that its host takes from the processor stops every process at once, and none can tell.
//! A thread that only sleeps and looks at the clock can: it wakes too late. Whatever a node does because of
//! that is right, and was not asked for by the scenario.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use ringchat::proto::config::Config;
use tokio::time::Instant;

use super::pace::Pace;
use super::site::rest;

/// How long the thread sleeps.
const SLEEP: Duration = Duration::from_millis(10);

/// A thread that looks at the clock; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    longest: Arc<Mutex<Option<Duration>>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Watches for a standstill of half of what nodes with these bounds bear without doing anything.
    pub(super) fn start(config: &Config, pace: Pace) -> Watch {
        let borne = config.link_timeout.min(config.dial_timeout).min(config.leader_quiet);
        let least = pace.real(borne) / 2;
        let longest = Arc::<Mutex<Option<Duration>>>::default();
        let over = Arc::<AtomicBool>::default();
        let (found, ends) = (Arc::clone(&longest), Arc::clone(&over));
        let thread = std::thread::spawn(move || {
            while !ends.load(Ordering::Relaxed) {
                let before = Instant::now();
                rest(SLEEP);
                let late = before.elapsed().saturating_sub(SLEEP);
                if late >= least {
                    let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                    *found = (*found).max(Some(late));
                }
            }
        });
        Watch { longest, over, thread: Some(thread) }
    }

    /// The longest standstill since the last call, in real time.
    pub(super) fn take(&self) -> Option<Duration> {
        self.longest.lock().unwrap_or_else(PoisonError::into_inner).take()
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
