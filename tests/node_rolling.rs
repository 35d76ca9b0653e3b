//! Real processes are started again one after the other while somebody types: no line is lost or doubled.

mod node;

use std::path::Path;

use nix::sys::signal::Signal;
use node::{Running, address_in, assert_same_order, folder};

const NAMES: [&str; 3] = ["ann", "bob", "eve"];

fn start(folder: &Path, name: &str, more: &[&str]) -> Running {
    let data = folder.join(name);
    let listen = address_in(&data);
    let own = ["--name", name, "--listen", &listen, "--data", data.to_str().unwrap()];
    let node = Running::start(folder, &[&own, more].concat());
    node.wait_for(&format!("* you are {name}"));
    node
}

fn three(folder: &Path) -> Vec<Running> {
    let ann = start(folder, "ann", &["--new"]);
    let bob = start(folder, "bob", &["--join", &ann.address]);
    let eve = start(folder, "eve", &["--join", &ann.address]);
    vec![ann, bob, eve]
}

/// Ends each node in turn and starts it again, while the next one types in all that time. Gives how many lines were
/// typed.
fn roll(folder: &Path, nodes: &mut [Running], end: impl Fn(&mut Running)) -> usize {
    let mut typed = 0;
    for at in 0..nodes.len() {
        let typist = (at + 1) % nodes.len();
        let mut say = |nodes: &mut [Running], when: &str| {
            for number in 0..20 {
                nodes[typist].type_line(&format!("{number} {when} {}", NAMES[at]));
            }
            typed += 20;
        };
        say(nodes, "before the end of");
        end(&mut nodes[at]);
        say(nodes, "without");
        // The ring has gone on without it.
        nodes[typist].wait_for(&format!("]: 19 without {}", NAMES[at]));
        let other = nodes[typist].address.clone();
        nodes[at] = start(folder, NAMES[at], &["--join", &other]);
        say(nodes, "again with");
        for node in nodes.iter() {
            node.wait_for(&format!("]: 19 again with {}", NAMES[at]));
        }
    }
    typed
}

/// All that was typed is at `tom`, who was there all the time, once, and in the order in which it was typed;
/// and whoever came back shows the same from some earlier line on.
fn assert_nothing_lost(nodes: &[Running], tom: &Running, typed: usize) {
    assert_same_order(&[tom], typed);
    let all = tom.said();
    assert_eq!(all.len(), typed, "{all:#?}");
    for name in NAMES {
        for when in ["before the end of", "without", "again with"] {
            let end = format!("{when} {name}");
            let said = all.iter().filter(|line| line.ends_with(&end));
            let said: Vec<_> = said.map(|line| line.split("]: ").nth(1).unwrap()).collect();
            let expected: Vec<_> = (0..20).map(|it| format!("{it} {when} {name}")).collect();
            assert_eq!(said, expected);
        }
    }
    for node in nodes {
        let said = node.said();
        assert!(said.len() >= 20, "{said:#?}");
        assert_eq!(said, all[typed - said.len()..]);
    }
}

#[test]
fn after_kill_9_of_one_node_after_the_other_every_line_is_there_once() {
    let folder = folder();
    let mut nodes = three(folder.path());
    let tom = start(folder.path(), "tom", &["--join", &nodes[0].address]);
    let typed = roll(folder.path(), &mut nodes, Running::kill_9);
    assert_nothing_lost(&nodes, &tom, typed);
}

#[test]
fn nodes_that_are_asked_to_end_one_after_the_other_leave_no_line_behind() {
    let folder = folder();
    let mut nodes = three(folder.path());
    let tom = start(folder.path(), "tom", &["--join", &nodes[0].address]);
    let typed = roll(folder.path(), &mut nodes, |node| {
        node.signal(Signal::SIGTERM);
        assert_eq!(node.wait_exit(), Some(0));
    });
    assert_nothing_lost(&nodes, &tom, typed);
}

#[test]
fn a_ring_that_was_switched_off_as_a_whole_goes_on_where_it_was() {
    let folder = folder();
    let mut nodes = three(folder.path());
    for (at, node) in nodes.iter_mut().enumerate() {
        node.type_line(&format!("before, from {at}"));
    }
    assert_same_order(&nodes.iter().collect::<Vec<_>>(), 3);
    let before = nodes[0].said();
    // As an operator does it, who asks nobody: the system ends all of them.
    for node in &mut nodes {
        node.kill_9();
    }
    // Each needs to find nobody: its folder says where the others are.
    let starts: Vec<_> = NAMES.map(|name| folder.path().join(name)).to_vec();
    let start = |data: &std::path::PathBuf| {
        Running::start(folder.path(), &["--data", data.to_str().unwrap()])
    };
    let mut nodes: Vec<Running> = starts.iter().map(start).collect();
    nodes[2].type_line("after");
    for node in &nodes {
        node.wait_for("]: after");
        assert_eq!(node.said()[..3], before);
    }
    assert_same_order(&nodes.iter().collect::<Vec<_>>(), 4);
}
