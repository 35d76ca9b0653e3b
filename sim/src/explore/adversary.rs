//! Plays the faults of a run: each at random, or at the moment when it hurts most.
//!
//! Whatever it does becomes a step of the scenario, with its time and the names of those it strikes.
//! So a run can be played again without the adversary, and shrunk.

use std::time::Duration;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use ringchat::proto::event::Event;

use super::kind::Swarm;
use super::strike;
use crate::engine::Note;
use crate::history::Happening;
use crate::run::Run;
use crate::scenario::{Action, NodeIndex, Step};
use crate::world::Stopped;

/// How long a ring may take to come together before the first fault.
const GATHERS: Duration = Duration::from_secs(5);

/// Plays the faults of a run.
#[derive(Debug)]
pub(super) struct Adversary {
    pub(super) lots: ChaCha8Rng,
    swarm: Swarm,
}

/// What the adversary waits for before it strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Election,
    Won,
    Leads,
    Promised,
    Proposed,
    Installed,
    Snapshot,
    Joining,
    CaughtUp,
    Truncated,
    Submitted,
    Delivered,
    Healing,
}

const MOMENTS: [Moment; 13] = [
    Moment::Election,
    Moment::Won,
    Moment::Leads,
    Moment::Promised,
    Moment::Proposed,
    Moment::Installed,
    Moment::Snapshot,
    Moment::Joining,
    Moment::CaughtUp,
    Moment::Truncated,
    Moment::Submitted,
    Moment::Delivered,
    Moment::Healing,
];

impl Adversary {
    pub(super) fn new(lots: ChaCha8Rng, swarm: Swarm) -> Adversary {
        Adversary { lots, swarm }
    }

    /// The faults of a run, up to the quiet phase.
    pub(super) fn play(&mut self, run: &mut Run) -> Result<(), Stopped> {
        if self.lots.random_bool(0.8) {
            self.gather(run)?;
        }
        let count = match self.lots.random_range(0..10) {
            0..4 => self.lots.random_range(1..5),
            4..8 => self.lots.random_range(4..12),
            _ => self.lots.random_range(10..30),
        };
        for _ in 0..count {
            let struck = self.moment(run)?;
            if self.strike(run, struck)? {
                return Ok(());
            }
        }
        // A third of all runs keep a fault for good.
        if self.lots.random_range(0..3) == 0 {
            let struck = self.moment(run)?;
            run.world.look();
            if let Some(action) = strike::for_good(&mut self.lots, &run.world, struck) {
                self.act(run, Step { standing: true, ..action })?;
            }
        }
        let rest = Duration::from_millis(self.lots.random_range(1..500));
        run.world.run_to(run.world.elapsed() + rest, false)
    }

    fn gather(&mut self, run: &mut Run) -> Result<(), Stopped> {
        while run.world.elapsed() < GATHERS && !run.world.has_gathered() {
            run.world.run_to(run.world.elapsed() + Duration::from_millis(100), false)?;
        }
        Ok(())
    }

    /// Lets time pass: at random, or until something has just begun somewhere. Gives the node that
    /// should be struck now.
    fn moment(&mut self, run: &mut Run) -> Result<Option<NodeIndex>, Stopped> {
        let wait = match self.lots.random_range(0..10) {
            0 => self.lots.random_range(400_000..3_000_000),
            1..4 => self.lots.random_range(1..5_000),
            _ => self.lots.random_range(1_000..400_000),
        };
        let now = run.world.elapsed();
        let wait = Duration::from_micros(wait);
        if self.lots.random_bool(0.5) {
            run.world.run_to(now + wait, false)?;
            return Ok(None);
        }
        let moment = MOMENTS[self.lots.random_range(0..MOMENTS.len())];
        let mut at = None;
        let came = run.world.run_until(now + wait * 2, false, &mut |note| {
            let is = moment.is(note);
            if is {
                at = Some(note.node);
            }
            is
        })?;
        if !came {
            return Ok(None);
        }
        // A moment later, not in the same instant: the steps of a scenario stand behind it.
        let later = match self.lots.random_range(0..3) {
            0 => 1,
            1 => self.lots.random_range(1..2_000),
            _ => self.lots.random_range(1_000..30_000),
        };
        run.world.run_to(run.world.elapsed() + Duration::from_micros(later), false)?;
        Ok(at.filter(|_| self.lots.random_bool(0.6)))
    }

    /// Strikes. Tells whether nothing must come behind it.
    fn strike(&mut self, run: &mut Run, struck: Option<NodeIndex>) -> Result<bool, Stopped> {
        run.world.look();
        for _ in 0..4 {
            let kind = self.swarm.pick(&mut self.lots);
            if kind.is_plot() {
                return self.plot(run, kind);
            }
            let actions = strike::actions(&mut self.lots, &run.world, kind, struck);
            if actions.is_empty() {
                continue;
            }
            for (wait, action) in actions {
                // Steps of one moment follow each other at once, as those of a scenario do.
                if !wait.is_zero() {
                    run.world.run_to(run.world.elapsed() + wait, false)?;
                }
                self.act_now(run, action)?;
            }
            return Ok(false);
        }
        Ok(false)
    }

    /// Does this now.
    pub(super) fn act_now(&mut self, run: &mut Run, action: Action) -> Result<(), Stopped> {
        self.act(run, Step::new(run.world.elapsed(), action))
    }

    fn act(&mut self, run: &mut Run, step: Step) -> Result<(), Stopped> {
        let at = run.world.elapsed();
        let place = run.world.add_step(Step { at, ..step });
        run.act(place)
    }
}

impl Moment {
    fn is(self, note: &Note) -> bool {
        let event = match &note.what {
            Happening::Event(event) => event,
            Happening::Delivered(_) => return self == Moment::Delivered,
            Happening::Started { .. }
            | Happening::Died
            | Happening::Paused
            | Happening::Resumed
            | Happening::Fault(_) => return false,
        };
        match self {
            Moment::Election => matches!(event, Event::ElectionStarted { .. }),
            Moment::Won => matches!(event, Event::ElectionWon { .. }),
            Moment::Leads => matches!(event, Event::Leads { .. }),
            Moment::Promised => matches!(event, Event::Promised { .. }),
            Moment::Proposed => matches!(event, Event::ViewProposed { .. }),
            Moment::Installed => matches!(event, Event::ViewInstalled { .. }),
            Moment::Snapshot => {
                matches!(event, Event::SnapshotSent { .. } | Event::SnapshotInstalled { .. })
            }
            Moment::Joining => matches!(event, Event::Sponsors { .. } | Event::Joining { .. }),
            Moment::CaughtUp => {
                matches!(event, Event::CaughtUp { .. } | Event::HandedOver { .. })
            }
            Moment::Truncated => {
                matches!(event, Event::Truncated { .. } | Event::SteppedDown { .. })
            }
            Moment::Submitted => matches!(event, Event::Submitted { .. }),
            Moment::Delivered => false,
            Moment::Healing => {
                matches!(event, Event::Cleared { .. } | Event::Evicted { .. } | Event::QuorumBack)
            }
        }
    }
}
