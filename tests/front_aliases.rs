//! Tables for the file of aliases: what is read, what is reported, and what a change leaves alone.

use std::fs;
use std::path::Path;

use ringchat::chat::name::Name;
use ringchat::front::aliases::{Aliases, FILE};

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn all(aliases: &Aliases) -> Vec<String> {
    aliases.all().map(|(alias, of)| format!("{alias}={of}")).collect()
}

fn faults(aliases: &mut Aliases) -> Vec<String> {
    aliases.look().iter().map(ToString::to_string).collect()
}

fn in_folder(text: &[u8]) -> (tempfile::TempDir, Aliases) {
    let folder = tempfile::TempDir::new().unwrap();
    fs::write(folder.path().join(FILE), text).unwrap();
    let aliases = Aliases::new(Some(folder.path()));
    (folder, aliases)
}

fn text(folder: &Path) -> String {
    fs::read_to_string(folder.join(FILE)).unwrap()
}

// Answers F26 of docs/features.md.
#[test]
fn two_aliases_are_both_there_and_after_a_restart_too() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut aliases = Aliases::new(Some(folder.path()));
    assert_eq!(faults(&mut aliases), Vec::<String>::new(), "no file is no fault");
    aliases.set(&name("boss"), &name("catherine the great")).unwrap();
    aliases.set(&name("home"), &name("127.0.0.1:7401")).unwrap();
    let expected = ["boss=catherine the great", "home=127.0.0.1:7401"];
    assert_eq!(all(&aliases), expected);
    let mut again = Aliases::new(Some(folder.path()));
    assert_eq!(faults(&mut again), Vec::<String>::new());
    assert_eq!(all(&again), expected);
    assert_eq!(again.of(&name("BOSS")), Some(&name("catherine the great")));
    assert_eq!(again.of(&name("bob")), None);
}

#[test]
fn what_cannot_be_understood_is_reported_with_its_line_and_the_rest_counts() {
    let long = format!("a\n{} ann\n", "x".repeat(33));
    for (text, expected, found) in [
        ("# a note\n\n  boss   @ann \nhome 127.0.0.1:1\r\n", vec![], "boss=ann home=127.0.0.1:1"),
        ("boss\nhome ann\n", vec!["line 1: expected an alias and whom it means"], "home=ann"),
        (
            "boss ann\nBoss bob\n",
            vec!["line 2: expected each alias once, found boss of line 1"],
            "boss=ann",
        ),
        (
            "127.0.0.1:1 ann\n@a bob\n",
            vec!["line 1: expected a word", "line 2: expected a word"],
            "",
        ),
        (&long, vec!["line 1: expected an alias", "line 2: a name has at most 32"], ""),
        ("boss \u{1b}[2J\n", vec!["line 1: a name holds no control characters"], ""),
    ] {
        let (folder, mut aliases) = in_folder(text.as_bytes());
        let faults = faults(&mut aliases);
        assert_eq!(faults.len(), expected.len(), "{text:?}: {faults:#?}");
        for (fault, part) in faults.iter().zip(expected) {
            assert!(fault.contains(part), "expected {part:?} of {text:?}, found {fault}");
            assert!(fault.contains(folder.path().join(FILE).to_str().unwrap()), "{fault}");
        }
        assert_eq!(all(&aliases).join(" "), found, "{text:?}");
    }
    let (_folder, mut aliases) = in_folder(b"boss \xff\n");
    assert_eq!(faults(&mut aliases), Vec::<String>::new());
    assert_eq!(all(&aliases), ["boss=\u{fffd}"], "what is no UTF-8 is replaced");
}

#[test]
fn a_change_leaves_all_other_lines_as_they_are_and_a_change_by_hand_counts_at_once() {
    let (folder, mut aliases) = in_folder(b"# mine\nboss ann\n  what?\nhome bob");
    assert_eq!(faults(&mut aliases).len(), 1);
    assert_eq!(faults(&mut aliases), Vec::<String>::new(), "a fault is told once");
    aliases.set(&name("Boss"), &name("eve")).unwrap();
    assert_eq!(text(folder.path()), "# mine\nBoss eve\n  what?\nhome bob\n");
    fs::write(folder.path().join(FILE), "by hand\n").unwrap();
    assert_eq!(faults(&mut aliases), Vec::<String>::new());
    assert_eq!(all(&aliases), ["by=hand"]);
    aliases.remove(&name("by")).unwrap();
    assert_eq!(all(&aliases), Vec::<String>::new());
    let unknown = aliases.remove(&name("by")).unwrap_err().to_string();
    assert_eq!(unknown, "there is no alias by; nothing was changed: /alias shows all");
}

#[test]
fn a_file_that_cannot_be_read_or_written_is_told_and_nothing_ends() {
    let folder = tempfile::TempDir::new().unwrap();
    let gone = folder.path().join("gone");
    let mut aliases = Aliases::new(Some(&gone));
    let refused = aliases.set(&name("boss"), &name("ann")).unwrap_err().to_string();
    assert!(refused.contains("cannot be written") && refused.contains("nothing was changed"));
    assert_eq!(all(&aliases), Vec::<String>::new());
    fs::create_dir_all(folder.path().join(FILE)).unwrap();
    let mut aliases = Aliases::new(Some(folder.path()));
    assert!(faults(&mut aliases)[0].contains("cannot be read"));
}

#[test]
fn where_nothing_is_kept_aliases_are_there_as_long_as_the_node() {
    let mut aliases = Aliases::new(None);
    aliases.set(&name("boss"), &name("ann")).unwrap();
    assert_eq!(faults(&mut aliases), Vec::<String>::new());
    assert_eq!(all(&aliases), ["boss=ann"]);
}
