//! Runs Ringchat's own driver on a simulated network, and holds every run against the guarantees.

pub mod checker;
mod clock;
pub mod history;
mod host;
pub mod ledger;
pub mod lots;
pub mod net;
mod recorder;
pub mod report;
pub mod run;
pub mod scenario;
pub mod trace;
pub mod traffic;
pub mod world;
