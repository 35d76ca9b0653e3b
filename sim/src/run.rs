//! Runs a scenario with a seed: faults first, then a quiet phase in which everything must settle.

use std::time::Duration;

use ringchat::proto::status::Role;

use crate::checker::violation::{Guarantee, Violation};
use crate::history::History;
use crate::scenario::{Action, NodeIndex, Scenario};
use crate::traffic::Frame;
use crate::world::{Settled, Stopped, World};

/// How often the run looks whether the ring is closed or settled.
const LOOK: Duration = Duration::from_millis(50);

/// How long a ring has to look settled until it counts as such: a leader may move the tie-breaker
/// to itself in a quiet moment, and an election may be on its way.
const STEADY: Duration = Duration::from_secs(1);

/// How long a settled ring is watched: no election, no new view.
const WATCH: Duration = Duration::from_secs(2);

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The seed it ran with.
    pub seed: u64,
    /// How it ended.
    pub verdict: Verdict,
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

impl From<Stopped> for Verdict {
    fn from(stopped: Stopped) -> Verdict {
        match &stopped {
            Stopped::Broken(_) | Stopped::Crashed(_) => Verdict::Broken(vec![stopped.to_string()]),
            Stopped::NoEffect { .. } => Verdict::NoEffect(stopped.to_string()),
        }
    }
}

/// Runs a scenario. The same scenario and seed give the same outcome, byte for byte.
pub fn run(scenario: &Scenario, seed: u64, keep_frames: bool) -> Outcome {
    let mut run = Run {
        scenario,
        world: World::new(scenario, seed, keep_frames),
        disturbed: None,
        closed_after: None,
        settled_after: None,
    };
    let verdict = run.play().unwrap_or_else(Verdict::from);
    let Run { world, closed_after, settled_after, .. } = run;
    Outcome {
        seed,
        verdict,
        counts: world.checkers().counts(),
        closed_after,
        settled_after,
        simulated: world.elapsed(),
        delivered: world.delivered(),
        history: world.history().clone(),
        frames: world.frames().to_vec(),
    }
}

struct Run<'s> {
    scenario: &'s Scenario,
    world: World<'s>,
    /// When the last fault was.
    disturbed: Option<Duration>,
    closed_after: Option<Duration>,
    settled_after: Option<Duration>,
}

impl Run<'_> {
    fn play(&mut self) -> Result<Verdict, Stopped> {
        self.faults()?;
        self.world.calm()?;
        let calm_from = self.world.elapsed();
        let settled = if self.scenario.expect.settles { self.settle()? } else { None };
        if let Some(at) = settled {
            self.settled_after = Some(at.saturating_sub(calm_from));
        } else if self.scenario.expect.settles {
            let mut missing = self.broken(None);
            if missing.is_empty() {
                missing.push("nobody has a quorum, or something is still under way".to_owned());
            }
            return Ok(Verdict::NotSettled(missing));
        }
        let quiet_from = self.world.now();
        self.wait(WATCH)?;
        self.world.check_effects()?;
        let mut wrong = self.broken(settled.map(|_| quiet_from));
        wrong.extend(self.unmet());
        Ok(if wrong.is_empty() { Verdict::Held } else { Verdict::Broken(wrong) })
    }

    /// The steps of the scenario, each when it is due.
    fn faults(&mut self) -> Result<(), Stopped> {
        let tick = self.scenario.network.tick;
        let mut next = 0;
        let mut looked = Duration::ZERO;
        while self.world.elapsed() < self.scenario.duration {
            let now = self.world.elapsed();
            let due = |step: usize, by| self.scenario.steps.get(step).is_some_and(|s| s.at <= by);
            let look = self.waits_for_circle() && now >= looked + LOOK;
            self.world.step(look || due(next, now + tick))?;
            if look {
                looked = now;
                self.look_for_circle();
            }
            while due(next, self.world.elapsed()) {
                self.world.act(next)?;
                let talk = matches!(self.scenario.steps[next].action, Action::Say { .. });
                if !talk {
                    self.disturbed = Some(self.world.elapsed());
                    self.closed_after = None;
                }
                next += 1;
            }
        }
        Ok(())
    }

    /// Waits until the ring has been settled for a while. Gives the moment since when it is.
    fn settle(&mut self) -> Result<Option<Duration>, Stopped> {
        let limit = self.world.elapsed() + self.scenario.settle_within + STEADY;
        let mut since: Option<(Duration, Settled)> = None;
        while self.world.elapsed() < limit {
            self.wait(LOOK)?;
            if self.waits_for_circle() {
                self.look_for_circle();
            }
            let now = self.world.elapsed();
            since = match (since, self.world.settled()) {
                (Some((at, before)), Some(settled)) if before == settled => Some((at, before)),
                (_, settled) => settled.map(|settled| (now, settled)),
            };
            if let Some((at, _)) = since
                && now >= at + STEADY
            {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// Lets time pass; in the last step the nodes are asked what they know.
    fn wait(&mut self, length: Duration) -> Result<(), Stopped> {
        let until = self.world.elapsed() + length;
        let tick = self.scenario.network.tick;
        while self.world.elapsed() < until {
            self.world.step(self.world.elapsed() + tick >= until)?;
        }
        Ok(())
    }

    fn waits_for_circle(&self) -> bool {
        self.disturbed.is_some()
    }

    fn look_for_circle(&mut self) {
        if let Some(disturbed) = self.disturbed {
            // A fault that nobody has noticed yet leaves the circle as it was: what counts is the
            // moment since when it is closed for good.
            let after = self.world.elapsed().saturating_sub(disturbed);
            let since = self.closed_after.unwrap_or(after);
            self.closed_after = self.world.is_closed().then_some(since);
        }
    }

    fn broken(&mut self, quiet_from: Option<ringchat::proto::time::Instant>) -> Vec<String> {
        let picture = self.world.picture(quiet_from);
        let broken = self.world.checkers_mut().settle(&picture);
        broken.iter().map(Violation::to_string).collect()
    }

    /// What the scenario expects and did not get.
    fn unmet(&self) -> Vec<String> {
        let expect = &self.scenario.expect;
        let names = |nodes: &[NodeIndex]| {
            nodes.iter().map(|node| self.scenario.name_of(*node)).collect::<Vec<_>>().join(" ")
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
            let found = leader.map_or("none", |leader| self.scenario.name_of(leader));
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
            let found = leader.map(|leader| self.scenario.name_of(leader).to_owned());
            let leads = self.world.statuses().any(|(_, status)| status.role == Role::Leader);
            want(!leads, "nobody to lead".to_owned(), found.unwrap_or_default());
        }
        unmet
    }
}
