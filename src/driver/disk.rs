//! A node's files: its own is written by a thread of its own, and whatever came during one write goes
//! into the next; the archive has another.

use std::collections::VecDeque;
use std::io;
use std::sync::mpsc;
use std::task::{Context, Poll};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::shelf::Shelf;
use super::store::{Store, Ticket, Told};
use super::worker::Worker;
use crate::proto::archive::{Ask, Faded, Part};
use crate::proto::entry::Entry;
use crate::proto::input::WriteId;
use crate::proto::node::Node;
use crate::proto::output::Write;
use crate::store::archive::Archive;
use crate::store::database::{self, Record};
use crate::store::error::StoreError;

type Completed = Result<WriteId, String>;

/// What the thread writes: a record, and the lines that the archive gets before.
type Task = (Record, Option<Faded>);

/// The files and their threads. What was begun is written before this is dropped, unless it is abandoned.
#[derive(Debug)]
pub struct Disk {
    completions: UnboundedReceiver<Completed>,
    /// The last one that was not asked for yet.
    completed: Option<Completed>,
    /// How much may wait there follows from what the node lets be under way.
    worker: Worker<Task>,
    shelf: Shelf,
    news: UnboundedReceiver<Result<Told, String>>,
    told: VecDeque<Told>,
    /// The archive may lack something else once this write is durable.
    fading: Option<WriteId>,
}

impl Disk {
    /// Starts the threads that write these files.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(file: database::Store, archive: Archive) -> io::Result<Disk> {
        let (told, completions) = unbounded_channel();
        let (telling, news) = unbounded_channel();
        let shelf = Shelf::start(archive.clone(), telling)?;
        let write = move |records: &mpsc::Receiver<Task>| write_all(file, &archive, records, &told);
        Ok(Disk {
            completions,
            completed: None,
            worker: Worker::start("disk", write)?,
            shelf,
            news,
            told: VecDeque::new(),
            fading: None,
        })
    }

    /// A failure is the last that is ever told.
    fn note(&mut self, completed: Completed) {
        if let Ok(write) = completed
            && self.fading.take_if(|fading| *fading <= write).is_some()
        {
            self.shelf.look();
        }
        if !matches!(self.completed, Some(Err(_))) {
            self.completed = Some(completed);
        }
    }
}

impl Disk {
    fn hear(&mut self, news: Result<Told, String>) {
        match news {
            Ok(told) => self.told.push_back(told),
            Err(why) => self.note(Err(why)),
        }
    }
}

impl Store for Disk {
    fn begin(&mut self, write: Write, node: &Node, faded: Option<Faded>) {
        let entries = node.entries(write.behind, write.last).cloned().collect();
        if faded.is_some() {
            self.fading = Some(write.id);
        }
        self.worker.give((Record { write, entries }, faded));
    }

    fn completed(&mut self) -> Option<Completed> {
        while let Ok(completed) = self.completions.try_recv() {
            self.note(completed);
        }
        self.completed.take()
    }

    fn read(&mut self, ticket: Ticket, ask: Ask) {
        self.shelf.read(ticket, ask);
    }

    fn keep(&mut self, part: Part) {
        self.shelf.keep(part);
    }

    fn told(&mut self) -> Option<Told> {
        while let Ok(news) = self.news.try_recv() {
            self.hear(news);
        }
        self.told.pop_front()
    }

    fn abandon(&mut self) {
        self.worker.abandon();
        self.shelf.abandon();
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while let Poll::Ready(Some(news)) = self.news.poll_recv(cx) {
            self.hear(news);
        }
        if !self.told.is_empty() {
            return Poll::Ready(());
        }
        while self.completed.is_none() {
            match self.completions.poll_recv(cx) {
                Poll::Ready(Some(completed)) => self.note(completed),
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(())
    }
}

/// A transaction takes no more than this, so that what is done is told now and then, however much waits.
const BATCH_ENTRIES: usize = 16_384;
const BATCH_BYTES: usize = 8 << 20;

/// One transaction for all that waits, then the next. Ends with the driver, or with the first failure.
fn write_all(
    mut file: database::Store,
    archive: &Archive,
    records: &mpsc::Receiver<Task>,
    told: &UnboundedSender<Completed>,
) {
    while let Ok(first) = records.recv() {
        let mut batch = vec![first];
        let (mut entries, mut bytes) = size(&batch[0]);
        while entries < BATCH_ENTRIES
            && bytes < BATCH_BYTES
            && let Ok(task) = records.try_recv()
        {
            let (more, larger) = size(&task);
            (entries, bytes) = (entries + more, bytes + larger);
            batch.push(task);
        }
        let last = batch[batch.len() - 1].0.write.id;
        let completed = write(&mut file, archive, batch).map(|()| last);
        let completed = completed.map_err(|error| error.to_string());
        let failed = completed.is_err();
        if told.send(completed).is_err() || failed {
            return;
        }
    }
}

/// How many entries stand in a task, and how many bytes of payload.
fn size((record, _): &Task) -> (usize, usize) {
    (record.entries.len(), record.entries.iter().map(Entry::payload_bytes).sum())
}

/// The archive comes first. If only that is durable in the end, it has twice what the log has, too.
fn write(
    file: &mut database::Store,
    archive: &Archive,
    batch: Vec<Task>,
) -> Result<(), StoreError> {
    let mut records = Vec::with_capacity(batch.len());
    for (record, faded) in batch {
        if let (Some(snapshot), Some(faded)) = (&record.write.snapshot, faded) {
            archive.fade(snapshot.head.index, &faded)?;
        }
        records.push(record);
    }
    file.write(&records)
}
