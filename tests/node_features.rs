//! Rows of docs/features.md that only real processes can answer: joining, texts, stamps, groups.

mod node;

use std::path::Path;

use node::{Running, assert_same_order, command, folder};

fn join_without_waiting(folder: &Path, name: &str, other: &Running) -> Running {
    let join = ["--name", name, "--listen", "127.0.0.1:0", "--join", &other.address];
    Running::spawn(command(folder).args(join), folder)
}

/// Place and Lamport time of the line that ends so, as this node shows it.
fn stamps(node: &Running, end: &str) -> (u64, u64) {
    let line = node.wait_for(&format!("]: {end}"));
    let stamp = line.split_once('[').unwrap().1.split_once(']').unwrap().0;
    let (place, lamport) = stamp.split_once('·').unwrap();
    (place.parse().unwrap(), lamport.parse().unwrap())
}

#[test]
fn f1_f2_f3_a_founder_talks_at_once_and_any_member_lets_several_in_at_the_same_instant() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    ann.type_line("first");
    ann.wait_for("]: first");
    let mut bob = Running::join(folder.path(), "bob", &ann);
    let mut eve = join_without_waiting(folder.path(), "eve", &bob);
    let mut dan = join_without_waiting(folder.path(), "dan", &bob);
    for node in [&eve, &dan] {
        node.wait_for("* you are");
    }
    for newcomer in ["eve", "dan"] {
        ann.wait_for(&format!("* {newcomer} joins"));
        bob.wait_for(&format!("* {newcomer} joins"));
    }
    for (at, node) in [&mut ann, &mut bob, &mut eve, &mut dan].into_iter().enumerate() {
        node.type_line(&format!("line {at}"));
    }
    for node in [&ann, &bob, &eve, &dan] {
        for at in 0..4 {
            node.wait_for(&format!("]: line {at}"));
        }
        assert_eq!(node.said().len(), 5, "the first line too, as history: {:?}", node.said());
    }
}

#[test]
fn f4_f7_namesakes_get_numbers_and_a_name_is_free_again_after_a_crash() {
    let folder = folder();
    let ann = Running::found(folder.path(), "ann");
    let join = ["--name", "Ann", "--listen", "127.0.0.1:0", "--join", &ann.address];
    let mut second = Running::start(folder.path(), &join);
    second.wait_for("* you are Ann2: somebody is called Ann already");
    let third = Running::join(folder.path(), "eve", &ann);
    second.wait_for("* eve joins");
    second.kill_9();
    third.wait_for("* Ann2 is gone");
    let again = Running::start(folder.path(), &["--name", "ann2", "--join", &third.address]);
    again.wait_for("* you are ann2");
}

#[test]
fn f16_f24_a_text_arrives_as_it_was_typed_and_a_pipe_has_no_colours() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    let bob = Running::join(folder.path(), "bob", &ann);
    let texts =
        ["UPPER lower", "a: b:c", "two  blanks", "  leading", "grüße, 世界 🦀", "#tag /slash"];
    for text in texts {
        ann.type_line(text);
    }
    ann.type_line("");
    ann.type_line("end");
    bob.wait_for("]: end");
    let said: Vec<String> =
        bob.said().iter().map(|line| line.split_once("]: ").unwrap().1.to_owned()).collect();
    assert_eq!(said, [&texts[..], &["end"]].concat(), "an empty line is nothing to say");
    assert!(!bob.lines().iter().any(|line| line.contains('\u{1b}')));
}

#[test]
fn f20_f21_stamps_grow_with_each_answer_and_history_shows_the_time_of_day() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    let mut bob = Running::join(folder.path(), "bob", &ann);
    let mut last = (0, 0);
    for round in 0..5 {
        let (speaker, hearer) =
            if round % 2 == 0 { (&mut ann, &mut bob) } else { (&mut bob, &mut ann) };
        speaker.type_line(&format!("answer {round}"));
        let found = stamps(hearer, &format!("answer {round}"));
        assert_eq!(found, stamps(speaker, &format!("answer {round}")), "the same everywhere");
        assert!(found.0 > last.0 && found.1 > last.1, "{found:?} behind {last:?}");
        last = found;
    }
    bob.type_line("/history");
    bob.wait_for("* said on 20");
    let shown = bob.wait(":MM ann[", |lines| {
        let past =
            lines.iter().find(|line| line.ends_with("]: answer 0") && !line.starts_with('a'));
        past.cloned()
    });
    assert_eq!(shown.as_bytes()[2], b':', "{shown}");
}

#[test]
fn f36_f39_f54_every_node_lists_all_groups_and_names_also_after_the_leaders_death() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    let mut bob = Running::join(folder.path(), "bob", &ann);
    let mut eve = Running::join(folder.path(), "eve", &ann);
    for (node, group) in [(&mut ann, "alpha"), (&mut bob, "beta"), (&mut eve, "gamma")] {
        node.type_line(&format!("/join {group}"));
        node.wait_for(&format!("* #{group} is a new group"));
    }
    bob.type_line("/topic greek letters");
    bob.wait_for("* #beta is about: greek letters");
    ann.kill_9();
    bob.wait_for("* ann is gone");
    let late = Running::join(folder.path(), "late", &eve);
    eve.wait_for("* late joins");
    for node in [&mut bob, &mut eve] {
        node.type_line("#list");
        node.wait_for("* #gamma: ");
        for group in ["* #lobby: ", "* #alpha: 1 people", "* #beta: "] {
            node.wait_for(group);
        }
    }
    bob.wait_for("* #beta: bob* (guest)");
    bob.type_line("/who lobby");
    bob.wait_for("* here: ");
    bob.type_line("/list a*");
    bob.wait_for("* groups: #alpha");
    drop(late);
}

#[test]
fn f30_at_the_end_of_its_input_a_node_stays_where_that_is_wished() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    let join = ["--name", "bob", "--listen", "127.0.0.1:0", "--join", &ann.address];
    let mut bob = Running::start(folder.path(), &[&join[..], &["--stay"]].concat());
    bob.wait_for("* you are bob");
    let join = ["--name", "bot", "--listen", "127.0.0.1:0", "--join", &ann.address];
    let mut bot = Running::start(folder.path(), &[&join[..], &["--headless"]].concat());
    bot.wait_for("* you are bot");
    bob.type_line("last words");
    bob.end_input();
    bot.end_input();
    ann.wait_for("]: last words");
    ann.type_line("are you there?");
    bob.wait_for("]: are you there?");
    bot.wait_for("]: are you there?");
    for node in [&mut bob, &mut bot] {
        node.signal(nix::sys::signal::Signal::SIGTERM);
        assert_eq!(node.wait_exit(), Some(0));
    }
    ann.wait_for("* bob left");
    assert_same_order(&[&ann, &bob, &bot], 2);
}

#[test]
fn a_sender_sees_its_line_wait_get_its_place_and_be_with_all() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    let _bob = Running::join(folder.path(), "bob", &ann);
    ann.wait_for("* bob joins");
    ann.type_line("hello");
    ann.wait_for("… hello");
    let (place, _) = stamps(&ann, "hello");
    ann.wait_for(&format!("✓ all members have {place}"));
}

#[test]
fn what_was_said_can_be_found_changed_and_taken_back() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    let mut bob = Running::join(folder.path(), "bob", &ann);
    ann.type_line("helo there");
    ann.type_line("something to regret");
    let (first, second) = (stamps(&ann, "helo there").0, stamps(&ann, "something to regret").0);
    bob.wait_for("]: something to regret");
    bob.type_line(&format!("/edit {first} mine now"));
    bob.wait_for(&format!("! the line at {first} is not yours"));
    ann.type_line(&format!("/edit {first} hello there"));
    bob.wait_for("hello there (edited)");
    ann.type_line(&format!("/remove {second}"));
    bob.wait_for("(taken back)");
    bob.type_line("/search HELLO");
    bob.wait_for("* (1 of the last lines hold \"HELLO\")");
    bob.type_line("/history");
    bob.wait_for("* (nothing was said before that)");
    let behind = bob.lines().iter().rev().take(3).cloned().collect::<Vec<_>>().join("\n");
    assert!(behind.contains("hello there (edited)") && behind.contains("(taken back)"), "{behind}");
    assert!(!behind.contains("regret"));
}
