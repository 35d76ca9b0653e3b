//! Why an evaluation comes to nothing.

use std::io;
use std::path::PathBuf;

use crate::front::storage::PlaceError;

/// Why an evaluation comes to nothing.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// A file of the report, or the folder for it, cannot be written.
    #[error("{} cannot be written: {error}; choose another folder with --out", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// A plot cannot be drawn.
    #[error("the plot {} cannot be drawn: {why}; the table and the raw numbers are there", path.display())]
    Plot {
        /// Which.
        path: PathBuf,
        /// What the library says.
        why: String,
    },
    /// What a member keeps cannot be kept.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The system gives no thread, event loop or address.
    #[error("a member cannot run: {0}; close other programs and try again")]
    System(#[from] io::Error),
    /// A member ended.
    #[error("member {member} ended while it was measured: {why}; nothing was written")]
    Ended {
        /// Which, from 0.
        member: usize,
        /// Why.
        why: String,
    },
    /// The ring did not form.
    #[error("a ring of {members} did not form within {seconds} s; is the machine busy?")]
    NoRing {
        /// How many members it should have.
        members: usize,
        /// How long it was waited for.
        seconds: u64,
    },
}
