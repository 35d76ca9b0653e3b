//! The event engine: bare nodes on one heap of timed inputs, without sockets, bytes or tasks.
//!
//! It models what TCP, disks and clocks do to a node, and does a run in milliseconds. Random streams
//! are split by label (each way, each disk, each node), so what is done to one leaves the lots of all
//! others as they were.

mod asking;
mod carry;
mod clock;
mod company;
mod detours;
mod disk;
mod eyes;
mod failing;
mod ground;
mod holders;
mod homes;
mod host;
mod image;
mod intake;
mod lag;
mod link;
mod links;
mod manners;
mod narrow;
mod queue;
mod replay;
mod retries;
mod shelf;
mod thing;
mod tries;
mod unrest;
mod weather;
mod words;

use std::cell::Cell;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ringchat::proto::config::Config;
use ringchat::proto::id::NodeId;
use ringchat::proto::input::{Disconnect, Input};
use ringchat::proto::output::Outbox;
use ringchat::proto::time::Instant;
use ringchat::proto::view::Member;

use self::holders::Furthest;
use self::homes::Homes;
use self::host::{Host, Running};
use self::link::Connection;
use self::queue::Queue;
use self::thing::Thing;
use self::weather::Weather;
use self::words::Said;
use crate::causal::InputLog;
use crate::engine::{Frame, Note};
use crate::lots::Lots;
use crate::scenario::{NodeIndex, Scenario};
use crate::world::Keep;

/// Where every node listens.
const PORT: u16 = 7_000;

thread_local! {
    /// Whether a panic in this thread would be a node's, and is caught.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// From now on nothing is printed about a node that panics: it is a finding, and told as one.
pub fn silence_nodes() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !GUARDED.get() {
            before(panic);
        }
    }));
}

/// All machines, and everything that is due.
#[derive(Debug)]
pub struct Events {
    now: Instant,
    names: Vec<String>,
    config: Config,
    hosts: Vec<Host>,
    homes: Homes,
    queue: Queue<Thing>,
    connections: Vec<Connection>,
    weather: Weather,
    /// Whether a node that starts again finds what its disk held.
    disks: bool,
    notes: Vec<Note>,
    frames: Option<Vec<Frame>>,
    inputs: Option<InputLog>,
    /// Whether frames are kept for a replay.
    remembers: bool,
    handled: u64,
    outbox: Outbox,
    /// What a node has yet to be told of what it wanted within this moment.
    answers: VecDeque<Input>,
    crashed: Option<(NodeIndex, String)>,
    /// How many writes were lost while they were under way.
    torn: u64,
    furthest: Furthest,
    /// The members whose addresses were looked at last.
    addressed: Arc<[Member]>,
    said: Said,
    /// A node has just told of something that nobody has known committed before.
    counted: bool,
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
            homes: Homes::default(),
            queue: Queue::new(),
            connections: Vec::new(),
            weather: Weather::new(scenario.network, lots, count),
            disks: scenario.disks,
            notes: Vec::new(),
            frames: keep.frames.then(Vec::new),
            inputs: keep.inputs.then(InputLog::default),
            remembers: keep.replays || scenario.may_replay(),
            handled: 0,
            outbox: Outbox::new(),
            answers: VecDeque::new(),
            crashed: None,
            torn: 0,
            furthest: Furthest::new(),
            addressed: Arc::default(),
            said: Said::default(),
            counted: false,
        }
    }

    /// The machine of a node, unless a later life has taken that over.
    fn host_of(&self, id: NodeId) -> Option<&Host> {
        self.homes.of(id).map(|home| &self.hosts[home.0])
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
            Thing::Through(id, from) => self.come_through(id, from),
            Thing::Arrive(id, side, item, cause) => self.on_arrival(id, side, item, cause),
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
        if self.disks {
            self.cut_writes(node);
        }
        for (id, side) in links.into_all() {
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
        GUARDED.set(true);
        let done = catch_unwind(AssertUnwindSafe(|| act(self)));
        GUARDED.set(false);
        let done = done.map_err(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panic").to_owned()
        })?;
        match self.crashed.take() {
            None => Ok(done),
            Some((node, why)) => Err(format!("{} {why}", self.names[node.0])),
        }
    }
}
