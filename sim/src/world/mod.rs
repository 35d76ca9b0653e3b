//! The simulated world: machines, wires, a clock that is stepped by hand, and the checkers.

mod cuts;
mod effects;
mod faults;
mod machine;
mod picture;
mod roles;
mod talk;
mod wires;

use std::rc::Rc;
use std::time::{Duration, UNIX_EPOCH};

use rand_chacha::ChaCha8Rng;
use ringchat::proto::event::Event;
use ringchat::proto::node::Start;
use ringchat::proto::time::Instant;

use self::effects::Effects;
use self::machine::{Machine, Phase};
pub use self::picture::Settled;
use self::talk::Talk;
use self::wires::{Wires, in_ticks};
use crate::checker::Checkers;
use crate::checker::violation::Violation;
use crate::clock::instant;
use crate::history::{Happening, History, Incarnation};
use crate::host::machine as software;
use crate::lots::Lots;
use crate::net::TurmoilNet;
use crate::recorder::{Note, Notes};
use crate::scenario::{NodeIndex, Scenario};
use crate::traffic::{Frame, Traffic};

/// How many segments a connection holds, and how many dials wait at a machine that stands still.
const SEGMENTS: usize = 4_096;

/// Why a run cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// A guarantee does not hold.
    #[error("{0}")]
    Broken(Box<Violation>),
    /// A node panicked, or the simulated network did.
    #[error("a node crashed in the simulation: {0}")]
    Crashed(String),
    /// A step of the scenario had no effect, so the scenario does not test what it says.
    #[error("line {line}: the step at {at:?} had no effect: {why}")]
    NoEffect {
        /// Where in the scenario file.
        line: usize,
        /// When it was due.
        at: Duration,
        /// Why.
        why: String,
    },
}

/// One run under way.
pub struct World<'s> {
    scenario: &'s Scenario,
    lots: Lots,
    /// Whom "any" means.
    fates: ChaCha8Rng,
    sim: turmoil::Sim<'static>,
    machines: Vec<Machine>,
    wires: Wires,
    traffic: Traffic,
    talk: Talk,
    notes: Notes,
    history: History,
    frames: Vec<Frame>,
    checkers: Checkers,
    effects: Effects,
}

impl<'s> World<'s> {
    /// A world in which the first nodes of the scenario start at once.
    pub fn new(scenario: &'s Scenario, seed: u64, keep_frames: bool) -> World<'s> {
        let lots = Lots::new(seed);
        let traffic = Traffic::new(keep_frames);
        let network = in_ticks(scenario.network);
        let mut sim = turmoil::Builder::new()
            .epoch(UNIX_EPOCH)
            .rng_seed(lots.seed_of("turmoil"))
            .simulation_duration(Duration::MAX)
            .tick_duration(network.tick)
            .min_message_latency(network.latency_min)
            .max_message_latency(network.latency_min)
            .tcp_capacity(SEGMENTS)
            .build();
        let mut machines = Vec::new();
        for (index, name) in scenario.names.iter().enumerate() {
            let ip = sim.lookup(name.as_str());
            traffic.add_host(ip, NodeIndex(index));
            machines.push(Machine::new(index, name, ip));
        }
        for (index, machine) in machines.iter().enumerate() {
            let switch = machine.switch.clone();
            let net = TurmoilNet::new(NodeIndex(index), traffic.clone());
            sim.host(machine.address.ip(), move || software(switch.clone(), net.clone()));
        }
        let mut world = World {
            scenario,
            lots,
            fates: lots.stream("faults"),
            sim,
            machines,
            wires: Wires::new(network, lots.stream("network"), scenario.names.len()),
            traffic,
            talk: Talk::new(scenario),
            notes: Notes::default(),
            history: History::new(),
            frames: Vec::new(),
            checkers: Checkers::new(),
            effects: Effects::default(),
        };
        for node in 0..scenario.founders {
            let start = match node {
                0 => Start::Found,
                _ => Start::Join(vec![world.machines[0].address]),
            };
            world.start(NodeIndex(node), start);
        }
        world
    }

    /// How much time has passed in the world.
    pub fn elapsed(&self) -> Duration {
        self.sim.elapsed()
    }

    /// The same, as the nodes and the history count it.
    pub fn now(&self) -> Instant {
        instant(self.elapsed())
    }

    /// What has happened so far.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The frames so far, if they are kept.
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// The checkers, and what they know.
    pub fn checkers(&self) -> &Checkers {
        &self.checkers
    }

    /// The same, for the checks at the end.
    pub fn checkers_mut(&mut self) -> &mut Checkers {
        &mut self.checkers
    }

    /// One step of the clock: wires first, then each machine in turn. If `ask`, each node that can
    /// answer is asked what it knows, and answers within the step.
    ///
    /// # Errors
    /// If a guarantee is broken, or a node crashed.
    pub fn step(&mut self, ask: bool) -> Result<(), Stopped> {
        let elapsed = self.elapsed();
        self.wires.redraw(&self.sim, &self.machines, elapsed);
        self.talk.speak(elapsed, &self.machines);
        if ask {
            self.machines.iter_mut().for_each(Machine::ask);
        }
        self.sim.step().map_err(|error| Stopped::Crashed(error.to_string()))?;
        if ask {
            self.machines.iter_mut().for_each(Machine::collect);
        }
        self.frames.extend(self.traffic.take_frames());
        let mut notes = std::mem::take(&mut *self.notes.borrow_mut());
        // Nodes run one after the other within a step, each through all of its time. A frame takes
        // a step at least, so whatever one node's note is due to stands before it in this order.
        notes.sort_by_key(|note| note.at);
        for Note { at, node, incarnation, what } in notes {
            if let Happening::Event(event) = &what {
                self.effects.observe(node, event);
                if *event == Event::Left {
                    self.machines[node.0].phase = Phase::Left;
                }
            }
            self.note(at, node, incarnation, what)?;
        }
        for index in 0..self.machines.len() {
            self.notice_exit(NodeIndex(index))?;
        }
        Ok(())
    }

    /// Whether every step of the scenario has shown its effect.
    ///
    /// # Errors
    /// The first that has not.
    pub fn check_effects(&mut self) -> Result<(), Stopped> {
        self.notice_crossings();
        let Some((place, why)) = self.effects.missing() else { return Ok(()) };
        let Some(step) = self.scenario.steps.get(place) else { return Ok(()) };
        Err(Stopped::NoEffect { line: step.line, at: step.at, why: why.to_owned() })
    }

    /// A driver that has ended by itself is either gone from its ring, or gave up.
    fn notice_exit(&mut self, node: NodeIndex) -> Result<(), Stopped> {
        use ringchat::driver::run::Exit;
        match self.machines[node.0].switch.take_exit() {
            None | Some(Exit::Left) => Ok(()),
            Some(Exit::Abandoned) => {
                let name = self.scenario.name_of(node);
                Err(Stopped::Crashed(format!("{name} ended though nobody asked it to")))
            }
            Some(Exit::Unreadable { index, why }) => {
                let name = self.scenario.name_of(node);
                let message = format!("{name} could not read the snapshot up to {index}: {why}");
                Err(Stopped::Crashed(message))
            }
        }
    }

    fn note(
        &mut self,
        at: Instant,
        node: NodeIndex,
        incarnation: Incarnation,
        what: Happening,
    ) -> Result<(), Stopped> {
        let name = self.machines[node.0].name.clone();
        let record = self.history.record(at, name, incarnation, what);
        self.checkers.observe(record).map_err(|violation| Stopped::Broken(Box::new(violation)))
    }

    /// Notes something that the world itself did.
    fn note_now(&mut self, node: NodeIndex, what: Happening) -> Result<(), Stopped> {
        let incarnation = self.machines[node.0].incarnation;
        self.note(self.now(), node, incarnation, what)
    }

    /// Begins the next incarnation of a node.
    fn start(&mut self, node: NodeIndex, start: Start) {
        let name = self.scenario.name_of(node);
        let machine = &mut self.machines[node.0];
        let life = machine.incarnation.0 + 1;
        let seed = self.lots.seed_of(&format!("node {name} life {life}"));
        let notes = Rc::clone(&self.notes);
        let began = machine.begin(life, seed, &self.scenario.config, start, notes);
        // Before its first step it can break no guarantee.
        let at = instant(self.sim.elapsed());
        let note = Note { at, node, incarnation: Incarnation(life), what: began };
        self.notes.borrow_mut().insert(0, note);
    }
}
