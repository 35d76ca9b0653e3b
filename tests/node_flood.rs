//! Floods and slow screens: they slow down whoever causes them, and nobody else.

mod node;

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use node::{DEADLINE, Guard, Running, folder};

/// More than the mailbox of a node and the pipe behind it hold.
const LINES: usize = 100_000;

// Answers F18, F23 of docs/features.md.
#[test]
fn a_flood_is_shown_once_and_in_order_and_a_stuck_screen_holds_up_nobody() {
    let folder = folder();
    let ann = Running::found(folder.path(), "ann");
    let join = ["--listen", "127.0.0.1:0", "--join", &ann.address];
    let [mut stuck, mut jammed] = ["stuck", "jammed"].map(|name| {
        let mut command = node::command(folder.path());
        command.args(join).args(["--name", name]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let child = Guard(command.spawn().unwrap());
        ann.wait_for(&format!("* {name} joins"));
        child
    });

    let mut flood = String::new();
    for number in 0..LINES {
        writeln!(flood, "{number}").unwrap();
    }
    let mut bob = node::command(folder.path());
    bob.args(join).args(["--name", "bob"]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut bob = Guard(bob.spawn().unwrap());
    bob.0.stdin.take().unwrap().write_all(flood.as_bytes()).unwrap();
    assert_eq!(bob.0.wait().unwrap().code(), Some(0), "all its lines were ordered");

    let deadline = Instant::now() + DEADLINE;
    while ann.said().len() < LINES && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(100));
    }
    let numbers = ann.said().into_iter().map(|line| line.rsplit(' ').next().unwrap().to_owned());
    assert!(numbers.eq((0..LINES).map(|number| number.to_string())));

    node::signal(stuck.0.id(), Signal::SIGTERM);
    node::signal(jammed.0.id(), Signal::SIGTERM);
    let mut shown = String::new();
    stuck.0.stdout.take().unwrap().read_to_string(&mut shown).unwrap();
    assert!(shown.contains("were not shown here"), "{} bytes", shown.len());
    assert_eq!(stuck.0.wait().unwrap().code(), Some(0));
    assert_eq!(jammed.0.wait().unwrap().code(), Some(0), "its output is never read");
}
