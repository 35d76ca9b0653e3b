//! Real processes as an engine: the binary itself, on real sockets, in real time.
//!
//! Every node is a process of its own, every link runs through the `proxy`, and everything that happens
//! is read from the nodes' own [journal](ringchat::front::journal). The world above gives this engine the
//! same scenarios as the others. Its elapsed time is that of the scenario: real time, divided by the
//! [`Pace`].

mod child;
mod engine;
mod host;
mod pace;
mod place;
mod proxy;
mod run;
mod site;
mod tail;
mod watch;

pub use self::pace::Pace;
pub use self::place::binary;
pub use self::run::run;
pub use self::site::Processes;
