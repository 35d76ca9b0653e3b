//! The end of a cluster: its servers leave one after the other.

use std::time::Duration;

use tokio::time::Instant;

use super::console::{Console, End};
use super::error::ClusterError;
use super::server::Phase;

/// How long one server may take to leave before all others are asked, too.
const ONE_TIME: Duration = Duration::from_secs(2);

/// How long all of it may take.
const LEAVE_TIME: Duration = Duration::from_secs(20);

/// Servers that are to leave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaving {
    until: Instant,
    /// When the last one was asked.
    asked: Option<Instant>,
}

impl Console {
    /// Lets all servers leave, from now on. Those that stand still are woken, and links are mended, or they
    /// could not.
    pub(super) fn leave(&mut self) -> Result<(), ClusterError> {
        if self.leaving.is_some() {
            return Ok(());
        }
        self.leaving = Some(Leaving { until: Instant::now() + LEAVE_TIME, asked: None });
        self.waits = super::waits::Waits::Nothing;
        self.site.heal()?;
        for number in 0..self.site.servers.len() {
            match self.site.servers[number].phase {
                // It is in no ring.
                Phase::Starts => self.site.kill(number, "killed before it was in the ring")?,
                Phase::Paused => self.site.pause(number, false)?,
                Phase::Runs | Phase::Leaves | Phase::Ended(_) => {}
            }
        }
        Ok(())
    }

    /// Asks the next server to leave, the last of them first. One at a time: where all of a ring leave at
    /// once, those who know that they are out are gone before the others know it, and these wait for
    /// them. So the last one of all has everything, and brings the ring back from its folder.
    pub(super) fn let_leave(&mut self, now: Instant) {
        let Some(leaving) = &mut self.leaving else { return };
        let hangs = leaving.asked.is_some_and(|asked| now >= asked + ONE_TIME);
        let leaves = self.site.servers.iter().any(|server| server.phase == Phase::Leaves);
        if leaves && !hangs {
            return;
        }
        let remain = self.site.servers.iter_mut().rev().filter(|it| it.phase == Phase::Runs);
        // Without a quorum nobody can leave with a farewell: then all go.
        for server in remain.take(if hangs { usize::MAX } else { 1 }) {
            leaving.asked = Some(now);
            server.phase = Phase::Leaves;
            if let Some(process) = &mut server.process {
                process.end_input();
            }
        }
    }

    /// Whether it is over.
    pub(super) fn end(&self) -> Option<End> {
        let until = self.leaving?.until;
        let left = self.site.servers.iter().filter(|server| server.process.is_some()).count();
        match left {
            0 => Some(End::Left),
            // They are killed with the site.
            left if Instant::now() >= until => Some(End::Killed(left)),
            _ => None,
        }
    }
}
