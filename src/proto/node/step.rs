//! One step of a node: the moment it happens at, and the outbox its wishes go to.

use std::net::SocketAddr;

use crate::proto::entry::Delivered;
use crate::proto::event::Event;
use crate::proto::id::LinkId;
use crate::proto::message::Message;
use crate::proto::output::{Outbox, Output, Write};
use crate::proto::time::Instant;

/// The moment and the outbox of one call of [`super::Node::handle`].
pub(super) struct Step<'a> {
    pub(super) now: Instant,
    pub(super) out: &'a mut Outbox,
}

impl Step<'_> {
    pub(super) fn send(&mut self, link: LinkId, message: Message) {
        self.out.push(Output::Send { link, message });
    }

    pub(super) fn dial(&mut self, link: LinkId, address: SocketAddr) {
        self.out.push(Output::Dial { link, address });
    }

    pub(super) fn hang_up(&mut self, link: LinkId) {
        self.out.push(Output::HangUp { link });
    }

    pub(super) fn persist(&mut self, write: Write) {
        self.out.push(Output::Persist(write));
    }

    pub(super) fn deliver(&mut self, delivered: Delivered) {
        self.out.push(Output::Deliver(delivered));
    }

    pub(super) fn event(&mut self, event: Event) {
        self.out.push(Output::Event(event));
    }
}
