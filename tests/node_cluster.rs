//! `node cluster`: a ring of real processes under one prompt, hurt and healed from there.

mod node;

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use node::{DEADLINE, Running, command, errors_of, folder, run_to_end};

/// A cluster of so many servers, with its files in the folder `data`.
fn cluster(folder: &Path, servers: usize) -> Running {
    let mut command = command(folder);
    command.args(["cluster", "-n", &servers.to_string(), "--data", "data"]);
    Running::spawn(&mut command, folder)
}

/// The table that `state` shows for the `nth` time: its lines about the ring, and its rows.
fn state(console: &mut Running, nth: usize) -> (Vec<String>, Vec<String>) {
    console.type_line("STATE");
    console.wait("a table", |lines| {
        let servers = 1 + lines.first()?.matches(", s").count();
        let heads = lines.iter().enumerate().filter(|(_, line)| line.starts_with("server  user"));
        let (head, _) = heads.clone().nth(nth - 1)?;
        let rows = lines.get(head + 1..=head + servers)?.to_vec();
        let rings = lines[..head].iter().rev().take_while(|line| line.contains("ring "));
        Some((rings.cloned().collect(), rows))
    })
}

/// Which server leads, by a line about the ring.
fn leader(ring: &str) -> usize {
    let rest = ring.split("leader s").nth(1).unwrap_or_else(|| panic!("no leader in {ring}"));
    rest.split(',').next().unwrap().parse().unwrap()
}

/// The processes of the servers whose files are in this folder.
fn servers_of(folder: &Path) -> Vec<u32> {
    let file = folder.canonicalize().unwrap().join("data/ring.toml");
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let process: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let line = fs::read(format!("/proc/{process}/cmdline")).ok()?;
        let file = file.to_str()?.as_bytes();
        line.split(|byte| *byte == 0).any(|word| word == file).then_some(process)
    });
    processes.collect()
}

fn wait_until_gone(folder: &Path) {
    let deadline = Instant::now() + DEADLINE;
    while !servers_of(folder).is_empty() {
        assert!(Instant::now() < deadline, "left behind: {:?}", servers_of(folder));
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn f43_f60_a_killed_leader_is_followed_by_another_and_comes_back_as_itself() {
    let folder = folder();
    let mut console = cluster(folder.path(), 4);
    let (rings, rows) = state(&mut console, 1);
    assert_eq!((rings.len(), rows.len()), (1, 4), "{rings:#?} {rows:#?}");
    let first = leader(&rings[0]);
    console.type_line(&format!("say {first} Hello,  all: “ü”"));
    console.wait_for("]: Hello,  all: “ü” · at 4 of 4");
    console.type_line(&format!("KillNode {first}"));
    console.wait("the answer", |lines| {
        lines.iter().find(|line| **line == format!("Server {first} killed")).map(|_| ())
    });
    let (rings, rows) = state(&mut console, 2);
    let second = leader(&rings[0]);
    assert_ne!(first, second);
    assert!(rows[first - 1].contains("killed"), "{rows:#?}");
    assert!(!rings[0].contains(&format!("s{first} →")), "{rings:#?}");
    console.type_line(&format!("say {second} meanwhile"));
    console.wait_for("]: meanwhile · at 3 of 4");
    console.type_line(&format!("restart {first}"));
    console.wait_for(&format!("s{first}: is back, with what is committed"));
    let (rings, rows) = state(&mut console, 3);
    assert!(rings[0].contains(&format!("s{first} →")), "{rings:#?}");
    assert!(rows[first - 1].contains("member") && rows[first - 1].contains(" 2 "), "{rows:#?}");
    console.type_line(&format!("messages {first}"));
    console.wait_for(&format!("s{first}: s{first}["));
    console.wait_for(&format!("s{first}: s{second}["));
    console.end_input();
    assert_eq!(console.wait_exit(), Some(0), "{:#?}", console.lines());
    let lines = console.lines();
    let shown = lines.iter().filter(|line| line.contains(" · at ")).count();
    assert_eq!(shown, 2, "each line once: {lines:#?}");
    assert_eq!(servers_of(folder.path()), []);
}

#[test]
fn a_server_that_is_cut_off_says_so_and_is_back_after_heal() {
    let folder = folder();
    let mut console = cluster(folder.path(), 3);
    console.type_line("cut 1 2");
    console.type_line("cut s3 S1 oneway");
    console.type_line("cut 1 3");
    let (rings, _) = state(&mut console, 1);
    let alone = rings.iter().find(|ring| ring.starts_with("s1: ")).unwrap();
    assert!(alone.contains("no quorum: 1 of "), "{rings:#?}");
    let others = rings.iter().find(|ring| ring.starts_with("s2 s3: ")).unwrap();
    assert!([2, 3].contains(&leader(others)), "{rings:#?}");
    console.wait_for("cut: s1 to s2, s1 to s3, s2 to s1, s3 to s1");
    console.type_line("say 2 without one");
    console.wait_for("s2[");
    console.type_line("say 1 waits");
    console.type_line("heal");
    console.wait_for("]: waits · at 3 of 3");
    let (rings, rows) = state(&mut console, 2);
    assert_eq!(rings.len(), 1, "{rings:#?}");
    assert!(rows.iter().all(|row| row.contains(" 2 ")), "{rows:#?}");
}

#[test]
fn a_server_that_stands_still_is_out_and_one_that_goes_on_is_in() {
    let folder = folder();
    let mut console = cluster(folder.path(), 3);
    console.type_line("pause 2");
    console.wait_for("Server 2 paused");
    console.type_line("say 2 nobody hears");
    console.wait_for("! server 2 is paused: resume 2 lets it go on; nothing was done");
    console.type_line("say 1 without two");
    console.wait_for("]: without two · at 2 of 3");
    let (rings, rows) = state(&mut console, 1);
    assert!(rows[1].contains("paused") && !rings[0].contains("s2 →"), "{rings:#?} {rows:#?}");
    console.type_line("resume 2");
    console.type_line("messages 2");
    console.wait_for("s2: s1[");
    let (rings, _) = state(&mut console, 2);
    assert!(rings[0].contains("s2 →"), "{rings:#?}");
    console.type_line("quit");
    assert_eq!(console.wait_exit(), Some(0), "{:#?}", console.lines());
}

#[test]
fn a_ring_comes_back_from_its_folder_and_another_is_not_begun_there() {
    let folder = folder();
    let mut console = cluster(folder.path(), 3);
    console.type_line("say 2 to be kept");
    console.wait_for("]: to be kept · at 3 of 3");
    console.end_input();
    assert_eq!(console.wait_exit(), Some(0), "{:#?}", console.lines());
    let output = run_to_end(folder.path(), &["cluster", "-n", "4", "--data", "data"]);
    assert!(errors_of(&output).contains("describes a ring of s1"), "{}", errors_of(&output));
    assert_eq!(output.status.code(), Some(1));
    let mut console = cluster(folder.path(), 3);
    for number in 1..=3 {
        console.type_line(&format!("messages {number}"));
        console.wait_for(&format!("s{number}: s2["));
    }
    console.type_line("say 3 and on");
    console.wait_for("]: and on · at 3 of 3");
    assert!(!console.lines().iter().any(|line| line.contains("to be kept · at")), "shown before");
}

#[test]
fn no_server_is_left_behind_by_a_signal_or_by_kill_9_of_the_console() {
    for (signal, code) in [(Signal::SIGTERM, Some(0)), (Signal::SIGKILL, None)] {
        let folder = folder();
        let mut console = cluster(folder.path(), 4);
        // One stands still, and hears nothing.
        console.type_line("pause 3");
        console.wait_for("Server 3 paused");
        assert_eq!(servers_of(folder.path()).len(), 4);
        console.signal(signal);
        assert_eq!(console.wait_exit(), code, "{:#?}", console.lines());
        if signal == Signal::SIGTERM {
            assert_eq!(servers_of(folder.path()), []);
        }
        wait_until_gone(folder.path());
    }
}

#[test]
fn a_second_signal_ends_all_servers_at_once() {
    let folder = folder();
    let mut console = cluster(folder.path(), 3);
    state(&mut console, 1);
    // Who stands still without the console's knowledge does not leave when it is asked to.
    let first = servers_of(folder.path()).into_iter().min().unwrap();
    node::signal(first, Signal::SIGSTOP);
    console.wait_for("cannot be reached, and is skipped");
    console.signal(Signal::SIGTERM);
    console.wait_for("has left the ring");
    console.signal(Signal::SIGTERM);
    assert_eq!(console.wait_exit(), Some(130), "{:#?}", console.lines());
    assert_eq!(servers_of(folder.path()), []);
}

#[test]
fn f9_a_missing_or_impossible_number_of_servers_is_answered_with_a_line_of_usage() {
    let folder = folder();
    let cases: [&[&str]; 5] =
        [&[], &["-n", "0"], &["-n", "33"], &["-n", "many"], &["-n", "2", "three"]];
    for arguments in cases {
        let output = run_to_end(folder.path(), &[&["cluster"], arguments].concat());
        let errors = errors_of(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains("-n") || errors.contains("Usage: node cluster"), "{errors}");
    }
    let help = run_to_end(folder.path(), &["cluster", "--help"]);
    assert!(String::from_utf8_lossy(&help.stdout).contains("--nodes <N>"));
}

#[test]
fn nothing_that_is_typed_wrong_ends_a_cluster() {
    let folder = folder();
    let mut console = cluster(folder.path(), 2);
    for line in
        ["kilnode 1", "killnode", "kill 3", "say 1", "cut 1 1", "restart 1", "resume 1", "heal"]
    {
        console.type_line(line);
    }
    console.wait_for("no command kilnode; did you mean killnode?");
    console.wait_for("expected killnode K, found \"killnode\"");
    console.wait_for("expected a server from 1 to 2, found 3");
    console.wait_for("expected say K TEXT");
    console.wait_for("expected cut K L [oneway]");
    console.wait_for("server 1 runs: killnode 1 ends it");
    console.wait_for("server 1 is not paused");
    console.wait_for("no link is cut");
    let (rings, _) = state(&mut console, 1);
    assert!(rings[0].contains("s2 →"), "{rings:#?}");
}
