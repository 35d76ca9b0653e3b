//! The one place with a clock, tasks and sockets: it carries out what the node wishes.
//!
//! The way of a frame: [`link`] reads it and [`links`] makes inputs of it; [`run`] hands them to the
//! node; [`carry`] carries out the node's outputs, of which some go into an [`outbound`] buffer,
//! which [`link`] writes.

pub mod application;
mod arrival;
mod carry;
mod clock;
pub mod handle;
mod job;
mod link;
mod links;
mod outbound;
pub mod run;
mod store;
