//! The replicated chat: ordered commands in, events out. It never learns how the order is made.
//!
//! * [`command`]: what nodes say to each other's chats, as bytes.
//! * [`state`]: names and history, a function of the ordered commands alone.
//! * [`snapshot`]: that state as bytes, for newcomers.
//! * [`record`]: a line as bytes, for the archive.
//! * [`name`] and [`text`]: what a name and a line may hold.

pub mod bytes;
pub mod command;
pub mod name;
pub mod record;
pub mod snapshot;
pub mod state;
pub mod text;
