//! The event engine: bare nodes on one heap of timed inputs, without sockets, bytes or tasks.
//!
//! It models what TCP, disks and clocks do to a node, and does a run in milliseconds. Random streams
//! are split by label (each way, each disk, each node), so what is done to one leaves the lots of all
//! others as they were.

mod carry;
mod clock;
mod host;
mod link;
mod queue;
mod thing;
mod weather;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use bytes::Bytes;
use ringchat::proto::config::Config;
use ringchat::proto::input::{Command, Disconnect, Input};
use ringchat::proto::node::Node;
use ringchat::proto::output::Outbox;
use ringchat::proto::status::Status;
use ringchat::proto::time::Instant;

use self::host::{Host, Running};
use self::link::{Connection, Side};
use self::queue::Queue;
use self::thing::{Item, Thing};
use self::weather::Weather;
use crate::engine::{Birth, Engine, Frame, Note, Tamper, Way};
use crate::lots::Lots;
use crate::scenario::{NodeIndex, Scenario};
use crate::world::Keep;

/// Where every node listens.
const PORT: u16 = 7_000;

/// All machines, and everything that is due.
#[derive(Debug)]
pub struct Events {
    now: Instant,
    names: Vec<String>,
    config: Config,
    hosts: Vec<Host>,
    queue: Queue<Thing>,
    connections: Vec<Connection>,
    weather: Weather,
    notes: Vec<Note>,
    frames: Option<Vec<Frame>>,
    /// Whether frames are kept for a replay.
    remembers: bool,
    handled: u64,
    outbox: Outbox,
    /// What a node has yet to be told of what it wanted within this moment.
    answers: VecDeque<Input>,
    crashed: Option<(NodeIndex, String)>,
}

impl Events {
    /// Machines on which nothing runs yet.
    pub fn new(scenario: &Scenario, lots: Lots, keep: Keep) -> Events {
        let count = scenario.names.len();
        let address = |host: usize| {
            let (high, low) = ((host >> 8) as u8, (host & 0xff) as u8);
            SocketAddr::from(([10, 0, high, low], PORT))
        };
        Events {
            now: Instant::START,
            names: scenario.names.clone(),
            config: scenario.config.clone(),
            hosts: (1..=count).map(|host| Host::new(address(host))).collect(),
            queue: Queue::new(),
            connections: Vec::new(),
            weather: Weather::new(scenario.network, lots, count),
            notes: Vec::new(),
            frames: keep.frames.then(Vec::new),
            remembers: keep.replays || scenario.may_replay(),
            handled: 0,
            outbox: Outbox::new(),
            answers: VecDeque::new(),
            crashed: None,
        }
    }

    /// Lets the first thing happen that is due by then. False if nothing is.
    fn happen(&mut self, until: Instant) -> bool {
        let Some((at, thing)) = self.queue.pop(until) else { return false };
        self.now = at;
        match thing {
            Thing::Wake(host) => {
                if self.hosts[host.0].wake == Some(at) {
                    self.hosts[host.0].wake = None;
                    self.work_off(host);
                }
            }
            Thing::Dial(id) => self.on_dial(id),
            Thing::Arrive(id, side, item) => self.on_arrival(id, side, item),
            Thing::Persisted(host, ..) => self.give(host, thing),
        }
        true
    }

    /// Something is there for a process: it takes it now, or once it can.
    fn give(&mut self, node: NodeIndex, thing: Thing) {
        let host = &mut self.hosts[node.0];
        let takes = host.takes(self.now);
        match host.running {
            Running::Idle | Running::Off => {}
            Running::Paused => host.backlog.push_back(thing),
            Running::Alive if takes => self.deliver(node, thing),
            Running::Alive => {
                host.backlog.push_back(thing);
                self.set_alarm(node);
            }
        }
    }

    /// A process takes what waits for it, one thing at a time if it is sluggish.
    fn work_off(&mut self, node: NodeIndex) {
        loop {
            let host = &mut self.hosts[node.0];
            if host.running != Running::Alive {
                return;
            }
            if host.busy_until > self.now {
                return self.set_alarm(node);
            }
            let Some(thing) = host.backlog.pop_front() else { break };
            host.busy_until = self.now + host.per_input;
            self.deliver(node, thing);
        }
        self.settle(node);
    }

    /// Wakes a busy process as soon as it is free.
    fn set_alarm(&mut self, node: NodeIndex) {
        let host = &mut self.hosts[node.0];
        let at = host.busy_until.max(self.now);
        if host.wake.is_none_or(|wake| at < wake) {
            host.wake = Some(at);
            self.queue.push(at, Thing::Wake(node));
        }
    }

    /// A process ends. Its kernel tells the other sides, unless there is no power.
    fn end(&mut self, node: NodeIndex, running: Running, why: impl Fn(bool) -> Disconnect) {
        let links = self.hosts[node.0].end(running);
        for (id, side) in links.into_values() {
            if running == Running::Off {
                self.connections[id].end_mut(side).closed = true;
                continue;
            }
            let coin = self.weather.coin((node, node));
            self.close(id, side, why(coin));
        }
    }

    fn run(&mut self, until: Instant) -> bool {
        while self.notes.is_empty() {
            if !self.happen(until) {
                self.now = until;
                return true;
            }
        }
        false
    }

    /// Does something that may make a node panic.
    fn guarded<T>(&mut self, act: impl FnOnce(&mut Events) -> T) -> Result<T, String> {
        let done = catch_unwind(AssertUnwindSafe(|| act(self))).map_err(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panic").to_owned()
        })?;
        match self.crashed.take() {
            None => Ok(done),
            Some((node, why)) => Err(format!("{} {why}", self.names[node.0])),
        }
    }
}

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
        let life = Node::new(seed, host.address, self.config.clone(), start);
        host.begin(incarnation, life);
        host.clock.restart(self.now);
        host.wake = Some(self.now);
        self.queue.push(self.now, Thing::Wake(node));
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
            host.wake = Some(self.now);
            self.queue.push(self.now, Thing::Wake(node));
        }
    }

    fn command(&mut self, node: NodeIndex, command: Command) -> Result<(), &'static str> {
        if self.hosts[node.0].running != Running::Alive {
            return Err("stands still, or does not run");
        }
        self.tell(node, Input::Command(command));
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

    fn has_said_all(&self) -> bool {
        self.hosts.iter().all(|host| host.typing.is_empty())
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
                        self.queue.push(self.now, Thing::Arrive(*id, side, end));
                    }
                }
                nothing(!links.is_empty())
            }
            Tamper::Limit(a, b, rate) => {
                self.weather.limit((a, b), rate);
                self.weather.limit((b, a), rate);
                Ok(())
            }
            Tamper::Sluggish(node, per_input) => {
                self.hosts[node.0].per_input = per_input;
                Ok(())
            }
            Tamper::Disk(node, write) => {
                self.hosts[node.0].disk = write;
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

    fn take_frames(&mut self) -> Vec<Frame> {
        self.frames.as_mut().map(std::mem::take).unwrap_or_default()
    }
}
