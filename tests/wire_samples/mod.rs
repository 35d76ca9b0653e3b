//! One message of each kind, for the tests of the wire.

use std::net::SocketAddr;

use bytes::Bytes;
use ringchat::proto::archive::{ArchivedLine, Ask, Part, Stretch};
use ringchat::proto::entry::{Body, Committed, Entry, Payload, SnapshotHead, Submission};
use ringchat::proto::id::{Ballot, Index, NodeId, RingId};
use ringchat::proto::message::{
    Answer, Append, AppendAck, Elect, Elected, Freshness, Hello, Message, Request, SnapshotChunk,
    Stored, TokenId,
};
use ringchat::proto::time::Instant;
use ringchat::proto::view::{Change, Member, View};

/// A payload of these bytes.
pub fn payload(bytes: &[u8]) -> Payload {
    Payload::new(Bytes::copy_from_slice(bytes)).expect("samples are small")
}

/// A member, at an IPv6 address where the number is even.
pub fn member(number: u64) -> Member {
    let address = if number.is_multiple_of(2) { "[::1]:7000" } else { "127.0.0.1:7001" };
    let address: SocketAddr = address.parse().expect("an address");
    Member { id: NodeId(number), address }
}

/// An introduction.
pub fn hello() -> Hello {
    Hello { ring: Some(RingId(u64::MAX)), member: member(3) }
}

fn ballot(round: u64) -> Ballot {
    Ballot { round, proposer: NodeId(u64::MAX - round) }
}

fn view() -> View {
    View {
        number: 9,
        members: [member(1), member(2), member(3)].into(),
        tie_breaker: NodeId(2),
        changes: vec![
            Change::Founded(NodeId(1)),
            Change::Joined(NodeId(2)),
            Change::Left(NodeId(3)),
            Change::Evicted(NodeId(4)),
            Change::Moved(NodeId(5)),
            Change::TieBreaker(NodeId(6)),
        ],
    }
}

/// A submission with this text.
pub fn submission(seq: u64, text: &[u8]) -> Submission {
    Submission { origin: NodeId(77), seq, lamport: seq * 1_000, payload: payload(text) }
}

/// A frame of log with one entry of each kind, and a message of each of these texts.
pub fn append(texts: &[&[u8]]) -> Message {
    let mut bodies = vec![Body::Empty, Body::View(view())];
    bodies.extend((1..).zip(texts).map(|(seq, text)| Body::Message(submission(seq, text))));
    let entries = bodies.into_iter().map(|body| Entry { ballot: ballot(3), body }).collect();
    Message::Append(Append {
        ballot: ballot(4),
        pulse: 12,
        previous: Index(99),
        previous_ballot: ballot(2),
        commit: Index(98),
        stored: [Stored { id: NodeId(1), index: Index(97), pulse: 11 }].into_iter().collect(),
        entries,
    })
}

fn chunk(head: Option<SnapshotHead>, bytes: &[u8]) -> Message {
    let bytes = payload(bytes);
    Message::SnapshotChunk(SnapshotChunk {
        ballot: ballot(4),
        index: Index(5),
        head: head.map(Box::new),
        offset: 64,
        total: 128,
        bytes,
    })
}

fn places(first: u64, last: u64) -> Stretch {
    Stretch { first: Index(first), last: Index(last) }
}

/// A part of an archive with these lines.
fn archive_part(lines: &[&[u8]]) -> Message {
    let line =
        |(place, bytes): (u64, &&[u8])| ArchivedLine { place: Index(place), bytes: payload(bytes) };
    let mut lines: Vec<ArchivedLine> = (100..).zip(lines).map(line).collect();
    lines.reverse();
    Message::ArchivePart(Part { stretch: places(90, 200), lacks: lines.is_empty(), lines })
}

fn requests() -> Vec<Request> {
    vec![
        Request::Submit(vec![submission(1, b"hello"), submission(2, b""), submission(3, b"ring")]),
        Request::Submit(vec![]),
        Request::Admit { member: member(4), sponsor: NodeId(1) },
        Request::Leave { id: NodeId(2) },
        Request::Accuse { by: NodeId(1), skipped: vec![NodeId(2), NodeId(3)] },
        Request::Outpromised { promised: ballot(8) },
        Request::Claim { by: NodeId(3), priority: 9 },
    ]
}

/// At least one message of each kind.
pub fn messages() -> Vec<Message> {
    let freshness = Freshness { ballot: ballot(4), index: Index(100) };
    let head = SnapshotHead {
        index: Index(5),
        ballot: ballot(1),
        view: view(),
        sessions: vec![(NodeId(1), 10), (NodeId(2), 20)],
        lamport: 30,
        exiles: view().members.to_vec(),
    };
    let mut all = vec![
        Message::Ping { sent_at: Instant::from_micros(1), leading: Some((ballot(4), 7)) },
        Message::Ping { sent_at: Instant::from_micros(u64::MAX), leading: None },
        Message::Pong { sent_at: Instant::from_micros(1) },
        append(&[]),
        append(&[b"a", b"", b"a longer text", &[0xff; 70_000]]),
        Message::AppendAck(AppendAck {
            ballot: ballot(4),
            promised: ballot(5),
            verified: Index(100),
            commit: Index(90),
            mismatch: true,
            stored: Box::default(),
        }),
        Message::Elect(Box::new(Elect {
            candidate: NodeId(1),
            attempt: 2,
            freshness,
            promised: ballot(4),
            view: 3,
            committed: Committed { index: Index(90), ballot: ballot(3), under: ballot(4) },
            met: vec![NodeId(1), NodeId(2)],
        })),
        Message::Elected(Elected {
            ballot: ballot(5),
            freshness,
            view: 3,
            met: vec![NodeId(1), NodeId(2)],
            promised_by: vec![NodeId(1)],
            hops_left: 6,
        }),
        Message::TokenAck { token: TokenId::Elect(NodeId(1), 2) },
        Message::TokenAck { token: TokenId::Elected(ballot(5)) },
        Message::LeaderAlive { ballot: ballot(4) },
        Message::TooFew { met: vec![NodeId(1), NodeId(2)], hops_left: 1 },
        Message::Join { committed: Committed::default() },
        Message::Welcome { ring: RingId(5), view: view(), sponsored: true },
        chunk(Some(head), b"the application's state"),
        chunk(None, &[1; 64 << 10]),
        Message::SnapshotAck { index: Index(5), received: 128 },
        Message::TakeOver { ballot: ballot(4) },
        Message::Answer(Box::new(Answer {
            id: NodeId(2),
            attempt: 7,
            eligible: true,
            freshness,
            priority: 3,
            promised: ballot(4),
            committed: Committed { index: Index(90), ballot: ballot(3), under: ballot(4) },
        })),
        Message::Nominate { promised: ballot(4) },
        Message::ArchiveAsk(Ask { stretch: places(7, 900), lines: 4_096, bytes: 65_536 }),
        archive_part(&[b"a line", b"", &[7; 5_000]]),
        archive_part(&[]),
    ];
    all.extend(requests().into_iter().map(|request| Message::ToLeader { hops_left: 300, request }));
    all
}
