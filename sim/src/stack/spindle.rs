//! What of a simulated disk moves: what was begun, when it is written, and what is told of it.

use std::collections::VecDeque;
use std::task::{Context, Waker};
use std::time::Duration;

use ringchat::driver::store::{Ticket, Told};
use ringchat::proto::archive::{Ask, Faded, Found, Part};
use ringchat::proto::input::WriteId;
use ringchat::proto::node::Node;
use ringchat::proto::output::Write;
use ringchat::store::database::Record;
use ringchat::store::error::StoreError;
use tokio::time::Instant;

use super::disk::Cut;
use super::files::{Files, Task};
use super::platter::Fate;
use crate::lots::Drops;
use crate::scenario::Network;

/// The disk, as [`super::disk::Disk`] shares it.
#[derive(Debug)]
pub(super) struct Spindle {
    lots: Drops,
    /// How long a write takes.
    least: Duration,
    most: Duration,
    /// If it is not that: how long each takes.
    pub(super) slow: Option<Duration>,
    /// What is written; none, if nodes keep nothing and only the time counts.
    pub(super) files: Option<Files>,
    /// Begun, and not written yet. The first of them are being written.
    pub(super) begun: VecDeque<Task>,
    writing: usize,
    /// When those will be written.
    due: Option<Instant>,
    /// What is being written is so at once.
    pub(super) hurries: bool,
    pub(super) completed: Option<Result<WriteId, String>>,
    pub(super) told: VecDeque<Told>,
    pub(super) waker: Option<Waker>,
    /// Whether a write has failed in this life: then nothing is written any more.
    pub(super) failed: bool,
    pub(super) unwritable: bool,
    /// Which life of the machine's nodes may write.
    pub(super) life: u64,
    pub(super) torn: u64,
    /// What the files cannot be used for, though nothing was done to them that should have that
    /// effect.
    pub(super) damage: Option<String>,
}

impl Spindle {
    /// A disk that draws its lots from `seed`.
    pub(super) fn new(network: &Network, seed: u64, files: Option<Files>) -> Spindle {
        Spindle {
            lots: Drops::new(seed),
            least: network.disk_min,
            most: network.disk_max,
            slow: None,
            files,
            begun: VecDeque::new(),
            writing: 0,
            due: None,
            hurries: false,
            completed: None,
            told: VecDeque::new(),
            waker: None,
            failed: false,
            unwritable: false,
            life: 0,
            torn: 0,
            damage: None,
        }
    }

    /// Whether this life of a node still runs.
    pub(super) fn serves(&self, life: u64) -> bool {
        self.life == life
    }

    /// Whoever waits is woken by this.
    pub(super) fn wakes(&mut self, cx: &mut Context<'_>) {
        self.waker = Some(cx.waker().clone());
    }

    pub(super) fn push(&mut self, write: Write, node: &Node, faded: Option<Faded>) {
        if self.failed {
            return;
        }
        let entries = node.entries(write.behind, write.last).cloned().collect();
        self.begun.push_back((Record { write, entries }, faded));
        if self.writing == 0 {
            self.start();
        }
        self.turn();
    }

    /// Everything that waits is in the next write.
    fn start(&mut self) {
        self.writing = self.begun.len();
        let micros = |length: Duration| u64::try_from(length.as_micros()).unwrap_or(u64::MAX);
        let (least, most) = (micros(self.least), micros(self.most));
        // The lot is drawn for slow writes, too, so that others do not depend on them.
        let drawn = Duration::from_micros(self.lots.range(least, most));
        self.due = Some(Instant::now() + self.slow.unwrap_or(drawn));
    }

    /// Writes what is due. Gives when the next is.
    pub(super) fn turn(&mut self) -> Option<Instant> {
        while let Some(due) = self.due {
            if due > Instant::now() && !self.hurries {
                return Some(due);
            }
            (self.due, self.hurries) = (None, false);
            let batch: Vec<Task> = self.begun.drain(..std::mem::take(&mut self.writing)).collect();
            let last = batch.last().map(|(record, _)| record.write.id);
            let written = self.files.as_mut().map_or(Ok(()), |files| files.write(batch));
            match (written, last) {
                (Ok(()), Some(last)) => self.completed = Some(Ok(last)),
                (Ok(()), None) => {}
                (Err(error), _) => self.gives_up(&error),
            }
            self.look();
            if !self.begun.is_empty() {
                self.start();
            }
        }
        self.hurries = false;
        None
    }

    /// A failure is the last that is ever told. What waits is never written.
    fn gives_up(&mut self, error: &StoreError) {
        self.failed = true;
        self.completed = Some(Err(error.to_string()));
        self.torn += self.begun.len() as u64;
        self.begun.clear();
        self.told.clear();
    }

    /// Tells what the archive lacks, if that is news.
    pub(super) fn look(&mut self) {
        if self.failed {
            return;
        }
        match self.files.as_mut().map_or(Ok(None), Files::look) {
            Ok(news) => self.told.extend(news),
            Err(error) => self.gives_up(&error),
        }
    }

    pub(super) fn read(&mut self, ticket: Ticket, ask: Ask) {
        let found = self.files.as_ref().map_or_else(|| Ok(Found::nothing(ask)), |it| it.read(ask));
        let found = self.need(found).unwrap_or_else(|| Found::nothing(ask));
        self.told.push_back(Told::Found(ticket, found));
    }

    pub(super) fn keep(&mut self, part: &Part) {
        if self.failed {
            return;
        }
        match self.files.as_mut().map_or(Ok(()), |files| files.keep(part)) {
            Ok(()) => self.look(),
            Err(error) => self.gives_up(&error),
        }
    }

    pub(super) fn completed(&mut self) -> Option<Result<WriteId, String>> {
        self.completed.take()
    }

    pub(super) fn told(&mut self) -> Option<Told> {
        self.told.pop_front()
    }

    /// Whether there is something to tell.
    pub(super) fn has_news(&self) -> bool {
        self.completed.is_some() || !self.told.is_empty()
    }

    /// The process has ended by itself: what it has begun is written, if it can be.
    pub(super) fn finish(&mut self) {
        if self.unwritable {
            return self.cut(Cut::PowerLost);
        }
        let begun = self.end_life();
        let Some(files) = &mut self.files else { return };
        let written = if begun.is_empty() { Ok(()) } else { files.write(begun) };
        files.close();
        self.need(written);
    }

    /// Of what was begun the first are whole, and the next is torn.
    pub(super) fn cut(&mut self, how: Cut) {
        let mut begun = self.end_life();
        let Some(files) = self.files.as_mut().filter(|files| files.are_open()) else { return };
        let (count, lots) = (begun.len(), &mut self.lots);
        let whole = match how {
            _ if self.unwritable => 0,
            Cut::Killed | Cut::PowerLost => {
                (0..count).take_while(|_| lots.range(0, 1) == 0).count()
            }
            Cut::Torn(keeps) => count.min(usize::try_from(keeps).unwrap_or(usize::MAX)),
        };
        let others = begun.split_off(whole);
        let written = if begun.is_empty() { Ok(()) } else { files.write(begun) };
        let fate = match how {
            Cut::Killed => Fate::Interrupted,
            Cut::PowerLost => Fate::Unknown,
            Cut::Torn(_) => Fate::Void,
        };
        let lost = others.len() as u64;
        if files.cut(others, fate, lots) {
            self.torn += lost;
        }
        self.need(written);
    }

    /// Nobody is told anything any more; gives what was begun.
    fn end_life(&mut self) -> Vec<Task> {
        self.life += 1;
        (self.writing, self.due, self.hurries, self.waker) = (0, None, false, None);
        self.completed = None;
        self.told.clear();
        std::mem::take(&mut self.begun).into()
    }

    /// What must go well, since nothing was done to the disk that excuses it.
    pub(super) fn need<T>(&mut self, done: Result<T, StoreError>) -> Option<T> {
        match done {
            Ok(done) => Some(done),
            Err(error) => {
                self.damage.get_or_insert(error.to_string());
                None
            }
        }
    }
}
