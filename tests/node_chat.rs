//! The live node, as three processes on loopback: they chat, die, hang, and come back.

mod node;

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use node::{Running, assert_same_order, folder};

/// Three members of one ring; the first leads.
fn three(folder: &std::path::Path) -> [Running; 3] {
    let ann = Running::found(folder, "ann");
    let bob = Running::join(folder, "bob", &ann);
    let eve = Running::join(folder, "eve", &ann);
    ann.wait_for("* eve joins");
    bob.wait_for("* eve joins");
    [ann, bob, eve]
}

/// Says a line at the first of these; how long it takes to be seen by all.
fn time_of_line(nodes: &mut [&mut Running], text: &str) -> Duration {
    let start = Instant::now();
    nodes[0].type_line(text);
    for node in nodes.iter() {
        node.wait_for(&format!("]: {text}"));
    }
    start.elapsed()
}

// Answers F15, F22 of docs/features.md.
#[test]
fn three_processes_chat_and_show_the_same_order() {
    let folder = folder();
    let [mut ann, mut bob, mut eve] = three(folder.path());
    for round in 0..20 {
        for node in [&mut ann, &mut bob, &mut eve] {
            node.type_line(&format!("line {round}"));
        }
    }
    assert_same_order(&[&ann, &bob, &eve], 60);
    ann.wait_for("… line 0");
    eve.wait_for("… line 19");
}

// Answers F49 of docs/features.md.
#[test]
fn after_kill_9_of_the_leader_the_survivors_go_on_in_the_same_order() {
    let folder = folder();
    let [mut ann, mut bob, mut eve] = three(folder.path());
    bob.type_line("before");
    assert_same_order(&[&ann, &bob, &eve], 1);
    ann.kill_9();
    let took = time_of_line(&mut [&mut bob, &mut eve], "after");
    println!("kill -9 of the leader: the next line was at both survivors after {took:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    eve.type_line("again");
    assert_same_order(&[&bob, &eve], 3);
    for node in [&bob, &eve] {
        node.wait_for("* ann is gone");
        node.wait_for("(ballot 2)");
    }
}

// Answers F13 of docs/features.md.
#[test]
fn a_killed_node_comes_back_under_its_name_and_sees_what_was_said() {
    let folder = folder();
    let [mut ann, mut bob, eve] = three(folder.path());
    bob.type_line("before");
    assert_same_order(&[&ann, &bob, &eve], 1);
    ann.kill_9();
    bob.type_line("meanwhile");
    bob.wait_for("* ann is gone");
    let address = ann.address.clone();
    let join = ["--name", "ann", "--listen", &address, "--join", &eve.address];
    let mut again = Running::start(folder.path(), &join);
    again.wait_for("* you are ann");
    again.type_line("back");
    assert_same_order(&[&again, &bob, &eve], 3);
}

// Answers F52 of docs/features.md.
#[test]
fn a_leader_that_hangs_is_replaced_and_returns_by_itself() {
    let folder = folder();
    let [mut ann, mut bob, mut eve] = three(folder.path());
    ann.signal(Signal::SIGSTOP);
    let took = time_of_line(&mut [&mut bob, &mut eve], "while ann hangs");
    println!("SIGSTOP of the leader: the next line was at both others after {took:?}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    bob.wait_for("* ann is gone");
    ann.signal(Signal::SIGCONT);
    ann.wait_for("* back in the ring of 3");
    eve.wait_for("* ann is back");
    ann.type_line("I am back");
    assert_same_order(&[&ann, &bob, &eve], 2);
}

// Answers F56 of docs/features.md.
#[test]
fn a_line_without_a_quorum_waits_and_goes_out_once() {
    let folder = folder();
    let [mut ann, bob, mut eve] = three(folder.path());
    bob.signal(Signal::SIGSTOP);
    ann.kill_9();
    eve.wait_for("! no quorum: 1 of 3 reachable, lines wait");
    eve.type_line("is anybody there?");
    eve.wait_for("… is anybody there?");
    assert_eq!(eve.said(), Vec::<String>::new());
    bob.signal(Signal::SIGCONT);
    eve.wait_for("! quorum is back");
    assert_same_order(&[&bob, &eve], 1);
}

#[test]
fn alone_asks_back_and_is_refused_while_there_is_a_quorum() {
    let folder = folder();
    let [mut ann, mut bob, mut eve] = three(folder.path());
    eve.type_line("kept");
    assert_same_order(&[&ann, &bob, &eve], 1);
    eve.type_line("/alone");
    eve.wait_for("! there is a quorum");
    ann.kill_9();
    bob.kill_9();
    eve.wait_for("! no quorum: 1 of 3 reachable, lines wait");
    eve.type_line("/alone");
    eve.wait_for("Type yes to go on alone");
    eve.type_line("no");
    eve.wait_for("* not alone");
    eve.type_line("/alone");
    eve.wait_for_nth("Type yes to go on alone", 2);
    eve.type_line("yes");
    eve.wait_for("* alone now");
    eve.type_line("to myself");
    eve.wait_for("]: to myself");
    let late = Running::join(folder.path(), "late", &eve);
    late.wait_for("]: kept");
}

// Answers F30 of docs/features.md.
#[test]
fn at_the_end_of_its_input_a_node_says_its_last_lines_and_leaves() {
    let folder = folder();
    let [mut ann, bob, eve] = three(folder.path());
    for line in ["one", "two", "three"] {
        ann.type_line(line);
    }
    ann.end_input();
    assert_eq!(ann.wait_exit(), Some(0));
    ann.wait_for("* you have left");
    for node in [&bob, &eve] {
        node.wait_for("* ann left");
    }
    assert_same_order(&[&ann, &bob, &eve], 3);
}

#[test]
fn at_sigterm_a_node_leaves_gracefully() {
    let folder = folder();
    let [mut ann, _bob, eve] = three(folder.path());
    ann.signal(Signal::SIGTERM);
    assert_eq!(ann.wait_exit(), Some(0));
    ann.wait_for("* you have left");
    eve.wait_for("* ann left");
}

#[test]
fn a_second_signal_ends_a_node_at_once() {
    let folder = folder();
    let [mut ann, mut bob, mut eve] = three(folder.path());
    ann.kill_9();
    bob.kill_9();
    eve.wait_for("! no quorum: 1 of 3 reachable, lines wait");
    eve.type_line("waits");
    eve.wait_for("… waits");
    eve.signal(Signal::SIGINT);
    eve.wait_for("* leaving, once 1 waiting line is ordered");
    eve.signal(Signal::SIGINT);
    assert_eq!(eve.wait_exit(), Some(130));
}

#[test]
fn lines_that_were_never_ordered_are_counted_at_the_end() {
    let folder = folder();
    let [mut ann, mut bob, mut eve] = three(folder.path());
    ann.kill_9();
    bob.kill_9();
    eve.wait_for("! no quorum: 1 of 3 reachable, lines wait");
    eve.type_line("lost");
    eve.wait_for("… lost");
    eve.signal(Signal::SIGTERM);
    eve.wait_for("! 1 line was not ordered in time");
    assert_eq!(eve.wait_exit(), Some(1));
}

#[test]
fn commands_answer_and_a_misspelt_one_gets_a_suggestion() {
    let folder = folder();
    let [mut ann, _bob, _eve] = three(folder.path());
    for (typed, expected) in [
        ("/who", "* here: ann (you), "),
        ("/state", "leader"),
        ("/help", "/alone"),
        ("/sate", "did you mean /state?"),
        ("//help", "]: /help"),
        ("\u{1b}]0;title\u{7}\u{1b}[31mred", "]: red"),
    ] {
        ann.type_line(typed);
        ann.wait_for(expected);
    }
    ann.type_line("//exit");
    assert_eq!(ann.wait_exit(), Some(0));
}

// Answers F64 of docs/features.md.
#[test]
fn every_line_of_the_log_is_led_by_its_lamport_time() {
    let folder = folder();
    let mut ann = Running::found(folder.path(), "ann");
    ann.type_line("logged");
    ann.wait_for("]: logged");
    ann.end_input();
    assert_eq!(ann.wait_exit(), Some(0));
    let log = ann.log();
    let mut last = 0;
    for line in log.lines() {
        let lamport: u64 = line.split_whitespace().next().unwrap().parse().unwrap();
        assert!(lamport >= last, "{line}");
        last = lamport;
    }
    assert!(log.contains("a new session"));
    assert!(log.contains("]: logged"));
}
