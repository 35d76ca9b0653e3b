//! The duplicate filter and the gap check by tables.

use ringchat::proto::entry::{Payload, Submission};
use ringchat::proto::id::NodeId;
use ringchat::proto::sequencer::{Sessions, Verdict, before_life};

fn message(origin: u64, seq: u64) -> Submission {
    Submission { origin: NodeId(origin), seq, lamport: 0, payload: Payload::default() }
}

#[test]
fn each_message_of_an_origin_passes_once_and_in_order() {
    let mut sessions = Sessions::default();
    // (origin, number, verdict)
    let table = [
        (1, 0, Verdict::Duplicate),
        (1, 2, Verdict::Gap),
        (1, 1, Verdict::Next),
        (1, 1, Verdict::Duplicate),
        (1, 3, Verdict::Gap),
        (1, 2, Verdict::Next),
        (1, 3, Verdict::Next),
        (1, 1, Verdict::Duplicate),
        (2, 3, Verdict::Gap),
        (2, 1, Verdict::Next),
        (1, 4, Verdict::Next),
        (1, u64::MAX, Verdict::Gap),
    ];
    for (origin, seq, verdict) in table {
        assert_eq!(sessions.take(&message(origin, seq)), verdict, "{origin} says its {seq}.");
    }
}

#[test]
fn the_filter_survives_a_snapshot() {
    let mut sessions = Sessions::default();
    for (origin, seq) in [(3, 1), (1, 1), (1, 2)] {
        sessions.take(&message(origin, seq));
    }
    let pairs = sessions.to_pairs();
    assert_eq!(pairs, [(NodeId(1), 2), (NodeId(3), 1)]);
    let mut restored = Sessions::from_pairs(&pairs);
    assert_eq!(restored, sessions);
    assert_eq!(restored.take(&message(1, 2)), Verdict::Duplicate);
    assert_eq!(restored.take(&message(1, 3)), Verdict::Next);
}

#[test]
fn the_greatest_number_there_is_passes_and_ends_a_session() {
    let mut sessions = Sessions::from_pairs(&[(NodeId(1), u64::MAX - 1)]);
    assert_eq!(sessions.take(&message(1, u64::MAX)), Verdict::Next);
    assert_eq!(sessions.take(&message(1, u64::MAX)), Verdict::Duplicate);
}

#[test]
fn a_later_life_begins_anew_whatever_became_of_what_an_earlier_one_had_sent() {
    let mut sessions = Sessions::default();
    let (second, fifth) = (before_life(2), before_life(5));
    // (number, verdict)
    let table = [
        (1, Verdict::Next),
        (2, Verdict::Next),
        (second + 2, Verdict::Gap),
        (second, Verdict::Gap),
        (second + 1, Verdict::Next),
        (3, Verdict::Duplicate),
        (second + 1, Verdict::Duplicate),
        (second + 3, Verdict::Gap),
        (fifth + 2, Verdict::Gap),
        (second + 2, Verdict::Next),
        (fifth + 1, Verdict::Next),
        (second + 3, Verdict::Duplicate),
        (fifth + 2, Verdict::Next),
    ];
    for (seq, verdict) in table {
        assert_eq!(sessions.take(&message(1, seq)), verdict, "{seq:x}");
    }
}
