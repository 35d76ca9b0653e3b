//! Whole nodes that lose their leader: what is said until another leads, and how long that takes.

use std::time::Duration;

use ringchat::proto::config::ElectionKind;
use ringchat::proto::event::Event;
use ringchat::proto::message::Message;
use ringchat::proto::time::Instant;

use crate::history::Happening;
use crate::manner::Manner;
use crate::outcome::{Outcome, Verdict};
use crate::run::run;
use crate::scenario::{Action, Scenario, Step, Target};
use crate::world::{Ground, Keep};

/// When the leader is lost: by then every ring of this size stands.
const LOST_AT: Duration = Duration::from_secs(20);

/// What an election among whole nodes took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Real {
    /// How many messages of the election were sent, acknowledgements of tokens left out.
    pub messages: u64,
    /// How many nodes began.
    pub starters: u64,
    /// From the loss until somebody leads.
    pub took: Duration,
}

/// A ring of so many nodes, on links of 0.2 to 2 ms, whose leader's process is killed.
///
/// # Errors
/// What did not hold, or that nobody came to lead.
pub fn lose_leader(nodes: usize, election: ElectionKind, seed: u64) -> Result<Real, String> {
    let mut scenario = Scenario::new("election-cost", seed, nodes);
    scenario.config.election = election;
    scenario.duration = LOST_AT + Duration::from_secs(2);
    scenario.network.latency_min = Duration::from_micros(200);
    scenario.network.latency_max = Duration::from_millis(2);
    scenario.steps.push(Step::new(LOST_AT, Action::Kill(vec![Target::Leader])));
    let keep = Keep { history: true, frames: true, ..Keep::default() };
    let outcome = run(&scenario, seed, Manner { ground: Ground::Events, keep, lenient: false });
    if outcome.verdict != Verdict::Held {
        return Err(format!("{nodes} nodes, seed {seed}: {:?}", outcome.verdict));
    }
    measure(&outcome).ok_or_else(|| format!("{nodes} nodes, seed {seed}: nobody came to lead"))
}

fn measure(outcome: &Outcome) -> Option<Real> {
    let lost = Instant::START + LOST_AT;
    let later = outcome.history.records().iter().filter(|record| record.at >= lost);
    let mut starters = 0;
    for record in later {
        match &record.what {
            Happening::Event(Event::ElectionStarted { .. }) => starters += 1,
            Happening::Event(Event::Leads { .. }) => {
                let within = |at: Instant| at >= lost && at <= record.at;
                let messages = outcome.frames.iter().filter(|it| within(it.at));
                let messages =
                    messages.filter(|frame| is_of_election(&frame.message)).count() as u64;
                return Some(Real { messages, starters, took: record.at.since(lost) });
            }
            _ => {}
        }
    }
    None
}

fn is_of_election(message: &Message) -> bool {
    match message {
        Message::Elect(_) | Message::Elected(_) | Message::Answer(_) | Message::Nominate { .. } => {
            true
        }
        Message::Ping { .. }
        | Message::Pong { .. }
        | Message::Append(_)
        | Message::AppendAck(_)
        | Message::TokenAck { .. }
        | Message::LeaderAlive { .. }
        | Message::TooFew { .. }
        | Message::Join { .. }
        | Message::Welcome { .. }
        | Message::ToLeader { .. }
        | Message::SnapshotChunk(_)
        | Message::SnapshotAck { .. }
        | Message::TakeOver { .. }
        | Message::ArchiveAsk(_)
        | Message::ArchivePart(_) => false,
    }
}
