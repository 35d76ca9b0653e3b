//! What a node keeps on its disk: one file, written in one piece each time, or not at all.
//!
//! [`database`] is the file, `tables` what stands in it, [`error`] what can be wrong with it. The file is
//! [redb](https://docs.rs/redb)'s, whose transactions survive a power cut; which storage lies below is an
//! argument, so a test can cut the power wherever it likes.

pub mod database;
pub mod error;
mod tables;
