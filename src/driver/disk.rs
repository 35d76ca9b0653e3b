//! A node's file, written by a thread of its own: whatever came during one write goes into the next.

use std::io;
use std::sync::mpsc;
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::store::Store;
use crate::proto::input::WriteId;
use crate::proto::node::Node;
use crate::proto::output::Write;
use crate::store::database::{self, Record};

type Completed = Result<WriteId, String>;

/// The file and its thread. What was begun is written before this is dropped.
#[derive(Debug)]
pub struct Disk {
    /// How much may wait in them follows from what the node lets be under way.
    records: Option<mpsc::Sender<Record>>,
    completions: UnboundedReceiver<Completed>,
    /// The last one that was not asked for yet.
    completed: Option<Completed>,
    thread: Option<JoinHandle<()>>,
}

impl Disk {
    /// Starts the thread that writes this file.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(file: database::Store) -> io::Result<Disk> {
        let (records, to_write) = mpsc::channel();
        let (told, completions) = unbounded_channel();
        let write = move || write_all(file, &to_write, &told);
        let thread = thread::Builder::new().name("disk".to_owned()).spawn(write)?;
        Ok(Disk { records: Some(records), completions, completed: None, thread: Some(thread) })
    }

    /// A failure is the last that is ever told.
    fn note(&mut self, completed: Completed) {
        if !matches!(self.completed, Some(Err(_))) {
            self.completed = Some(completed);
        }
    }
}

impl Store for Disk {
    fn begin(&mut self, write: Write, node: &Node) {
        let entries = node.entries(write.behind, write.last).cloned().collect();
        if let Some(records) = &self.records {
            // After a failure nobody takes it, and the node learns no more that anything is durable.
            let _failed = records.send(Record { write, entries });
        }
    }

    fn completed(&mut self) -> Option<Completed> {
        while let Ok(completed) = self.completions.try_recv() {
            self.note(completed);
        }
        self.completed.take()
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while self.completed.is_none() {
            match self.completions.poll_recv(cx) {
                Poll::Ready(Some(completed)) => self.note(completed),
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.records = None;
        if let Some(thread) = self.thread.take() {
            // If it has panicked, that was said on stderr.
            let _panicked = thread.join();
        }
    }
}

/// One transaction for all that waits, then the next. Ends with the driver, or with the first failure.
fn write_all(
    mut file: database::Store,
    records: &mpsc::Receiver<Record>,
    told: &UnboundedSender<Completed>,
) {
    while let Ok(first) = records.recv() {
        let mut batch = vec![first];
        batch.extend(records.try_iter());
        let last = batch[batch.len() - 1].write.id;
        let completed = file.write(&batch).map(|()| last).map_err(|error| error.to_string());
        let failed = completed.is_err();
        if told.send(completed).is_err() || failed {
            return;
        }
    }
}
