//! The simulated world: machines, wires, what is said, and the checkers, on whatever engine.

mod access;
mod cuts;
mod disks;
mod effects;
mod faults;
mod ground;
mod machine;
mod newcomers;
mod parts;
mod picture;
mod roles;
mod stuck;
pub mod survey;
mod talk;
mod tamper;
mod wires;

use std::collections::BTreeSet;
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use ringchat::proto::event::Event;
use ringchat::proto::node::{Node, Start};
use ringchat::proto::time::Instant;

use self::effects::Effects;
pub use self::ground::{Ground, Keep};
use self::machine::Machine;
pub use self::picture::Settled;
use self::talk::Talk;
use self::wires::Wires;
use crate::checker::Checkers;
use crate::checker::violation::Violation;
use crate::coverage::Coverage;
use crate::engine::{Birth, Engine, Frame, Note};
use crate::events::Events;
use crate::history::{Happening, History, Incarnation, Record};
use crate::lots::Lots;
use crate::scenario::{NodeIndex, Scenario};
use crate::stack::Stack;

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
#[derive(Debug)]
pub struct World {
    scenario: Scenario,
    lots: Lots,
    /// Whom "any" means.
    fates: ChaCha8Rng,
    engine: Box<dyn Engine>,
    machines: Vec<Machine>,
    wires: Wires,
    talk: Talk,
    keep: Keep,
    /// Whether a step that strikes several may come to nothing for some of them.
    lenient: bool,
    history: History,
    frames: Vec<Frame>,
    checkers: Checkers,
    coverage: Coverage,
    effects: Effects,
    notes: Vec<Note>,
    /// Whether anything has happened since this was asked last, and whether more than talk has.
    stirred: bool,
    moved: bool,
    /// Nobody lived when the node was started that is to lead now.
    dark: bool,
    /// Who lived in no ring, and did not have to be in one, when the quiet began.
    astray: BTreeSet<NodeIndex>,
}

impl World {
    /// A world in which the first nodes of the scenario start at once.
    pub fn new(scenario: &Scenario, seed: u64, ground: Ground, keep: Keep) -> World {
        let lots = Lots::new(seed);
        let engine: Box<dyn Engine> = match ground {
            Ground::Turmoil => Box::new(Stack::new(scenario, lots, keep.frames)),
            Ground::Events => Box::new(Events::new(scenario, lots, keep)),
        };
        World::standing_on(engine, scenario, lots, keep)
    }

    /// The same on an engine that is there already.
    pub fn standing_on(
        engine: Box<dyn Engine>,
        scenario: &Scenario,
        lots: Lots,
        keep: Keep,
    ) -> World {
        // What the chats are judged by.
        let keep = Keep { history: keep.history || scenario.chat, ..keep };
        let named = scenario.names.iter().enumerate();
        let machines = named
            .map(|(index, name)| Machine::new(index, name, engine.address(NodeIndex(index))))
            .collect();
        let mut world = World {
            scenario: scenario.clone(),
            lots,
            fates: lots.stream("faults"),
            engine,
            machines,
            wires: Wires::default(),
            talk: Talk::new(scenario),
            keep,
            lenient: false,
            history: History::new(),
            frames: Vec::new(),
            checkers: Checkers::new(),
            coverage: Coverage::default(),
            effects: Effects::default(),
            notes: Vec::new(),
            stirred: true,
            moved: true,
            dark: false,
            astray: BTreeSet::new(),
        };
        for node in 0..scenario.founders {
            let start = match node {
                0 => Start::Found,
                // The founder first; should it die meanwhile, any other.
                _ => {
                    let others = (0..scenario.founders).filter(|other| *other != node);
                    Start::Join(others.map(|other| world.machines[other].address).collect())
                }
            };
            world.start(NodeIndex(node), start);
        }
        world
    }

    /// Lets time pass until then. If `ask`, the nodes that can answer are asked what they know.
    ///
    /// # Errors
    /// If a guarantee is broken, or a node crashed.
    pub fn run_to(&mut self, until: Duration, ask: bool) -> Result<(), Stopped> {
        self.run_until(until, ask, &mut |_| false).map(drop)
    }

    /// The same, but stops as soon as something happens that `awaited` waits for. Tells whether.
    ///
    /// # Errors
    /// If a guarantee is broken, or a node crashed.
    pub fn run_until(
        &mut self,
        until: Duration,
        ask: bool,
        awaited: &mut dyn FnMut(&Note) -> bool,
    ) -> Result<bool, Stopped> {
        debug_assert!(until.subsec_nanos().is_multiple_of(1_000), "worlds count in microseconds");
        let mut came = false;
        while !came {
            self.speak();
            let next = self.talk.next_at().filter(|at| *at < until).unwrap_or(until);
            let mut notes = std::mem::take(&mut self.notes);
            let done = self.engine.advance(next, ask && next == until, &mut notes);
            if self.keep.frames {
                self.frames.extend(self.engine.take_frames());
            }
            came = self.observe_all(notes, awaited)?;
            if done.map_err(Stopped::Crashed)? && next == until {
                break;
            }
        }
        if ask {
            self.look();
        }
        Ok(came)
    }

    /// Takes in what happened. Tells whether something awaited did.
    fn observe_all(
        &mut self,
        mut notes: Vec<Note>,
        awaited: &mut dyn FnMut(&Note) -> bool,
    ) -> Result<bool, Stopped> {
        let mut came = false;
        for note in notes.drain(..) {
            came |= awaited(&note);
            self.observe(note)?;
        }
        self.notes = notes;
        Ok(came)
    }

    /// Takes in what followed at once from what the world did.
    fn observe_now(&mut self) -> Result<(), Stopped> {
        let mut notes = std::mem::take(&mut self.notes);
        self.engine.take_notes(&mut notes);
        self.observe_all(notes, &mut |_| false).map(drop)
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

    /// Says what is due. Nobody types at a dead node.
    fn speak(&mut self) {
        let now = self.elapsed();
        while let Some((node, text)) = self.talk.due(now) {
            if self.machines[node.0].has_process() {
                self.engine.say(node, text);
            }
        }
    }

    fn observe(&mut self, note: Note) -> Result<(), Stopped> {
        let Note { at, node, incarnation, what } = note;
        if let Happening::Event(event) = &what {
            self.effects.observe(node, event);
            self.observe_leaves(node, event);
            if let Event::Leads { .. } = event {
                self.note_whole();
            }
            if let Event::Leads { .. } = event {
                let status = self.engine.status(node);
                self.coverage.leads_with(status.is_some_and(|it| it.pending_view.is_some()));
            }
        }
        self.note(at, node, incarnation, what)
    }

    fn note(
        &mut self,
        at: Instant,
        node: NodeIndex,
        incarnation: Incarnation,
        what: Happening,
    ) -> Result<(), Stopped> {
        self.stirred = true;
        self.moved |=
            !matches!(what, Happening::Delivered(_) | Happening::Event(Event::Submitted { .. }));
        let name = self.machines[node.0].name.clone();
        let record = Record { at, node: name, incarnation, what };
        let seen = self.checkers.observe(&record);
        if let Happening::Delivered(_) = record.what {
            self.machines[node.0].delivered_at = at.since(Instant::START);
        }
        self.coverage.observe(&record, self.machines[node.0].id);
        if self.keep.history {
            self.history.record(record);
        }
        seen.map_err(|violation| Stopped::Broken(Box::new(violation)))
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
        let id = match &start {
            Start::Restore(restart) => restart.disk.node,
            Start::Found | Start::Join(_) => Node::identity(seed),
        };
        let began = machine.begin(life, id, &start);
        let incarnation = machine.incarnation;
        self.engine.start(node, Birth { incarnation, seed, start });
        // Before its first step it can break no guarantee.
        let at = Instant::START + self.engine.elapsed();
        self.notes.insert(0, Note { at, node, incarnation, what: began });
    }
}
