//! Scenario files as types that cannot be wrong: who is there, what happens when, what must hold.

mod error;
mod expect;
mod fields;
mod file;
mod names;
mod step;
mod timing;
mod workload;

use std::path::Path;
use std::time::Duration;

use ringchat::proto::config::Config;

pub use self::error::ScenarioError;

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
    /// Latencies and the step of the simulated clock.
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

/// The simulated network. Latencies are whole ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// The least time a frame takes.
    pub latency_min: Duration,
    /// The longest time a frame takes.
    pub latency_max: Duration,
    /// How far the simulated clock goes at once.
    pub tick: Duration,
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

/// What can be done to a ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// The process dies; its machine goes on, and refuses connections.
    Kill(Vec<Target>),
    /// The machine dies without a word; connections to it hang.
    Power(Vec<Target>),
    /// A new incarnation of a dead node starts, and asks the others to take it in.
    Restart(Vec<Target>),
    /// The process stands still, as under SIGSTOP.
    Pause(Vec<Target>),
    /// It goes on.
    Resume(Vec<Target>),
    /// Frames between different sets are lost.
    Partition(Vec<Vec<Target>>),
    /// Frames over one link are lost.
    Cut {
        /// One end.
        a: Target,
        /// The other end.
        b: Target,
        /// In both directions, or only from `a` to `b`.
        direction: Direction,
    },
    /// The node hears nobody, but is heard.
    Deaf(Target),
    /// Nobody hears the node, but it hears all.
    Mute(Target),
    /// Nothing is lost and nothing is slow any more: everywhere, or between two nodes.
    Heal(Option<(Target, Target)>),
    /// Frames over one link take this long.
    Slow {
        /// One end.
        a: Target,
        /// The other end.
        b: Target,
        /// The latency.
        latency: Duration,
    },
    /// New nodes start, and ask the others to take them in.
    Join(Vec<NodeIndex>),
    /// Nodes leave gracefully, and end.
    Leave(Vec<Target>),
    /// A node without a quorum goes on as a ring of its own.
    Alone(Target),
    /// A node says something.
    Say {
        /// Who.
        by: Target,
        /// What.
        text: String,
    },
}

/// Which way a cut goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Nothing passes.
    Both,
    /// What the first says does not reach the second.
    AToB,
}

/// Who a step is meant for, by name or by role. Roles are looked up when the step is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// This node.
    Node(NodeIndex),
    /// Who leads, under the greatest ballot if there are several.
    Leader,
    /// The tie-breaker of the newest view.
    TieBreaker,
    /// A living member that does not lead, by lot.
    AnyFollower,
    /// The next one in the ring order of the newest view.
    Successor(Box<Target>),
    /// The one before in the ring order of the newest view.
    Predecessor(Box<Target>),
    /// All that are dead.
    Killed,
    /// All that stand still.
    Paused,
    /// All that no other set of a partition holds.
    Rest,
}

/// What must hold in the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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

impl Scenario {
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
