//! The lines of the past, in a file of their own: appended, read and cut in pieces, never read whole.
//!
//! It is no part of the node's file because that one is checked as a whole when it is opened, and must
//! stay small for that; this one may hold millions of lines. Whatever both files have to know is written
//! here first: what is here twice does no harm.

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::{Builder, Database, DatabaseError, ReadableDatabase, StorageBackend, WriteTransaction};

use super::cut::Keep;
use super::error::{Fault, StoreError};
use super::lines;
use crate::proto::archive::{Ask, Faded, Found, Part, Stretch, Stretches};
use crate::proto::id::Index;

/// How the file in a node's folder is called.
pub const FILE_NAME: &str = "history.redb";

/// How it is called until it is whole.
const NEW_NAME: &str = "history.redb.new";

/// How much of the file is held in memory.
const CACHE_BYTES: usize = 8 << 20;

/// An open file. Clones are the same file; it is closed when the last is dropped.
#[derive(Clone, Debug)]
pub struct Archive {
    path: PathBuf,
    database: Arc<Database>,
    keep: Keep,
}

impl Archive {
    /// Opens the file in this folder, and makes it if it is not there.
    ///
    /// # Errors
    /// [`StoreError`], with the file as it was.
    pub fn open(folder: &Path, keep: Keep) -> Result<Archive, StoreError> {
        let path = folder.join(FILE_NAME);
        if !path.exists() {
            make(folder, &path).map_err(|error| StoreError::Open { path: path.clone(), error })?;
        }
        Archive::check(path.clone(), keep, || builder().open(&path))
    }

    /// Opens what a storage holds that is no file; `path` is what errors call it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open_in(
        path: PathBuf,
        storage: impl StorageBackend,
        keep: Keep,
    ) -> Result<Archive, StoreError> {
        Archive::check(path, keep, || builder().create_with_backend(storage))
    }

    fn check(
        path: PathBuf,
        keep: Keep,
        open: impl FnOnce() -> Result<Database, DatabaseError>,
    ) -> Result<Archive, StoreError> {
        let begin = || -> Result<(Database, Option<u64>), Fault> {
            let database = open()?;
            let format = lines::format(&database.begin_read()?)?;
            Ok((database, format))
        };
        // A file altered by others is an error of redb's, but some kinds panic.
        let (database, format) = catch_unwind(AssertUnwindSafe(begin))
            .unwrap_or_else(|_| Err(Fault::Content("expected pages that fit together".into())))
            .map_err(|fault| fault.on_open(path.clone()).of_archive())?;
        let archive = Archive { path, database: Arc::new(database), keep };
        match format {
            Some(lines::FORMAT) => Ok(archive),
            Some(found) => {
                Err(StoreError::Format { path: archive.path, found, known: lines::FORMAT })
            }
            None => archive.clear().map(|()| archive),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is missing, and can be had of others at best.
    ///
    /// # Errors
    /// [`StoreError::ArchiveDamaged`].
    pub fn missing(&self) -> Result<Stretches, StoreError> {
        let read = || lines::missing(&self.database.begin_read()?);
        read().map_err(|fault: Fault| fault.on_open(self.path.clone()).of_archive())
    }

    /// The file is of a new incarnation: what was in it is gone.
    ///
    /// # Errors
    /// [`StoreError::Write`].
    pub fn clear(&self) -> Result<(), StoreError> {
        self.write(0, lines::clear).map(drop)
    }

    /// The node's snapshot goes up to there. A file that does not was made anew, or is of an earlier
    /// release.
    ///
    /// # Errors
    /// [`StoreError::Write`].
    pub fn reach(&self, index: Index) -> Result<(), StoreError> {
        let gaps = Stretch::behind(Index::ZERO, index).into_iter().collect();
        self.fade(index, &Faded { behind: index, lines: Vec::new(), gaps })
    }

    /// Appends what the application gives away: its lines up to `index`.
    ///
    /// # Errors
    /// [`StoreError::Write`]. Whoever gets this must not write again.
    pub fn fade(&self, index: Index, faded: &Faded) -> Result<(), StoreError> {
        self.write(faded.lines.len(), |file| lines::append(file, index, faded)).map(drop)
    }

    /// Puts lines of another archive in: they are missing no more.
    ///
    /// # Errors
    /// [`StoreError::Write`]. Whoever gets this must not write again.
    pub fn keep(&self, part: &Part) -> Result<(), StoreError> {
        self.write(part.lines.len(), |file| lines::fill(file, part)).map(drop)
    }

    /// Cuts off some of what is kept no more, though nothing is put in. Tells whether there was any.
    ///
    /// # Errors
    /// [`StoreError::Write`]. Whoever gets this must not write again.
    pub fn trim(&self) -> Result<bool, StoreError> {
        match self.keep {
            Keep::All => Ok(false),
            Keep::Lines(_) | Keep::Minutes { .. } => self.write(0, |_| Ok(())),
        }
    }

    /// One transaction, durable when this returns; what is kept no more is cut off in it, too. After a
    /// power cut the file is open again at once, however long it is. Tells whether any was.
    fn write(
        &self,
        brought: usize,
        put: impl FnOnce(&WriteTransaction) -> Result<(), Fault>,
    ) -> Result<bool, StoreError> {
        let write = || {
            let mut file = self.database.begin_write()?;
            file.set_quick_repair(true);
            put(&file)?;
            let cut = lines::cut(&file, self.keep, brought as u64)?;
            file.commit()?;
            Ok(cut)
        };
        let written = catch_unwind(AssertUnwindSafe(write));
        written
            .unwrap_or_else(|_| Err(Fault::Content("expected pages that fit together".into())))
            .map_err(|fault| StoreError::Write { path: self.path.clone(), why: fault.to_string() })
    }

    /// Looks for lines.
    ///
    /// # Errors
    /// [`StoreError::ArchiveDamaged`].
    pub fn read(&self, ask: Ask) -> Result<Found, StoreError> {
        let read = || lines::find(&self.database.begin_read()?, ask);
        catch_unwind(AssertUnwindSafe(read))
            .unwrap_or_else(|_| Err(Fault::Content("expected pages that fit together".into())))
            .map_err(|fault| fault.on_open(self.path.clone()).of_archive())
    }
}

/// Makes a whole file, and only then gives it its name: what a power cut leaves of it is no damage.
fn make(folder: &Path, path: &Path) -> io::Result<()> {
    let new = folder.join(NEW_NAME);
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Err(_) | Ok(()) => {}
    }
    let made = Archive::check(new.clone(), Keep::All, || builder().create(&new));
    made.map_err(io::Error::other)?;
    fs::rename(&new, path)?;
    // The name is durable once the folder is. Not every system lets a folder be synced.
    let _unsynced = fs::File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    builder
}
