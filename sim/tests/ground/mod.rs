//! Two or three nodes on an engine, most often that of events, driven through [`Engine`] alone, and what they say.
#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::collections::BTreeMap;
use std::time::Duration;

use ringchat::proto::entry::{Body, Entry};
use ringchat::proto::event::{Event, LinkLoss};
use ringchat::proto::message::Message;
use ringchat::proto::node::Start;
use ringchat::proto::recovered::Recovered;
use ringchat::proto::time::Instant;
use ringchat_sim::engine::{Birth, Engine, Frame, Note, Way};
use ringchat_sim::events::Events;
use ringchat_sim::history::{Happening, Incarnation};
use ringchat_sim::lots::Lots;
use ringchat_sim::scenario::{NodeIndex, Scenario};
use ringchat_sim::world::Keep;

pub const A: NodeIndex = NodeIndex(0);
pub const B: NodeIndex = NodeIndex(1);

pub fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Two machines, frames of 1 ms. Nobody gives anybody up within an hour, so that what is seen is the
/// network's doing.
pub fn patient() -> Scenario {
    let mut scenario = Scenario::new("ground", 1, 2);
    (scenario.network.latency_min, scenario.network.latency_max) = (ms(1), ms(1));
    let hour = Duration::from_secs(3_600);
    let config = &mut scenario.config;
    config.heartbeat = ms(10);
    for bound in [
        &mut config.link_timeout,
        &mut config.leader_quiet,
        &mut config.leader_silent,
        &mut config.quorum_timeout,
        &mut config.resubmit,
        &mut config.lag_timeout,
    ] {
        *bound = hour;
    }
    scenario
}

/// The lines that a disk holds.
pub fn lines(disk: &Recovered) -> Vec<String> {
    let line = |entry: &Entry| match &entry.body {
        Body::Message(message) => {
            Some(String::from_utf8_lossy(&message.payload.bytes).into_owned())
        }
        Body::Empty | Body::View(_) => None,
    };
    disk.entries.iter().filter_map(line).collect()
}

/// An engine, and everything that came of it.
#[derive(Debug)]
pub struct Bench<E = Events> {
    pub engine: E,
    pub notes: Vec<Note>,
    pub frames: Vec<Frame>,
    lives: u32,
}

impl Bench {
    /// Machines on which nothing runs.
    pub fn of(scenario: &Scenario) -> Bench {
        Bench::with_seed(scenario, scenario.seed)
    }

    pub fn with_seed(scenario: &Scenario, seed: u64) -> Bench {
        let keep = Keep { frames: true, ..Keep::default() };
        Bench::on(Events::new(scenario, Lots::new(seed), keep))
    }

    /// The first has founded a ring, and the second is in it.
    pub fn ring(scenario: &Scenario) -> Bench {
        Bench::ring_with_seed(scenario, scenario.seed)
    }

    pub fn ring_with_seed(scenario: &Scenario, seed: u64) -> Bench {
        Bench::with_seed(scenario, seed).gathered()
    }
}

impl<E: Engine> Bench<E> {
    /// Machines of this engine, on which nothing runs.
    pub fn on(engine: E) -> Bench<E> {
        Bench { engine, notes: Vec::new(), frames: Vec::new(), lives: 0 }
    }

    /// The first has founded a ring, and the second is in it.
    pub fn gathered(mut self) -> Bench<E> {
        self.found(A);
        self.join(B, A);
        let gathered = |bench: &mut Bench<E>| {
            let view = |node| bench.engine.status(node).map(|status| status.view.members.len());
            [A, B].map(view) == [Some(2), Some(2)]
        };
        self.wait_for("two members", gathered);
        self
    }

    pub fn found(&mut self, node: NodeIndex) {
        self.start(node, Start::Found);
    }

    pub fn join(&mut self, node: NodeIndex, contact: NodeIndex) {
        let address = self.engine.address(contact);
        self.start(node, Start::Join(vec![address]));
    }

    fn start(&mut self, node: NodeIndex, start: Start) {
        self.lives += 1;
        let incarnation = Incarnation(self.lives);
        self.engine.start(node, Birth { incarnation, seed: u64::from(self.lives), start });
    }

    /// Lets time pass until something goes out this way for the first time.
    pub fn until_said(&mut self, way: Way) {
        let before = self.engine.said(way);
        let deadline = self.engine.elapsed() + Duration::from_secs(1);
        while self.engine.said(way) == before {
            assert!(self.engine.elapsed() < deadline, "nothing goes out from {way:?}");
            self.pass(Duration::from_micros(1));
        }
    }

    /// Lets time pass.
    pub fn pass(&mut self, length: Duration) {
        let until = self.engine.elapsed() + length;
        let ask = self.engine.asks_ahead();
        while !self.engine.advance(until, ask, &mut self.notes).expect("no node crashes") {}
        self.frames.extend(self.engine.take_frames());
    }

    pub fn wait_for(&mut self, what: &str, mut come: impl FnMut(&mut Bench<E>) -> bool) {
        let deadline = self.engine.elapsed() + Duration::from_secs(60);
        while !come(self) {
            assert!(self.engine.elapsed() < deadline, "{what} never came");
            self.pass(ms(1));
        }
    }

    pub fn now(&self) -> Instant {
        Instant::START + self.engine.elapsed()
    }

    /// How many links of a node have stood since then, for a while at least.
    pub fn stood(&self, node: NodeIndex, since: Instant) -> usize {
        let of = self.notes.iter().filter(|note| note.node == node);
        let stood = of.fold(BTreeMap::new(), |mut stood, note| {
            match &note.what {
                Happening::Event(Event::LinkUp { link, .. }) => stood.insert(*link, true),
                Happening::Event(Event::LinkDown { link, .. }) if note.at < since => {
                    stood.remove(link)
                }
                _another => None,
            };
            stood
        });
        stood.len()
    }

    /// How a node lost its links since then, and when.
    pub fn losses(&self, node: NodeIndex, since: Instant) -> Vec<(Duration, LinkLoss)> {
        let of = self.notes.iter().filter(|note| note.node == node && note.at >= since);
        of.filter_map(|note| match &note.what {
            Happening::Event(Event::LinkDown { why, .. }) => {
                Some((note.at.since(since), why.clone()))
            }
            _another => None,
        })
        .collect()
    }

    /// The pings of a node since then: when in the world, and what its own clock showed.
    pub fn pings(&self, from: NodeIndex, since: Instant) -> Vec<(Instant, Instant)> {
        let sent = self.frames.iter().filter(|frame| frame.way.0 == from && frame.at >= since);
        sent.filter_map(|frame| match &frame.message {
            Message::Ping { sent_at, .. } => Some((frame.at, *sent_at)),
            _another => None,
        })
        .collect()
    }

    /// The pongs of a node since then: when, and to which ping. A node answers a ping as soon as it
    /// has it, so this is when the ping was there.
    pub fn pongs(&self, from: NodeIndex, since: Instant) -> Vec<(Instant, Instant)> {
        let sent = self.frames.iter().filter(|frame| frame.way.0 == from && frame.at >= since);
        sent.filter_map(|frame| match &frame.message {
            Message::Pong { sent_at } => Some((frame.at, *sent_at)),
            _another => None,
        })
        .collect()
    }

    /// What a node's application got since then.
    pub fn delivered(&self, node: NodeIndex, since: Instant) -> Vec<String> {
        let of = self.notes.iter().filter(|note| note.node == node && note.at >= since);
        of.filter_map(|note| match &note.what {
            Happening::Delivered(delivered) => {
                let bytes = &delivered.message.payload.bytes;
                Some(String::from_utf8_lossy(bytes).into_owned())
            }
            _another => None,
        })
        .collect()
    }
}
