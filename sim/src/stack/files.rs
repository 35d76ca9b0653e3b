//! The two files of a simulated machine: the product's own, on platters instead of a folder.

use std::net::SocketAddr;
use std::path::PathBuf;

use ringchat::driver::store::Told;
use ringchat::proto::archive::{Ask, Faded, Found, Part, Stretches};
use ringchat::proto::id::NodeId;
use ringchat::proto::recovered::Recovered;
use ringchat::store::archive::{self, Archive};
use ringchat::store::cut::Keep;
use ringchat::store::database::{self, Record, Store};
use ringchat::store::error::StoreError;

use super::platter::{Fate, Obeys, Platter};
use crate::lots::Drops;

/// A record, and the lines that the archive gets before.
pub(super) type Task = (Record, Option<Faded>);

/// The files. They outlive the lives of the machine's nodes.
#[derive(Debug)]
pub(super) struct Files {
    /// How errors call the folder.
    folder: PathBuf,
    node: Platter,
    history: Platter,
    open: Option<Open>,
    fails: bool,
}

/// The files as a process has them.
#[derive(Debug)]
struct Open {
    store: Store,
    archive: Archive,
    /// What the archive was last known to lack.
    lacks: Option<Stretches>,
}

impl Files {
    /// A machine on which nobody has written anything yet.
    pub(super) fn new(machine: &str) -> Files {
        Files {
            folder: PathBuf::from(machine),
            node: Platter::default(),
            history: Platter::default(),
            open: None,
            fails: false,
        }
    }

    /// A process opens them, as the product does when it starts. Gives what the node left whose
    /// they are; none, if there is no such node.
    pub(super) fn wake(&mut self) -> Result<Option<Recovered>, StoreError> {
        let mut store = self.open_store(&self.node)?;
        let archive = self.folder.join(archive::FILE_NAME);
        let archive = Archive::open_in(archive, self.history.clone(), Keep::All)?;
        let kept = store.wake()?.map(|kept| kept.recovered);
        if let Some(kept) = &kept {
            archive.reach(kept.snapshot.head.index)?;
        }
        self.open = Some(Open { store, archive, lacks: None });
        Ok(kept)
    }

    /// They belong to a new incarnation from now on.
    pub(super) fn give_to(&mut self, id: NodeId, address: SocketAddr) -> Result<(), StoreError> {
        let Some(open) = &mut self.open else { return Ok(()) };
        open.store.give_to(id, address)?;
        open.archive.clear()
    }

    /// Writes all of these in one piece, as the product's thread does.
    pub(super) fn write(&mut self, batch: Vec<Task>) -> Result<(), StoreError> {
        let Some(open) = &mut self.open else { return Ok(()) };
        let mut records = Vec::with_capacity(batch.len());
        for (record, faded) in batch {
            if let (Some(snapshot), Some(faded)) = (&record.write.snapshot, faded) {
                open.archive.fade(snapshot.head.index, &faded)?;
            }
            records.push(record);
        }
        open.store.write(&records)
    }

    /// Looks for lines of the past.
    pub(super) fn read(&self, ask: Ask) -> Result<Found, StoreError> {
        match &self.open {
            Some(open) => open.archive.read(ask),
            None => Ok(Found::nothing(ask)),
        }
    }

    /// Puts lines of another archive in.
    pub(super) fn keep(&mut self, part: &Part) -> Result<(), StoreError> {
        let Some(open) = &mut self.open else { return Ok(()) };
        // The node waits for the answer, even if nothing changes.
        open.lacks = None;
        open.archive.keep(part)
    }

    /// What the archive lacks, if that is news.
    pub(super) fn look(&mut self) -> Result<Option<Told>, StoreError> {
        let Some(open) = &mut self.open else { return Ok(None) };
        let missing = open.archive.missing()?;
        if open.lacks.as_ref() == Some(&missing) {
            return Ok(None);
        }
        open.lacks = Some(missing.clone());
        Ok(Some(Told::Lacks(missing)))
    }

    /// Whether a process has them open.
    pub(super) fn are_open(&self) -> bool {
        self.open.is_some()
    }

    /// The process is gone. `begun` is what its disk was still writing, and gets as far as `fate`
    /// has it: to a transaction that is there, torn or gone. Tells whether anything was lost.
    pub(super) fn cut(&mut self, begun: Vec<Task>, fate: Fate, lots: &mut Drops) -> bool {
        for platter in [&self.node, &self.history] {
            platter.obeys(Obeys::WithoutSync);
        }
        if !begun.is_empty() {
            // It cannot come to its end.
            let _torn = self.write(begun);
        }
        for platter in [&self.node, &self.history] {
            platter.obeys(Obeys::Nobody);
        }
        self.open = None;
        let kept = [&self.history, &self.node].map(|platter| platter.meets(fate, lots));
        self.fail(self.fails);
        kept.contains(&false)
    }

    /// The process ends by itself, and closes them.
    pub(super) fn close(&mut self) {
        self.open = None;
    }

    /// From now on each write fails, or none does any more.
    pub(super) fn fail(&mut self, fails: bool) {
        self.fails = fails;
        let obeys = if fails { Obeys::WithoutSync } else { Obeys::Fully };
        for platter in [&self.node, &self.history] {
            platter.obeys(obeys);
        }
    }

    /// Whether the next life would find a node. Nothing is changed.
    pub(super) fn hold_a_node(&self) -> Result<bool, StoreError> {
        Ok(self.open_store(&self.node.copy())?.wake()?.is_some())
    }

    /// What was in them is gone.
    pub(super) fn lose(&mut self) {
        (self.node, self.history) = (Platter::default(), Platter::default());
        self.fail(self.fails);
    }

    fn open_store(&self, platter: &Platter) -> Result<Store, StoreError> {
        Store::open_in(self.folder.join(database::FILE_NAME), platter.clone())
    }
}
