//! Tables for the chat's bytes: what goes in comes out, and bad bytes are errors.

use ringchat::chat::bytes::Malformed;
use ringchat::chat::command::{Command, PRESENT_MAX};
use ringchat::chat::name::Name;
use ringchat::chat::state::{Chat, HISTORY_BYTES_MAX, HISTORY_LINES_MAX, Outcome};
use ringchat::chat::text::LINE_BYTES_MAX;
use ringchat::proto::id::{Index, NodeId};

fn hello() -> Command {
    let name = Name::new("bob").unwrap();
    Command::Hello { view: 7, present: vec![NodeId(1), NodeId(u64::MAX)], name }
}

fn say(text: &str) -> Command {
    Command::Say { minute: 29_000_000, text: text.to_owned() }
}

/// A chat of two names and three lines, one of them by somebody without a name.
fn some_chat() -> Chat {
    let mut chat = Chat::new();
    let commands =
        [(1, hello()), (2, hello()), (1, say("one")), (2, say("two")), (3, say("three"))];
    for (at, (origin, command)) in (1..).zip(commands) {
        chat.apply(Index(at), 10 * at, NodeId(origin), &command.encode());
    }
    chat
}

#[test]
fn a_command_is_read_as_it_was_written() {
    for command in [hello(), say("a line"), say("")] {
        assert_eq!(Command::decode(&command.encode()), Ok(command));
    }
}

#[test]
fn every_cut_of_a_hello_is_an_error() {
    let bytes = hello().encode();
    for length in 0..bytes.len() {
        let found = Command::decode(&bytes[..length]);
        assert!(matches!(found, Err(Malformed::Short { .. })), "{length}: {found:?}");
    }
    let trailing = [bytes.as_slice(), &[0]].concat();
    assert_eq!(Command::decode(&trailing), Err(Malformed::Trailing { found: 1 }));
}

#[test]
fn bad_commands_are_errors_and_change_nothing() {
    let long = say(&"x".repeat(LINE_BYTES_MAX + 1)).encode();
    let mut crowded = vec![1];
    crowded.extend(7u64.to_le_bytes());
    crowded.extend((PRESENT_MAX as u32 + 1).to_le_bytes());
    let mut control = hello().encode();
    *control.last_mut().unwrap() = 7;
    let mut text = say("x").encode();
    text.push(0xff);
    for bytes in [vec![], vec![0], vec![3, 1, 2], long, crowded, control, text] {
        let mut chat = some_chat();
        let outcome = chat.apply(Index(9), 9, NodeId(1), &bytes);
        assert!(matches!(outcome, Outcome::Unreadable { .. }), "{outcome:?}");
        assert_eq!(chat, some_chat());
    }
}

#[test]
fn a_line_that_its_origin_did_not_strip_is_stripped_at_every_node() {
    let found = Command::decode(&say("\u{1b}[31mred").encode());
    assert_eq!(found, Ok(say("red")));
}

#[test]
fn a_snapshot_is_restored_as_it_was_taken() {
    for chat in [Chat::new(), some_chat()] {
        assert_eq!(Chat::restore(&chat.snapshot()), Ok(chat));
    }
}

#[test]
fn every_cut_of_a_snapshot_is_an_error() {
    let bytes = some_chat().snapshot();
    for length in 0..bytes.len() {
        assert!(Chat::restore(&bytes[..length]).is_err(), "{length}");
    }
    let trailing = [bytes.as_slice(), &[0]].concat();
    assert_eq!(Chat::restore(&trailing), Err(Malformed::Trailing { found: 1 }));
}

#[test]
fn a_snapshot_of_another_version_or_with_any_byte_changed_never_panics() {
    let bytes = some_chat().snapshot();
    let newer = [&[2], &bytes[1..]].concat();
    assert!(matches!(Chat::restore(&newer), Err(Malformed::Unknown { most: 1, found: 2, .. })));
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            let _either = Chat::restore(&changed);
        }
    }
}

#[test]
fn the_history_is_bounded_in_lines_and_in_bytes() {
    let mut chat = Chat::new();
    let count = HISTORY_LINES_MAX as u64 + 5;
    for at in 1..=count {
        chat.apply(Index(at), at, NodeId(1), &say("x").encode());
    }
    let places: Vec<u64> = chat.history().map(|line| line.place.0).collect();
    assert_eq!(places, (6..=count).collect::<Vec<_>>());

    let mut chat = Chat::new();
    let text = "x".repeat(LINE_BYTES_MAX);
    for at in 1..=100 {
        chat.apply(Index(at), at, NodeId(1), &say(&text).encode());
    }
    assert_eq!(chat.history().len(), HISTORY_BYTES_MAX / LINE_BYTES_MAX);
    assert_eq!(Chat::restore(&chat.snapshot()), Ok(chat));
}
