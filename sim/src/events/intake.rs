//! What a process takes in: what has come over its connections, what its clock says, and what is typed.

use ringchat::proto::id::LinkId;
use ringchat::proto::input::{Command, Disconnect, Input};

use super::Events;
use super::host::Running;
use super::link::{ConnectionId, Side};
use super::thing::{Item, Thing};
use crate::causal::InputNumber;
use crate::scenario::NodeIndex;

impl Events {
    /// Something is due at a node that runs.
    pub(super) fn deliver(&mut self, host: NodeIndex, thing: Thing) {
        match thing {
            Thing::Wake(_) | Thing::Dial(_) | Thing::Through(..) => {}
            Thing::Persisted(_, life, write) => {
                if self.hosts[host.0].incarnation == life
                    && let Some(told) = self.written(host, write)
                {
                    self.tell(host, told, None);
                }
            }
            Thing::Arrive(id, side, item, cause) => self.take(host, id, side, item, cause),
        }
        self.settle(host);
    }

    pub(super) fn take(
        &mut self,
        host: NodeIndex,
        id: ConnectionId,
        side: Side,
        item: Item,
        cause: Option<InputNumber>,
    ) {
        let end = self.connections[id].end_mut(side);
        if end.closed {
            return;
        }
        match item {
            Item::Established => {
                if let Some(node) = &self.hosts[host.0].node {
                    let hello = node.hello();
                    self.transmit(id, side, Item::Hello(hello));
                }
            }
            Item::Hello(hello) => {
                end.greeted = true;
                let here = &mut self.hosts[host.0];
                let link = *end.link.get_or_insert_with(|| {
                    here.accepted += 1;
                    LinkId::Accepted(here.accepted)
                });
                if side == Side::Acceptor {
                    here.links.insert(link, (id, side));
                    if let Some(node) = &here.node {
                        let own = node.hello();
                        self.transmit(id, side, Item::Hello(own));
                    }
                }
                self.tell(host, Input::Connected { link, hello }, cause);
            }
            Item::Message(message) => {
                if let Some(link) = end.link {
                    self.tell(host, Input::Message { link, message }, cause);
                }
            }
            Item::End(why) => {
                end.closed = true;
                let (link, greeted) = (end.link, end.greeted);
                let here = &mut self.hosts[host.0];
                if !greeted {
                    here.heard.misled(here.clock.read(self.now));
                }
                if let Disconnect::Malformed(_) = why {
                    self.transmit(id, side, Item::End(Disconnect::Closed));
                }
                if let Some(link) = link
                    && self.hosts[host.0].links.remove(link).is_some()
                {
                    self.tell(host, Input::Disconnected { link, why }, cause);
                }
            }
        }
    }

    /// Lets a node do what is due by its clock, and take the lines that wait; then sets its alarm.
    pub(super) fn settle(&mut self, host: NodeIndex) {
        let mut rounds = 0;
        loop {
            let here = &mut self.hosts[host.0];
            if here.running != Running::Alive {
                return;
            }
            let Some(node) = &here.node else { return };
            if !here.typing.is_empty() && node.room() > 0 {
                let line = here.typing.pop_front().and_then(ringchat::proto::entry::Payload::new);
                if let Some(payload) = line {
                    self.tell(host, Input::Command(Command::Submit(payload)), None);
                }
                continue;
            }
            let Some(due) = node.poll_timeout() else { return };
            if due > here.clock.read(self.now) {
                let at = here.clock.reaches(due);
                if here.wake.is_none_or(|wake| at < wake) {
                    here.wake = Some(at);
                    self.queue.push(at, Thing::Wake(host));
                }
                return;
            }
            self.tell(host, Input::Timeout, None);
            rounds += 1;
            assert!(rounds < 10_000, "{} never comes to rest", self.names[host.0]);
        }
    }
}
