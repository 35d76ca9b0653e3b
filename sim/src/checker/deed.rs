//! What the guarantees speak of, sorted out of all that can happen; the only place that does so.

use bytes::Bytes;
use ringchat::proto::entry::Delivered;
use ringchat::proto::event::{Event, LinkLoss, LogSummary};
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::input::Disconnect;
use ringchat::proto::view::View;

use crate::history::Happening;

/// A happening that some guarantee speaks of.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the fields are those of the happening of the same meaning")]
pub enum Deed<'a> {
    /// An incarnation begins.
    Start { id: NodeId },
    /// It gives a message to its application.
    Deliver(&'a Delivered),
    /// It takes a message from its application.
    Submit { seq: u64, lamport: u64, delivered: Index, payload: &'a Bytes },
    /// It will accept nothing below this ballot any more.
    Promise { ballot: Ballot },
    /// It leads.
    Lead { ballot: Ballot, log: &'a LogSummary },
    /// It follows.
    Follow { ballot: Ballot },
    /// It leads no more.
    StepDown,
    /// It starts an election.
    StartElection,
    /// Its dial to this one was refused.
    Refused { by: NodeId },
    /// It proposes a view.
    Propose { index: Index, view: &'a View },
    /// It installs a view.
    Install { index: Index, view: &'a View },
    /// It takes over the state of another.
    TakeSnapshot { index: Index, view: &'a View },
    /// It serves a newcomer.
    Sponsor { learner: NodeId },
    /// It goes on as a ring of its own.
    GoAlone,
    /// No guarantee speaks of it.
    Other,
}

impl<'a> From<&'a Happening> for Deed<'a> {
    fn from(what: &'a Happening) -> Deed<'a> {
        match what {
            Happening::Started { id, .. } => Deed::Start { id: *id },
            Happening::Delivered(delivered) => Deed::Deliver(delivered),
            Happening::Event(event) => of_event(event),
            Happening::Died | Happening::Paused | Happening::Resumed | Happening::Fault(_) => {
                Deed::Other
            }
        }
    }
}

fn of_event(event: &Event) -> Deed<'_> {
    match event {
        Event::Submitted { seq, lamport, delivered, payload } => {
            Deed::Submit { seq: *seq, lamport: *lamport, delivered: *delivered, payload }
        }
        Event::Promised { ballot } => Deed::Promise { ballot: *ballot },
        Event::Leads { ballot, log, .. } => Deed::Lead { ballot: *ballot, log },
        Event::Follows { ballot } => Deed::Follow { ballot: *ballot },
        Event::SteppedDown { .. } => Deed::StepDown,
        Event::ElectionStarted { .. } => Deed::StartElection,
        Event::LinkDown { peer: Some(peer), why: LinkLoss::Lost(Disconnect::Refused), .. } => {
            Deed::Refused { by: *peer }
        }
        Event::ViewProposed { index, view } => Deed::Propose { index: *index, view },
        Event::ViewInstalled { index, view } => Deed::Install { index: *index, view },
        Event::SnapshotInstalled { index, view } => Deed::TakeSnapshot { index: *index, view },
        Event::Sponsors { learner } => Deed::Sponsor { learner: *learner },
        Event::WentAlone { .. } => Deed::GoAlone,
        Event::LinkUp { .. }
        | Event::LinkDown { .. }
        | Event::Suspected { .. }
        | Event::Cleared { .. }
        | Event::Successor { .. }
        | Event::Joining { .. }
        | Event::CaughtUp { .. }
        | Event::SnapshotSent { .. }
        | Event::Restored { .. }
        | Event::TokenReplaced { .. }
        | Event::TokenSwallowed { .. }
        | Event::TokenStopped { .. }
        | Event::ElectionWon { .. }
        | Event::PromiseWithheld { .. }
        | Event::HandedOver { .. }
        | Event::Truncated { .. }
        | Event::Refused { .. }
        | Event::Resubmitted { .. }
        | Event::DuplicateSuppressed { .. }
        | Event::GapRefused { .. }
        | Event::HistoryLacks { .. }
        | Event::HistoryWhole
        | Event::NoQuorum { .. }
        | Event::QuorumBack
        | Event::Left
        | Event::Evicted { .. }
        | Event::Ignored { .. } => Deed::Other,
    }
}
