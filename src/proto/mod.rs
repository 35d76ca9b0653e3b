//! The ring: join and repair, election, sequencing, membership. No I/O, no clock, no lots of its own.

pub mod config;
pub mod entry;
pub mod event;
pub mod id;
pub mod input;
pub mod message;
pub mod node;
pub mod output;
pub mod status;
pub mod time;
pub mod view;
