//! The same command in every terminal: nodes of one machine find each other.

mod node;

use std::net::TcpListener;
use std::path::Path;
use std::thread;

use node::{Running, folder, free_ports};

/// A node that was told nothing but its name and the range of ports.
fn start(folder: &Path, ports: u16, name: &str) -> Running {
    let mut command = node::command(folder);
    command.args(["--ports", &ports.to_string(), "--name", name]);
    Running::spawn(&mut command, folder)
}

#[test]
fn three_that_start_in_the_same_instant_are_one_ring() {
    let folder = folder();
    for round in 0..5 {
        let ports = free_ports();
        let mut nodes = ["ann", "bob", "eve"].map(|name| start(folder.path(), ports, name));
        for node in &nodes {
            node.wait_for("* you are");
        }
        for node in &mut nodes {
            node.type_line("/who");
            node.type_line("hello");
        }
        for node in &nodes {
            node.wait_for_nth("]: hello", 3);
        }
        let founders = nodes
            .iter()
            .filter(|node| node.lines().iter().any(|line| line.contains("starting a new ring")));
        assert_eq!(founders.count(), 1, "round {round}");
    }
}

#[test]
fn one_that_finds_the_first_port_free_still_joins_the_ring_above() {
    let folder = folder();
    let ports = free_ports();
    let mut ann = start(folder.path(), ports, "ann").listening();
    ann.wait_for("* you are ann");
    let bob = start(folder.path(), ports, "bob").listening();
    bob.wait_for("* you are bob");
    let eve = start(folder.path(), ports, "eve").listening();
    eve.wait_for("* you are eve");
    ann.kill_9();
    bob.wait_for("* ann is gone");
    let late = start(folder.path(), ports, "late").listening();
    assert_eq!(late.address, ann.address);
    late.wait_for("joining the ring");
    late.wait_for("* in the ring, now of 3");
}

#[test]
fn a_port_of_another_program_is_skipped_even_if_it_never_says_a_word() {
    let folder = folder();
    let ports = free_ports();
    let silent = TcpListener::bind(("127.0.0.1", ports)).unwrap();
    thread::spawn(move || {
        let held: Vec<_> = silent.incoming().collect();
        drop(held);
    });
    let ann = start(folder.path(), ports, "ann").listening();
    ann.wait_for("starting a new ring");
    let bob = start(folder.path(), ports, "bob").listening();
    bob.wait_for("* in the ring, now of 2");
}

#[test]
fn with_all_ports_of_the_range_taken_the_error_says_what_to_do() {
    let folder = folder();
    let ports = free_ports();
    let _taken: Vec<_> =
        (ports..ports + 16).map(|port| TcpListener::bind(("127.0.0.1", port)).unwrap()).collect();
    let output = node::run_to_end(folder.path(), &["--ports", &ports.to_string()]);
    assert_eq!(output.status.code(), Some(1));
    let errors = node::errors_of(&output);
    assert!(errors.contains("all in use") && errors.contains("--ports"), "{errors}");
}
