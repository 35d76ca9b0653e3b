//! Which of the servers' events a person is shown.

use crate::proto::event::Event;

/// How many of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// None.
    None,
    /// What a person would want to know of.
    #[default]
    Some,
    /// Every one.
    All,
}

impl Shown {
    /// Whether this event is one of them.
    pub fn has(self, event: &Event) -> bool {
        match self {
            Shown::None => false,
            Shown::Some => matters(event),
            Shown::All => true,
        }
    }
}

/// Whether a person would want to know of it: who leads, who is a member, who cannot be reached.
fn matters(event: &Event) -> bool {
    match event {
        Event::Suspected { .. }
        | Event::Cleared { .. }
        | Event::Restored { .. }
        | Event::SnapshotInstalled { .. }
        | Event::ElectionStarted { .. }
        | Event::Leads { .. }
        | Event::SteppedDown { .. }
        | Event::ViewInstalled { .. }
        | Event::Refused { .. }
        | Event::NoQuorum { .. }
        | Event::QuorumBack
        | Event::Left
        | Event::Evicted { .. }
        | Event::WentAlone { .. }
        | Event::HistoryLacks { .. }
        | Event::HistoryWhole => true,
        Event::LinkUp { .. }
        | Event::LinkDown { .. }
        | Event::Successor { .. }
        | Event::Joining { .. }
        | Event::Sponsors { .. }
        | Event::CaughtUp { .. }
        | Event::SnapshotSent { .. }
        | Event::TokenReplaced { .. }
        | Event::TokenSwallowed { .. }
        | Event::TokenStopped { .. }
        | Event::ElectionWon { .. }
        | Event::Promised { .. }
        | Event::PromiseWithheld { .. }
        | Event::Follows { .. }
        | Event::HandedOver { .. }
        | Event::ViewProposed { .. }
        | Event::Truncated { .. }
        | Event::Submitted { .. }
        | Event::Resubmitted { .. }
        | Event::DuplicateSuppressed { .. }
        | Event::GapRefused { .. }
        | Event::Ignored { .. } => false,
    }
}
