//! Tables for names: what one may hold, who gets which, and when one is freed.

use ringchat::chat::command::Command;
use ringchat::chat::name::{NAME_CHARS_MAX, Name, NameError};
use ringchat::chat::outcome::Outcome;
use ringchat::chat::skeleton::skeleton;
use ringchat::chat::state::{Chat, NAMES_MAX};
use ringchat::proto::id::{Index, NodeId};

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// `origin` says hello from a view with these members; what it is called then.
fn hello(chat: &mut Chat, origin: u64, view: u64, present: &[u64], wanted: &str) -> String {
    let present = present.iter().copied().map(NodeId).collect();
    let bytes = Command::Hello { view, present, name: name(wanted) }.encode();
    let told = chat.apply(Index(view), view, NodeId(origin), &bytes);
    match told.last().map(|told| &told.what) {
        Some(Outcome::Arrived { name, .. }) => name.to_string(),
        other => panic!("expected an arrival, found {other:?}"),
    }
}

#[test]
fn a_name_has_1_to_32_characters_and_no_control_characters() {
    let longest = "ä".repeat(NAME_CHARS_MAX);
    for (text, expected) in [
        ("bob", Ok("bob")),
        ("  bob  ", Ok("bob")),
        ("bob smith", Ok("bob smith")),
        (longest.as_str(), Ok(longest.as_str())),
        ("", Err(NameError::Empty)),
        ("   ", Err(NameError::Empty)),
        ("\u{a0}", Err(NameError::Empty)),
        ("bo\u{7}b", Err(NameError::Control { found: '\u{7}', position: 3 })),
        ("\u{1b}[31mbob", Err(NameError::Control { found: '\u{1b}', position: 1 })),
        ("bob\n", Err(NameError::Control { found: '\n', position: 4 })),
        ("b\u{202e}ob", Err(NameError::Control { found: '\u{202e}', position: 2 })),
    ] {
        assert_eq!(
            Name::new(text).as_ref().map(Name::as_str),
            expected.as_ref().copied(),
            "{text:?}"
        );
    }
    let long = "x".repeat(NAME_CHARS_MAX + 1);
    assert_eq!(Name::new(&long), Err(NameError::TooLong { found: NAME_CHARS_MAX + 1 }));
}

#[test]
fn a_taken_name_gets_the_next_free_number() {
    let mut chat = Chat::new();
    assert_eq!(hello(&mut chat, 1, 1, &[1], "bob"), "bob");
    assert_eq!(hello(&mut chat, 2, 2, &[1, 2], "bob"), "bob2");
    assert_eq!(hello(&mut chat, 3, 3, &[1, 2, 3], "Bob"), "Bob3");
    assert_eq!(hello(&mut chat, 4, 4, &[1, 2, 3, 4], "bob2"), "bob2-2");
}

#[test]
fn a_numbered_name_is_still_a_name() {
    let long = name(&"x".repeat(NAME_CHARS_MAX)).numbered(1_000);
    assert_eq!(long.as_str().chars().count(), NAME_CHARS_MAX);
    assert_eq!(Name::new(long.as_str()), Ok(long));
}

#[test]
fn the_name_of_one_who_is_gone_is_freed_when_somebody_asks_for_it() {
    let mut chat = Chat::new();
    hello(&mut chat, 1, 1, &[1], "ann");
    hello(&mut chat, 2, 2, &[1, 2], "bob");
    assert_eq!(hello(&mut chat, 3, 4, &[1, 3], "bob"), "bob");
    assert_eq!(chat.name(NodeId(2)), None, "its name went to another");
}

#[test]
fn an_evicted_node_that_comes_back_keeps_its_name_unless_it_was_taken() {
    let mut chat = Chat::new();
    hello(&mut chat, 1, 1, &[1], "ann");
    hello(&mut chat, 2, 2, &[1, 2], "bob");
    hello(&mut chat, 3, 4, &[1, 3], "eve");
    assert_eq!(hello(&mut chat, 2, 5, &[1, 2, 3], "bob"), "bob");
    hello(&mut chat, 4, 7, &[1, 3, 4], "bob");
    assert_eq!(hello(&mut chat, 2, 8, &[1, 2, 3, 4], "bob"), "bob2");
}

#[test]
fn a_hello_from_an_old_view_frees_no_name_of_a_later_comer() {
    let mut chat = Chat::new();
    hello(&mut chat, 1, 1, &[1], "ann");
    // Node 2 came in with view 3, after node 3 had; the order took node 2's word first.
    hello(&mut chat, 2, 3, &[1, 2, 3], "bob");
    assert_eq!(hello(&mut chat, 3, 2, &[1, 3], "bob"), "bob2");
}

#[test]
fn the_names_of_those_who_are_gone_are_bounded() {
    let mut chat = Chat::new();
    let count = NAMES_MAX as u64 + 10;
    for id in 1..=count {
        hello(&mut chat, id, id, &[id], &format!("guest {id}"));
    }
    assert_eq!(chat.name(NodeId(1)), None);
    assert_eq!(chat.name(NodeId(10)), None);
    assert!(chat.name(NodeId(11)).is_some());
    assert!(chat.name(NodeId(count)).is_some());
}

#[test]
fn names_that_people_would_take_for_each_other_have_one_skeleton() {
    for (one, other) in [
        ("bob", "BOB"),
        ("bob", "b0b"),
        ("bill", "bi11"),
        ("bill", "b|Il"),
        ("ann", "аnn"),
        ("ANN", "ΑΝΝ"),
        ("scope", "ѕсоре"),
        ("bob", "ｂｏｂ"),
        ("bob", "b\u{200b}o\u{feff}b"),
        ("bob", "bo\u{301}b"),
        ("a-b", "a_b"),
        ("a b", "a\u{a0}b"),
        ("K", "\u{212a}"),
    ] {
        assert_eq!(skeleton(one), skeleton(other), "{one} {other}");
        assert!(name(one).resembles(&name(other)));
        assert_eq!(skeleton(&skeleton(one)), skeleton(one));
    }
    for (one, other) in [("bob", "bob2"), ("ann", "anna"), ("bob", "rob"), ("дима", "дина")]
    {
        assert!(!name(one).resembles(&name(other)), "{one} {other}");
    }
}

#[test]
fn a_guest_who_looks_like_another_gets_a_number() {
    let mut chat = Chat::new();
    assert_eq!(hello(&mut chat, 1, 1, &[1], "bob"), "bob");
    assert_eq!(hello(&mut chat, 2, 2, &[1, 2], "b0b"), "b0b2");
    assert_eq!(hello(&mut chat, 3, 3, &[1, 2, 3], "ВОВ"), "ВОВ3");
}
