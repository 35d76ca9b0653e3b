//! A handful of nodes on an imagined network: one heap of timed inputs, no sockets, no tasks.

pub mod faults;
pub mod host;
pub mod judge;
mod net;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ringchat::proto::config::Config;
use ringchat::proto::entry::{Delivered, Payload};
use ringchat::proto::id::LinkId;
use ringchat::proto::input::{Command, Disconnect, Input};
use ringchat::proto::node::{Node, Start};
use ringchat::proto::status::{Role, Status};
use ringchat::proto::time::Instant;

use self::host::Host;
use self::judge::Judge;

/// One end of a connection: which host, and what it calls it.
pub type End = (usize, LinkId);

pub struct Mesh {
    pub now: Instant,
    pub hosts: Vec<Host>,
    pub config: Config,
    pub trace: bool,
    pub judge: Judge,
    pub weather: Weather,
    /// How many inputs were handled. Whoever spins handles too many.
    pub handled: u64,
    lots: ChaCha8Rng,
    heap: BinaryHeap<Reverse<(Instant, u64)>>,
    inputs: BTreeMap<u64, Due>,
    counter: u64,
    /// From the first to the second nothing arrives.
    cut: BTreeSet<(usize, usize)>,
    /// Ends that nothing arrives at any more, healed or not.
    broken: BTreeSet<End>,
    arrival: BTreeMap<End, Instant>,
}

/// What the network and the disks are like.
pub struct Weather {
    /// How long a message takes, in microseconds.
    pub latency: std::ops::RangeInclusive<u64>,
    /// Other latencies, of single directions.
    pub distant: BTreeMap<(usize, usize), std::ops::RangeInclusive<u64>>,
    /// How long each message keeps a direction busy, in microseconds.
    pub slow: BTreeMap<(usize, usize), u64>,
    /// How long a write takes, in microseconds.
    pub disk: std::ops::RangeInclusive<u64>,
    /// Whether a dial across a cut is refused at once; else it hangs.
    pub refuses: bool,
}

struct Due {
    at: Instant,
    host: usize,
    link: Option<LinkId>,
    what: What,
}

pub enum What {
    Input(Box<Input>),
    Wake,
    Accept { from: usize, link: LinkId },
}

pub fn address(host: usize) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, u8::try_from(host + 1).unwrap()], 7400))
}

impl Mesh {
    pub fn new(seed: u64) -> Mesh {
        Mesh {
            now: Instant::START,
            hosts: Vec::new(),
            config: Config::default(),
            trace: false,
            judge: Judge::new(seed),
            weather: Weather {
                latency: 200..=2_000,
                distant: BTreeMap::new(),
                slow: BTreeMap::new(),
                disk: 0..=0,
                refuses: false,
            },
            handled: 0,
            lots: ChaCha8Rng::seed_from_u64(seed),
            heap: BinaryHeap::new(),
            inputs: BTreeMap::new(),
            counter: 0,
            cut: BTreeSet::new(),
            broken: BTreeSet::new(),
            arrival: BTreeMap::new(),
        }
    }

    /// A ring of `count` nodes that have all joined.
    pub fn ring(seed: u64, count: usize) -> Mesh {
        Mesh::ring_with(seed, count, Config::default())
    }

    /// The same with other bounds.
    pub fn ring_with(seed: u64, count: usize, config: Config) -> Mesh {
        let mut mesh = Mesh::new(seed);
        mesh.config = config;
        mesh.gather(count);
        mesh
    }

    /// Lets `count` nodes join, one through the other.
    pub fn gather(&mut self, count: usize) {
        for host in 0..count {
            self.add(host.checked_sub(1));
        }
        self.run_until(30_000, |mesh| {
            (0..count).all(|host| mesh.status(host).view.members.len() == count)
        });
        self.run(1_000);
    }

    pub fn add(&mut self, contact: Option<usize>) -> usize {
        self.start(contact.map_or(Start::Found, |to| Start::Join(vec![address(to)])))
    }

    /// A new process at a new address.
    pub fn start(&mut self, start: Start) -> usize {
        let host = self.hosts.len();
        let seed = self.lots.random();
        let node = Node::new(seed, address(host), self.config.clone(), start);
        self.hosts.push(Host::new(node));
        self.judge.begins(host);
        self.settle(host);
        host
    }

    /// Starts a new incarnation at the address of a dead host.
    pub fn revive(&mut self, host: usize) {
        let seed = self.lots.random();
        let others = (0..13).filter(|other| *other != host);
        let start = Start::Join(others.map(address).collect());
        self.hosts[host] = Host::new(Node::new(seed, address(host), self.config.clone(), start));
        self.judge.begins(host);
        self.broken.retain(|(at, _)| *at != host);
        self.arrival.retain(|(at, _), _| *at != host);
        self.inputs.retain(|_, due| due.host != host || matches!(due.what, What::Accept { .. }));
        self.settle(host);
    }

    pub fn say(&mut self, host: usize, text: &str) {
        let payload = Payload::new(Bytes::copy_from_slice(text.as_bytes())).unwrap();
        self.command(host, Command::Submit(payload));
    }

    pub fn command(&mut self, host: usize, command: Command) {
        self.handle(host, Input::Command(command));
        self.settle(host);
    }

    pub fn status(&self, host: usize) -> Status {
        self.hosts[host].node.status()
    }

    pub fn leader(&self) -> Option<usize> {
        let leads = |host: &Host| host.alive && host.node.status().role == Role::Leader;
        self.hosts.iter().position(leads)
    }

    pub fn texts(&self, host: usize) -> Vec<String> {
        let text = |it: &Delivered| String::from_utf8_lossy(&it.message.payload.bytes).into_owned();
        self.hosts[host].delivered.iter().map(text).collect()
    }

    pub fn run(&mut self, ms: u64) {
        self.run_to(self.now + Duration::from_millis(ms), |_| false);
    }

    /// Runs until then, or until something holds.
    pub fn run_to(&mut self, end: Instant, holds: impl Fn(&Mesh) -> bool) -> bool {
        while self.heap.peek().is_some_and(|Reverse((at, _))| *at <= end) {
            self.next();
            if holds(self) {
                return true;
            }
        }
        self.now = end;
        false
    }

    /// Runs until something holds; panics if it does not in time. Gives the time it took.
    pub fn run_until(&mut self, ms: u64, holds: impl Fn(&Mesh) -> bool) -> Duration {
        let start = self.now;
        while !holds(self) {
            assert!(
                self.now.since(start) < Duration::from_millis(ms),
                "not within {ms} ms; at {}: {:#?}",
                self.now,
                self.hosts.iter().map(|host| &host.node).collect::<Vec<_>>()
            );
            self.run(1);
        }
        self.now.since(start)
    }

    fn next(&mut self) {
        let Some(Reverse((at, id))) = self.heap.pop() else { return };
        self.now = at;
        let Some(Due { host, link, what, .. }) = self.inputs.remove(&id) else { return };
        if !self.hosts[host].alive {
            if let What::Accept { from, link } = what
                && !self.hosts[host].vanished
            {
                let why = Disconnect::Refused;
                self.send(host, from, link, Input::Disconnected { link, why });
            }
        } else if self.hosts[host].paused {
            self.hosts[host].backlog.push((link, what));
        } else {
            self.arrive(host, link, what);
            self.settle(host);
        }
    }

    fn arrive(&mut self, host: usize, link: Option<LinkId>, what: What) {
        match what {
            What::Wake => self.hosts[host].wake = None,
            What::Accept { from, link } => self.accept(host, from, link),
            What::Input(input) => {
                let here = &mut self.hosts[host];
                let stands = link.is_none_or(|link| here.ends.contains_key(&link));
                let wanted = match &*input {
                    Input::Disconnected { link, .. } => {
                        here.ends.remove(link).is_some() | here.dialing.remove(link)
                    }
                    Input::Connected { link, .. } => stands && here.dialing.remove(link),
                    Input::Timeout
                    | Input::Message { .. }
                    | Input::Arriving { .. }
                    | Input::Command(_)
                    | Input::Persisted { .. }
                    | Input::Unwritable
                    | Input::SnapshotTaken { .. }
                    | Input::ArchiveRead { .. }
                    | Input::ArchiveLacks { .. } => stands,
                };
                if wanted {
                    self.handle(host, *input);
                }
            }
        }
    }

    fn schedule(&mut self, at: Instant, host: usize, link: Option<LinkId>, what: What) {
        self.counter += 1;
        self.heap.push(Reverse((at, self.counter)));
        self.inputs.insert(self.counter, Due { at, host, link, what });
    }

    /// Timeouts that are due come as soon as nothing else waits.
    fn settle(&mut self, host: usize) {
        let mut rounds = 0;
        while self.hosts[host].node.poll_timeout().is_some_and(|at| at <= self.now) {
            self.handle(host, Input::Timeout);
            rounds += 1;
            assert!(rounds < 1_000, "the node never comes to rest: {:#?}", self.hosts[host].node);
        }
        let Some(at) = self.hosts[host].node.poll_timeout() else { return };
        if self.hosts[host].wake.is_none_or(|wake| at < wake) {
            self.hosts[host].wake = Some(at);
            self.schedule(at, host, None, What::Wake);
        }
    }
}
