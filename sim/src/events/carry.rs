//! Tells a node what happened, and carries out what it wants, as the driver does.

use std::time::Duration;

use ringchat::proto::event::Event;
use ringchat::proto::id::LinkId;
use ringchat::proto::input::{Command, Disconnect, Input};
use ringchat::proto::output::{Output, Write};
use ringchat::proto::time::Instant;
use ringchat::store::database::Record;

use super::Events;
use super::host::Running;
use super::link::{Connection, ConnectionId, Side};
use super::thing::{Item, Thing};
use crate::causal::{Handled, InputLog, InputNumber};
use crate::engine::Note;
use crate::history::{Happening, Incarnation};
use crate::ledger::Ledger;
use crate::scenario::NodeIndex;

impl Events {
    /// Tells a node something, and whatever follows from that within the same moment. `cause` is
    /// the input that made another node send it.
    pub(super) fn tell(&mut self, host: NodeIndex, input: Input, cause: Option<InputNumber>) {
        self.hand_over(host, input, cause);
        while let Some(input) = self.answers.pop_front() {
            self.hand_over(host, input, None);
        }
    }

    fn hand_over(&mut self, host: NodeIndex, input: Input, cause: Option<InputNumber>) {
        self.begin_answer(host, &input);
        let here = &mut self.hosts[host.0];
        let Some(node) = here.node.as_mut().filter(|_| here.running == Running::Alive) else {
            return self.answers.clear();
        };
        self.handled += 1;
        here.tries.hear(&input);
        if let Input::Message { message, .. } = &input {
            here.heard.message(here.clock.read(self.now), self.config.leader_quiet, message);
        }
        if let Some(inputs) = &mut self.inputs {
            here.last_input = Some(keep(inputs, self.now, host, here.incarnation, &input, cause));
        }
        node.handle(here.clock.read(self.now), input, &mut self.outbox);
        // Most inputs leave nothing to do.
        if !self.outbox.is_empty() {
            let mut outbox = std::mem::take(&mut self.outbox);
            outbox.drain(..).for_each(|output| self.carry_out(host, output));
            self.outbox = outbox;
            self.check_count(host);
        }
        self.end_answer(host);
    }

    fn carry_out(&mut self, host: NodeIndex, output: Output) {
        let here = &mut self.hosts[host.0];
        match output {
            Output::Send { link, message } => {
                self.look_at_message(host, link, &message);
                if let Some((id, side)) = self.hosts[host.0].links.get(link)
                    && !self.send(id, side, message)
                {
                    self.hosts[host.0].links.remove(link);
                    self.close(id, side, Disconnect::Closed);
                    let why = Disconnect::Overflow;
                    self.answers.push_back(Input::Disconnected { link, why });
                }
            }
            Output::Dial { link, address } => self.dial(host, link, address),
            Output::HangUp { link } => {
                if let Some((id, side)) = here.links.remove(link) {
                    self.close(id, side, Disconnect::Closed);
                }
            }
            Output::Persist(write) => self.persist(host, write),
            Output::Deliver(delivered) => {
                self.check_delivery(host, &delivered);
                let here = &mut self.hosts[host.0];
                here.ledger.append(&delivered.message);
                if self.disks {
                    here.shelf.append(&delivered);
                }
                here.covered = delivered.index;
                here.delivered = (delivered.ballot, delivered.index);
                if here.id == Some(delivered.message.origin) {
                    here.retries.progress(here.clock.read(self.now));
                }
                self.note(host, Happening::Delivered(delivered));
            }
            Output::TakeSnapshot => {
                let (index, application) = (here.covered, here.ledger.snapshot());
                self.answers.push_back(Input::SnapshotTaken { index, application });
            }
            Output::InstallSnapshot { index, application } => {
                here.covered = index;
                match Ledger::restore(&application) {
                    Ok(ledger) => here.ledger = ledger,
                    Err(why) => {
                        let words = format!("could not read the snapshot up to {index}: {why}");
                        self.crashed.get_or_insert((host, words));
                    }
                }
                self.skip_in_archive(host, index);
            }
            Output::ReadArchive { link, ask } => self.read_archive(host, link, ask),
            Output::KeepArchive(part) => self.keep_archive(host, part),
            Output::Event(event) => {
                self.look_at_event(host, &event);
                let left = event == Event::Left;
                self.note(host, Happening::Event(event));
                if left {
                    self.finish_writes(host);
                    self.end(host, Running::Idle, |_| Disconnect::Closed);
                }
            }
        }
    }

    fn note(&mut self, node: NodeIndex, what: Happening) {
        let incarnation = self.hosts[node.0].incarnation;
        if let Some(inputs) = &mut self.inputs {
            inputs.led_to(what.clone());
        }
        self.notes.push(Note { at: self.now, node, incarnation, what });
    }

    fn dial(&mut self, host: NodeIndex, link: LinkId, address: std::net::SocketAddr) {
        let life = self.hosts[host.0].incarnation;
        let to = self.hosts.iter().position(|other| other.address == address).map(NodeIndex);
        let id = self.connections.len();
        self.connections.push(Connection::new((host, life, link), to.unwrap_or(host)));
        self.hosts[host.0].links.insert(link, (id, Side::Dialer));
        let refused = Thing::Arrive(id, Side::Dialer, Item::End(Disconnect::Refused), None);
        let Some(to) = to else {
            return self.queue.push(self.now, refused);
        };
        self.weather.say((host, to));
        let cut = self.weather.is_cut((host, to));
        let at = self.weather.arrival(self.now, (host, to), 64);
        if cut || self.weather.is_cut((to, host)) {
            if !cut {
                // The answer to the dial is lost, and that counts as crossing, too.
                self.weather.say((to, host));
            }
            if self.weather.network().rejects {
                self.queue.push(at, refused);
            }
            return;
        }
        self.queue.push(at, Thing::Dial(id));
    }

    fn persist(&mut self, host: NodeIndex, write: Write) {
        let here = &mut self.hosts[host.0];
        let takes = here.disk.unwrap_or_else(|| self.weather.write((host, host)));
        let id = write.id;
        if self.disks
            && let Some(node) = &here.node
        {
            let entries = node.entries(write.behind, write.last).cloned().collect();
            here.image.begins(Record { write: write.clone(), entries });
            if !here.has_process() {
                return self.finish_writes(host);
            }
        }
        here.written.begins(write);
        if takes == Duration::ZERO && here.written_at <= self.now {
            // Nothing that depends on it can be sent before the node knows.
            if let Some(told) = self.written(host, id) {
                self.answers.push_front(told);
            }
            return;
        }
        let at = (self.now + takes).max(here.written_at);
        here.written_at = at;
        self.queue.push(at, Thing::Persisted(host, here.incarnation, id));
    }

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
            Thing::Arrive(id, side, item, cause) => self.take(host, id, side, (item, cause)),
        }
        self.settle(host);
    }

    pub(super) fn take(
        &mut self,
        host: NodeIndex,
        id: ConnectionId,
        side: Side,
        (item, cause): (Item, Option<InputNumber>),
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

/// Out of the way of those who keep nothing.
#[cold]
fn keep(
    inputs: &mut InputLog,
    at: Instant,
    host: NodeIndex,
    life: Incarnation,
    input: &Input,
    cause: Option<InputNumber>,
) -> InputNumber {
    inputs.push(Handled::new(at, host, life, input.clone(), cause))
}
