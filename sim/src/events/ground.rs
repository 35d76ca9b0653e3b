//! The event engine as the ground of a world: what the world may ask of it, and do to it.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use ringchat::proto::config::Config;
use ringchat::proto::input::{Command, Disconnect, Input};
use ringchat::proto::node::{Node, Start};
use ringchat::proto::recovered::Recovered;
use ringchat::proto::status::Status;
use ringchat::proto::time::Instant;

use super::Events;
use super::disk::Disk;
use super::host::Running;
use super::link::Side;
use super::thing::{Item, Thing};
use crate::causal::InputLog;
use crate::engine::{Birth, Engine, Frame, Note, Tamper, Way};
use crate::scenario::{NodeIndex, priority};

impl Engine for Events {
    fn elapsed(&self) -> Duration {
        self.now.since(Instant::START)
    }

    fn advance(&mut self, until: Duration, _: bool, notes: &mut Vec<Note>) -> Result<bool, String> {
        let done = self.guarded(|events| events.run(Instant::START + until));
        notes.append(&mut self.notes);
        done
    }

    fn take_notes(&mut self, notes: &mut Vec<Note>) {
        notes.append(&mut self.notes);
    }

    fn address(&self, node: NodeIndex) -> SocketAddr {
        self.hosts[node.0].address
    }

    fn start(&mut self, node: NodeIndex, birth: Birth) {
        let Birth { incarnation, seed, start } = birth;
        let host = &mut self.hosts[node.0];
        let written = match &start {
            Start::Restore(restart) => Disk::of(&restart.disk),
            Start::Found | Start::Join(_) => Disk::default(),
        };
        let config = Config { priority: priority(node), ..self.config.clone() };
        let life = Node::new(seed, host.address, config, start);
        let id = life.hello().member.id;
        self.homes.settle(host.id.replace(id), id, node);
        host.begin(incarnation, life);
        host.written = written;
        host.clock.restart(self.now);
        host.wake = Some(self.now);
        self.queue.push(self.now, Thing::Wake(node));
    }

    fn wake(&mut self, node: NodeIndex) -> Option<Recovered> {
        self.hosts[node.0].image.wake()
    }

    fn is_writing(&self, node: NodeIndex) -> bool {
        self.hosts[node.0].image.is_being_written()
    }

    fn take_torn(&mut self) -> u64 {
        std::mem::take(&mut self.torn)
    }

    fn kill(&mut self, node: NodeIndex) {
        let why = |coin| if coin { Disconnect::Closed } else { Disconnect::Reset };
        self.end(node, Running::Idle, why);
    }

    fn power_off(&mut self, node: NodeIndex) {
        self.end(node, Running::Off, |_| Disconnect::Closed);
    }

    fn power_on(&mut self, node: NodeIndex) {
        self.hosts[node.0].running = Running::Idle;
    }

    fn pause(&mut self, node: NodeIndex, paused: bool) {
        let host = &mut self.hosts[node.0];
        if !host.has_process() {
            return;
        }
        host.running = if paused { Running::Paused } else { Running::Alive };
        host.busy_until = host.busy_until.max(self.now);
        if !paused {
            host.company.goes_on(self.now, host.clock.read(self.now));
            host.wake = Some(self.now);
            self.queue.push(self.now, Thing::Wake(node));
        }
    }

    fn command(&mut self, node: NodeIndex, command: Command) -> Result<(), &'static str> {
        if self.hosts[node.0].running != Running::Alive {
            return Err("stands still, or does not run");
        }
        self.tell(node, Input::Command(command), None);
        self.settle(node);
        Ok(())
    }

    fn say(&mut self, node: NodeIndex, text: String) -> bool {
        let host = &mut self.hosts[node.0];
        if !host.has_process() {
            return false;
        }
        host.typing.push_back(Bytes::from(text.into_bytes()));
        if host.backlog.is_empty() && host.busy_until <= self.now {
            self.settle(node);
        }
        true
    }

    fn has_said_all(&self, node: NodeIndex) -> bool {
        self.hosts[node.0].typing.is_empty()
    }

    fn status(&mut self, node: NodeIndex) -> Option<Status> {
        let host = &self.hosts[node.0];
        let alive = host.running == Running::Alive;
        host.node.as_ref().filter(|_| alive).map(Node::status)
    }

    fn content(&self, node: NodeIndex) -> (u64, u64) {
        let ledger = &self.hosts[node.0].ledger;
        (ledger.count(), ledger.hash())
    }

    fn cut(&mut self, way: Way) {
        self.weather.cut(self.now, way);
    }

    fn mend(&mut self, way: Way) {
        self.weather.mend(way);
        self.release(way);
    }

    fn slow(&mut self, a: NodeIndex, b: NodeIndex, latency: Option<Duration>) {
        self.weather.slow((a, b), latency);
        self.weather.slow((b, a), latency);
    }

    fn tamper(&mut self, what: Tamper) -> Result<(), String> {
        let nothing = |done: bool| {
            if done { Ok(()) } else { Err("nothing goes that way now".to_owned()) }
        };
        match what {
            Tamper::Reset(a, b) => {
                let links = self.between(a, b);
                for (id, _) in &links {
                    for side in [Side::Dialer, Side::Acceptor] {
                        let end = Item::End(Disconnect::Reset);
                        self.queue.push(self.now, Thing::Arrive(*id, side, end, None));
                    }
                }
                nothing(!links.is_empty())
            }
            Tamper::Limit(a, b, rate) => {
                self.weather.limit((a, b), rate);
                self.weather.limit((b, a), rate);
                self.repace((a, b));
                self.repace((b, a));
                Ok(())
            }
            Tamper::Sluggish(node, per_input) => {
                self.hosts[node.0].per_input = per_input;
                Ok(())
            }
            Tamper::Disk(node, write) => {
                let host = &mut self.hosts[node.0];
                host.disk = write;
                // What waits in front of a slow disk goes on at once when it is swift again.
                if write.is_none()
                    && let Some(last) = host.written.last_begun()
                {
                    host.written_at = self.now;
                    self.queue.push(self.now, Thing::Persisted(node, host.incarnation, last));
                }
                Ok(())
            }
            Tamper::Tear(node, keeps) => self.tear(node, keeps),
            Tamper::Lose(node) => self.lose(node),
            Tamper::Unwritable(node, is) => {
                self.hosts[node.0].unwritable = is;
                Ok(())
            }
            Tamper::Clock(node, forward) => {
                let host = &mut self.hosts[node.0];
                host.clock.jump(self.now, forward);
                host.wake = Some(self.now);
                self.queue.push(self.now, Thing::Wake(node));
                Ok(())
            }
            Tamper::Drift(node, ppm) => {
                let host = &mut self.hosts[node.0];
                host.clock.drift(self.now, ppm);
                host.wake = Some(self.now);
                self.queue.push(self.now, Thing::Wake(node));
                Ok(())
            }
            Tamper::Replay(a, b) => nothing(self.replay(a, b)),
            Tamper::Garbage(a, b) => nothing(self.garble(a, b)),
        }
    }

    fn handled(&self) -> u64 {
        self.handled
    }

    fn said(&self, way: Way) -> u64 {
        self.weather.said(way)
    }

    fn take_inputs(&mut self) -> InputLog {
        self.inputs.as_mut().map(std::mem::take).unwrap_or_default()
    }

    fn take_frames(&mut self) -> Vec<Frame> {
        self.frames.as_mut().map(std::mem::take).unwrap_or_default()
    }
}
