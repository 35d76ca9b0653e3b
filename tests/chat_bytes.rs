//! Tables for the chat's bytes: what goes in comes out, and bad bytes are errors.

use ringchat::chat::bytes::Malformed;
use ringchat::chat::command::{Action, Body, Command, Kind, PRESENT_MAX, VERIFIER_BYTES_MAX};
use ringchat::chat::limits::Limits;
use ringchat::chat::name::Name;
use ringchat::chat::outcome::Outcome;
use ringchat::chat::person::AccountId;
use ringchat::chat::state::{Chat, HISTORY_BYTES_MAX, HISTORY_LINES_MAX};
use ringchat::chat::text::LINE_BYTES_MAX;
use ringchat::proto::id::{Index, NodeId};

fn hello() -> Command {
    let name = Name::new("bob").unwrap();
    Command::Hello { view: 7, present: vec![NodeId(1), NodeId(u64::MAX)], name }
}

fn say(text: &str) -> Command {
    Command::Say { minute: 29_000_000, text: text.to_owned() }
}

/// One action of each sort.
fn actions() -> Vec<Action> {
    let name = |text: &str| Name::new(text).unwrap();
    let place = Index(77);
    vec![
        Action::Post { group: None, kind: Kind::Said, text: "to all".to_owned() },
        Action::Post { group: Some(name("rust")), kind: Kind::Does, text: "waves".to_owned() },
        Action::Private { to: name("bob2"), body: Body::Plain("psst".to_owned()) },
        Action::Edit { place, text: "new".to_owned() },
        Action::Remove { place },
        Action::Create { group: name("rust") },
        Action::Join { group: name("rust") },
        Action::Part { group: name("rust") },
        Action::Delete { group: name("rust") },
        Action::Topic { group: Some(name("rust")), text: "no unsafe".to_owned() },
        Action::Topic { group: None, text: String::new() },
        Action::Rename { view: 9, present: vec![NodeId(1), NodeId(2)], name: name("eve") },
        Action::Register { name: name("bobby"), verifier: vec![7; VERIFIER_BYTES_MAX] },
        Action::Login { account: AccountId(place) },
        Action::LoginFailed { name: name("bobby") },
        Action::Logout,
        Action::DeleteAccount,
        Action::Seen { up_to: place },
        Action::SetLimits(Limits { rate_lines: 50, ..Limits::default() }),
    ]
}

fn act(action: Action) -> Command {
    Command::Act { second: 1_700_000_000, action }
}

/// A chat with something of everything in it, and a line by somebody without a name.
fn some_chat() -> Chat {
    let mut chat = Chat::new();
    let name = |text: &str| Name::new(text).unwrap();
    let join = |group: &str| act(Action::Join { group: name(group) });
    let post = |group: &str| {
        let group = Some(name(group));
        act(Action::Post { group, kind: Kind::Does, text: "says".to_owned() })
    };
    let verifier = vec![1, 2, 3];
    let commands = [
        (1, hello()),
        (2, hello()),
        (1, say("one")),
        (2, say("two")),
        (3, say("three")),
        (2, act(Action::Register { name: name("bobby"), verifier })),
        (1, act(Action::SetLimits(Limits { rate_lines: 50, ..Limits::default() }))),
        (1, join("rust")),
        (2, join("rust")),
        (2, post("rust")),
        (1, act(Action::Private { to: name("bobby"), body: Body::Plain("psst".to_owned()) })),
        (2, act(Action::Private { to: name("bob"), body: Body::Plain("what?".to_owned()) })),
        (1, act(Action::Edit { place: Index(3), text: "edited".to_owned() })),
        (1, act(Action::LoginFailed { name: name("bobby") })),
        (2, act(Action::Topic { group: None, text: "all".to_owned() })),
    ];
    for (at, (origin, command)) in (1..).zip(commands) {
        chat.apply(Index(at), 10 * at, NodeId(origin), &command.encode());
    }
    chat
}

#[test]
fn a_command_is_read_as_it_was_written() {
    let acts = actions().into_iter().map(act);
    for command in [hello(), say("a line"), say("")].into_iter().chain(acts) {
        assert_eq!(Command::decode(&command.encode()), Ok(command));
    }
}

#[test]
fn a_command_of_release_1_is_read_byte_for_byte() {
    let mut hello = vec![1];
    hello.extend(7u64.to_le_bytes());
    hello.extend(1u32.to_le_bytes());
    hello.extend(9u64.to_le_bytes());
    hello.extend(3u32.to_le_bytes());
    hello.extend(b"bob");
    let name = Name::new("bob").unwrap();
    let expected = Command::Hello { view: 7, present: vec![NodeId(9)], name };
    assert_eq!(Command::decode(&hello), Ok(expected.clone()));
    assert_eq!(expected.encode(), hello);
    let line = [&[2][..], &5u64.to_le_bytes(), b"hi"].concat();
    assert_eq!(Command::decode(&line), Ok(Command::Say { minute: 5, text: "hi".to_owned() }));
}

#[test]
fn no_cut_and_no_changed_byte_of_an_action_panics() {
    for action in actions() {
        let bytes = act(action.clone()).encode();
        for length in 0..bytes.len() {
            let mut chat = some_chat();
            chat.apply(Index(99), 9, NodeId(1), &bytes[..length]);
            let mut changed = bytes.clone();
            changed[length] ^= 0x55;
            chat.apply(Index(100), 9, NodeId(2), &changed);
            assert_eq!(Chat::restore(&chat.snapshot()), Ok(chat), "{action:?} {length}");
        }
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
    let mut newer = act(Action::Logout).encode();
    *newer.last_mut().unwrap() = 99;
    for bytes in [vec![], vec![0], vec![4, 1, 2], newer, long, crowded, control, text] {
        let mut chat = some_chat();
        let told = chat.apply(Index(99), 9, NodeId(1), &bytes);
        assert!(matches!(told[0].what, Outcome::Unreadable { .. }), "{told:?}");
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
    let newer = [&[3], &bytes[1..]].concat();
    assert!(matches!(Chat::restore(&newer), Err(Malformed::Unknown { most: 2, found: 3, .. })));
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            if let Ok(mut chat) = Chat::restore(&changed) {
                // Whatever it holds, it goes on and is whole.
                for action in actions() {
                    chat.apply(Index(1_000), 9, NodeId(2), &act(action).encode());
                }
                assert!(Chat::restore(&chat.snapshot()).is_ok(), "{at} {bit}");
            }
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
