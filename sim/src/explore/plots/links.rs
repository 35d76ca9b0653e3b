//! Links that break one after the other.

use std::time::Duration;

use rand::RngExt;

use super::super::adversary::Adversary;
use super::super::plot::PATIENCE;
use super::super::strike::{name, shuffled};
use crate::run::Run;
use crate::scenario::{Action, Direction};
use crate::world::Stopped;
use ringchat::proto::event::Event;
use ringchat::proto::view::Change;

/// A leader forgets a broken link after this many retries without a word of it.
const BROKEN_LASTS: u32 = 40;

impl Adversary {
    /// A link is ordered around; just before that is forgotten another breaks, which cannot be ordered
    /// around besides; then both are whole. What follows is the ring's alone, so nothing comes behind.
    pub(in super::super) fn limp(&mut self, run: &mut Run) -> Result<bool, Stopped> {
        let members = run.world.living_members();
        // Of four, one with two broken links always stands at one of them; of more never.
        let [a, b, c, d] = shuffled(&mut self.lots, &members)[..] else { return Ok(false) };
        let Some(next) = run.world.successor_of(a).filter(|next| members.contains(next)) else {
            return Ok(false);
        };
        let third = [b, c, d].into_iter().find(|node| *node != next).unwrap_or(b);
        let forgotten = run.world.scenario().config.retry * BROKEN_LASTS;
        let cut = |a, b| Action::Cut { a: name(a), b: name(b), direction: Direction::Both };
        self.act_now(run, cut(a, next))?;
        let moved = |event: &Event| match event {
            Event::ViewInstalled { view, .. } => {
                view.changes.iter().any(|it| matches!(it, Change::Moved(_)))
            }
            _ => false,
        };
        if !self.await_event(run, PATIENCE, &|_, event| moved(event))? {
            return Ok(false);
        }
        // Nobody says any more that the first is broken: some time later it counts as whole.
        let early = Duration::from_millis(self.lots.random_range(500..3_000));
        run.world.run_to(run.world.elapsed() + forgotten.saturating_sub(early), false)?;
        let end = if self.lots.random_bool(0.5) { a } else { next };
        self.act_now(run, cut(end, third))?;
        self.pass(run, 500_000..3_000_000)?;
        self.act_now(run, Action::Heal(None))?;
        self.pass(run, 1..3_000_000)?;
        Ok(true)
    }
}
