//! The disk of a machine of the simulated network: what is done to it, and who may write.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use ringchat::proto::id::NodeId;
use ringchat::proto::recovered::Recovered;

use super::files::Files;
use super::pen::Pen;
use super::spindle::Spindle;
use crate::scenario::Network;

/// The disk, as its machine and the node that writes to it share it. It outlives the node.
#[derive(Clone, Debug)]
pub(super) struct Disk(pub(super) Rc<RefCell<Spindle>>);

/// How a process that did not end by itself has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// It was killed; its machine goes on.
    Killed,
    /// The machine has lost its power.
    PowerLost,
    /// The same, with so many of its writes whole and all others void.
    Torn(u64),
}

impl Disk {
    /// A disk that draws its lots from `seed`, and keeps what is written to it only if `keeps` says
    /// so.
    pub(super) fn new(machine: &str, network: &Network, seed: u64, keeps: bool) -> Disk {
        let files = keeps.then(|| Files::new(machine));
        Disk(Rc::new(RefCell::new(Spindle::new(network, seed, files))))
    }

    /// Opens the files for the next life; gives what the last one left.
    pub(super) fn wake(&self) -> Option<Recovered> {
        let mut spindle = self.0.borrow_mut();
        spindle.finish();
        let found = spindle.files.as_mut()?.wake();
        spindle.need(found).flatten()
    }

    /// A life begins, as a new incarnation if it is none that comes back.
    pub(super) fn begin(&self, new: Option<(NodeId, SocketAddr)>) {
        if !self.0.borrow().files.as_ref().is_none_or(Files::are_open) {
            self.wake();
        }
        let mut spindle = self.0.borrow_mut();
        (spindle.failed, spindle.completed) = (false, None);
        spindle.told.clear();
        if let (Some(files), Some((id, address))) = (&mut spindle.files, new) {
            let given = files.give_to(id, address);
            spindle.need(given);
        }
        spindle.look();
    }

    /// A way to write for the life that has begun.
    pub(super) fn pen(&self) -> Pen {
        Pen::new(self.clone(), self.0.borrow().life)
    }

    /// The process is gone.
    pub(super) fn cut(&self, how: Cut) {
        self.0.borrow_mut().cut(how);
    }

    /// Whether something is begun and not durable.
    pub(super) fn is_writing(&self) -> bool {
        !self.0.borrow().begun.is_empty()
    }

    /// Each write takes so long; none: as long as the scenario says, and what waits is written at
    /// once.
    pub(super) fn slow(&self, write: Option<Duration>) {
        let mut spindle = self.0.borrow_mut();
        spindle.slow = write;
        spindle.hurries = write.is_none();
        if let Some(waker) = spindle.waker.take() {
            waker.wake();
        }
    }

    /// Each write fails from now on, or none does any more.
    pub(super) fn fail(&self, fails: bool) {
        let mut spindle = self.0.borrow_mut();
        spindle.unwritable = fails;
        if let Some(files) = &mut spindle.files {
            files.fail(fails);
        }
    }

    /// Whether each write fails.
    pub(super) fn is_unwritable(&self) -> bool {
        self.0.borrow().unwritable
    }

    /// What it held is gone.
    ///
    /// # Errors
    /// If it held nothing.
    pub(super) fn lose(&self) -> Result<(), String> {
        let mut spindle = self.0.borrow_mut();
        let holds = spindle.files.as_ref().map(Files::hold_a_node);
        let holds = holds.and_then(|holds| spindle.need(holds)).unwrap_or(false);
        match &mut spindle.files {
            Some(files) if holds => {
                files.lose();
                Ok(())
            }
            Some(_) | None => Err("has nothing on its disk".to_owned()),
        }
    }

    /// How many writes were lost with their process since the last call.
    pub(super) fn take_torn(&self) -> u64 {
        std::mem::take(&mut self.0.borrow_mut().torn)
    }

    /// What is wrong with the files, if anything is.
    pub(super) fn take_damage(&self) -> Option<String> {
        self.0.borrow_mut().damage.take()
    }
}
