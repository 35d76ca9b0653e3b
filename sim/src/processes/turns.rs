//! How long a task of the system has waited for a processor, as the system itself counts it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::unistd::Pid;

/// A task, or one that the system tells nothing of.
#[derive(Clone, Debug)]
pub(super) struct Turns(Option<PathBuf>);

impl Turns {
    /// The first thread of a process: that of a node runs all but its disk.
    pub(super) fn of(process: Pid) -> Turns {
        Turns(Some(PathBuf::from(format!("/proc/{process}/schedstat"))))
    }

    /// The thread that asks.
    pub(super) fn own() -> Turns {
        let own = fs::read_link("/proc/thread-self");
        Turns(own.ok().map(|task| Path::new("/proc").join(task).join("schedstat")))
    }

    /// How long it has been ready to run, and was not let, since it began. What it waits for at this
    /// moment is not in it before it is over. None if it has ended, or where nobody counts.
    pub(super) fn waited(&self) -> Option<Duration> {
        // Nanoseconds that it ran, nanoseconds that it waited, and how often it ran.
        let text = fs::read_to_string(self.0.as_ref()?).ok()?;
        let waited = text.split_whitespace().nth(1)?.parse().ok()?;
        Some(Duration::from_nanos(waited))
    }
}
