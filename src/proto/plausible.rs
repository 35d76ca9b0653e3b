//! What no honest peer ever says: a message that holds it is dropped at the door.

use super::archive::Stretch;
use super::entry::{Body, Committed, Entry, SnapshotHead, Submission};
use super::facts::Facts;
use super::id::{Ballot, NodeId};
use super::message::{Append, AppendAck, Elect, Freshness, Message, Request};

/// No ring counts this far: at a billion a second it would take 146 years. Behind the door a number
/// can therefore be added to without a thought of overflow.
const BEYOND: u64 = 1 << 62;

impl Message {
    /// Whether all numbers in it can have come about by counting, and a token of lap 1 names its
    /// candidate as the first that it met, and stretches of places begin before they end. Clocks and ids are not counted, and may be anything.
    pub fn is_plausible(&self) -> bool {
        match self {
            Message::Ping { leading, .. } => {
                leading.is_none_or(|(it, pulse)| ballot(it) && counted(pulse))
            }
            Message::Append(frame) => append(frame),
            Message::AppendAck(AppendAck {
                ballot: of,
                promised,
                verified,
                commit,
                stored,
                ..
            }) => {
                let places = [verified.0, commit.0];
                ballot(*of) && ballot(*promised) && places.into_iter().all(counted) && facts(stored)
            }
            Message::Elect(token) => elect(token),
            Message::Elected(token) => {
                ballot(token.ballot) && fresh(token.freshness) && counted(token.view)
            }
            Message::LeaderAlive { ballot: it }
            | Message::TakeOver { ballot: it }
            | Message::Nominate { promised: it } => ballot(*it),
            Message::Answer(answer) => {
                ballot(answer.promised) && fresh(answer.freshness) && committed(answer.committed)
            }
            Message::Join { committed: known } => committed(*known),
            Message::Welcome { view, .. } => counted(view.number),
            Message::ToLeader { request, .. } => requested(request),
            Message::SnapshotChunk(chunk) => {
                ballot(chunk.ballot)
                    && [chunk.index.0, chunk.offset, chunk.total].into_iter().all(counted)
                    && chunk.head.as_deref().is_none_or(head)
            }
            Message::SnapshotAck { index, received } => counted(index.0) && counted(*received),
            Message::ArchiveAsk(ask) => places(ask.stretch),
            Message::ArchivePart(part) => {
                // What counts of its lines is compared with what was asked for.
                places(part.stretch)
            }
            // Compared only, never counted on from.
            Message::Pong { .. } | Message::TokenAck { .. } | Message::TooFew { .. } => true,
        }
    }
}

fn counted(number: u64) -> bool {
    number < BEYOND
}

fn places(Stretch { first, last }: Stretch) -> bool {
    first.0 > 0 && first <= last && counted(last.0)
}

fn ballot(ballot: Ballot) -> bool {
    counted(ballot.round)
}

fn fresh(freshness: Freshness) -> bool {
    ballot(freshness.ballot) && counted(freshness.index.0)
}

fn facts(stored: &Facts) -> bool {
    counted(stored.greatest())
}

fn append(frame: &Append) -> bool {
    ballot(frame.ballot)
        && ballot(frame.previous_ballot)
        && [frame.pulse, frame.previous.0, frame.commit.0].into_iter().all(counted)
        && facts(&frame.stored)
        && frame.entries.iter().all(entry)
}

fn entry(entry: &Entry) -> bool {
    let body = match &entry.body {
        Body::Empty => true,
        Body::View(view) => counted(view.number),
        Body::Message(message) => submission(message),
    };
    body && ballot(entry.ballot)
}

fn submission(message: &Submission) -> bool {
    counted(message.seq) && counted(message.lamport)
}

fn elect(token: &Elect) -> bool {
    token.met.first() == Some(&token.candidate)
        && [token.attempt, token.view].into_iter().all(counted)
        && committed(token.committed)
        && ballot(token.promised)
        && fresh(token.freshness)
}

fn committed(known: Committed) -> bool {
    counted(known.index.0) && ballot(known.ballot) && ballot(known.under)
}

fn requested(request: &Request) -> bool {
    match request {
        Request::Submit(messages) => messages.iter().all(submission),
        Request::Outpromised { promised } => ballot(*promised),
        Request::Admit { .. }
        | Request::Leave { .. }
        | Request::Accuse { .. }
        | Request::Claim { .. } => true,
    }
}

fn head(head: &SnapshotHead) -> bool {
    let session = |(_, seq): &(NodeId, u64)| counted(*seq);
    ballot(head.ballot)
        && [head.index.0, head.view.number, head.lamport].into_iter().all(counted)
        && head.sessions.iter().all(session)
}
