//! The node: one machine made of five, and the only one that wishes.

use super::config::Config;
use super::id::{NodeId, RingId};
use super::input::Input;
use super::message::Hello;
use super::output::Outbox;
use super::status::Status;
use super::time::Instant;
use super::view::Member;
use std::net::SocketAddr;

/// How a node begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// As the founder of a new ring.
    Found,
    /// As a newcomer, who asks these addresses in turn until a ring takes it in.
    Join(Vec<SocketAddr>),
}

/// A node of the ring: a function of its inputs.
#[derive(Debug)]
pub struct Node {
    me: Member,
}

impl Node {
    /// A node that listens at `address`. Its identity, and all lots it draws, follow from `seed`.
    pub fn new(seed: u64, address: SocketAddr, config: Config, start: Start) -> Node {
        let _ = (config, start);
        Node { me: Member { id: NodeId(seed), address } }
    }

    /// The only way in: total, infallible, without any side effect but the outbox.
    pub fn handle(&mut self, now: Instant, input: Input, out: &mut Outbox) {
        let _ = (now, input, out);
    }

    /// When to call again with [`Input::Timeout`]. A moment that is past means: as soon as the
    /// inputs that wait already are handled. (What they have in common then goes out as one batch.)
    pub fn poll_timeout(&self) -> Option<Instant> {
        None
    }

    /// What to say first on every new link. Changes when the node's ring does.
    pub fn hello(&self) -> Hello {
        Hello { ring: Some(RingId(0)), member: self.me }
    }

    /// How many messages this node takes now: more are refused.
    pub fn room(&self) -> usize {
        0
    }

    /// A picture for people.
    pub fn status(&self) -> Status {
        todo!()
    }
}
