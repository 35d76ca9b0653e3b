//! What a node keeps on its disk: two files, each written in one piece each time, or not at all.
//!
//! [`database`] is the node's file, `tables` what stands in it; [`archive`] is that of the lines of the
//! past, `lines` what stands in it, [`cut`] how much of it is kept. [`error`] says what can be wrong with
//! them. Both are [redb](https://docs.rs/redb)'s, whose transactions survive a power cut; which storage
//! lies below is an argument, so a test can cut the power wherever it likes.

pub mod archive;
pub mod cut;
pub mod database;
pub mod error;
mod lines;
mod tables;
