//! A node of a soak, and the life that it is in.

use std::net::SocketAddr;

use ringchat::front::cluster::process::Process;
use ringchat::front::journal::State;

use super::blows::Phase;

/// A node and its last life.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) name: String,
    pub(super) address: SocketAddr,
    /// None, if it is dead.
    pub(super) process: Option<Process>,
    pub(super) stopped: bool,
    /// Its how manieth life this is.
    pub(super) life: u32,
    /// How many lines it had typed when this life began; those before may be lost.
    pub(super) typed_before: u64,
    /// What it answered last; none if it did not.
    pub(super) state: Option<State>,
}

impl Machine {
    /// One that has never lived.
    pub(super) fn new((name, address): (String, SocketAddr)) -> Machine {
        let (process, stopped, life, typed_before, state) = Default::default();
        Machine { name, address, process, stopped, life, typed_before, state }
    }

    pub(super) fn phase(&self) -> Phase {
        match (&self.process, self.stopped) {
            (None, _) => Phase::Dead,
            (Some(_), true) => Phase::Stopped,
            (Some(_), false) => Phase::Runs,
        }
    }
}
