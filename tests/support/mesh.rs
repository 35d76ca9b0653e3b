//! A handful of nodes on an imagined network: one heap of timed inputs, no sockets, no tasks.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ringchat::proto::config::Config;
use ringchat::proto::entry::{Delivered, Payload};
use ringchat::proto::event::Event;
use ringchat::proto::id::LinkId;
use ringchat::proto::input::{Command, Disconnect, Input};
use ringchat::proto::node::{Node, Start};
use ringchat::proto::status::{Role, Status};
use ringchat::proto::time::Instant;

/// One end of a connection: which host, and what it calls it.
type End = (usize, LinkId);

pub struct Host {
    pub node: Node,
    pub alive: bool,
    pub delivered: Vec<Delivered>,
    pub events: Vec<(Instant, Event)>,
    pub(super) accepted: u64,
    pub(super) ends: BTreeMap<LinkId, End>,
    wake: Option<Instant>,
}

pub struct Mesh {
    pub now: Instant,
    pub hosts: Vec<Host>,
    pub config: Config,
    pub trace: bool,
    lots: ChaCha8Rng,
    heap: BinaryHeap<Reverse<(Instant, u64)>>,
    inputs: BTreeMap<u64, (usize, Option<LinkId>, What)>,
    counter: u64,
    pub(super) cut: BTreeSet<(usize, usize)>,
    broken: BTreeSet<End>,
    arrival: BTreeMap<(usize, LinkId), Instant>,
}

pub(super) enum What {
    Input(Input),
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
        for host in 0..count {
            mesh.add(host.checked_sub(1));
        }
        mesh.run_until(30_000, |mesh| {
            (0..count).all(|host| mesh.status(host).view.members.len() == count)
        });
        mesh.run(1_000);
        mesh
    }

    pub fn add(&mut self, contact: Option<usize>) -> usize {
        let host = self.hosts.len();
        let start = contact.map_or(Start::Found, |to| Start::Join(vec![address(to)]));
        let seed = self.lots.random();
        let node = Node::new(seed, address(host), self.config.clone(), start);
        self.hosts.push(Host {
            node,
            alive: true,
            delivered: Vec::new(),
            events: Vec::new(),
            accepted: 0,
            ends: BTreeMap::new(),
            wake: None,
        });
        self.settle(host);
        host
    }

    pub fn kill(&mut self, host: usize) {
        self.hosts[host].alive = false;
        for (_, (peer, theirs)) in std::mem::take(&mut self.hosts[host].ends) {
            self.send(
                host,
                peer,
                theirs,
                Input::Disconnected { link: theirs, why: Disconnect::Closed },
            );
        }
    }

    /// Starts a new incarnation at the address of a dead host.
    pub fn revive(&mut self, host: usize) {
        let seed = self.lots.random();
        let others = (0..self.hosts.len()).filter(|other| *other != host);
        let start = Start::Join(others.map(address).collect());
        self.hosts[host].node = Node::new(seed, address(host), self.config.clone(), start);
        self.hosts[host].alive = true;
        self.hosts[host].delivered.clear();
        self.hosts[host].wake = None;
        self.hosts[host].accepted = 0;
        self.broken.retain(|(at, _)| *at != host);
        self.inputs.retain(|_, (to, link, _)| *to != host || link.is_none());
        self.settle(host);
    }

    /// Connections across a cut bring nothing any more, not even after the heal.
    pub fn cut(&mut self, a: usize, b: usize) {
        for (host, other) in [(a, b), (b, a)] {
            let across = self.hosts[host].ends.iter().filter(|(_, end)| end.0 == other);
            self.broken.extend(across.map(|(link, _)| (host, *link)));
        }
        self.cut.insert((a, b));
        self.cut.insert((b, a));
    }

    pub fn is_connected(&self) -> bool {
        self.cut.is_empty()
    }

    pub fn heal(&mut self) {
        self.cut.clear();
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
        let end = self.now + Duration::from_millis(ms);
        while self.heap.peek().is_some_and(|Reverse((at, _))| *at <= end) {
            self.next();
        }
        self.now = end;
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
        let Some((host, link, what)) = self.inputs.remove(&id) else { return };
        if !self.hosts[host].alive {
            if let What::Accept { from, link } = what {
                let why = Disconnect::Refused;
                self.send(host, from, link, Input::Disconnected { link, why });
            }
            return;
        }
        match what {
            What::Wake => self.hosts[host].wake = None,
            What::Accept { from, link } => self.accept(host, from, link),
            What::Input(input) => {
                if let Input::Disconnected { link, .. } = &input
                    && self.hosts[host].ends.remove(link).is_none()
                    && !matches!(input, Input::Disconnected { why: Disconnect::Refused, .. })
                {
                    return;
                }
                if link.is_none_or(|link| self.hosts[host].ends.contains_key(&link))
                    || matches!(input, Input::Disconnected { .. })
                {
                    self.handle(host, input);
                }
            }
        }
        self.settle(host);
    }

    fn accept(&mut self, host: usize, from: usize, theirs: LinkId) {
        self.hosts[host].accepted += 1;
        let ours = LinkId::Accepted(self.hosts[host].accepted);
        if !self.hosts[from].alive {
            return;
        }
        self.hosts[host].ends.insert(ours, (from, theirs));
        self.hosts[from].ends.insert(theirs, (host, ours));
        let hello = self.hosts[from].node.hello();
        let reply = self.hosts[host].node.hello();
        self.send(host, from, theirs, Input::Connected { link: theirs, hello: reply });
        self.handle(host, Input::Connected { link: ours, hello });
    }

    pub(super) fn send(&mut self, from: usize, to: usize, link: LinkId, input: Input) {
        if self.cut.contains(&(from, to)) || self.broken.contains(&(to, link)) {
            return;
        }
        let mut at = self.now + Duration::from_micros(self.lots.random_range(200..=2_000));
        let last = self.arrival.entry((to, link)).or_default();
        at = at.max(*last + Duration::from_micros(1));
        *last = at;
        self.schedule(at, to, Some(link), What::Input(input));
    }

    pub(super) fn schedule(&mut self, at: Instant, host: usize, link: Option<LinkId>, what: What) {
        self.counter += 1;
        self.heap.push(Reverse((at, self.counter)));
        self.inputs.insert(self.counter, (host, link, what));
    }

    pub(super) fn handle(&mut self, host: usize, input: Input) {
        let mut out = Vec::new();
        self.hosts[host].node.handle(self.now, input, &mut out);
        for output in out {
            self.carry_out(host, output);
        }
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
