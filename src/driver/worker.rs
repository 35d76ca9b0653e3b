//! A thread beside the driver's loop: what it was given is done before the loop's end, if it ever is.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};

use super::patience::DISK_HANGS;

/// The thread, and the way to it. Whoever drops this waits for its end: as long as for a disk that is busy,
/// and no longer.
#[derive(Debug)]
pub(super) struct Worker<T> {
    /// Closed to end the thread.
    tasks: Option<mpsc::Sender<T>>,
    thread: Option<JoinHandle<()>>,
    /// Closed by the thread's end.
    ended: mpsc::Receiver<()>,
}

impl<T: Send + 'static> Worker<T> {
    /// Starts the thread, which does what it is given until no more can come.
    pub(super) fn start(
        name: &str,
        work: impl FnOnce(&mpsc::Receiver<T>) + Send + 'static,
    ) -> io::Result<Worker<T>> {
        let (tasks, to_do) = mpsc::channel();
        let (ends, ended) = mpsc::channel();
        let work = move || {
            work(&to_do);
            drop(ends);
        };
        let thread = thread::Builder::new().name(name.to_owned()).spawn(work)?;
        Ok(Worker { tasks: Some(tasks), thread: Some(thread), ended })
    }

    /// Gives the thread something to do. After a failure nobody takes it, and the node, which was told, is on
    /// its way out of the ring.
    pub(super) fn give(&self, task: T) {
        if let Some(tasks) = &self.tasks {
            let _failed = tasks.send(task);
        }
    }

    /// The thread may never end, and is not waited for.
    pub(super) fn abandon(&mut self) {
        self.thread = None;
    }
}

impl<T> Drop for Worker<T> {
    fn drop(&mut self) {
        self.tasks = None;
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
