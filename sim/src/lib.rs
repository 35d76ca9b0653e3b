//! Runs Ringchat's own driver on a simulated network, and holds every run against the guarantees.

pub mod causal;
pub mod chats;
pub mod checker;
pub mod coverage;
pub mod election_cost;
pub mod engine;
pub mod events;
mod expectations;
pub mod explore;
pub mod history;
pub mod ledger;
pub mod lots;
mod manner;
pub mod outcome;
pub mod processes;
pub mod report;
pub mod run;
pub mod scenario;
pub mod soak;
pub mod stack;
mod standstills;
pub mod trace;
mod waits;
pub mod world;
