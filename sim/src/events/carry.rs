//! Tells a node what happened, and carries out what it wants, as the driver does.

use std::time::Duration;

use ringchat::proto::event::Event;
use ringchat::proto::id::LinkId;
use ringchat::proto::input::{Disconnect, Input};
use ringchat::proto::output::{Output, Write};
use ringchat::proto::time::Instant;
use ringchat::store::database::Record;

use super::Events;
use super::host::Running;
use super::link::{Connection, Side};
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
        let is_looked_at = self.is_looked_at(host, &input);
        if is_looked_at {
            self.begin_answer(host, &input);
        }
        let here = &mut self.hosts[host.0];
        let Some(node) = here.node.as_mut().filter(|_| here.running == Running::Alive) else {
            return self.answers.clear();
        };
        self.handled += 1;
        let now = here.clock.read(self.now);
        if let Input::Message { message, .. } = &input {
            here.tries.hear(&input);
            here.heard.message(now, self.config.leader_quiet, message);
        }
        if let Some(inputs) = &mut self.inputs {
            here.last_input = Some(keep(inputs, self.now, host, here.incarnation, &input, cause));
        }
        node.handle(now, input, &mut self.outbox);
        // Most inputs leave little to do. It is taken from the end, which is what a list gives fastest.
        self.outbox.reverse();
        while let Some(output) = self.outbox.pop() {
            if let Output::Send { link, message } = &output {
                // Before it is moved, so that it is moved seldom: messages are large.
                self.look_at_message(host, *link, message);
                self.remember(host, *link, message);
            }
            self.carry_out(host, output);
        }
        if self.counted {
            self.check_count(host);
        }
        if is_looked_at {
            self.end_answer(host);
        }
    }

    fn carry_out(&mut self, host: NodeIndex, output: Output) {
        match output {
            Output::Send { link, message } => {
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
                if let Some((id, side)) = self.hosts[host.0].links.remove(link) {
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
                let here = &self.hosts[host.0];
                let (index, application) = (here.covered, here.ledger.snapshot());
                self.answers.push_back(Input::SnapshotTaken { index, application });
            }
            Output::InstallSnapshot { index, application } => {
                let here = &mut self.hosts[host.0];
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
