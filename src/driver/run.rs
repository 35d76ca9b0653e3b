//! The driver's loop: tell the node all that has happened, carry out what it wants, wait.

use std::net::SocketAddr;

use super::application::Application;
use super::carry::Carrier;
use super::clock::Clock;
use super::handle::{Control, Handle, Queues, handle};
use super::history::Asker;
use super::links::Links;
use super::store::{Memory, Store};
use super::waiter::{Waiter, Wake};
use crate::net::Net;
use crate::proto::config::Config;
use crate::proto::entry::Payload;
use crate::proto::event::{Event, Refusal};
use crate::proto::id::Index;
use crate::proto::input::{Command, Input};
use crate::proto::node::{Node, Start};
use crate::proto::output::Outbox;
use crate::proto::time::Instant;

/// Everything needed to run a node.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The node's identity and all lots it draws follow from this.
    pub seed: u64,
    /// Where the node can be reached by others.
    pub address: SocketAddr,
    /// The node's bounds.
    pub config: Config,
    /// As founder or newcomer.
    pub start: Start,
}

/// Why a driver ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The node has left its ring, as it was asked to.
    Left,
    /// Every [`Handle`] is gone, and none had asked to leave. The ring was not told; it will evict
    /// the node.
    Abandoned,
    /// The ring sent a state that the application cannot read, so it cannot go on.
    Unreadable {
        /// Up to where that state goes.
        index: Index,
        /// What was expected and what was found.
        why: String,
    },
    /// What has to outlive the process cannot be written any more, so the node has left its ring.
    Unwritable {
        /// What the storage says.
        why: String,
    },
}

/// A node with its sockets, ready to run. The future of [`Driver::run`] holds everything: it spawns
/// no task, so whoever stops polling it has paused the whole node.
#[derive(Debug)]
pub struct Driver<N: Net, A, S = Memory> {
    net: N,
    listener: N::Listener,
    application: A,
    store: S,
    node: Node,
    queues: Queues,
}

impl<N: Net + 'static, A: Application> Driver<N, A> {
    /// A driver for a listener that is bound already, and the handle to it. It keeps nothing.
    pub fn new(
        net: N,
        listener: N::Listener,
        application: A,
        settings: Settings,
    ) -> (Driver<N, A>, Handle) {
        Driver::with_store(net, listener, application, Memory::default(), settings)
    }
}

impl<N: Net + 'static, A: Application, S: Store> Driver<N, A, S> {
    /// The same, with a store for what has to outlive the process.
    pub fn with_store(
        net: N,
        listener: N::Listener,
        application: A,
        store: S,
        settings: Settings,
    ) -> (Driver<N, A, S>, Handle) {
        let node = Node::new(settings.seed, settings.address, settings.config, settings.start);
        let (handle, queues) = handle();
        (Driver { net, listener, application, store, node, queues }, handle)
    }

    /// Runs the node until it has left its ring, every [`Handle`] is gone, or it cannot go on.
    /// Gives the application back, and says why.
    pub async fn run(self) -> (A, Exit) {
        let clock = Clock::start();
        let links = Links::new(self.net, self.listener);
        let mut running = Running {
            node: self.node,
            carrier: Carrier::new(links, self.application, self.store),
            outbox: Outbox::new(),
            clock,
            waiter: Waiter::new(self.queues, clock),
        };
        let exit = running.run().await;
        let Carrier { links, application, .. } = running.carrier;
        links.close().await;
        (application, exit)
    }
}

/// A node that runs.
struct Running<N: Net, A, S> {
    node: Node,
    carrier: Carrier<N, A, S>,
    outbox: Outbox,
    clock: Clock,
    waiter: Waiter<N>,
}

impl<N: Net + 'static, A: Application, S: Store> Running<N, A, S> {
    async fn run(&mut self) -> Exit {
        loop {
            let (deadline, room) = (self.node.poll_timeout(), self.node.room());
            let Carrier { links, store, .. } = &mut self.carrier;
            let wake = self.waiter.next(links, store, room, deadline).await;
            let now = self.clock.now();
            match wake {
                Wake::Inputs => self.take_inputs(now),
                Wake::Timeout => self.carrier.inputs.push_back(Input::Timeout),
                Wake::Abandoned => return Exit::Abandoned,
            }
            self.handle_all(now);
            if let Some(exit) = self.carrier.exit.take() {
                return exit;
            }
            self.carrier.links.start_writes();
        }
    }

    /// Tells the node everything that waits, and carries out what it wants after each.
    fn handle_all(&mut self, now: Instant) {
        self.handle_what_waits(now);
        // What the disk has completed is known by now.
        self.carrier.mind_disk(now);
        self.handle_what_waits(now);
    }

    fn handle_what_waits(&mut self, now: Instant) {
        while let Some(input) = self.carrier.next_input() {
            self.node.handle(now, input, &mut self.outbox);
            for output in self.outbox.drain(..) {
                self.carrier.carry_out(now, &self.node, output);
            }
        }
    }

    /// Makes inputs of what the waiter found.
    fn take_inputs(&mut self, now: Instant) {
        let Running { node, carrier, waiter, .. } = self;
        for control in waiter.controls.drain(..) {
            match control {
                Control::Leave => carrier.inputs.push_back(Input::Command(Command::Leave)),
                Control::Alone => carrier.inputs.push_back(Input::Command(Command::Alone)),
                // Whoever asked may have stopped waiting.
                Control::Status(answer) => drop(answer.send(node.status())),
                Control::History(ask, answer) => carrier.look_up(Asker::Person(answer), ask),
            }
        }
        for done in waiter.results.drain(..) {
            carrier.links.settle(done, || node.hello(), &mut carrier.inputs);
        }
        for bytes in waiter.submits.drain(..) {
            match Payload::new(bytes) {
                Some(payload) => {
                    carrier.inputs.push_back(Input::Command(Command::Submit(payload)));
                }
                None => carrier.application.event(now, &Event::Refused { why: Refusal::TooLarge }),
            }
        }
    }
}
