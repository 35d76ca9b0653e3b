//! Real processes as an engine: the binary itself, on real sockets, in real time.
//!
//! Every node is a process of its own, every link runs through the product's own
//! [proxy](ringchat::front::cluster::proxy), and everything that happens
//! is read from the nodes' own [journal](ringchat::front::journal). The world above gives this engine the
//! same scenarios as the others. Its elapsed time is that of the scenario: real time, divided by the
//! [`Pace`].

mod disk;
mod engine;
mod host;
pub(crate) mod pace;
mod place;
pub(crate) mod plan;
mod run;
pub(crate) mod site;
pub(crate) mod tail;
mod turns;
mod watch;

pub use self::pace::Pace;
pub use self::place::binary;
pub use self::run::{run, run_as_borne};
pub use self::site::Processes;
