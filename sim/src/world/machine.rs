//! One machine as the world sees it: what runs on it, in which life, and what it last said.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use ringchat::driver::handle;
use ringchat::driver::run::Settings;
use ringchat::proto::config::Config;
use ringchat::proto::id::NodeId;
use ringchat::proto::node::{Node, Start};
use ringchat::proto::status::Status;

use crate::history::{Happening, Incarnation, NodeName};
use crate::host::Switch;
use crate::ledger::Ledger;
use crate::recorder::{Notes, Recorder};
use crate::scenario::NodeIndex;

/// Where every node listens.
const PORT: u16 = 7_000;

/// What a machine is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Its node has not begun.
    Absent,
    /// Its node runs.
    Alive,
    /// Its node stands still.
    Paused,
    /// The process is dead.
    Killed,
    /// The whole machine is off.
    Off,
    /// Its node has left the ring, and ended.
    Left,
}

/// A machine and the last incarnation of its node.
pub(super) struct Machine {
    pub(super) name: NodeName,
    pub(super) address: SocketAddr,
    pub(super) switch: Rc<Switch>,
    pub(super) phase: Phase,
    pub(super) incarnation: Incarnation,
    /// The identity of the last incarnation.
    pub(super) id: NodeId,
    pub(super) ledger: Rc<RefCell<Ledger>>,
    /// What the node knew when it was asked last; none if it could not answer.
    pub(super) status: Option<Status>,
    /// Whether the quiet phase leaves it paused.
    pub(super) stays_paused: bool,
    question: Option<Question>,
    node: NodeIndex,
}

/// An answer under way.
type Question = Pin<Box<dyn Future<Output = Result<Status, handle::Stopped>>>>;

impl Machine {
    /// A machine on which nothing runs yet.
    pub(super) fn new(index: usize, name: &str, ip: IpAddr) -> Machine {
        Machine {
            name: NodeName::new(u32::try_from(index).unwrap_or(u32::MAX), name),
            address: SocketAddr::new(ip, PORT),
            switch: Rc::default(),
            phase: Phase::Absent,
            incarnation: Incarnation(0),
            id: NodeId(0),
            ledger: Rc::default(),
            status: None,
            stays_paused: false,
            question: None,
            node: NodeIndex(index),
        }
    }

    /// Whether a process is there, standing still or not.
    pub(super) fn has_process(&self) -> bool {
        match self.phase {
            Phase::Alive | Phase::Paused => true,
            Phase::Absent | Phase::Killed | Phase::Off | Phase::Left => false,
        }
    }

    /// Begins an incarnation; gives what is to be noted about it.
    pub(super) fn begin(
        &mut self,
        life: u32,
        seed: u64,
        config: &Config,
        start: Start,
        notes: Notes,
    ) -> Happening {
        let Machine { address, node, .. } = *self;
        // A node's identity follows from its seed alone; a twin that never runs tells it.
        let twin = Node::new(seed, address, config.clone(), start.clone());
        self.id = twin.hello().member.id;
        self.incarnation = Incarnation(life);
        self.ledger = Rc::default();
        self.phase = Phase::Alive;
        let recorder =
            Recorder { node, incarnation: self.incarnation, notes, ledger: self.ledger.clone() };
        self.switch.start(Settings { seed, address, config: config.clone(), start }, recorder);
        Happening::Started { id: self.id, address }
    }

    /// Asks the node what it knows.
    pub(super) fn ask(&mut self) {
        self.status = None;
        self.question = None;
        if self.phase != Phase::Alive {
            return;
        }
        if let Some(handle) = self.switch.handle() {
            let question: Question = Box::pin(async move { handle.status().await });
            self.question = Some(question);
            // The first poll sends the question.
            self.collect();
        }
    }

    /// Takes the answer, if it is there.
    pub(super) fn collect(&mut self) {
        let Some(question) = &mut self.question else { return };
        // Nobody needs to be woken: the world looks after each step.
        let mut cx = Context::from_waker(Waker::noop());
        if let Poll::Ready(answer) = question.as_mut().poll(&mut cx) {
            self.status = answer.ok();
            self.question = None;
        }
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { name, phase, incarnation, id, .. } = self;
        write!(f, "{name} {phase:?} {incarnation:?} {id}")
    }
}
