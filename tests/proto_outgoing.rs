//! A node's own messages by tables: their numbers, the bounds on them, and when they go out again.

use std::time::Duration;

use bytes::Bytes;
use ringchat::proto::entry::{Payload, Submission};
use ringchat::proto::id::NodeId;
use ringchat::proto::outgoing::Outgoing;
use ringchat::proto::time::Instant;

const ALL: usize = usize::MAX;

fn at(ms: u64) -> Instant {
    Instant::from_micros(ms * 1_000)
}

fn outgoing(count: u64, bytes: usize) -> Outgoing {
    let mut outgoing = Outgoing::default();
    for seq in 1..=count {
        let payload = Payload::new(Bytes::from(vec![b'x'; bytes])).unwrap();
        assert_eq!(outgoing.push(NodeId(1), seq * 100, payload), seq);
    }
    outgoing
}

fn numbers(messages: &[Submission]) -> Vec<u64> {
    messages.iter().map(|message| message.seq).collect()
}

fn offer(outgoing: &mut Outgoing, count: usize, bytes: usize) -> Vec<u64> {
    numbers(&outgoing.offer(at(0), count, bytes))
}

#[test]
fn messages_are_numbered_from_1_without_gaps_and_keep_their_time() {
    let mut outgoing = outgoing(3, 1);
    let offered = outgoing.offer(at(0), ALL, ALL);
    assert_eq!(numbers(&offered), [1, 2, 3]);
    assert_eq!(offered.iter().map(|it| it.lamport).collect::<Vec<_>>(), [100, 200, 300]);
    assert!(offered.iter().all(|it| it.origin == NodeId(1)));
}

#[test]
fn numbers_go_on_after_everything_was_delivered() {
    let mut outgoing = outgoing(2, 1);
    outgoing.delivered(at(0), 2);
    assert_eq!(outgoing.push(NodeId(1), 0, Payload::default()), 3);
}

#[test]
fn what_may_be_under_way_is_bounded_by_count_and_by_bytes() {
    // (bound on the count, on the bytes, what is offered) of five messages of ten bytes
    let table: &[(usize, usize, &[u64])] = &[
        (0, ALL, &[]),
        (2, ALL, &[1, 2]),
        (9, ALL, &[1, 2, 3, 4, 5]),
        (9, 20, &[1, 2]),
        (9, 21, &[1, 2, 3]),
        (2, 21, &[1, 2]),
        // One goes, however large it is.
        (9, 0, &[1]),
        (9, 1, &[1]),
    ];
    for (count, bytes, expected) in table {
        let mut outgoing = outgoing(5, 10);
        let what = format!("at most {count} and {bytes} bytes");
        assert_eq!(outgoing.has_offer(*count, *bytes), !expected.is_empty(), "{what}");
        assert_eq!(numbers(&outgoing.offer(at(0), *count, *bytes)), *expected, "{what}");
        assert!(!outgoing.has_offer(*count, *bytes), "{what}");
        assert_eq!(numbers(&outgoing.offer(at(0), *count, *bytes)), [0; 0], "{what}, again");
        assert_eq!(outgoing.waiting(), 5, "what is under way still waits");
    }
}

#[test]
fn a_delivery_makes_room_for_the_next() {
    let mut outgoing = outgoing(5, 10);
    assert_eq!(offer(&mut outgoing, 2, ALL), [1, 2]);
    outgoing.delivered(at(0), 1);
    assert_eq!(offer(&mut outgoing, 2, ALL), [3]);
    outgoing.delivered(at(0), 3);
    assert_eq!(outgoing.waiting(), 2);
    assert_eq!(offer(&mut outgoing, 9, 10), [4]);
    assert_eq!(offer(&mut outgoing, 9, 20), [5]);
}

#[test]
fn after_a_rewind_everything_undelivered_is_offered_again() {
    let mut outgoing = outgoing(4, 10);
    assert_eq!(outgoing.rewind(), 0, "nothing was under way");
    offer(&mut outgoing, 3, ALL);
    outgoing.delivered(at(0), 1);
    assert_eq!(outgoing.rewind(), 2);
    assert_eq!(offer(&mut outgoing, ALL, 20), [2, 3]);
    assert_eq!(offer(&mut outgoing, ALL, ALL), [4]);
}

#[test]
fn what_is_delivered_while_it_counts_as_unsent_is_not_sent_again() {
    let mut outgoing = outgoing(4, 10);
    offer(&mut outgoing, 3, ALL);
    outgoing.rewind();
    outgoing.delivered(at(0), 2);
    assert_eq!(outgoing.waiting(), 2);
    assert_eq!(offer(&mut outgoing, ALL, ALL), [3, 4]);
    outgoing.delivered(at(0), u64::MAX);
    assert_eq!(outgoing.waiting(), 0);
}

#[test]
fn only_so_many_messages_and_bytes_may_wait() {
    // (bound on the count, on the bytes, room) with three messages of ten bytes
    let table = [(4, 31, true), (3, 31, false), (4, 30, false), (4, 29, false), (0, 0, false)];
    for (count, bytes, room) in table {
        let outgoing = outgoing(3, 10);
        assert_eq!(outgoing.has_room(count, bytes), room, "{count} messages, {bytes} bytes");
    }
    let mut outgoing = outgoing(3, 10);
    outgoing.delivered(at(0), 2);
    assert!(outgoing.has_room(2, 11) && !outgoing.has_room(2, 10));
}

#[test]
fn what_is_not_delivered_is_overdue_and_each_further_time_later() {
    let after = Duration::from_millis(100);
    let mut outgoing = outgoing(1, 1);
    assert!(!outgoing.is_overdue(at(9_000), after), "nothing is under way");
    let mut now = 9_000;
    outgoing.offer(at(now), ALL, ALL);
    for wait in [100, 200, 400, 800, 1_600, 1_600, 1_600] {
        assert!(!outgoing.is_overdue(at(now + wait - 1), after), "before {wait} ms");
        assert!(outgoing.is_overdue(at(now + wait), after), "after {wait} ms");
        now += wait;
        assert!(!outgoing.is_overdue(at(now), after), "once");
        outgoing.rewind();
        assert!(!outgoing.is_overdue(at(now + 99_000), after), "nothing is under way again");
        outgoing.offer(at(now), ALL, ALL);
    }
}

#[test]
fn a_delivery_starts_the_waiting_anew() {
    let after = Duration::from_millis(100);
    let mut outgoing = outgoing(3, 1);
    outgoing.offer(at(0), ALL, ALL);
    assert!(outgoing.is_overdue(at(100), after));
    outgoing.delivered(at(150), 1);
    assert!(!outgoing.is_overdue(at(249), after));
    assert!(outgoing.is_overdue(at(250), after));
}
