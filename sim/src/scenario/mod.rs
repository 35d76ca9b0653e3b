//! Scenario files as types that cannot be wrong: who is there, what happens when, what must hold.

mod action;
mod error;
mod expect;
mod fields;
mod file;
mod names;
mod network;
mod step;
mod targets;
mod timing;
mod verbs;
mod workload;
mod write;
mod write_step;

use std::path::Path;
use std::time::Duration;

use ringchat::proto::config::Config;

pub use self::action::{Action, DRIFT_PPM_MAX, Direction, Target, said};
pub use self::error::ScenarioError;
pub use self::names::NODES_MAX;
pub use self::network::{Cuts, Network};

/// How long the quiet phase may take, if nobody says otherwise.
const SETTLE_WITHIN: Duration = Duration::from_secs(20);

/// Where there are disks, so many committed entries stand there before a snapshot takes their place: few,
/// so that it happens.
const DISK_ENTRIES: u64 = 24;

/// What opens the file of a scenario that has no description.
const UNDESCRIBED: &str = "Nobody has described this scenario yet.";

/// One run of the simulator, but for the lots that its seed decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// The file's name without its ending; the snapshot of its trace has the same.
    pub name: String,
    /// The comment that the file opens with: what happens, why it matters, what must hold.
    pub description: String,
    /// All lots follow from this one number.
    pub seed: u64,
    /// The names of all nodes, those that join later last.
    pub names: Vec<String>,
    /// How many of them are there from the beginning. The first founds the ring.
    pub founders: usize,
    /// When the faults and the workload are over, and the quiet phase begins.
    pub duration: Duration,
    /// How long the quiet phase may take to settle.
    pub settle_within: Duration,
    /// Whether a node that is started again finds what its disk held, and is the one that it was.
    pub disks: bool,
    /// Every message stands for a command of the chat, and the states of all chats are compared.
    pub chat: bool,
    /// What network and machines do when no step interferes.
    pub network: Network,
    /// The nodes' bounds.
    pub config: Config,
    /// Who says how much.
    pub workloads: Vec<Workload>,
    /// What happens, in order of time.
    pub steps: Vec<Step>,
    /// What must hold in the end, besides all guarantees.
    pub expect: Expect,
}

/// A node, by its place in [`Scenario::names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeIndex(pub usize);

/// What a node counts in elections by Fast Bully: the later it is named, the more.
pub fn priority(node: NodeIndex) -> u32 {
    u32::try_from(node.0).unwrap_or(u32::MAX)
}

/// Lines said at regular intervals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Who says them.
    pub who: Vec<NodeIndex>,
    /// How many each of them says.
    pub lines: u64,
    /// How long each waits between two lines.
    pub every: Duration,
    /// When the first line is said.
    pub from: Duration,
}

impl Workload {
    /// Shortens it to what is said before `end`. False if nothing is.
    pub fn ends_before(&mut self, end: Duration) -> bool {
        let left = end.saturating_sub(self.from).as_micros();
        let said = left.div_ceil(self.every.as_micros().max(1));
        self.lines = self.lines.min(u64::try_from(said).unwrap_or(u64::MAX));
        self.lines > 0
    }
}

/// Something that happens at a certain time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When, since the start.
    pub at: Duration,
    /// Where in the file, for messages about it.
    pub line: usize,
    /// What.
    pub action: Action,
    /// Whether the quiet phase leaves it as it is, where it would else heal it.
    pub standing: bool,
}

/// What must hold in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expect {
    /// How many members the ring has.
    pub members: Option<usize>,
    /// Who exactly they are.
    pub member_names: Option<Vec<NodeIndex>>,
    /// Who may lead.
    pub leader: Option<Vec<NodeIndex>>,
    /// How long after the last fault the ring may take to be closed again.
    pub closed_within: Option<Duration>,
    /// How many messages every member has delivered.
    pub delivered: Option<u64>,
    /// Who says "no quorum".
    pub no_quorum: Vec<NodeIndex>,
    /// Whether anybody leads in the end at all.
    pub settles: bool,
}

impl Default for Expect {
    /// That the ring settles, whoever is in it.
    fn default() -> Expect {
        Expect {
            members: None,
            member_names: None,
            leader: None,
            closed_within: None,
            delivered: None,
            no_quorum: Vec::new(),
            settles: true,
        }
    }
}

impl Step {
    /// A step that no file holds yet, and that the quiet phase undoes if it can be undone.
    pub fn new(at: Duration, action: Action) -> Step {
        Step { at, line: 0, action, standing: false }
    }
}

impl Scenario {
    /// A scenario in which nodes `n1` to `n{nodes}` are left in peace for ten seconds, to be filled
    /// by a program. A file may hold 1 to [`NODES_MAX`] nodes.
    pub fn new(name: &str, seed: u64, nodes: usize) -> Scenario {
        Scenario {
            name: name.to_owned(),
            description: UNDESCRIBED.to_owned(),
            seed,
            names: numbered(nodes).collect(),
            founders: nodes,
            duration: Duration::from_secs(10),
            settle_within: SETTLE_WITHIN,
            disks: false,
            chat: false,
            network: Network::default(),
            config: Config::default(),
            workloads: Vec::new(),
            steps: Vec::new(),
            expect: Expect::default(),
        }
    }

    /// The same with this description, laid out as the opening comment of a file has it.
    pub fn described(mut self, text: &str) -> Scenario {
        self.description = write::laid_out(text);
        self
    }

    /// Reads a scenario file.
    ///
    /// # Errors
    /// If it cannot be read, or says something that cannot be. Nothing was run then.
    pub fn load(path: &Path) -> Result<Scenario, ScenarioError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| ScenarioError {
            message: format!("cannot read this scenario: {error}"),
            hint: Some("`sim list` shows the scenarios that are there".to_owned()),
            file: file.clone(),
            line: 0,
            column: 0,
            excerpt: String::new(),
            width: 0,
        })?;
        let name = path.file_stem().map_or_else(|| file.clone(), |stem| stem.display().to_string());
        Scenario::parse(&file, &name, &text)
    }

    /// Makes a scenario of a file's text. `file` stands in errors.
    ///
    /// # Errors
    /// If the text says something that cannot be.
    pub fn parse(file: &str, name: &str, text: &str) -> Result<Scenario, ScenarioError> {
        file::parse(error::Source { file, text }, name)
    }

    /// The same with disks that are read again.
    pub fn on_disks(mut self) -> Scenario {
        self.disks = true;
        self.config.disk_entries = Some(DISK_ENTRIES);
        self
    }

    /// Whether it counts what nodes write, or how long that takes.
    pub fn asks_of_disks(&self) -> bool {
        let slow = |step: &Step| matches!(step.action, Action::Disk { .. });
        self.disks || !self.network.disk_max.is_zero() || self.steps.iter().any(slow)
    }

    /// What of it only the event engine can do; none if it can be run on turmoil as well.
    pub fn beyond_turmoil(&self) -> Option<&'static str> {
        let Network { tail_per_mille, cuts, rejects, .. } = self.network;
        let weather = [
            (tail_per_mille > 0, "latencies with a tail"),
            (cuts == Cuts::Stall, "connections that stall"),
            (rejects, "dials that are rejected"),
        ];
        let weather = weather.into_iter().find_map(|(is, what)| is.then_some(what));
        weather.or_else(|| self.steps.iter().find_map(|step| step.action.beyond_turmoil()))
    }

    /// What of it real processes cannot do; none if it can be run on them as well.
    pub fn beyond_processes(&self) -> Option<&'static str> {
        let Network { rejects, disk_max, .. } = self.network;
        // Where disks are read again, real ones take the time that they take.
        let slow = !self.disks && !disk_max.is_zero();
        let weather = [
            (rejects, "dials that are rejected by whoever cannot be reached"),
            (slow, "disks that take their time"),
        ];
        let weather = weather.into_iter().find_map(|(is, what)| is.then_some(what));
        weather.or_else(|| self.steps.iter().find_map(|step| step.action.beyond_processes()))
    }

    /// Whether any step of it sends frames once more, which therefore have to be kept.
    pub fn may_replay(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.action, Action::Replay(..)))
    }

    /// The name of a node.
    pub fn name_of(&self, node: NodeIndex) -> &str {
        self.names.get(node.0).map_or("?", String::as_str)
    }

    /// The first sentence of the description.
    pub fn summary(&self) -> String {
        let flat = self.description.split_whitespace().collect::<Vec<_>>().join(" ");
        match flat.find(". ") {
            Some(end) => flat[..=end].to_owned(),
            None => flat,
        }
    }
}

/// The names of nodes that are only counted.
fn numbered(count: usize) -> impl Iterator<Item = String> {
    (1..=count).map(|number| format!("n{number}"))
}
