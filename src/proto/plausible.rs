//! What no honest peer ever says: a message that holds it is dropped at the door.

use super::archive::Stretch;
use super::entry::{Body, Committed, Entry, SnapshotHead, Submission};
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
                let greatest = stored.greatest();
                all_counted([of.round, promised.round, verified.0, commit.0, greatest])
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
                    && all_counted([chunk.index.0, chunk.offset, chunk.total])
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

/// The same of several. A number that is too great has one of the two highest bits, and so has the union.
fn all_counted<const COUNT: usize>(numbers: [u64; COUNT]) -> bool {
    counted(numbers.into_iter().fold(0, |union, number| union | number))
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

fn append(frame: &Append) -> bool {
    let (of, before) = (frame.ballot.round, frame.previous_ballot.round);
    let greatest = frame.stored.greatest();
    all_counted([of, before, frame.pulse, frame.previous.0, frame.commit.0, greatest])
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
        && all_counted([token.attempt, token.view])
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
        && all_counted([head.index.0, head.view.number, head.lamport])
        && head.sessions.iter().all(session)
}
