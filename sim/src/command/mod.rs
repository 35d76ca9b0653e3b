//! What `sim` does, one file for each of its words.

pub(crate) mod bisect;
pub(crate) mod explore;

/// The exit code for wrong usage, which is also clap's.
pub(crate) const USAGE: u8 = 2;
