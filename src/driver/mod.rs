//! The one place with a clock, tasks and sockets: it carries out what the node wishes.

pub mod application;
pub mod handle;
pub mod run;
