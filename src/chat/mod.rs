//! The replicated chat: ordered commands in, what happened out. It never learns how the order is made.
//!
//! * [`command`] and [`codec`]: what nodes say to each other's chats, and the same as bytes.
//! * [`state`]: all that is remembered, a function of the ordered commands alone; [`accounts`], [`sessions`],
//!   [`groups`], [`lines`] and [`private`] say what each command does to it, [`queries`] what can be asked.
//! * [`outcome`] and [`refusal`]: what a command led to, and who may be told.
//! * [`person`]: who people are; [`name`] and [`skeleton`]: what they are called; [`limits`]: how much they may.
//! * [`snapshot`] and [`restore`]: the state as bytes, for newcomers; [`record`]: a line, for the archive.
//! * [`text`]: what a line may hold.

pub mod accounts;
pub mod bytes;
pub mod codec;
pub mod command;
pub mod groups;
pub mod limits;
pub mod lines;
pub mod name;
pub mod outcome;
pub mod person;
pub mod private;
pub mod queries;
pub mod record;
pub mod refusal;
pub mod restore;
pub mod sessions;
pub mod skeleton;
pub mod snapshot;
pub mod state;
pub mod text;
