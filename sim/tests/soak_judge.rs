//! What the judge of a soak must reject, and what it must accept, by hand-made records.

use bytes::Bytes;
use ringchat::chat::command::Command;
use ringchat::front::journal::What;
use ringchat::proto::entry::{Delivered, Payload, Submission};
use ringchat::proto::event::Event;
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::view::View;
use ringchat_sim::soak::Tally;
use ringchat_sim::soak::judge::judge;
use ringchat_sim::soak::record::{Line, Record};

fn delivered(place: u64, text: &str) -> What {
    let bytes = Command::Say { minute: 0, text: text.to_owned() }.encode();
    let payload = Payload::new(Bytes::from(bytes)).unwrap();
    let message = Submission { origin: NodeId(1), seq: place, lamport: place, payload };
    What::Delivered(Delivered { index: Index(place), ballot: Ballot::default(), message })
}

/// Three nodes; the first two have typed three lines each.
fn typed() -> Record {
    let mut record = Record::new(3);
    for writer in [0, 1].into_iter().cycle().take(6) {
        record.next(writer);
    }
    record.kills = 1;
    record
}

fn tell(record: &mut Record, node: usize, lines: &[(u64, usize, u64)]) {
    for (place, writer, number) in lines {
        let line = Line { writer: *writer, number: *number };
        record.hear(node, &delivered(*place, &line.text()));
    }
}

/// All tell these lines, in a life of their own.
fn all_tell(record: &mut Record, lines: &[(u64, usize, u64)]) {
    for node in 0..3 {
        record.begin(node);
        tell(record, node, lines);
    }
}

const FOUR: [(u64, usize, u64); 4] = [(3, 0, 1), (5, 1, 1), (6, 0, 2), (9, 0, 3)];

fn judged(record: &Record) -> Tally {
    judge(record, true)
}

#[test]
fn the_same_lines_at_all_nodes_are_clean_though_lives_tell_them_again() {
    let mut record = typed();
    all_tell(&mut record, &FOUR[..3]);
    all_tell(&mut record, &FOUR);
    let tally = judged(&record);
    assert!(tally.is_clean() && tally.says_something(), "{tally}");
    assert_eq!((tally.typed, tally.acknowledged, tally.found), (6, 4, 4));
}

#[test]
fn a_line_that_only_its_writer_was_given_is_lost() {
    let mut record = typed();
    all_tell(&mut record, &FOUR[..3]);
    tell(&mut record, 0, &FOUR[3..]);
    let tally = judged(&record);
    assert_eq!((tally.lost, tally.found, tally.is_clean()), (1, 3, false));
}

#[test]
fn a_line_that_its_writer_was_not_given_may_be_anywhere() {
    let mut record = typed();
    all_tell(&mut record, &FOUR);
    tell(&mut record, 2, &[(10, 1, 2)]);
    assert!(judged(&record).is_clean());
}

#[test]
fn a_line_at_two_places_is_doubled() {
    let mut record = typed();
    all_tell(&mut record, &FOUR);
    all_tell(&mut record, &[(12, 1, 1)]);
    let tally = judged(&record);
    assert_eq!((tally.doubled, tally.is_clean()), (1, false));
}

#[test]
fn another_line_at_a_place_is_reordered_at_another_node_and_in_another_life() {
    for node in [0, 1] {
        let mut record = typed();
        all_tell(&mut record, &FOUR[..1]);
        tell(&mut record, 0, &[(5, 1, 1)]);
        record.begin(node);
        tell(&mut record, node, &[(5, 1, 2)]);
        let tally = judged(&record);
        assert!(tally.reordered > 0 && !tally.is_clean(), "{tally}");
    }
}

#[test]
fn a_later_line_of_a_writer_before_an_earlier_one_is_reordered() {
    let mut record = typed();
    all_tell(&mut record, &[(3, 0, 2), (5, 0, 1)]);
    let tally = judged(&record);
    assert_eq!((tally.reordered, tally.lost, tally.is_clean()), (1, 0, false));
}

#[test]
fn a_node_that_goes_back_within_a_life_is_reordered() {
    let mut record = typed();
    all_tell(&mut record, &FOUR);
    tell(&mut record, 2, &FOUR[3..]);
    assert_eq!(judged(&record).reordered, 1);
}

#[test]
fn a_line_that_nobody_typed_is_invented() {
    let mut record = typed();
    all_tell(&mut record, &FOUR);
    record.hear(2, &delivered(20, "line 4 of 0"));
    record.hear(2, &delivered(21, "anything"));
    let tally = judged(&record);
    assert_eq!((tally.invented, tally.is_clean()), (2, false));
}

#[test]
fn what_stands_in_a_given_state_is_not_lost_and_is_counted() {
    let mut record = typed();
    all_tell(&mut record, &FOUR[..1]);
    (0..2).for_each(|node| tell(&mut record, node, &FOUR[1..3]));
    let view = View::default();
    record.hear(2, &What::Event(Event::SnapshotInstalled { index: Index(6), view }));
    (0..3).for_each(|node| tell(&mut record, node, &FOUR[3..]));
    let tally = judged(&record);
    assert!(tally.is_clean(), "{tally}");
    assert_eq!((tally.found, tally.given), (4, 2));
}

#[test]
fn chats_that_differ_and_soaks_in_which_nothing_happened_are_no_success() {
    let mut record = typed();
    all_tell(&mut record, &FOUR);
    assert!(!judge(&record, false).is_clean());
    record.kills = 0;
    assert!(!judged(&record).says_something());
    assert!(!judged(&Record::new(3)).says_something());
}
