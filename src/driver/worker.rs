//! A thread beside the driver's loop: what it was given is done before the loop's end, if it ever is.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};

use super::patience::DISK_HANGS;

/// The thread. Whoever drops this has closed the way to it before, and waits for its end: as long as for a
/// disk that is busy, and no longer.
#[derive(Debug)]
pub(super) struct Worker {
    thread: Option<JoinHandle<()>>,
    /// Closed by the thread's end.
    ended: mpsc::Receiver<()>,
}

impl Worker {
    /// Starts the thread.
    pub(super) fn start(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<Worker> {
        let (ends, ended) = mpsc::channel();
        let work = move || {
            work();
            drop(ends);
        };
        let thread = thread::Builder::new().name(name.to_owned()).spawn(work)?;
        Ok(Worker { thread: Some(thread), ended })
    }

    /// The thread may never end, and is not waited for.
    pub(super) fn abandon(&mut self) {
        self.thread = None;
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        match self.ended.recv_timeout(DISK_HANGS) {
            // If it has panicked, that was said on stderr.
            Ok(()) | Err(RecvTimeoutError::Disconnected) => drop(thread.join()),
            Err(RecvTimeoutError::Timeout) => {
                tracing::error!("the disk does not answer; what it was given last may be lost");
            }
        }
    }
}
