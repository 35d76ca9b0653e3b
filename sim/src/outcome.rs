//! What came of a run: how it ended, what failed, and what was counted on the way.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::checker::violation::Guarantee;
use crate::coverage::Rare;
use crate::engine::{Frame, Standstill};
use crate::history::History;
use crate::world::Stopped;

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The seed it ran with.
    pub seed: u64,
    /// How it ended.
    pub verdict: Verdict,
    /// What failed, if anything did.
    pub failure: Option<Failure>,
    /// How often each guarantee was checked.
    pub counts: [(Guarantee, u64); 15],
    /// How long after the last fault the ring was closed; none if it never was, or no fault was.
    pub closed_after: Option<Duration>,
    /// How long the quiet phase took to settle; none if it did not.
    pub settled_after: Option<Duration>,
    /// How often the machine itself was too busy for what is played on it, and the worst of it. None in
    /// a simulation, and on a machine that never was.
    pub standstills: Option<(u32, Standstill)>,
    /// How much time passed in the simulated world.
    pub simulated: Duration,
    /// How many messages each member of the ring has delivered in the end, at least.
    pub delivered: u64,
    /// How many inputs the nodes have handled, if the engine counts them.
    pub handled: u64,
    /// The places of the steps that had no effect, of a lenient run.
    pub idle: Vec<usize>,
    /// Which rare things happened how often.
    pub coverage: BTreeMap<Rare, u64>,
    /// What happened.
    pub history: History,
    /// The frames, if they were kept.
    pub frames: Vec<Frame>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All guarantees held, and all expectations.
    Held,
    /// These did not hold, in words.
    Broken(Vec<String>),
    /// The scenario does not test what it says.
    NoEffect(String),
    /// The quiet phase did not settle in time; what is missing, in words.
    NotSettled(Vec<String>),
    /// These expectations of the scenario did not come true on a machine that was too busy for it:
    /// whatever a node does while others wait for their turn is right, and not what the scenario is
    /// about. No guarantee was seen broken; nothing else is known.
    TooBusy(Vec<String>),
}

impl Verdict {
    /// The same, of a run on a machine that was too busy: a step that had no effect may have had one on
    /// another.
    pub fn on_a_busy_machine(self) -> Verdict {
        match self {
            Verdict::NoEffect(why) => Verdict::TooBusy(vec![why]),
            Verdict::Held | Verdict::Broken(_) | Verdict::NotSettled(_) | Verdict::TooBusy(_) => {
                self
            }
        }
    }

    /// The exit code of the command: 0 held, 1 broken, 2 wrong usage, 3 not settled, 4 not judged.
    pub fn exit_code(&self) -> u8 {
        match self {
            Verdict::Held => 0,
            Verdict::Broken(_) => 1,
            Verdict::NoEffect(_) => 2,
            Verdict::NotSettled(_) => 3,
            Verdict::TooBusy(_) => 4,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Held => write!(f, "all held"),
            Verdict::Broken(what) => write!(f, "{}", what.join("; ")),
            Verdict::NoEffect(why) => write!(f, "{why}"),
            Verdict::NotSettled(missing) => write!(f, "not settled: {}", missing.join("; ")),
            Verdict::TooBusy(unmet) => {
                write!(f, "machine too busy, nothing judged: {}", unmet.join("; "))
            }
        }
    }
}

/// What failed in a run, without the particulars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Failure {
    /// A node panicked, or could not go on.
    Crash,
    /// This guarantee is broken.
    Guarantee(Guarantee),
    /// Chats differ, or are not what they should be.
    Chat,
    /// The quiet phase did not settle.
    NotSettled,
    /// The scenario's own expectations, or a step that has no effect.
    Scenario,
}

impl Failure {
    /// Whether both are the same fault, as far as one can tell: liveness fails in many ways.
    pub fn is_like(self, other: Failure) -> bool {
        let liveness = |failure| match failure {
            Failure::Guarantee(guarantee) => !guarantee.is_safety(),
            Failure::NotSettled => true,
            Failure::Crash | Failure::Chat | Failure::Scenario => false,
        };
        self == other || (liveness(self) && liveness(other))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Crash => write!(f, "crash"),
            Failure::Guarantee(guarantee) => write!(f, "{guarantee} {}", guarantee.name()),
            Failure::Chat => write!(f, "the chat"),
            Failure::NotSettled => write!(f, "liveness: not settled"),
            Failure::Scenario => write!(f, "the scenario itself"),
        }
    }
}

impl From<&Stopped> for Failure {
    fn from(stopped: &Stopped) -> Failure {
        match stopped {
            Stopped::Broken(violation) => Failure::Guarantee(violation.guarantee),
            Stopped::Crashed(_) => Failure::Crash,
            Stopped::NoEffect { .. } => Failure::Scenario,
        }
    }
}

impl From<Stopped> for Verdict {
    fn from(stopped: Stopped) -> Verdict {
        match &stopped {
            Stopped::Broken(_) | Stopped::Crashed(_) => Verdict::Broken(vec![stopped.to_string()]),
            Stopped::NoEffect { .. } => Verdict::NoEffect(stopped.to_string()),
        }
    }
}
