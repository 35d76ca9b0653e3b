//! How a node gets the lines of the past that its archive lacks: whom it asks, for what, and how fast.
//!
//! The newest of them come first, in parts, with one question under way. A part takes up links and disks
//! for a short time, and then as much time passes before the next question: so whatever else there is to
//! send and to write has at least half of both.

use std::collections::BTreeMap;
use std::time::Duration;

use super::archive::{Ask, Part, Stretch, Stretches};
use super::id::{Index, NodeId};
use super::time::Instant;

/// The first part is not larger than this, in bytes.
const BYTES_FIRST: u32 = 16 << 10;
/// A part is never asked to be smaller than this.
const BYTES_MIN: u32 = 2 << 10;
/// How many lines a part may have. Each takes a few bytes of the header.
const LINES_MAX: u32 = 4_096;
/// What comes faster than this may be twice as much the next time.
const FAST: Duration = Duration::from_millis(20);
/// What takes longer than this is half as much the next time.
const SLOW: Duration = Duration::from_millis(80);
/// A question that is not answered for this long is asked of somebody else.
const PATIENCE: Duration = Duration::from_secs(5);
/// Who lacks the lines, too, is asked again after this: it may get them.
const AGAIN: Duration = Duration::from_secs(60);
/// While there is nobody to ask, this long is waited.
const IDLE: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The next question may go out then.
    Idle,
    /// A question is under way.
    Asked { peer: NodeId, ask: Ask, at: Instant },
    /// A part is being written, of a question that went out then.
    Keeping { asked_at: Instant },
}

/// Gets what is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    missing: Stretches,
    /// Who is known to lack what stands from there on, and until when that is believed.
    lacking: BTreeMap<NodeId, (Index, Instant)>,
    stage: Stage,
    bytes: u32,
    next_at: Instant,
}

impl Default for Fetch {
    fn default() -> Fetch {
        Fetch {
            missing: Stretches::default(),
            lacking: BTreeMap::new(),
            stage: Stage::Idle,
            bytes: BYTES_FIRST,
            next_at: Instant::START,
        }
    }
}

impl Fetch {
    /// What is missing.
    pub fn missing(&self) -> &Stretches {
        &self.missing
    }

    /// The store says what its archive lacks. If a part was being written, it is durable.
    pub fn learn(&mut self, now: Instant, missing: Stretches) {
        if let Stage::Keeping { asked_at } = self.stage {
            self.stage = Stage::Idle;
            self.next_at = now + now.since(asked_at);
        }
        let newest = |missing: &Stretches| missing.iter().next_back().map(|it| it.last);
        if newest(&missing) > newest(&self.missing) {
            // Who lacks older lines may have those.
            self.lacking.clear();
        }
        self.missing = missing;
    }

    /// When something is to be done: to ask, or to give a question up.
    pub fn due(&self) -> Option<Instant> {
        match self.stage {
            Stage::Idle if self.missing.is_empty() => None,
            Stage::Idle => Some(self.next_at),
            Stage::Asked { at, .. } => Some(at + PATIENCE),
            Stage::Keeping { .. } => None,
        }
    }

    /// Gives up a question that nobody answers. Whether the next one may go out.
    pub fn may_ask(&mut self, now: Instant) -> bool {
        if let Stage::Asked { peer, ask, at } = self.stage
            && now.since(at) >= PATIENCE
        {
            self.stage = Stage::Idle;
            self.bytes = (ask.bytes / 2).max(BYTES_MIN);
            self.believes_to_lack(now, peer, ask.stretch.first);
        }
        self.stage == Stage::Idle && !self.missing.is_empty() && self.next_at <= now
    }

    /// What this peer may have of what is missing.
    pub fn wanted_of(&mut self, now: Instant, peer: NodeId, bytes_max: u32) -> Option<Ask> {
        if self.lacking.get(&peer).is_some_and(|(_, until)| *until <= now) {
            self.lacking.remove(&peer);
        }
        let end = Index(u64::MAX);
        let before = self.lacking.get(&peer).map_or(end, |(place, _)| *place);
        let stretch = self.missing.newest_before(before)?;
        let bytes = self.bytes.min(bytes_max).max(1);
        Some(Ask { stretch, lines: LINES_MAX, bytes })
    }

    /// The question went out.
    pub fn asked(&mut self, now: Instant, peer: NodeId, ask: Ask) {
        self.stage = Stage::Asked { peer, ask, at: now };
    }

    /// The link to this peer is gone, and with it a question or its answer.
    pub fn lost(&mut self, peer: NodeId) {
        if matches!(self.stage, Stage::Asked { peer: asked, .. } if asked == peer) {
            self.stage = Stage::Idle;
        }
    }

    /// There is nobody to ask.
    pub fn wait(&mut self, now: Instant) {
        self.next_at = now + IDLE;
    }

    /// An answer came. Whether it is to be written; [`Self::learn`] follows then.
    ///
    /// # Errors
    /// What was expected of it and what was found. Nothing changed but that its sender is asked for
    /// these places no more for a while.
    pub fn answered(&mut self, now: Instant, from: NodeId, part: &Part) -> Result<bool, String> {
        let asked = match self.stage {
            Stage::Asked { peer, ask, at } if peer == from => Some((ask, at)),
            Stage::Asked { .. } | Stage::Idle | Stage::Keeping { .. } => None,
        };
        let Some((ask, at)) = asked else {
            return Err("expected no lines of the past from it, found some".to_owned());
        };
        self.stage = Stage::Idle;
        self.next_at = now;
        if let Err(why) = check(ask, part) {
            self.believes_to_lack(now, from, ask.stretch.first);
            return Err(why);
        }
        if part.lacks {
            self.believes_to_lack(now, from, part.stretch.first);
            return Ok(false);
        }
        let took = now.since(at);
        if took < FAST {
            self.bytes = ask.bytes.saturating_mul(2);
        } else if took > SLOW {
            self.bytes = (ask.bytes / 2).max(BYTES_MIN);
        }
        self.stage = Stage::Keeping { asked_at: at };
        Ok(true)
    }

    fn believes_to_lack(&mut self, now: Instant, peer: NodeId, from: Index) {
        self.lacking.insert(peer, (from, now + AGAIN));
        let missing = !self.missing.is_empty();
        self.lacking.retain(|_, (_, until)| missing && *until > now);
    }
}

/// Whether a part answers the question, whoever sent it.
fn check(ask: Ask, part: &Part) -> Result<(), String> {
    let Stretch { first, last } = part.stretch;
    if last != ask.stretch.last || first < ask.stretch.first || first > last {
        return Err(format!(
            "expected the end of the places {} to {}, found {first} to {last}",
            ask.stretch.first, ask.stretch.last
        ));
    }
    let mut before = last.next();
    for line in &part.lines {
        if part.lacks || line.place >= before || line.place < first {
            return Err(format!(
                "expected lines of the places {first} to {last}, the newest first, found one of {}",
                line.place
            ));
        }
        before = line.place;
    }
    Ok(())
}
