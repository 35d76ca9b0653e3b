//! One node: when it asks others for lines of the past, what it does with answers, and what it answers.

mod proto_hand;

use std::time::Duration;

use bytes::Bytes;
use proto_hand::{A, B, Hand, append, ballot, events, link, said, sent};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ringchat::proto::archive::{ArchivedLine, Ask, Found, Part, Stretch, Stretches};
use ringchat::proto::entry::Payload;
use ringchat::proto::event::Event;
use ringchat::proto::id::{Index, NodeId};
use ringchat::proto::input::{Disconnect, Input};
use ringchat::proto::message::Message;
use ringchat::proto::output::Output;

fn stretch(first: u64, last: u64) -> Stretch {
    Stretch { first: Index(first), last: Index(last) }
}

fn part(first: u64, last: u64, places: &[u64]) -> Part {
    let bytes = Payload::new(Bytes::from_static(b"said")).unwrap();
    let line = |place: &u64| ArchivedLine { place: Index(*place), bytes: bytes.clone() };
    let lines = places.iter().map(line).collect();
    Part { stretch: stretch(first, last), lacks: false, lines }
}

/// The store says what is missing.
fn lacks(hand: &mut Hand, stretches: &[(u64, u64)]) -> Vec<Output> {
    let stretches = stretches.iter().map(|(first, last)| stretch(*first, *last));
    hand.input(Input::ArchiveLacks { missing: Stretches::from_iter(stretches) })
}

/// What was asked of this peer for the archive.
fn asked(outputs: &[Output], peer: NodeId) -> Vec<Stretch> {
    let ask = |message| match message {
        Message::ArchiveAsk(ask) => Some(ask.stretch),
        _ => None,
    };
    sent(outputs, peer).into_iter().filter_map(ask).collect()
}

fn kept(outputs: &[Output]) -> Vec<Part> {
    let part = |output: &Output| match output {
        Output::KeepArchive(part) => Some(part.clone()),
        _ => None,
    };
    outputs.iter().filter_map(part).collect()
}

fn ignored(outputs: &[Output], peer: NodeId) -> bool {
    let by = |event: &Event| matches!(event, Event::Ignored { from, .. } if *from == Some(peer));
    events(outputs).iter().any(by)
}

#[test]
fn a_member_asks_its_successor_and_keeps_what_comes_until_nothing_is_missing() {
    let mut hand = Hand::follower(&[B]);
    let outputs = lacks(&mut hand, &[(10, 99)]);
    let event = Event::HistoryLacks { first: Index(10), last: Index(99) };
    assert!(events(&outputs).contains(&event), "{outputs:#?}");
    assert_eq!((asked(&outputs, B), asked(&outputs, A)), (vec![stretch(10, 99)], vec![]));
    let outputs = hand.hears(B, Message::ArchivePart(part(50, 99, &[98, 50])));
    assert_eq!(kept(&outputs), [part(50, 99, &[98, 50])]);
    assert_eq!(asked(&outputs, B), [], "that is being written");
    let outputs = lacks(&mut hand, &[(10, 49)]);
    assert_eq!(asked(&outputs, B), [stretch(10, 49)]);
    assert!(!events(&outputs).iter().any(|event| matches!(event, Event::HistoryLacks { .. })));
    assert_eq!(kept(&hand.hears(B, Message::ArchivePart(part(10, 49, &[])))).len(), 1);
    let outputs = lacks(&mut hand, &[]);
    assert!(events(&outputs).contains(&Event::HistoryWhole), "{outputs:#?}");
    assert_eq!(asked(&hand.pass(3_000, &[A, B]), B), []);
}

#[test]
fn who_lacks_them_too_gives_way_to_the_next_and_in_the_end_nobody_is_asked() {
    let mut hand = Hand::follower(&[B]);
    lacks(&mut hand, &[(10, 99)]);
    let nothing = Part { lacks: true, ..part(10, 99, &[]) };
    let outputs = hand.hears(B, Message::ArchivePart(nothing.clone()));
    assert_eq!((asked(&outputs, A), kept(&outputs)), (vec![stretch(10, 99)], vec![]));
    let outputs = hand.hears(A, Message::ArchivePart(nothing));
    assert_eq!(kept(&outputs), []);
    let later = hand.pass(10_000, &[A, B]);
    assert_eq!((asked(&later, A), asked(&later, B)), (vec![], vec![]));
}

#[test]
fn lines_that_were_never_asked_for_and_parts_that_do_not_fit_are_ignored() {
    let mut hand = Hand::follower(&[B]);
    let outputs = hand.hears(B, Message::ArchivePart(part(1, 9, &[3])));
    assert!(ignored(&outputs, B) && kept(&outputs).is_empty(), "{outputs:#?}");
    lacks(&mut hand, &[(10, 99)]);
    for wrong in [part(50, 98, &[]), part(50, 99, &[20]), part(50, 99, &[60, 70])] {
        let mut hand = Hand::follower(&[B]);
        lacks(&mut hand, &[(10, 99)]);
        let outputs = hand.hears(B, Message::ArchivePart(wrong));
        assert!(ignored(&outputs, B) && kept(&outputs).is_empty(), "{outputs:#?}");
        assert_eq!(asked(&outputs, A), [stretch(10, 99)], "somebody else");
    }
    let outputs = hand.hears(A, Message::ArchivePart(part(50, 99, &[60])));
    assert!(ignored(&outputs, A) && kept(&outputs).is_empty(), "B was asked: {outputs:#?}");
}

#[test]
fn a_question_is_looked_into_beside_all_else_and_answered_on_its_link() {
    let mut hand = Hand::follower(&[B]);
    let entries: Vec<_> = (1..=9).map(|seq| said(ballot(1, A), seq)).collect();
    hand.appended(A, append(ballot(1, A), (1, ballot(1, A)), &entries, 10));
    let ask = Ask { stretch: stretch(1, 8), lines: u32::MAX, bytes: u32::MAX };
    let outputs = hand.hears(B, Message::ArchiveAsk(ask));
    let read = outputs.iter().find_map(|output| match output {
        Output::ReadArchive { link: of, ask } if *of == link(B) => Some(*ask),
        _ => None,
    });
    let read = read.expect("it looks for them");
    assert!(read.lines < 10_000 && read.bytes < 1 << 20, "not more than is good for a link");
    let again = hand.hears(B, Message::ArchiveAsk(ask));
    assert!(ignored(&again, B), "one at a time: {again:#?}");
    let found =
        Found { stretch: stretch(5, 8), lines: part(5, 8, &[7, 5]).lines, lacking: Vec::new() };
    let outputs = hand.input(Input::ArchiveRead { link: link(B), found: found.clone() });
    assert_eq!(sent(&outputs, B), [Message::ArchivePart(part(5, 8, &[7, 5]))]);
    let outputs = hand.input(Input::ArchiveRead { link: link(B), found });
    assert_eq!(sent(&outputs, B), [], "nobody asked twice");
}

#[test]
fn nobody_vouches_for_what_was_not_said_here_yet() {
    let mut hand = Hand::follower(&[B]);
    let ask = Ask { stretch: stretch(1, 50), lines: 9, bytes: 9 };
    let outputs = hand.hears(B, Message::ArchiveAsk(ask));
    let expected = Part { lacks: true, ..part(2, 50, &[]) };
    assert_eq!(sent(&outputs, B), [Message::ArchivePart(expected)], "only 1 is committed");
}

#[test]
fn an_answer_whose_asker_is_gone_is_dropped() {
    let mut hand = Hand::follower(&[B]);
    let ask = Ask { stretch: stretch(1, 1), lines: 9, bytes: 9 };
    hand.hears(B, Message::ArchiveAsk(ask));
    hand.input(Input::Disconnected { link: link(B), why: Disconnect::Closed });
    let found = Found { stretch: stretch(1, 1), lines: Vec::new(), lacking: Vec::new() };
    let outputs = hand.input(Input::ArchiveRead { link: link(B), found });
    assert_eq!(sent(&outputs, B), []);
}

#[test]
fn where_nothing_is_missing_and_nobody_asks_no_word_is_said_about_it() {
    let mut hand = Hand::follower(&[B]);
    let outputs = lacks(&mut hand, &[]);
    assert_eq!(outputs, []);
    hand.now = hand.now + Duration::from_secs(1);
    let later = hand.pass(2_000, &[A, B]);
    assert_eq!((asked(&later, A), asked(&later, B)), (vec![], vec![]));
}

#[test]
fn whatever_comes_only_what_answers_a_question_is_kept() {
    for seed in 0..300 {
        let mut lots = ChaCha8Rng::seed_from_u64(seed);
        let mut hand = Hand::follower(&[B]);
        lacks(&mut hand, &[(10, 20), (30, 40)]);
        let mut question = Some(stretch(30, 40));
        for _ in 0..40 {
            let place = |lots: &mut ChaCha8Rng| match lots.random_range(0..20) {
                0 => u64::MAX,
                1 => 0,
                _ => lots.random_range(8..43),
            };
            let (first, last) = (place(&mut lots), place(&mut lots));
            let places: Vec<u64> = (0..lots.random_range(0..4)).map(|_| place(&mut lots)).collect();
            let part = Part { lacks: lots.random_range(0..9) == 0, ..part(first, last, &places) };
            let from = if lots.random_range(0..4) == 0 { A } else { B };
            let outputs = match lots.random_range(0..6) {
                0 => hand.hears(
                    from,
                    Message::ArchiveAsk(Ask { stretch: part.stretch, lines: 9, bytes: 0 }),
                ),
                1 => hand.pass(60, &[A, B]),
                _ => hand.hears(from, Message::ArchivePart(part)),
            };
            for part in kept(&outputs) {
                let asked = question.take().expect("one question at a time");
                let inside = |line: &ArchivedLine| part.stretch.contains(line.place);
                assert!(!part.lacks && part.lines.iter().all(inside), "seed {seed}: {part:?}");
                assert_eq!(part.stretch.last, asked.last, "seed {seed}: the newest first");
                assert!(part.stretch.first >= asked.first, "seed {seed}");
            }
            for peer in [A, B] {
                question = asked(&outputs, peer).last().copied().or(question);
            }
        }
    }
}
