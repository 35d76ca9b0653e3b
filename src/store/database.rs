//! The file of a node: opened and checked once, then written in batches.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use redb::{Builder, Database, DatabaseError, ReadableDatabase, StorageBackend};

use super::error::{Fault, StoreError};
use super::tables;
pub use super::tables::{Kept, Record};
use crate::proto::id::NodeId;

/// How the file in a node's folder is called.
pub const FILE_NAME: &str = "node.redb";

/// How much of the file is held in memory. It is written often and read once.
const CACHE_BYTES: usize = 8 << 20;

/// How it is called until it is that of a node: what a power cut leaves of it then is no damage.
const NEW_NAME: &str = "node.redb.new";

/// An open file. It is closed when this is dropped.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    /// Its name until it is that of a node.
    new: Option<PathBuf>,
    database: Database,
}

impl Store {
    /// Opens the file in this folder, and makes both if they are not there.
    ///
    /// # Errors
    /// [`StoreError`], with the file as it was.
    pub fn open(folder: &Path) -> Result<Store, StoreError> {
        fs::create_dir_all(folder)
            .map_err(|error| StoreError::Open { path: folder.to_owned(), error })?;
        let path = folder.join(FILE_NAME);
        if path.exists() {
            return Store::check(path.clone(), || builder().create(&path));
        }
        let new = folder.join(NEW_NAME);
        let make = || Store::check(path.clone(), || builder().create(&new));
        let store = match make() {
            Err(StoreError::Damaged { .. }) => {
                fs::remove_file(&new)
                    .map_err(|error| StoreError::Open { path: new.clone(), error })?;
                make()
            }
            made => made,
        };
        Ok(Store { new: Some(new), ..store? })
    }

    /// Opens what a storage holds that is no file; `path` is what errors call it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open_in(path: PathBuf, storage: impl StorageBackend) -> Result<Store, StoreError> {
        Store::check(path, || builder().create_with_backend(storage))
    }

    fn check(
        path: PathBuf,
        open: impl FnOnce() -> Result<Database, DatabaseError>,
    ) -> Result<Store, StoreError> {
        // A file altered by others is an error of redb's, but in debug builds some kinds panic.
        let opened = catch_unwind(AssertUnwindSafe(open)).unwrap_or_else(|_| {
            let why = "expected pages that fit together, found others".to_owned();
            Err(DatabaseError::Storage(redb::StorageError::Corrupted(why)))
        });
        let database = match opened {
            Ok(database) => database,
            Err(error) => return Err(Fault::from(error).on_open(path)),
        };
        let store = Store { path, new: None, database };
        match store.format().map_err(|fault| fault.on_open(store.path.clone()))? {
            None | Some(tables::FORMAT) => Ok(store),
            Some(found) => {
                Err(StoreError::Format { path: store.path, found, known: tables::FORMAT })
            }
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The format; none in a fresh file.
    fn format(&self) -> Result<Option<u64>, Fault> {
        let file = self.database.begin_read()?;
        match file.open_table(tables::NUMBERS) {
            Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
            Err(error) => Err(error.into()),
            Ok(numbers) => {
                let format = numbers.get(tables::FORMAT_NUMBER)?.map(|format| format.value());
                let missing = || Fault::Content("expected a format, found none".to_owned());
                format.map(Some).ok_or_else(missing)
            }
        }
    }

    /// What the node left whose file this is, with the count of its lives one greater, durably. None in
    /// a fresh file, or if that node never came into a ring, or has left it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn wake(&mut self) -> Result<Option<Kept>, StoreError> {
        self.try_wake().map_err(|fault| fault.on_open(self.path.clone()))
    }

    fn try_wake(&mut self) -> Result<Option<Kept>, Fault> {
        if self.format()?.is_none() {
            return Ok(None);
        }
        let Some(mut kept) = tables::read(&self.database.begin_read()?)? else { return Ok(None) };
        let file = self.database.begin_write()?;
        kept.recovered.life = tables::begin_life(&file)?;
        file.commit()?;
        Ok(Some(kept))
    }

    /// Gives the file to a new incarnation: what was in it is gone.
    ///
    /// # Errors
    /// [`StoreError::Write`].
    pub fn give_to(&mut self, node: NodeId, address: SocketAddr) -> Result<(), StoreError> {
        let give = || {
            let file = self.database.begin_write()?;
            tables::give_to(&file, node, address)?;
            Ok(file.commit()?)
        };
        give().map_err(|fault| self.unwritable(&fault))?;
        if let Some(new) = self.new.take() {
            name(&new, &self.path).map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => StoreError::InUse { path: self.path.clone() },
                _ => StoreError::Open { path: self.path.clone(), error },
            })?;
        }
        Ok(())
    }

    /// Writes all of these, in order and in one piece. They are durable when this returns.
    ///
    /// # Errors
    /// [`StoreError::Write`]; an unknown part of them may be durable, up to all of them. Whoever gets
    /// this must not write again.
    pub fn write(&mut self, records: &[Record]) -> Result<(), StoreError> {
        let write = || {
            let file = self.database.begin_write()?;
            records.iter().try_for_each(|record| tables::apply(&file, record))?;
            Ok(file.commit()?)
        };
        write().map_err(|fault| self.unwritable(&fault))
    }

    fn unwritable(&self, fault: &Fault) -> StoreError {
        StoreError::Write { path: self.path.clone(), why: fault.to_string() }
    }
}

/// Gives a finished file its name, unless another process was first.
fn name(new: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(new, path) {
        Ok(()) => fs::remove_file(new)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        // Not every file system has links.
        Err(_) => fs::rename(new, path)?,
    }
    let folder = path.parent().unwrap_or(path);
    // The name is durable once the folder is. Not every system lets a folder be synced.
    let _unsynced = fs::File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES).set_check_integrity_on_open(true);
    builder
}
