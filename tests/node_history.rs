//! Real processes with long histories: what was said long ago is the same everywhere, byte for byte.

mod node;

use std::fs;
use std::path::Path;

use node::{Running, address_in, folder};

/// So many lines are said before one of the nodes goes away, and so many while it is.
const BEFORE: usize = 700;
const MEANWHILE: usize = 2_300;

/// A node that writes a snapshot every few lines, and keeps little of its log: whoever was away needs a
/// snapshot of somebody else.
fn start(folder: &Path, name: &str, more: &[&str]) -> Running {
    let config = folder.join("node.toml");
    let bounds = "[timing]\ndisk_entries = 100\nlog_keep = 50\nlag_entries = 100\n";
    fs::write(&config, bounds).unwrap();
    let data = folder.join(name);
    let listen = address_in(&data);
    let own = ["--name", name, "--listen", &listen, "--data", data.to_str().unwrap()];
    let config = ["--config", config.to_str().unwrap()];
    Running::start(folder, &[&own[..], &config, more].concat())
}

fn join(folder: &Path, name: &str, other: &Running, more: &[&str]) -> Running {
    let node = start(folder, name, &[&["--join", &other.address], more].concat());
    node.wait_for(&format!("* you are {name}"));
    node
}

fn say(node: &mut Running, places: std::ops::Range<usize>) {
    for line in places {
        node.type_line(&format!("line {line}"));
    }
}

/// What one `/history` shows: the lines, what is lacking, and whether there is more.
fn page(node: &mut Running, typed: &str) -> (Vec<String>, Vec<String>, bool) {
    let before = node.lines().len();
    node.type_line(typed);
    let shown = node.wait(typed, |lines| {
        let end = lines[before..].iter().position(|line| line.starts_with("* ("))?;
        Some(lines[before..=before + end].to_vec())
    });
    let goes_on = shown.last().unwrap().contains("shows what was said before");
    let is_said = |line: &&String| line.starts_with(|c: char| c.is_ascii_digit());
    let said = shown.iter().filter(is_said).cloned().collect();
    let lacking = shown.iter().filter(|line| line.contains("is not here")).cloned().collect();
    (said, lacking, goes_on)
}

fn place(line: &str) -> &str {
    line.split_once('[').unwrap().1.split_once('·').unwrap().0
}

/// Everything that a node can show of the past, the oldest first, and what is lacking.
fn past(node: &mut Running) -> (Vec<String>, Vec<String>) {
    let (mut said, mut lacking, mut goes_on) = page(node, "/history 1000");
    while goes_on {
        let typed = format!("/history 1000 before {}", place(&said[0]));
        let (earlier, more, on) = page(node, &typed);
        if earlier.is_empty() {
            lacking.extend(more);
            break;
        }
        said.splice(0..0, earlier);
        lacking.extend(more);
        goes_on = on;
    }
    (said, lacking)
}

fn texts(said: &[String]) -> Vec<String> {
    said.iter().map(|line| line.split_once("]: ").unwrap().1.to_owned()).collect()
}

#[test]
fn whoever_was_away_or_is_new_gets_all_that_was_ever_said() {
    let folder = folder();
    let mut ann = start(folder.path(), "ann", &["--new"]);
    ann.wait_for("* you are ann");
    let mut bob = join(folder.path(), "bob", &ann, &[]);
    let mut eve = join(folder.path(), "eve", &ann, &[]);
    say(&mut ann, 0..BEFORE);
    bob.wait_for(&format!("]: line {}", BEFORE - 1));
    bob.kill_9();
    say(&mut eve, BEFORE..BEFORE + MEANWHILE);
    let last = format!("]: line {}", BEFORE + MEANWHILE - 1);
    ann.wait_for(&last);
    let mut bob = start(folder.path(), "bob", &[]);
    let mut tom = join(folder.path(), "tom", &eve, &[]);
    for node in [&bob, &tom] {
        node.wait_for_log("has all lines of the past that it is to keep");
    }
    // Of one who was there all the time nothing can be missing.
    let (expected, lacking) = past(&mut ann);
    assert_eq!(lacking, [] as [String; 0]);
    let said: Vec<String> = (0..BEFORE + MEANWHILE).map(|line| format!("line {line}")).collect();
    assert_eq!(texts(&expected), said);
    for node in [&mut bob, &mut eve, &mut tom] {
        assert_eq!(past(node), (expected.clone(), vec![]), "at {}", node.address);
    }
    // It is on the disk: nobody else is there to ask.
    for mut node in [ann, bob, eve] {
        node.kill_9();
    }
    tom.kill_9();
    let mut tom = start(folder.path(), "tom", &["--force-new-ring"]);
    tom.wait_for("* you are tom again");
    assert_eq!(past(&mut tom), (expected, vec![]));
}

#[test]
fn a_node_keeps_as_much_history_as_it_is_told_and_says_what_it_has_no_more() {
    let folder = folder();
    let mut ann = start(folder.path(), "ann", &["--new"]);
    ann.wait_for("* you are ann");
    let bob = join(folder.path(), "bob", &ann, &["--keep-history", "1500"]);
    say(&mut ann, 0..2_500);
    bob.wait_for("]: line 2499");
    ann.wait_for("]: line 2499");
    let eve = join(folder.path(), "eve", &ann, &["--keep-history", "1500"]);
    eve.wait_for_log("has all lines of the past that it is to keep");
    let all = past(&mut ann).0;
    assert_eq!(all.len(), 2_500);
    for mut node in [bob, eve] {
        let (said, lacking) = past(&mut node);
        // What was said since the last snapshot is not counted yet.
        assert!((1_500..1_800).contains(&said.len()), "found {}", said.len());
        assert_eq!(said, all[all.len() - said.len()..]);
        assert!(!lacking.is_empty(), "it says so");
    }
}

#[test]
fn in_memory_mode_the_last_thousand_lines_are_all_there_is() {
    let folder = folder();
    let own = ["--name", "ann", "--listen", "127.0.0.1:0", "--new"];
    let mut ann = Running::start(folder.path(), &own);
    ann.wait_for("* you are ann");
    assert_eq!(page_of_nothing(&mut ann), "* (nothing was said before)");
    say(&mut ann, 0..1_200);
    ann.wait_for("]: line 1199");
    let (said, lacking) = past(&mut ann);
    assert_eq!(texts(&said[..1]), ["line 200"]);
    assert_eq!((said.len(), lacking.len()), (1_000, 1), "{lacking:?}");
}

fn page_of_nothing(node: &mut Running) -> String {
    node.type_line("/history");
    node.wait_for("* (nothing was said")
}
