//! The door by tables: what no ring can have counted to is dropped, and changes nothing.

mod proto_hand;

use proto_hand::*;
use ringchat::proto::archive::{Ask, Part, Stretch};
use ringchat::proto::entry::{Body, Committed, Entry, Payload, SnapshotHead, Submission};
use ringchat::proto::event::Event;
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::message::{
    Answer, Append, AppendAck, Elect, Elected, Freshness, Message, Request, SnapshotChunk, Stored,
};
use ringchat::proto::time::Instant;

/// The first number that no ring counts to.
const BEYOND: u64 = 1 << 62;

fn submission(seq: u64, lamport: u64) -> Submission {
    Submission { origin: A, seq, lamport, payload: Payload::default() }
}

fn frame(of: [u64; 10]) -> Message {
    let entries = vec![
        Entry { ballot: ballot(of[5], A), body: Body::View(view(of[6], &[A])) },
        Entry { ballot: ballot(0, A), body: Body::Message(submission(of[7], of[8])) },
    ];
    Message::Append(Append {
        ballot: ballot(of[0], A),
        pulse: of[1],
        previous: Index(of[2]),
        previous_ballot: ballot(of[3], A),
        commit: Index(of[4]),
        stored: [Stored { id: A, index: Index(of[9]), pulse: of[9] }].into_iter().collect(),
        entries,
    })
}

fn chunk(of: [u64; 9]) -> Message {
    let head = SnapshotHead {
        index: Index(of[4]),
        ballot: ballot(of[5], A),
        view: view(of[6], &[A]),
        sessions: vec![(A, of[7])],
        lamport: of[8],
        exiles: vec![],
    };
    Message::SnapshotChunk(SnapshotChunk {
        ballot: ballot(of[0], A),
        index: Index(of[1]),
        head: Some(Box::new(head)),
        offset: of[2],
        total: of[3],
        bytes: Payload::default(),
    })
}

fn elect(of: [u64; 8], met: Vec<NodeId>) -> Message {
    let freshness = Freshness { ballot: ballot(of[1], A), index: Index(of[2]) };
    let (attempt, promised, view) = (of[0], ballot(of[3], A), of[4]);
    let committed =
        Committed { index: Index(of[5]), ballot: ballot(of[6], A), under: ballot(of[7], A) };
    let candidate = A;
    let token = Elect { candidate, attempt, freshness, promised, view, committed, met };
    Message::Elect(Box::new(token))
}

fn elected(of: [u64; 4]) -> Message {
    let freshness = Freshness { ballot: ballot(of[1], A), index: Index(of[2]) };
    let (ballot, view) = (ballot(of[0], A), of[3]);
    let (met, promised_by) = (vec![A], vec![]);
    Message::Elected(Elected { ballot, freshness, view, met, promised_by, hops_left: 0 })
}

fn ack(of: [u64; 5]) -> Message {
    let (ballot, promised) = (ballot(of[0], A), ballot(of[1], A));
    let stored = Stored { id: A, index: Index(of[3]), pulse: of[3] };
    let stored = [stored].into_iter().collect();
    let (verified, commit) = (Index(of[2]), Index(of[4]));
    Message::AppendAck(AppendAck { ballot, promised, verified, commit, mismatch: false, stored })
}

fn answer(of: [u64; 6]) -> Message {
    let freshness = Freshness { ballot: ballot(of[0], A), index: Index(of[1]) };
    let committed =
        Committed { index: Index(of[3]), ballot: ballot(of[4], A), under: ballot(of[5], A) };
    let (promised, attempt, priority) = (ballot(of[2], A), 0, 0);
    let (id, eligible) = (A, true);
    let answer = Answer { id, attempt, eligible, freshness, priority, promised, committed };
    Message::Answer(Box::new(answer))
}

fn request(request: Request) -> Message {
    Message::ToLeader { hops_left: 1, request }
}

fn archive_ask(first: u64, last: u64) -> Message {
    let stretch = Stretch { first: Index(first), last: Index(last) };
    Message::ArchiveAsk(Ask { stretch, lines: 0, bytes: 0 })
}

fn archive_part(last: u64) -> Message {
    let stretch = Stretch { first: Index(1), last: Index(last) };
    Message::ArchivePart(Part { stretch, lacks: false, lines: vec![] })
}

/// Messages in which the number stands in one place each, and zero in all others.
fn with(number: u64) -> Vec<Message> {
    fn places<const N: usize>(number: u64) -> impl Iterator<Item = [u64; N]> {
        (0..N).map(move |at| std::array::from_fn(|place| if place == at { number } else { 0 }))
    }
    let round: Ballot = ballot(number, A);
    let mut all = vec![
        Message::Ping { sent_at: Instant::START, leading: Some((round, 0)) },
        Message::Ping { sent_at: Instant::START, leading: Some((ballot(0, A), number)) },
        Message::LeaderAlive { ballot: round },
        Message::TakeOver { ballot: round },
        Message::Nominate { promised: round },
        Message::Join { committed: Committed { index: Index(number), ..Committed::default() } },
        Message::Welcome { ring: RING, view: view(number, &[A]), sponsored: false },
        Message::SnapshotAck { index: Index(number), received: 0 },
        Message::SnapshotAck { index: Index(0), received: number },
        archive_ask(1, number.max(1)),
        archive_part(number.max(1)),
        request(Request::Submit(vec![submission(0, 0), submission(number, 0)])),
        request(Request::Submit(vec![submission(0, number)])),
        request(Request::Outpromised { promised: round }),
    ];
    all.extend(places(number).map(frame));
    all.extend(places(number).map(chunk));
    all.extend(places(number).map(|of| elect(of, vec![A])));
    all.extend(places(number).map(elected));
    all.extend(places(number).map(ack));
    all.extend(places(number).map(answer));
    all
}

#[test]
fn numbers_up_to_a_bound_are_taken_and_beyond_it_none_wherever_it_stands() {
    for message in with(0).iter().chain(&with(BEYOND - 1)) {
        assert!(message.is_plausible(), "{message:?}");
    }
    for message in with(BEYOND).iter().chain(&with(u64::MAX)) {
        assert!(!message.is_plausible(), "{message:?}");
    }
}

#[test]
fn a_stretch_of_places_begins_before_it_ends_and_behind_the_beginning() {
    for (first, last, plausible) in [(1, 1, true), (1, 9, true), (0, 9, false), (9, 8, false)] {
        assert_eq!(archive_ask(first, last).is_plausible(), plausible, "{first} to {last}");
    }
}

#[test]
fn a_token_of_lap_1_names_its_candidate_first() {
    for (met, plausible) in [
        (vec![], false),
        (vec![B], false),
        (vec![B, A], false),
        (vec![A], true),
        (vec![A, B], true),
    ] {
        assert_eq!(elect([0; 8], met.clone()).is_plausible(), plausible, "{met:?}");
    }
}

#[test]
fn what_is_compared_and_not_counted_may_be_anything() {
    let any = NodeId(u64::MAX);
    for message in [
        Message::Pong { sent_at: Instant::from_micros(u64::MAX) },
        Message::Ping { sent_at: Instant::from_micros(u64::MAX), leading: None },
        Message::LeaderAlive { ballot: ballot(1, any) },
        Message::TooFew { met: vec![any], hops_left: u16::MAX },
        request(Request::Leave { id: any }),
        request(Request::Accuse { by: any, skipped: vec![any] }),
        request(Request::Admit { member: member(C), sponsor: any }),
    ] {
        assert!(message.is_plausible(), "{message:?}");
    }
}

#[test]
fn what_is_not_plausible_is_reported_and_changes_nothing() {
    for message in with(BEYOND) {
        let mut hand = Hand::follower(&[B]);
        let before = hand.node.status();
        let out = hand.hears(B, message.clone());
        let ignored =
            |event: &Event| matches!(event, Event::Ignored { from: Some(from), .. } if *from == B);
        assert!(events(&out).iter().any(ignored), "{message:?}");
        assert_eq!(out.len(), 1, "{message:?}: {out:?}");
        assert_eq!(hand.node.status(), before, "{message:?}");
    }
}
