//! Runs a scenario with a seed: faults first, then a quiet phase in which everything must settle.

use std::time::Duration;

use crate::chats::judge::judge;
use crate::checker::violation::Violation;
use crate::expectations::unmet;
pub use crate::manner::Manner;
pub use crate::outcome::{Failure, Outcome, Verdict};
use crate::scenario::Scenario;
use crate::standstills::Standstills;
use crate::waits::{LOOK, WATCH};
use crate::world::{Stopped, World};

mod settle;

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
    /// What did not hold in the end.
    pub(crate) violations: Vec<Violation>,
    /// When the last fault was.
    disturbed: Option<Duration>,
    closed_after: Option<Duration>,
    settled_after: Option<Duration>,
    /// How often the machine itself was too busy, and the worst of it.
    standstills: Standstills,
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
            violations: Vec::new(),
            disturbed: None,
            closed_after: None,
            settled_after: None,
            standstills: Standstills::default(),
            at_rest: None,
        }
    }

    /// What came of it.
    pub fn end(self, seed: u64, ended: Result<Verdict, Stopped>) -> Outcome {
        let Run { mut world, closed_after, settled_after, standstills, idle, failure, .. } = self;
        let mut failure = ended.as_ref().map_or_else(|stopped| Some(stopped.into()), |_| failure);
        let mut verdict = ended.unwrap_or_else(Verdict::from);
        let history = world.take_history();
        if world.scenario().chat
            && verdict == Verdict::Held
            && let Err(words) = judge(&history)
        {
            (failure, verdict) = (Some(Failure::Chat), Verdict::Broken(vec![words]));
        }
        Outcome {
            seed,
            verdict: if standstills.any() { verdict.on_a_busy_machine() } else { verdict },
            failure,
            counts: world.checkers().counts(),
            closed_after,
            settled_after,
            standstills: standstills.worst(),
            simulated: world.elapsed(),
            delivered: world.delivered(),
            handled: world.handled(),
            idle,
            coverage: world.coverage().counts().clone(),
            history,
            frames: world.take_frames(),
        }
    }

    /// All of it, faults and quiet.
    pub(crate) fn play(&mut self) -> Result<Verdict, Stopped> {
        let ended = self.faults().and_then(|()| self.calm());
        // A task that waited is known to have done so once it has run again.
        self.mind_standstill()?;
        ended
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
        let quiet_from = self.world.begin_quiet();
        self.world.run_to(self.world.elapsed() + WATCH, true)?;
        self.world.let_in(LOOK, WATCH)?;
        if settled.is_some() {
            self.hear_out()?;
        }
        if self.mind_standstill()? {
            // It was not left in peace: it settles again, and is watched again.
            return if self.standstills.too_many() { Ok(self.unsettled()) } else { self.calm() };
        }
        if !self.lenient {
            self.world.check_effects()?;
        }
        let broken = self.broken(settled.map(|_| quiet_from));
        self.failure = broken.first().map(|it| Failure::Guarantee(it.guarantee));
        let mut wrong = words(&broken);
        let unmet = unmet(&self.world, self.closed_after);
        if !unmet.is_empty() {
            if wrong.is_empty() && self.standstills.any() {
                return Ok(Verdict::TooBusy(unmet));
            }
            self.failure.get_or_insert(Failure::Scenario);
        }
        wrong.extend(unmet);
        Ok(if wrong.is_empty() { Verdict::Held } else { Verdict::Broken(wrong) })
    }

    /// The quiet phase did not settle: why. A search may lose a quorum for good; then what is left
    /// has to say so, and to wait.
    fn unsettled(&mut self) -> Verdict {
        if self.standstills.too_many() {
            return Verdict::TooBusy(vec!["the ring was never left in peace".to_owned()]);
        }
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
            self.mind_standstill()?;
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
        if self.world.scenario().steps[place].action.disturbs() {
            self.disturb();
        }
        Ok(())
    }

    /// The ring has to be closed anew from here on.
    fn disturb(&mut self) {
        (self.closed_after, self.at_rest) = (None, None);
        self.disturbed = Some(self.world.elapsed());
    }

    /// If the machine itself stood still, that is noted, and excuses nothing: how long the repair took still
    /// counts from the last fault that the scenario knows of. Tells whether it did.
    fn mind_standstill(&mut self) -> Result<bool, Stopped> {
        let Some(found) = self.world.take_standstill()? else { return Ok(false) };
        self.standstills.note(found);
        Ok(true)
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
        self.violations = self.world.checkers_mut().settle(&picture);
        self.violations.clone()
    }
}

fn words(broken: &[Violation]) -> Vec<String> {
    broken.iter().map(Violation::to_string).collect()
}
