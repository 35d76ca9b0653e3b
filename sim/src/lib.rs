//! Runs Ringchat's own driver on a simulated network, and holds every run against the guarantees.

pub mod checker;
pub mod history;
pub mod scenario;
