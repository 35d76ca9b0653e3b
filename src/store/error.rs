//! What can be wrong with a node's file, and what to do then.

use std::io;
use std::path::PathBuf;

use redb::{CommitError, DatabaseError, StorageError, TableError, TransactionError};

use crate::wire::record::RecordError;

/// Why the file cannot be used. What it held, it still holds.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has it open.
    #[error(
        "{} is in use by another node; end that one first, or give this one a name or a folder of \
         its own with --name or --data",
        path.display()
    )]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The system lets it not be opened.
    #[error(
        "{} cannot be opened for writing: {error}; make its folder writable, give another with \
         --data, or keep nothing with --memory",
        path.display()
    )]
    Open {
        /// The file, or its folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// It holds what no release has written.
    #[error(
        "{} is damaged: {why}; nothing was changed. Move it away and start again: as a new node, \
         which gets everything back from the ring",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was expected, and what was found.
        why: String,
    },
    /// The archive holds what no release has written.
    #[error(
        "{} is damaged: {why}; nothing was changed. Move it away and start again: what was said comes \
         back from the other members",
        path.display()
    )]
    ArchiveDamaged {
        /// The file.
        path: PathBuf,
        /// What was expected, and what was found.
        why: String,
    },
    /// A later release has written it.
    #[error(
        "{} has format {found}, and this release knows formats up to {known}; nothing was changed. \
         Start the release that wrote it, or move the file away to join as a new node",
        path.display()
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// The format that it has.
        found: u64,
        /// The greatest that this release knows.
        known: u64,
    },
    /// The file is whole, but what the application kept in it this release cannot read.
    #[error(
        "{} holds a chat that this release cannot read: {why}; nothing of it was changed. Start the release \
         that wrote it, or move the file away to join as a new node",
        path.display()
    )]
    Application {
        /// The file.
        path: PathBuf,
        /// What was expected, and what was found.
        why: String,
    },
    /// A write came to nothing, and so does every later one.
    #[error(
        "{} cannot be written: {why}. The last lines may not be in it; see to the disk, and start \
         again",
        path.display()
    )]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
}

/// What happens in the file itself, before it is known whose fault it is.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// The file could not be opened.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// It could not be read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A table is not as it should be.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A transaction did not begin.
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    /// A transaction did not end.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// A record is none.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Something is missing, or stands where it should not.
    #[error("{0}")]
    Content(String),
}

impl StoreError {
    /// The same of an archive, without which a node is still the one that it was.
    pub(super) fn of_archive(self) -> StoreError {
        match self {
            StoreError::Damaged { path, why } => StoreError::ArchiveDamaged { path, why },
            StoreError::InUse { .. }
            | StoreError::Open { .. }
            | StoreError::ArchiveDamaged { .. }
            | StoreError::Format { .. }
            | StoreError::Application { .. }
            | StoreError::Write { .. } => self,
        }
    }
}

impl Fault {
    /// What it means while the file is opened and read.
    pub(super) fn on_open(self, path: PathBuf) -> StoreError {
        let why = self.to_string();
        match self {
            Fault::Database(DatabaseError::DatabaseAlreadyOpen) => StoreError::InUse { path },
            Fault::Database(DatabaseError::Storage(StorageError::Io(error)))
            | Fault::Storage(StorageError::Io(error))
            | Fault::Table(TableError::Storage(StorageError::Io(error)))
            | Fault::Transaction(TransactionError::Storage(StorageError::Io(error)))
            | Fault::Commit(CommitError::Storage(StorageError::Io(error))) => match error.kind() {
                io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
                    StoreError::Damaged { path, why }
                }
                _ => StoreError::Open { path, error },
            },
            Fault::Database(_)
            | Fault::Storage(_)
            | Fault::Table(_)
            | Fault::Transaction(_)
            | Fault::Commit(_)
            | Fault::Record(_)
            | Fault::Content(_) => StoreError::Damaged { path, why },
        }
    }
}
