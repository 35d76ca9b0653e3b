//! One host of turmoil's network: what runs on it, what is typed there, and what it last said.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use ringchat::driver::handle;
use ringchat::driver::run::Settings;
use ringchat::proto::status::Status;

use super::disk::{Cut, Disk};
use super::host::Switch;
use super::past::Past;
use super::recorder::{Notes, Recorder};
use crate::history::Incarnation;
use crate::ledger::Ledger;
use crate::scenario::NodeIndex;

/// Where every node listens.
const PORT: u16 = 7_000;

/// A line on its way into a node whose queue is full.
type Typing = Pin<Box<dyn Future<Output = Result<(), handle::Stopped>>>>;

/// An answer under way.
type Question = Pin<Box<dyn Future<Output = Result<Status, handle::Stopped>>>>;

/// A host and the last life of its node.
pub(super) struct Machine {
    pub(super) name: String,
    pub(super) address: SocketAddr,
    pub(super) switch: Rc<Switch>,
    pub(super) ledger: Rc<RefCell<Ledger>>,
    pub(super) disk: Disk,
    /// What the node knew when it was asked last; none if it could not answer.
    pub(super) status: Option<Status>,
    pub(super) typing: VecDeque<Typing>,
    question: Option<Question>,
    node: NodeIndex,
    paused: bool,
}

impl Machine {
    /// A host on which nothing runs yet.
    pub(super) fn new(index: usize, name: &str, ip: IpAddr, disk: Disk) -> Machine {
        Machine {
            name: name.to_owned(),
            address: SocketAddr::new(ip, PORT),
            switch: Rc::default(),
            ledger: Rc::default(),
            disk,
            status: None,
            typing: VecDeque::new(),
            question: None,
            node: NodeIndex(index),
            paused: false,
        }
    }

    /// A life begins, with an archive if it keeps what it writes.
    pub(super) fn begin(
        &mut self,
        incarnation: Incarnation,
        settings: Settings,
        notes: Notes,
        keeps: bool,
    ) {
        self.ledger = Rc::default();
        self.paused = false;
        let (node, ledger) = (self.node, self.ledger.clone());
        let past = keeps.then(Past::default);
        let recorder = Recorder { node, incarnation, notes, ledger, past };
        self.switch.start(settings, recorder);
    }

    /// The process dies, and with it what was typed and not taken yet.
    pub(super) fn end(&mut self, how: Cut) {
        self.disk.cut(how);
        self.typing.clear();
        self.switch.kill();
    }

    /// The process stands still, or goes on.
    pub(super) fn pause(&mut self, paused: bool) {
        self.paused = paused;
        self.switch.pause(paused);
    }

    /// Asks the node what it knows.
    pub(super) fn ask(&mut self) {
        self.status = None;
        self.question = None;
        if self.paused {
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

    /// Somebody types a line. Tells whether anybody is there to take it.
    pub(super) fn say(&mut self, text: String) -> bool {
        let Some(handle) = self.switch.handle() else { return false };
        let line: Typing =
            Box::pin(async move { handle.submit(Bytes::from(text.into_bytes())).await });
        self.typing.push_back(line);
        true
    }

    /// Hands over the lines for which there is room.
    pub(super) fn type_on(&mut self) {
        let mut cx = Context::from_waker(Waker::noop());
        while self.typing.front_mut().is_some_and(|line| line.as_mut().poll(&mut cx).is_ready()) {
            self.typing.pop_front();
        }
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { name, address, .. } = self;
        write!(f, "{name} at {address}")
    }
}
