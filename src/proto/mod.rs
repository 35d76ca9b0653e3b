//! The ring: join and repair, election, sequencing, membership. No I/O, no clock, no lots of its own.

pub mod bounds;
pub mod config;
pub mod durable;
pub mod election;
pub mod entry;
pub mod event;
pub mod exiles;
pub mod id;
pub mod input;
pub mod links;
pub mod log;
pub mod membership;
pub mod message;
pub mod node;
pub mod outgoing;
pub mod output;
pub mod payloads;
pub mod plausible;
mod readable;
pub mod reorder;
pub mod replica;
pub mod sequencer;
pub mod status;
pub mod suspects;
pub mod tally;
pub mod time;
pub mod view;
