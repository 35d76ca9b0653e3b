//! A soak: real nodes with real disks, written to while they are killed and stopped, for as long as one likes.
//!
//! No scenario and no promise about time: what is asked is only whether anything that a node has
//! acknowledged is missing in the end, at any node. An acknowledgement is that a node gives its own line
//! back to its chat; its journal says so. In the end the power of all goes at once, all come back, and
//! what they hold then counts as well.

mod blows;
pub mod judge;
mod machine;
pub mod record;
mod ring;

use std::time::Duration;

use tokio::time::Instant;

use self::blows::{Blow, Blows};
pub use self::judge::Tally;
use self::ring::Ring;
use crate::lots::Lots;
use crate::processes::site::rest;

/// How often the journal is looked at, and lines are said.
const LOOK: Duration = Duration::from_millis(5);

/// How often whoever waits hears how it goes.
const NEWS: Duration = Duration::from_secs(20);

/// What a soak is to be.
#[derive(Clone, Copy, Debug)]
pub struct Soak {
    /// How many nodes.
    pub nodes: usize,
    /// How many of them are written at.
    pub writers: usize,
    /// Who is struck, how and when follows from this, and what the nodes draw.
    pub seed: u64,
    /// For how long they are struck.
    pub length: Duration,
    /// It may end earlier: as soon as so many were killed and came back.
    pub kills: Option<u64>,
    /// How much time passes between two blows, on average.
    pub every: Duration,
    /// How much time passes between two lines of one writer, at least.
    pub line_every: Duration,
}

/// Runs it. What happens on the way is told to `tell`.
///
/// # Errors
/// What hindered it: a node that ended by itself, or a ring that never came to rest. The files of the
/// nodes are left where they are, then, and it is said where.
pub fn run(soak: &Soak, mut tell: impl FnMut(&str)) -> Result<Tally, String> {
    let mut ring = Ring::start(soak.nodes, Lots::new(soak.seed))?;
    let done = play(soak, &mut ring, &mut tell);
    match done {
        Ok(tally) if tally.is_clean() => Ok(tally),
        Ok(tally) => {
            tell(&format!("the nodes' files are left in {}", ring.leave_files().display()));
            Ok(tally)
        }
        Err(why) => {
            let path = ring.leave_files();
            Err(format!("{why}\nthe nodes' files are left in {}", path.display()))
        }
    }
}

fn play(soak: &Soak, ring: &mut Ring, tell: &mut impl FnMut(&str)) -> Result<Tally, String> {
    ring.settle()?;
    let mut blows = Blows::new(soak);
    let began = Instant::now();
    let mut told = began;
    let mut said = began;
    while began.elapsed() < soak.length && soak.kills.is_none_or(|most| ring.restarts() < most) {
        ring.look()?;
        if said.elapsed() >= soak.line_every {
            said = Instant::now();
            ring.say_each(soak.writers);
        }
        for blow in blows.due(&ring.phases()) {
            strike(ring, blow)?;
        }
        if told.elapsed() >= NEWS {
            told = Instant::now();
            tell(&ring.news(began.elapsed()));
        }
        rest(LOOK);
    }
    ring.raise_all()?;
    ring.settle()?;
    // A ring that was switched off as a whole comes back.
    ring.kill_all();
    ring.raise_all()?;
    ring.settle()?;
    let same = ring.agree()?;
    Ok(judge::judge(ring.record(), same))
}

fn strike(ring: &mut Ring, blow: Blow) -> Result<(), String> {
    match blow {
        Blow::Kill(node) => ring.kill(node),
        Blow::KillAll => ring.kill_all(),
        Blow::Stop(node) => return ring.stop(node, true),
        Blow::Continue(node) => return ring.stop(node, false),
        Blow::Restart(node) => return ring.restart(node),
    }
    Ok(())
}
