//! The product's chat over the orders that explored rings make: every message stands for a command.
//!
//! * [`commands`]: which command a message stands for, a function of the message alone.
//! * [`judge`]: each life of each node applies what it delivered, from snapshots where it got one. After
//!   the same messages all chats are the same; and they are what the model says.
//! * [`compare`]: whether a chat is what the model says.
//! * [`model`]: the chat's rules once more, naively.

pub mod commands;
pub mod compare;
pub mod judge;
pub mod model;
