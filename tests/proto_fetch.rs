//! Tables for how the lines that are missing are got: from whom, in which parts, how fast.

use std::time::Duration;

use bytes::Bytes;
use ringchat::proto::archive::{ArchivedLine, Ask, Part, Stretch, Stretches};
use ringchat::proto::entry::Payload;
use ringchat::proto::fetch::Fetch;
use ringchat::proto::id::{Index, NodeId};
use ringchat::proto::time::Instant;

const A: NodeId = NodeId(1);
const B: NodeId = NodeId(2);
const BYTES: u32 = 64 << 10;

fn at(ms: u64) -> Instant {
    Instant::from_micros(ms * 1_000)
}

fn stretch((first, last): (u64, u64)) -> Stretch {
    Stretch { first: Index(first), last: Index(last) }
}

fn missing(stretches: &[(u64, u64)]) -> Stretches {
    stretches.iter().copied().map(stretch).collect()
}

fn part(places: (u64, u64), lines: &[u64]) -> Part {
    let bytes = Payload::new(Bytes::from_static(b"said")).unwrap();
    let line = |place: &u64| ArchivedLine { place: Index(*place), bytes: bytes.clone() };
    Part { stretch: stretch(places), lacks: false, lines: lines.iter().map(line).collect() }
}

fn lack(places: (u64, u64)) -> Part {
    Part { lacks: true, ..part(places, &[]) }
}

/// A machine that lacks these, and has asked A for the newest of them.
fn asking(stretches: &[(u64, u64)], now: Instant) -> (Fetch, Ask) {
    let mut fetch = Fetch::default();
    fetch.learn(now, missing(stretches));
    assert!(fetch.may_ask(now));
    let ask = fetch.wanted_of(now, A, BYTES).unwrap();
    fetch.asked(now, A, ask);
    (fetch, ask)
}

#[test]
fn nothing_is_due_where_nothing_is_missing() {
    let mut fetch = Fetch::default();
    assert_eq!(fetch.due(), None);
    assert!(!fetch.may_ask(at(0)));
    fetch.learn(at(1), missing(&[]));
    assert_eq!((fetch.due(), fetch.wanted_of(at(1), A, BYTES)), (None, None));
}

#[test]
fn the_newest_lines_are_asked_for_first_and_one_question_at_a_time() {
    let (mut fetch, ask) = asking(&[(1, 100), (200, 300)], at(0));
    assert_eq!(ask.stretch, stretch((200, 300)));
    assert!(!fetch.may_ask(at(10)), "one is under way");
    assert_eq!(fetch.answered(at(10), A, &part((250, 300), &[290, 250])), Ok(true));
    assert!(!fetch.may_ask(at(11)), "the part is being written");
    assert_eq!(fetch.due(), None);
    fetch.learn(at(14), missing(&[(1, 100), (200, 249)]));
    assert!(!fetch.may_ask(at(27)), "as much time passes as it took");
    assert_eq!(fetch.due(), Some(at(28)));
    assert!(fetch.may_ask(at(28)));
    assert_eq!(fetch.wanted_of(at(28), A, BYTES).unwrap().stretch, stretch((200, 249)));
}

#[test]
fn who_lacks_them_too_is_asked_for_older_ones_and_for_these_again_after_a_minute() {
    let (mut fetch, _) = asking(&[(1, 100), (200, 300)], at(0));
    assert_eq!(fetch.answered(at(1), A, &lack((250, 300))), Ok(false));
    assert!(fetch.may_ask(at(1)), "at once, somebody else");
    let wanted = |fetch: &mut Fetch, now, peer| {
        fetch.wanted_of(now, peer, BYTES).map(|ask| (ask.stretch.first.0, ask.stretch.last.0))
    };
    assert_eq!(wanted(&mut fetch, at(1), B), Some((200, 300)));
    assert_eq!(wanted(&mut fetch, at(1), A), Some((200, 249)));
    let ask = fetch.wanted_of(at(1), A, BYTES).unwrap();
    fetch.asked(at(1), A, ask);
    assert_eq!(fetch.answered(at(2), A, &lack((200, 249))), Ok(false));
    assert_eq!(wanted(&mut fetch, at(2), A), Some((1, 100)));
    let ask = fetch.wanted_of(at(2), A, BYTES).unwrap();
    fetch.asked(at(2), A, ask);
    assert_eq!(fetch.answered(at(2), A, &lack((1, 100))), Ok(false));
    assert_eq!(wanted(&mut fetch, at(2), A), None);
    assert_eq!(wanted(&mut fetch, at(60_002), A), Some((200, 300)));
}

#[test]
fn who_lacked_older_lines_is_asked_for_what_came_to_be_missing_since() {
    let (mut fetch, _) = asking(&[(1, 100)], at(0));
    assert_eq!(fetch.answered(at(1), A, &lack((1, 100))), Ok(false));
    assert_eq!(fetch.wanted_of(at(1), A, BYTES), None);
    fetch.learn(at(2), missing(&[(1, 100), (500, 600)]));
    assert_eq!(fetch.wanted_of(at(2), A, BYTES).unwrap().stretch, stretch((500, 600)));
}

#[test]
fn a_question_that_nobody_answers_is_asked_of_somebody_else() {
    let (mut fetch, ask) = asking(&[(1, 100)], at(0));
    assert_eq!(fetch.due(), Some(at(5_000)));
    assert!(!fetch.may_ask(at(4_999)));
    assert!(fetch.may_ask(at(5_000)));
    assert_eq!(fetch.wanted_of(at(5_000), A, BYTES), None);
    let next = fetch.wanted_of(at(5_000), B, BYTES).unwrap();
    assert_eq!(next.stretch, ask.stretch);
    assert!(next.bytes < ask.bytes, "and for less of it");
    fetch.asked(at(5_000), B, next);
    let late = part((1, 100), &[7]);
    assert!(fetch.answered(at(5_001), A, &late).is_err(), "too late");
    assert_eq!(fetch.answered(at(5_002), B, &late), Ok(true));
}

#[test]
fn a_question_to_a_peer_whose_link_is_gone_goes_out_again_at_once() {
    let (mut fetch, ask) = asking(&[(1, 100)], at(0));
    fetch.lost(B);
    assert!(!fetch.may_ask(at(1)), "that was another");
    fetch.lost(A);
    assert!(fetch.may_ask(at(1)));
    assert_eq!(fetch.wanted_of(at(1), B, BYTES), Some(ask));
    assert!(fetch.answered(at(2), A, &part((1, 100), &[])).is_err(), "of an earlier link");
}

#[test]
fn parts_grow_where_they_come_fast_and_shrink_where_they_are_slow() {
    let took = |ms: u64| {
        let (mut fetch, ask) = asking(&[(1, 1_000)], at(0));
        fetch.answered(at(ms), A, &part((900, 1_000), &[])).unwrap();
        fetch.learn(at(ms), missing(&[(1, 899)]));
        assert!(fetch.may_ask(at(ms) + Duration::from_millis(ms)));
        (ask.bytes, fetch.wanted_of(at(2 * ms), A, BYTES).unwrap().bytes)
    };
    let (first, fast) = took(1);
    assert_eq!(fast, 2 * first);
    assert_eq!(took(50).1, first);
    assert_eq!(took(400).1, first / 2);
    let (mut fetch, _) = asking(&[(1, 9)], at(0));
    fetch.answered(at(1), A, &part((9, 9), &[])).unwrap();
    fetch.learn(at(1), missing(&[(1, 8)]));
    assert_eq!(fetch.wanted_of(at(2), A, 100).unwrap().bytes, 100, "never more than is allowed");
}

#[test]
fn what_answers_no_question_is_refused_and_changes_nothing() {
    for (wrong, why) in [
        (part((50, 99), &[]), "another end"),
        (part((50, 101), &[]), "beyond the end"),
        (part((5, 100), &[]), "before the beginning"),
        (part((60, 100), &[59]), "a line before the part"),
        (part((60, 100), &[101]), "a line behind the part"),
        (part((60, 100), &[70, 80]), "the oldest first"),
        (part((60, 100), &[70, 70]), "one place twice"),
        (Part { lacks: true, ..part((60, 100), &[70]) }, "lines of somebody who lacks them"),
    ] {
        let (mut fetch, _) = asking(&[(10, 100)], at(0));
        let error = fetch.answered(at(1), A, &wrong).unwrap_err();
        assert!(error.contains("expected") && error.contains("found"), "{error}");
        assert_eq!(pairs(&fetch), [(10, 100)], "{why}");
        assert_eq!(fetch.wanted_of(at(1), A, BYTES), None, "{why}: it is left alone for a while");
        assert!(fetch.may_ask(at(1)), "{why}");
    }
    let (mut fetch, _) = asking(&[(10, 100)], at(0));
    let good = part((60, 100), &[99, 60]);
    assert!(fetch.answered(at(1), B, &good).is_err(), "B was not asked");
    assert_eq!(fetch.answered(at(2), A, &good), Ok(true), "and that is no answer of A");
    assert!(fetch.answered(at(3), A, &good).is_err(), "it was answered already");
}

fn pairs(fetch: &Fetch) -> Vec<(u64, u64)> {
    fetch.missing().iter().map(|it| (it.first.0, it.last.0)).collect()
}
