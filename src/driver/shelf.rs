//! The archive's own thread: lines of the past are read and put in beside the node's writes.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::store::{Ticket, Told};
use super::worker::Worker;
use crate::proto::archive::{Ask, Found, Part};
use crate::store::archive::Archive;

/// What is kept no more is cut off this often where nothing else is written, and at the start.
const TRIM_EVERY: Duration = Duration::from_secs(60);

/// Something for the thread to do.
#[derive(Debug)]
enum Task {
    Read(Ticket, Ask),
    Keep(Part),
    /// The node's writes have changed the file.
    Look,
}

/// The thread. What it was given is done before this is dropped.
#[derive(Debug)]
pub(super) struct Shelf {
    /// How much may wait in them follows from how many may ask: one question of each.
    worker: Worker<Task>,
}

impl Shelf {
    /// Starts the thread, which first tells what is missing.
    pub(super) fn start(
        archive: Archive,
        told: UnboundedSender<Result<Told, String>>,
    ) -> io::Result<Shelf> {
        let work = move |to_do: &mpsc::Receiver<Task>| {
            // Whoever listened is gone, or has heard why nothing more comes.
            let _end = work(&archive, to_do, &told);
        };
        Ok(Shelf { worker: Worker::start("archive", work)? })
    }

    pub(super) fn read(&self, ticket: Ticket, ask: Ask) {
        self.worker.give(Task::Read(ticket, ask));
    }

    pub(super) fn keep(&self, part: Part) {
        self.worker.give(Task::Keep(part));
    }

    /// The node's own writes have put lines in.
    pub(super) fn look(&self) {
        self.worker.give(Task::Look);
    }

    /// The thread may never end, and is not waited for.
    pub(super) fn abandon(&mut self) {
        self.worker.abandon();
    }
}

/// Nobody listens any more.
struct Deaf;

fn work(
    archive: &Archive,
    tasks: &mpsc::Receiver<Task>,
    told: &UnboundedSender<Result<Told, String>>,
) -> Result<(), Deaf> {
    let tell = |what| told.send(what).map_err(|_| Deaf);
    let lacks = || archive.missing().map(Told::Lacks).map_err(|error| error.to_string());
    let mut known = lacks();
    tell(known.clone())?;
    let mut pause = Duration::ZERO;
    loop {
        let task = match tasks.recv_timeout(pause) {
            Ok(task) => task,
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
            Err(RecvTimeoutError::Timeout) => {
                let trimmed = archive.trim().map_err(|error| error.to_string());
                pause = if trimmed == Ok(true) { Duration::ZERO } else { TRIM_EVERY };
                match trimmed {
                    Ok(true) => Task::Look,
                    Ok(false) => continue,
                    Err(why) => return tell(Err(why)),
                }
            }
        };
        match task {
            Task::Read(ticket, ask) => {
                let found = archive.read(ask).unwrap_or_else(|error| {
                    tracing::error!("{error}");
                    Found::nothing(ask)
                });
                tell(Ok(Told::Found(ticket, found)))?;
            }
            Task::Keep(part) => {
                known =
                    archive.keep(&part).map_err(|error| error.to_string()).and_then(|()| lacks());
                tell(known.clone())?;
            }
            Task::Look => {
                let now = lacks();
                if now != known {
                    known = now;
                    tell(known.clone())?;
                }
            }
        }
    }
}
