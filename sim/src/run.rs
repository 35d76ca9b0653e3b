//! Runs a scenario with a seed: faults first, then a quiet phase in which everything must settle.

use std::collections::BTreeMap;
use std::time::Duration;

use ringchat::proto::status::Role;

use crate::checker::violation::{Guarantee, Violation};
use crate::coverage::Rare;
use crate::engine::Frame;
use crate::history::History;
use crate::scenario::{Action, NodeIndex, Scenario};
use crate::world::{Ground, Keep, Settled, Stopped, World};

/// How often the run looks whether the ring is closed or settled.
const LOOK: Duration = Duration::from_millis(50);

/// How long a ring has to look settled until it counts as such: a leader may move the tie-breaker
/// to itself in a quiet moment, and an election may be on its way.
const STEADY: Duration = Duration::from_secs(1);

/// How long a ring may take to notice what was done to it.
const NOTICED: Duration = Duration::from_secs(3);

/// How long a settled ring is watched: no election, no new view.
const WATCH: Duration = Duration::from_secs(2);

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
}

impl Verdict {
    /// The exit code of the command: 0 held, 1 broken, 2 wrong usage, 3 not settled.
    pub fn exit_code(&self) -> u8 {
        match self {
            Verdict::Held => 0,
            Verdict::Broken(_) => 1,
            Verdict::NoEffect(_) => 2,
            Verdict::NotSettled(_) => 3,
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Verdict::Held => write!(f, "all held"),
            Verdict::Broken(what) => write!(f, "{}", what.join("; ")),
            Verdict::NoEffect(why) => write!(f, "{why}"),
            Verdict::NotSettled(missing) => write!(f, "not settled: {}", missing.join("; ")),
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
            Failure::Crash | Failure::Scenario => false,
        };
        self == other || (liveness(self) && liveness(other))
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Crash => write!(f, "crash"),
            Failure::Guarantee(guarantee) => write!(f, "{guarantee} {}", guarantee.name()),
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

/// How to run a scenario.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// On which engine.
    pub ground: Ground,
    /// What to write down.
    pub keep: Keep,
    /// Go on where a step has no effect: it may be a step that a search has thought of.
    pub lenient: bool,
}

impl Manner {
    /// On this engine, with the history, without frames.
    pub fn on(ground: Ground) -> Manner {
        let keep = Keep { history: true, ..Keep::default() };
        Manner { ground, keep, lenient: false }
    }
}

/// Runs a scenario. The same scenario and seed give the same outcome, byte for byte.
pub fn run(scenario: &Scenario, seed: u64, manner: Manner) -> Outcome {
    let world = World::new(scenario, seed, manner.ground, manner.keep);
    let mut run = Run::new(world, manner.lenient);
    let ended = run.play();
    run.end(seed, ended)
}

/// A run under way.
#[derive(Debug)]
pub struct Run {
    /// The world it is in.
    pub world: World,
    lenient: bool,
    /// The places of the steps that had no effect.
    idle: Vec<usize>,
    /// What failed in the quiet phase.
    failure: Option<Failure>,
    /// When the last fault was.
    disturbed: Option<Duration>,
    closed_after: Option<Duration>,
    settled_after: Option<Duration>,
    /// Whether the ring was closed at the last look, and nothing has happened since.
    at_rest: Option<bool>,
}

impl Run {
    /// A run that has not begun.
    pub fn new(mut world: World, lenient: bool) -> Run {
        if lenient {
            world.be_lenient();
        }
        Run {
            world,
            lenient,
            idle: Vec::new(),
            failure: None,
            disturbed: None,
            closed_after: None,
            settled_after: None,
            at_rest: None,
        }
    }

    /// What came of it.
    pub fn end(self, seed: u64, ended: Result<Verdict, Stopped>) -> Outcome {
        let Run { mut world, closed_after, settled_after, idle, failure, .. } = self;
        let failure = ended.as_ref().map_or_else(|stopped| Some(stopped.into()), |_| failure);
        Outcome {
            seed,
            verdict: ended.unwrap_or_else(Verdict::from),
            failure,
            counts: world.checkers().counts(),
            closed_after,
            settled_after,
            simulated: world.elapsed(),
            delivered: world.delivered(),
            handled: world.handled(),
            idle,
            coverage: world.coverage().counts().clone(),
            history: world.take_history(),
            frames: world.take_frames(),
        }
    }

    fn play(&mut self) -> Result<Verdict, Stopped> {
        self.faults()?;
        self.calm()
    }

    /// The quiet phase: what is not to stand is undone, and everything must settle.
    ///
    /// # Errors
    /// If a guarantee of safety is broken, or a node crashes.
    pub fn calm(&mut self) -> Result<Verdict, Stopped> {
        self.world.calm()?;
        let calm_from = self.world.elapsed();
        let expects = self.world.scenario().expect.settles;
        let settled = if expects { self.settle()? } else { None };
        if let Some(at) = settled {
            self.settled_after = Some(at.saturating_sub(calm_from));
        } else if expects {
            return Ok(self.unsettled());
        }
        let quiet_from = self.world.now();
        self.world.run_to(self.world.elapsed() + WATCH, true)?;
        if !self.lenient {
            self.world.check_effects()?;
        }
        let broken = self.broken(settled.map(|_| quiet_from));
        self.failure = broken.first().map(|it| Failure::Guarantee(it.guarantee));
        let mut wrong = words(&broken);
        let unmet = self.unmet();
        if !unmet.is_empty() {
            self.failure.get_or_insert(Failure::Scenario);
        }
        wrong.extend(unmet);
        Ok(if wrong.is_empty() { Verdict::Held } else { Verdict::Broken(wrong) })
    }

    /// The quiet phase did not settle: why. A search may lose a quorum for good; then what is left
    /// has to say so, and to wait.
    fn unsettled(&mut self) -> Verdict {
        self.world.look();
        if self.lenient && !self.world.may_go_on() {
            let Some(violation) = self.world.waits_in_vain() else { return Verdict::Held };
            self.failure = Some(Failure::Guarantee(violation.guarantee));
            return Verdict::Broken(vec![violation.to_string()]);
        }
        let mut missing = words(&self.broken(None));
        if missing.is_empty() && self.lenient && !self.world.has_core() {
            // There is a quorum, but what is left standing hinders some of it.
            return Verdict::Held;
        }
        self.failure = Some(Failure::NotSettled);
        if missing.is_empty() {
            missing.push("nobody has a quorum, or something is still under way".to_owned());
        }
        Verdict::NotSettled(missing)
    }

    /// The steps of the scenario, each when it is due.
    fn faults(&mut self) -> Result<(), Stopped> {
        let (duration, count) = (self.world.scenario().duration, self.world.scenario().steps.len());
        for place in 0..count {
            let at = self.world.scenario().steps[place].at.min(duration);
            self.pass(at)?;
            self.act(place)?;
        }
        self.pass(duration)
    }

    /// Lets time pass, with a look now and then at whether the ring is closed.
    ///
    /// # Errors
    /// If a guarantee of safety is broken, or a node crashes.
    pub fn pass(&mut self, until: Duration) -> Result<(), Stopped> {
        while self.world.elapsed() < until {
            let look = self.world.elapsed() + LOOK;
            let next = if self.disturbed.is_some() { look.min(until) } else { until };
            self.world.run_to(next, self.world.asks_ahead())?;
            self.look_for_circle();
        }
        Ok(())
    }

    /// Carries out a step. In a lenient run it may come to nothing.
    ///
    /// # Errors
    /// If it has no effect, or a guarantee of safety is broken.
    pub fn act(&mut self, place: usize) -> Result<(), Stopped> {
        self.world.look();
        match self.world.act(place) {
            Err(Stopped::NoEffect { .. }) if self.lenient => {
                self.idle.push(place);
                return Ok(());
            }
            done => done?,
        }
        let disturbs = match self.world.scenario().steps[place].action {
            Action::Say { .. } | Action::Stuck(_) | Action::Ease(_) => false,
            Action::Kill(_)
            | Action::Power(_)
            | Action::Restart(_)
            | Action::Pause(_)
            | Action::Resume(_)
            | Action::Partition(_)
            | Action::Cut { .. }
            | Action::Deaf(_)
            | Action::Mute(_)
            | Action::Heal(_)
            | Action::Slow { .. }
            | Action::Limit { .. }
            | Action::Reset(..)
            | Action::Replay(..)
            | Action::Garbage(..)
            | Action::Sluggish { .. }
            | Action::Disk { .. }
            | Action::Clock { .. }
            | Action::Drift { .. }
            | Action::Join(_)
            | Action::Leave(_)
            | Action::Alone(_) => true,
        };
        if disturbs {
            self.disturbed = Some(self.world.elapsed());
            self.closed_after = None;
            self.at_rest = None;
        }
        Ok(())
    }

    /// Waits until the ring has been settled for a while. Gives the moment since when it is.
    fn settle(&mut self) -> Result<Option<Duration>, Stopped> {
        let limit = self.world.elapsed() + self.world.scenario().settle_within + 2 * STEADY;
        let mut since: Option<(Duration, Settled)> = None;
        // A fault that stands may have come a moment ago, and not be noticed yet.
        let noticed = !self.world.has_standing_faults();
        while self.world.elapsed() < limit {
            self.world.run_to(self.world.elapsed() + LOOK, self.world.asks_ahead())?;
            self.look_for_circle();
            let now = self.world.elapsed();
            let stirred = self.world.take_stirred();
            since = match since {
                // What was settled stays so as long as nothing happens.
                Some(settled) if !stirred => Some(settled),
                before => {
                    self.world.look();
                    match (before, self.world.settled()) {
                        (Some((at, before)), Some(settled)) if before == settled => {
                            Some((at, before))
                        }
                        (_, settled) => settled.map(|settled| (now, settled)),
                    }
                }
            };
            if let Some((at, settled)) = since
                && now >= at + if settled.at_tie_breaker { STEADY } else { 2 * STEADY }
                && (noticed || now >= self.disturbed.unwrap_or_default() + NOTICED)
            {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    fn look_for_circle(&mut self) {
        let Some(disturbed) = self.disturbed else { return };
        let moved = self.world.take_moved();
        if !moved && self.at_rest == Some(true) {
            return;
        }
        self.world.look();
        // A fault that nobody has noticed yet leaves the circle as it was: what counts is the moment
        // since when it is closed for good.
        let after = self.world.elapsed().saturating_sub(disturbed);
        let since = self.closed_after.unwrap_or(after);
        let closed = self.world.is_closed();
        self.at_rest = Some(closed);
        self.closed_after = closed.then_some(since);
    }

    fn broken(&mut self, quiet_from: Option<ringchat::proto::time::Instant>) -> Vec<Violation> {
        let picture = self.world.picture(quiet_from);
        self.world.checkers_mut().settle(&picture)
    }

    /// What the scenario expects and did not get.
    fn unmet(&self) -> Vec<String> {
        let scenario = self.world.scenario();
        let expect = &scenario.expect;
        let names = |nodes: &[NodeIndex]| {
            nodes.iter().map(|node| scenario.name_of(*node)).collect::<Vec<_>>().join(" ")
        };
        let mut unmet = Vec::new();
        let mut want = |held: bool, expected: String, found: String| {
            if !held {
                unmet.push(format!("[expect] expected {expected}; found {found}"));
            }
        };
        let leader = self.world.leader();
        let members = self.world.members();
        let found = names(&members);
        if let Some(count) = expect.members {
            want(members.len() == count, format!("{count} members"), found.clone());
        }
        if let Some(expected) = &expect.member_names {
            let mut sorted = (expected.clone(), members);
            sorted.0.sort();
            sorted.1.sort();
            want(sorted.0 == sorted.1, format!("the members {}", names(expected)), found);
        }
        if let Some(expected) = &expect.leader {
            let held = leader.is_some_and(|leader| expected.contains(&leader));
            let found = leader.map_or("none", |leader| scenario.name_of(leader));
            want(held, format!("the leader to be {}", names(expected)), found.to_owned());
        }
        if let Some(within) = expect.closed_within {
            let held = self.closed_after.is_some_and(|after| after <= within);
            let expected = format!("the ring closed within {within:?} of the last fault");
            want(held, expected, format!("{:?}", self.closed_after));
        }
        if let Some(count) = expect.delivered {
            let found = self.world.delivered();
            want(found == count, format!("{count} messages delivered"), found.to_string());
        }
        for node in &expect.no_quorum {
            let held = self.world.says_no_quorum(*node);
            let expected = format!("{} to say that there is no quorum", names(&[*node]));
            want(held, expected, "it does not".to_owned());
        }
        if !expect.settles {
            let found = leader.map(|leader| scenario.name_of(leader).to_owned());
            let leads = self.world.statuses().any(|(_, status)| status.role == Role::Leader);
            want(!leads, "nobody to lead".to_owned(), found.unwrap_or_default());
        }
        unmet
    }
}

fn words(broken: &[Violation]) -> Vec<String> {
    broken.iter().map(Violation::to_string).collect()
}
