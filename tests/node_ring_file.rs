//! A ring described in a file: each node started with `--config ring.toml --id s2`.

mod node;

use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use node::{DEADLINE, Guard, Running, command, errors_of, folder, free_ports, run_to_end};
use ringchat::front::config_file::parse;

/// A file of so many nodes at free ports.
fn ring_file(folder: &Path, nodes: u16) {
    let first = free_ports();
    let node = |k: u16| format!("[[node]]\nid = \"s{k}\"\naddress = \"127.0.0.1:{}\"\n", first + k);
    let text: String = (1..=nodes).map(node).collect();
    std::fs::write(folder.join("ring.toml"), text).unwrap();
}

/// A node of that ring.
fn start(folder: &Path, id: &str, arguments: &[&str]) -> Running {
    let mut command = command(folder);
    command.args(["--config", "ring.toml", "--id", id]).args(arguments);
    Running::spawn(&mut command, folder)
}

#[test]
fn f8_a_whole_ring_that_starts_in_one_instant_is_one_ring_founded_by_the_first_of_the_file() {
    for backwards in [false, true] {
        let folder = folder();
        ring_file(folder.path(), 4);
        let mut ids = ["s1", "s2", "s3", "s4"];
        if backwards {
            ids.reverse();
        }
        let mut nodes = ids.map(|id| start(folder.path(), id, &[]));
        for (node, id) in nodes.iter().zip(ids) {
            let first = node.wait_for("* listening at");
            assert_eq!(first.contains("starting a new ring"), id == "s1", "{first}");
            node.wait_for(&format!("* you are {id}"));
        }
        for node in &mut nodes {
            node.type_line("hello");
        }
        for node in &nodes {
            node.wait_for_nth("]: hello", 4);
        }
    }
}

#[test]
fn the_first_node_founds_nothing_before_it_has_met_all_others() {
    let folder = folder();
    ring_file(folder.path(), 3);
    let stderr = folder.path().join("stderr");
    let mut first = command(folder.path());
    first.args(["--config", "ring.toml", "--id", "s1"]).stdin(Stdio::piped());
    first.stdout(File::create(folder.path().join("stdout")).unwrap());
    let mut first = Guard(first.stderr(File::create(&stderr).unwrap()).spawn().unwrap());
    let second = start(folder.path(), "s2", &[]);
    let third = std::fs::read_to_string(folder.path().join("ring.toml")).unwrap();
    let third = third.lines().last().unwrap().trim_start_matches("address = ").replace('"', "");
    // Once it waits for the third alone it has met the second.
    let expected = format!("waiting until {third} run");
    let deadline = Instant::now() + DEADLINE;
    while !std::fs::read_to_string(&stderr).unwrap().contains(&expected) {
        assert!(Instant::now() < deadline, "expected {expected:?}");
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("stdout")).unwrap(), "");
    let third = start(folder.path(), "s3", &[]);
    third.wait_for("* you are s3");
    second.wait_for("* you are s2");
    assert!(first.0.try_wait().unwrap().is_none());
}

#[test]
fn a_first_node_that_has_lost_everything_joins_the_ring_that_it_founded() {
    let folder = folder();
    ring_file(folder.path(), 3);
    let mut nodes = ["s1", "s2", "s3"].map(|id| start(folder.path(), id, &[]));
    nodes.iter().for_each(|node| drop(node.wait_for("* you are")));
    nodes[0].kill_9();
    nodes[1].wait_for("* s1 is gone");
    let again = start(folder.path(), "s1", &[]);
    assert!(again.wait_for("* listening at").contains("joining the ring at"));
    again.wait_for("* in the ring, now of 3");
}

#[test]
fn a_ring_that_was_switched_off_comes_back_from_the_folders_below_that_of_the_file() {
    let folder = folder();
    ring_file(folder.path(), 3);
    let file = folder.path().join("ring.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("data = \"kept\"\nmemory = false\n{text}")).unwrap();
    let all = || {
        ["s1", "s2", "s3"].map(|id| {
            let mut command = command(folder.path());
            command.env_remove("RINGCHAT_MEMORY").args(["--config", "ring.toml", "--id", id]);
            Running::spawn(&mut command, folder.path())
        })
    };
    let mut nodes = all();
    nodes.iter().for_each(|node| drop(node.wait_for("* you are")));
    nodes[2].type_line("kept by all");
    nodes.iter().for_each(|node| drop(node.wait_for("]: kept by all")));
    nodes.iter_mut().for_each(Running::kill_9);
    assert!(folder.path().join("kept/s2/node.redb").is_file());
    let mut nodes = all();
    for node in &nodes {
        assert!(node.wait_for("* listening at").contains("coming back to ring"));
    }
    nodes[0].type_line("and on");
    nodes.iter().for_each(|node| drop(node.wait_for("]: and on")));
}

#[test]
fn an_id_that_does_not_fit_the_file_is_refused_with_what_to_do() {
    let folder = folder();
    ring_file(folder.path(), 2);
    std::fs::write(folder.path().join("plain.toml"), "name = \"bob\"\n").unwrap();
    let cases: [(&[&str], &str); 4] = [
        (&["--config", "ring.toml", "--id", "s9"], "no node s9; it has s1 (line 1), s2 (line 4)"),
        (&["--config", "ring.toml"], "say with --id which of them this is"),
        (&["--config", "plain.toml", "--id", "s1"], "describes no ring"),
        (&["--id", "s1"], "give the file with --config"),
    ];
    for (arguments, expected) in cases {
        let output = run_to_end(folder.path(), arguments);
        let errors = errors_of(&output);
        assert!(
            errors.contains(expected),
            "expected {expected:?} of {arguments:?}, found {errors}"
        );
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn each_fault_of_a_ring_file_is_named_with_its_line_and_what_is_expected() {
    let node = |rest: &str| format!("[[node]]\nid = \"s1\"\n{rest}");
    let second = |rest: &str| node(&format!("address = \"127.0.0.1:1\"\n[[node]]\n{rest}"));
    let cases = [
        (node(""), 1, "missing field `address`"),
        (node("adress = \"127.0.0.1:1\"\n"), 3, "unknown field `adress`"),
        (node("address = \"0.0.0.0:1\"\n"), 3, "at which others reach it"),
        (node("address = \"127.0.0.1:0\"\n"), 3, "found port 0"),
        (node("address = \"127.0.0.1:1\"\npriority = -1\n"), 4, "from 0 to 9999"),
        (node("address = \"127.0.0.1:1\"\npriority = \"high\"\n"), 4, "expected a priority"),
        (node("address = \"127.0.0.1:1\"\nclient_port = 0\n"), 4, "from 1 to 65535"),
        (node("address = \"127.0.0.1:1\"\nclient_port = 1\n"), 4, "found the port 127.0.0.1:1"),
        (node("address = \"127.0.0.1:1\"\nname = \"\"\n"), 4, "at least one character"),
        (second("id = \"s1\"\naddress = \"127.0.0.1:2\"\n"), 5, "the id s1 of line 2 again"),
        (second("id = \"s2\"\naddress = \"127.0.0.1:1\"\n"), 6, "127.0.0.1:1 of line 3 again"),
        (second("id = \"s 2\"\naddress = \"127.0.0.1:2\"\n"), 5, "letters, digits"),
        (format!("join = [\"127.0.0.1:3\"]\n{}", second("")), 1, "missing field"),
        (format!("name = \"ann\"\n{}", node("address = \"127.0.0.1:1\"\n")), 1, "in a [[node]]"),
    ];
    for (text, line, why) in cases {
        let error = parse(Path::new("ring.toml"), &text).unwrap_err().to_string();
        assert!(error.contains(why), "expected {why:?} of {text}, found {error}");
        let place =
            if why.starts_with("missing") { "line".into() } else { format!("line {line},") };
        assert!(error.contains(&place), "expected {place:?} of {text}, found {error}");
    }
}

#[test]
fn a_ring_that_was_written_is_read_as_it_was() {
    let text = "[[node]]\nid = \"s1\"\nname = \"ann \\\"the\\\" first\"\naddress = \"[::1]:7400\"\n\
                client_port = 7500\npriority = 3\n\n[[node]]\nid = \"s2\"\naddress = \"127.0.0.1:1\"\n";
    let ring = parse(Path::new("ring.toml"), text).unwrap().ring.unwrap();
    assert_eq!((ring.nodes[1].name.as_str(), ring.nodes[1].priority), ("s2", 0));
    let again = parse(Path::new("ring.toml"), &ring.to_toml()).unwrap().ring.unwrap();
    assert_eq!(again.nodes[0], ring.nodes[0]);
    assert_eq!(again.nodes[1].address, ring.nodes[1].address);
}

#[test]
fn f50_f51_with_fast_bully_the_greatest_priority_leads_and_again_once_it_is_back() {
    let folder = folder();
    let first = free_ports();
    let node = |k: u16| {
        let address = format!("127.0.0.1:{}", first + k);
        format!("[[node]]\nid = \"s{k}\"\naddress = \"{address}\"\npriority = {}\n", 10 * k)
    };
    let nodes: String = (1..=3).map(node).collect();
    std::fs::write(folder.path().join("ring.toml"), format!("election = \"fast-bully\"\n{nodes}"))
        .unwrap();
    let [one, _two, mut three] = ["s1", "s2", "s3"].map(|id| start(folder.path(), id, &[]));
    one.wait_for("* s3 leads");
    three.kill_9();
    one.wait_for("* s2 leads");
    let _again = start(folder.path(), "s3", &[]);
    one.wait_for_nth("* s3 leads", 2);
}
