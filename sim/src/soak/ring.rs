//! The nodes of a soak: processes with a folder each, on loopback, without anything between them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use ringchat::front::cluster::place::{Folder, Loopback};
use ringchat::front::cluster::process::Process;
use ringchat::front::journal::{Line as JournalLine, What};
use ringchat::proto::config::Config;
use ringchat::proto::id::NodeId;
use ringchat::proto::node::{Node, Start};
use tokio::time::Instant;

use super::LOOK;
use super::blows::Phase;
use super::machine::Machine;
use super::record::{Line, Record};
use crate::lots::Lots;
use crate::processes::Pace;
use crate::processes::binary;
use crate::processes::plan::Plan;
use crate::processes::site::rest;
use crate::processes::tail::Tail;

/// How long a ring that nobody disturbs may take to come to rest. No promise is measured by this.
const PATIENCE: Duration = Duration::from_secs(180);

/// So many lines of a writer may wait to be ordered before it types no more.
const WAITING: u64 = 50;

/// All of them. The fields are dropped in this order: no process outlives its folder.
#[derive(Debug)]
pub(super) struct Ring {
    machines: Vec<Machine>,
    tail: Tail,
    record: Record,
    ids: BTreeMap<NodeId, usize>,
    lots: Lots,
    binary: PathBuf,
    config: PathBuf,
    folder: Folder,
    _loopback: Loopback,
}

impl Ring {
    /// The first node founds a ring, the others join it.
    pub(super) fn start(count: usize, lots: Lots) -> Result<Ring, String> {
        let failed = |error: std::io::Error| format!("the files of a soak cannot be made: {error}");
        let binary = binary()?;
        let loopback = Loopback::take().map_err(|error| error.to_string())?;
        let names: Vec<String> = (1..=count).map(|number| format!("n{number}")).collect();
        let folder = Folder::new(&names).map_err(failed)?;
        let config = folder.path().join("bounds.toml");
        std::fs::write(&config, Pace::new(1).bounds(&Config::default())).map_err(failed)?;
        let tail = Tail::new(&folder.path().join("journal.jsonl")).map_err(failed)?;
        let (_, addresses) = loopback.addresses(count);
        let machines = names.into_iter().zip(addresses).map(Machine::new).collect();
        let (record, ids) = (Record::new(count), BTreeMap::new());
        let mut ring =
            Ring { machines, tail, record, ids, lots, binary, config, folder, _loopback: loopback };
        (0..count).try_for_each(|node| ring.begin(node))?;
        Ok(ring)
    }

    fn begin(&mut self, node: usize) -> Result<(), String> {
        let founds = node == 0 && self.machines[node].life == 0;
        let others = (0..self.machines.len()).filter(|other| *other != node);
        let contacts = others.map(|other| self.machines[other].address).collect();
        let start = if founds { Start::Found } else { Start::Join(contacts) };
        let machine = &mut self.machines[node];
        machine.life += 1;
        let seed = self.lots.seed_of(&format!("node {} life {}", machine.name, machine.life));
        let folder = self.folder.of(&machine.name);
        let plan = Plan {
            binary: &self.binary,
            folder: &folder,
            name: &machine.name,
            listen: machine.address,
            advertise: machine.address,
            seed,
            start: &start,
            config: &self.config,
            data: Some(&folder.join("data")),
        };
        let failed = |error: std::io::Error| format!("{} cannot be started: {error}", machine.name);
        let output = self.tail.end().map_err(failed)?;
        machine.process = Some(plan.start(output).map_err(failed)?);
        machine.typed_before = self.record.typed[node];
        // Its own folder may know better who it is, and then it is who it was.
        self.ids.insert(Node::identity(seed), node);
        self.record.begin(node);
        Ok(())
    }

    /// Takes in what the nodes have told.
    ///
    /// # Errors
    /// If a node has ended by itself.
    pub(super) fn look(&mut self) -> Result<(), String> {
        self.read()?;
        for machine in &mut self.machines {
            let Some(status) = machine.process.as_mut().and_then(Process::ended) else { continue };
            let complaint = machine.process.as_ref().map(Process::complaint).unwrap_or_default();
            let name = &machine.name;
            return Err(format!("{name} ended though nobody asked it to: {status} {complaint}"));
        }
        Ok(())
    }

    fn read(&mut self) -> Result<(), String> {
        for JournalLine { node: id, what, .. } in self.tail.lines()? {
            let Some(node) = self.ids.get(&id).copied() else {
                return Err(format!("expected a node of this soak in the journal, found {id}"));
            };
            self.record.hear(node, &what);
            if let What::State(state) = what {
                self.machines[node].state = Some(*state);
            }
        }
        Ok(())
    }

    pub(super) fn phases(&self) -> Vec<Phase> {
        self.machines.iter().map(Machine::phase).collect()
    }

    /// Each of the first nodes that lives is given a line, unless too many wait there.
    pub(super) fn say_each(&mut self, writers: usize) {
        for node in 0..writers.min(self.machines.len()) {
            let acknowledged = self.record.told[node].acknowledged.last();
            let acknowledged = acknowledged.map_or(0, |line| line.number);
            let ordered = acknowledged.max(self.machines[node].typed_before);
            if self.machines[node].process.is_some() && self.record.typed[node] - ordered < WAITING
            {
                self.say(node);
            }
        }
    }

    fn say(&mut self, node: usize) -> Option<Line> {
        let line = self.record.next(node);
        let process = self.machines[node].process.as_mut()?;
        process.type_line(&line.text()).then_some(line)
    }

    /// Kills a node; when this is over, all that it has told is known.
    pub(super) fn kill(&mut self, node: usize) {
        let machine = &mut self.machines[node];
        if let Some(process) = machine.process.take() {
            process.kill();
            machine.stopped = false;
            self.record.kills += 1;
        }
    }

    pub(super) fn kill_all(&mut self) {
        (0..self.machines.len()).for_each(|node| self.kill(node));
    }

    pub(super) fn restart(&mut self, node: usize) -> Result<(), String> {
        // What it said in its last life stands before whatever it says in the next.
        self.read()?;
        self.begin(node)
    }

    pub(super) fn stop(&mut self, node: usize, stopped: bool) -> Result<(), String> {
        let machine = &mut self.machines[node];
        let Some(process) = &machine.process else { return Ok(()) };
        process.pause(stopped).map_err(|error| error.to_string())?;
        machine.stopped = stopped;
        self.record.stops += u64::from(stopped);
        Ok(())
    }

    /// How many were killed and have come back.
    pub(super) fn restarts(&self) -> u64 {
        self.record.kills
    }

    /// Whoever is dead is started, and whoever was stopped goes on.
    pub(super) fn raise_all(&mut self) -> Result<(), String> {
        for node in 0..self.machines.len() {
            match self.machines[node].phase() {
                Phase::Dead => self.restart(node)?,
                Phase::Stopped => self.stop(node, false)?,
                Phase::Runs => {}
            }
        }
        Ok(())
    }

    /// Says a line at every node, and waits until all of them are at all: what was said before them is
    /// there, too, then.
    pub(super) fn settle(&mut self) -> Result<(), String> {
        let lines: Vec<Line> = (0..self.machines.len()).filter_map(|node| self.say(node)).collect();
        let missing = |ring: &Ring| {
            let held: Vec<_> = ring
                .record
                .told
                .iter()
                .map(|told| lines.iter().filter(|line| told.has_lately(**line)).count())
                .collect();
            (held.iter().sum::<usize>() < held.len() * held.len()).then(|| format!("{held:?}"))
        };
        self.wait_until(|ring| Ok(missing(ring).is_none()))?.then_some(()).ok_or_else(|| {
            let held = missing(self).unwrap_or_default();
            let count = self.machines.len();
            format!(
                "not settled: expected {count} lines that were said last at each node within \
                 {PATIENCE:?}, found {held}"
            )
        })
    }

    /// Whether the chats of all come to hold the same.
    pub(super) fn agree(&mut self) -> Result<bool, String> {
        self.ask_all();
        self.wait_until(|ring| {
            let states: Option<Vec<_>> =
                ring.machines.iter().map(|machine| machine.state.as_ref()).collect();
            let Some(states) = states else { return Ok(false) };
            let first = (&states[0].digest, states[0].lines);
            let same = states.iter().all(|state| (&state.digest, state.lines) == first);
            if !same {
                ring.ask_all();
            }
            Ok(same)
        })
    }

    fn ask_all(&mut self) {
        for machine in &mut self.machines {
            machine.state = None;
            // One that does not answer any more is waited for in vain, and that is said.
            let _asked = machine.process.as_mut().is_some_and(|it| it.type_line("/state"));
        }
    }

    /// Tells whether it came to hold in time.
    fn wait_until(
        &mut self,
        mut holds: impl FnMut(&mut Ring) -> Result<bool, String>,
    ) -> Result<bool, String> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            self.look()?;
            if holds(self)? {
                return Ok(true);
            }
            rest(LOOK);
        }
        Ok(false)
    }

    pub(super) fn record(&self) -> &Record {
        &self.record
    }

    /// How it goes.
    pub(super) fn news(&self, after: Duration) -> String {
        let acknowledged: usize = self.record.told.iter().map(|told| told.acknowledged.len()).sum();
        format!(
            "{:>4} s: {} killed, {} stopped, {acknowledged} of {} lines acknowledged",
            after.as_secs(),
            self.record.kills,
            self.record.stops,
            self.record.typed.iter().sum::<u64>()
        )
    }

    /// Leaves the files where they are, and tells where.
    pub(super) fn leave_files(&mut self) -> PathBuf {
        self.folder.leave();
        self.folder.path().to_owned()
    }
}
