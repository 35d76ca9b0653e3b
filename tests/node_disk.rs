//! Real processes with disks: whatever they were told was ordered is there again, once.

mod node;

use std::path::Path;
use std::process::Stdio;

use nix::sys::signal::Signal;
use node::{Running, address_in, assert_same_order, command, errors_of, folder, run_to_end};

/// A node of this name that keeps what it holds below `folder`, new or coming back.
fn start(folder: &Path, name: &str, more: &[&str]) -> Running {
    let data = folder.join(name);
    let listen = address_in(&data);
    let own = ["--name", name, "--listen", &listen, "--data", data.to_str().unwrap()];
    Running::start(folder, &[&own, more].concat())
}

fn found(folder: &Path, name: &str) -> Running {
    let node = start(folder, name, &["--new"]);
    node.wait_for(&format!("* you are {name}"));
    node
}

fn join(folder: &Path, name: &str, other: &Running) -> Running {
    let node = start(folder, name, &["--join", &other.address]);
    node.wait_for(&format!("* you are {name}"));
    node
}

/// Three nodes in one ring, each of which has shown the same lines.
fn three(folder: &Path) -> [Running; 3] {
    let ann = found(folder, "ann");
    let bob = join(folder, "bob", &ann);
    let eve = join(folder, "eve", &ann);
    let mut nodes = [ann, bob, eve];
    for (at, node) in nodes.iter_mut().enumerate() {
        for line in 0..4 {
            node.type_line(&format!("line {line} of {at}"));
        }
    }
    assert_same_order(&nodes.each_ref(), 12);
    nodes
}

/// The same nodes again, after all of them have ended.
fn three_again(folder: &Path) -> [Running; 3] {
    let nodes = ["ann", "bob", "eve"].map(|name| start(folder, name, &[]));
    for (node, name) in nodes.iter().zip(["ann", "bob", "eve"]) {
        node.wait_for(&format!("* you are {name} again"));
    }
    nodes
}

/// The texts of all lines that it has shown, those from before it came included.
fn texts(node: &Running) -> Vec<String> {
    let lines = node.lines().into_iter();
    let said = lines.filter(|line| !line.starts_with(['*', '!', '…']) && line.contains('·'));
    said.filter_map(|line| Some(line.split_once("]: ")?.1.to_owned())).collect()
}

// Answers F55 of docs/features.md.
#[test]
fn after_a_kill_of_all_three_every_acknowledged_line_is_there_once() {
    let folder = folder();
    let mut nodes = three(folder.path());
    let before = nodes[0].said();
    for node in &nodes {
        node.signal(Signal::SIGKILL);
    }
    for node in &mut nodes {
        node.wait_exit();
    }
    let addresses = nodes.each_ref().map(|node| node.address.clone());
    let mut again = three_again(folder.path());
    assert_eq!(again.each_ref().map(|node| node.address.clone()), addresses);
    for (at, node) in again.iter_mut().enumerate() {
        node.type_line(&format!("new of {at}"));
    }
    for node in &again {
        for at in 0..3 {
            node.wait_for(&format!("]: new of {at}"));
        }
        let said = node.said();
        for line in &before {
            let count = said.iter().filter(|other| *other == line).count();
            assert_eq!(count, 1, "{line:?} in {said:#?}");
        }
        assert_eq!(said[..before.len()], before, "at the places where they stood");
        assert_eq!(texts(node).len(), 15, "{:#?}", node.lines());
    }
    assert_same_order(&again.each_ref(), 15);
}

#[test]
fn a_killed_node_comes_back_as_the_one_that_it_was() {
    let folder = folder();
    let [mut ann, mut bob, mut eve] = three(folder.path());
    bob.kill_9();
    ann.type_line("while bob was away");
    eve.wait_for("]: while bob was away");
    let mut bob = start(folder.path(), "bob", &[]);
    bob.wait_for("]: while bob was away");
    bob.wait_for("* you are bob again");
    bob.type_line("here I am");
    bob.type_line("and again");
    for node in [&ann, &eve, &bob] {
        node.wait_for("bob[");
        node.wait_for("]: and again");
    }
    eve.type_line("/who");
    let who = eve.wait_for("* here: ");
    assert_eq!(who.matches("bob").count(), 1, "{who}");
    assert_same_order(&[&ann, &eve], 15);
    assert_eq!(texts(&bob).len(), 15, "{:#?}", bob.lines());
}

#[test]
fn two_of_three_go_on_and_the_third_brings_nothing_back_that_was_overwritten() {
    let folder = folder();
    let mut nodes = three(folder.path());
    for node in &mut nodes {
        node.kill_9();
    }
    let mut ann = start(folder.path(), "ann", &[]);
    let eve = start(folder.path(), "eve", &[]);
    ann.wait_for("* you are ann again");
    eve.wait_for("* you are eve again");
    ann.type_line("without bob");
    eve.wait_for("]: without bob");
    let bob = start(folder.path(), "bob", &[]);
    bob.wait_for("]: without bob");
    assert_same_order(&[&ann, &eve, &bob], 13);
}

#[test]
fn one_that_has_left_and_one_that_lost_its_disk_come_back_as_new_nodes() {
    let folder = folder();
    let [ann, mut bob, mut eve] = three(folder.path());
    bob.type_line("/quit");
    assert_eq!(bob.wait_exit(), Some(0));
    ann.wait_for("* bob left");
    let mut bob = join(folder.path(), "bob", &ann);
    eve.kill_9();
    std::fs::remove_dir_all(folder.path().join("eve")).unwrap();
    ann.wait_for("* eve is gone");
    let eve = join(folder.path(), "eve", &ann);
    bob.type_line("all here");
    for node in [&ann, &bob, &eve] {
        node.wait_for("]: all here");
    }
}

#[test]
fn a_survivor_goes_on_as_a_new_ring_with_all_that_it_kept() {
    let folder = folder();
    let mut nodes = three(folder.path());
    for node in &mut nodes {
        node.kill_9();
    }
    let mut eve = start(folder.path(), "eve", &["--force-new-ring"]);
    eve.wait_for("* you are eve again");
    assert_eq!(texts(&eve).len(), 12, "{:#?}", eve.lines());
    eve.type_line("alone");
    eve.wait_for("]: alone");
    eve.kill_9();
    // What the new ring has ordered is kept, too, and others may join it.
    let mut eve = start(folder.path(), "eve", &[]);
    eve.wait_for("* you are eve again");
    let tom = join(folder.path(), "tom", &eve);
    eve.type_line("not alone");
    tom.wait_for("]: not alone");
    eve.wait_for("]: not alone");
    assert_eq!(texts(&eve).len(), 14, "{:#?}", eve.lines());
}

/// Runs the node to its end; it must fail and say all of these.
fn assert_fails(folder: &Path, arguments: &[&str], expected: &[&str]) {
    let output = run_to_end(folder, arguments);
    let errors = errors_of(&output);
    for part in expected {
        assert!(errors.contains(part), "expected {part:?} of {arguments:?}, found {errors}");
    }
    assert_eq!(output.status.code(), Some(1), "{errors}");
}

#[test]
fn a_folder_is_of_one_process_at_a_time() {
    let folder = folder();
    let _ann = found(folder.path(), "ann");
    let data = folder.path().join("ann");
    let data = ["--data", data.to_str().unwrap()];
    assert_fails(folder.path(), &data, &["in use by another node", "--data"]);
    let output = command(folder.path()).args(data).arg("--memory").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", errors_of(&output));
}

#[test]
fn what_cannot_come_back_is_refused_with_what_to_do() {
    let folder = folder();
    let mut ann = found(folder.path(), "ann");
    let address = ann.address.clone();
    ann.kill_9();
    let data = folder.path().join("ann");
    let data = data.to_str().unwrap();
    assert_fails(folder.path(), &["--data", data, "--new"], &["holds the ring", "leave --new out"]);
    let elsewhere = ["--data", data, "--listen", "127.0.0.1:9"];
    assert_fails(folder.path(), &elsewhere, &[&address, "127.0.0.1:9", "leave --listen out"]);
    let taken = std::net::TcpListener::bind(&address).unwrap();
    assert_fails(folder.path(), &["--data", data], &[&address, "another program listens"]);
    drop(taken);
    assert_fails(folder.path(), &["--force-new-ring"], &["here is nothing", "--new"]);
    let nowhere = ["--new", "--data", "/dev/null/folder"];
    assert_fails(folder.path(), &nowhere, &["/dev/null/folder", "cannot be opened", "--memory"]);
    let file = folder.path().join("ann/node.redb");
    std::fs::write(&file, b"no database at all").unwrap();
    let expected = ["node.redb is damaged", "Move it away", "nothing was changed"];
    assert_fails(folder.path(), &["--data", data], &expected);
    assert_eq!(std::fs::read(&file).unwrap(), b"no database at all");
}

#[test]
fn without_home_and_flag_the_node_says_what_it_needs() {
    let folder = folder();
    let mut command = command(folder.path());
    command.env_remove("RINGCHAT_MEMORY").args(["--new", "--listen", "127.0.0.1:0"]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(errors_of(&output).contains("give a folder with --data"), "{}", errors_of(&output));
}

#[test]
fn nodes_without_a_name_have_a_folder_each_and_one_with_a_name_its_own() {
    let folder = folder();
    let spawn = |arguments: &[&str]| {
        let mut command = command(folder.path());
        command.env_remove("RINGCHAT_MEMORY").env("XDG_DATA_HOME", folder.path());
        command.env("LOGNAME", "tom").args(["--listen", "127.0.0.1:0"]).args(arguments);
        Running::spawn(&mut command, folder.path()).listening()
    };
    let first = spawn(&["--new"]);
    let second = spawn(&["--join", &first.address]);
    let third = spawn(&["--join", &first.address, "--name", "../a b"]);
    for (node, kept) in [(&first, "tom"), (&second, "tom2"), (&third, "%2e%2e%2fa%20b")] {
        node.wait_for(&format!("ringchat/{kept} ·"));
        assert!(folder.path().join("ringchat").join(kept).join("node.redb").exists());
    }
}

#[test]
fn a_node_whose_disk_is_full_leaves_with_a_word_and_acknowledges_nothing_more() {
    let folder = folder();
    let mut ann = found(folder.path(), "ann");
    let data = folder.path().join("bob");
    let script = "trap '' XFSZ; ulimit -f 4096; exec \"$0\" \"$@\"";
    let mut shell = std::process::Command::new("sh");
    shell.current_dir(folder.path()).args(["-c", script, env!("CARGO_BIN_EXE_node")]);
    shell.args(["--name", "bob", "--listen", "127.0.0.1:0", "--join", &ann.address, "--data"]);
    let mut bob = Running::spawn(shell.arg(data), folder.path()).listening();
    bob.wait_for("* you are bob");
    let line = "x".repeat(60_000);
    for number in 0..200 {
        ann.type_line(&format!("{number} {line}"));
    }
    assert_eq!(bob.wait_exit(), Some(1));
    bob.wait_for_log("cannot be written");
    ann.wait_for("* bob left");
    ann.type_line("still here");
    ann.wait_for("]: still here");
}

#[test]
fn the_last_one_to_leave_comes_back_to_its_ring() {
    let folder = folder();
    let mut ann = found(folder.path(), "ann");
    let mut bob = join(folder.path(), "bob", &ann);
    ann.type_line("a line");
    bob.wait_for("]: a line");
    for node in [&mut ann, &mut bob] {
        node.end_input();
        assert_eq!(node.wait_exit(), Some(0));
    }
    let bob = start(folder.path(), "bob", &[]);
    bob.wait_for("* a ring of one");
    bob.wait_for("* you are bob again");
    assert_eq!(texts(&bob), ["a line"]);
    let ann = join(folder.path(), "ann", &bob);
    assert_eq!(texts(&ann), ["a line"]);
}
