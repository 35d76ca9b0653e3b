//! The turmoil engine's disks: the product's own files against power cuts, failures and losses.

mod ground;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use ringchat::proto::event::Event;
use ringchat::proto::message::Message;
use ringchat_sim::engine::{Engine, Note, Tamper};
use ringchat_sim::history::Happening;
use ringchat_sim::lots::Lots;
use ringchat_sim::report::report;
use ringchat_sim::run::{Manner, Verdict, run};
use ringchat_sim::scenario::Scenario;
use ringchat_sim::stack::Stack;
use ringchat_sim::world::{Ground, Keep};

use ground::{A, B, Bench, lines, ms, patient};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

/// A ring of two with disks that are read again and take so many milliseconds for a write.
fn ring(seed: u64, least: u64, most: u64) -> Bench<Stack> {
    let mut scenario = patient().on_disks();
    (scenario.network.disk_min, scenario.network.disk_max) = (ms(least), ms(most));
    let mut bench = Bench::on(Stack::new(&scenario, Lots::new(seed), false)).gathered();
    bench.pass(ms(500));
    bench
}

#[test]
fn every_scenario_that_asks_of_disks_holds_on_the_whole_stack() {
    let mut played = 0;
    for entry in std::fs::read_dir(folder()).expect("the folder of scenarios") {
        let file = entry.expect("an entry").path();
        let scenario = Scenario::load(&file).unwrap_or_else(|error| panic!("{error}"));
        if !scenario.asks_of_disks() || scenario.beyond_turmoil().is_some() {
            continue;
        }
        played += 1;
        let outcome = run(&scenario, scenario.seed, Manner::on(Ground::Turmoil));
        let said = report(&file, &scenario, &outcome, "");
        assert_eq!(outcome.verdict, Verdict::Held, "{said}");
    }
    assert!(played >= 16, "expected all scenarios with disks, found {played}");
}

#[test]
fn one_seed_twice_in_two_processes_tears_the_same_writes() {
    let printed = |scenario: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_sim"))
            .arg("run")
            .arg(folder().join(scenario))
            .args(["--engine", "turmoil", "--seed", "5", "--trace"])
            .output()
            .expect("the simulator starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        output.stdout
    };
    for scenario in ["torn-writes.toml", "power-cut-of-all.toml", "full-disk-follower.toml"] {
        let first = printed(scenario);
        assert!(first.len() > 10_000, "a trace of {} bytes holds no frames", first.len());
        assert!(first == printed(scenario), "{scenario} differs from run to run");
    }
}

#[test]
fn of_torn_writes_the_first_are_whole_and_the_others_are_gone() {
    for (keeps, seed) in (0..4).flat_map(|keeps| (0..8).map(move |seed| (keeps, seed))) {
        let mut bench = ring(seed, 0, 0);
        bench.engine.tamper(Tamper::Disk(B, Some(ms(400)))).expect("it runs");
        for line in ["one", "two", "three"] {
            assert!(bench.engine.say(A, line.to_owned()));
            bench.pass(ms(20));
        }
        assert!(bench.engine.is_writing(B));
        bench.engine.tamper(Tamper::Tear(B, keeps)).expect("it writes");
        let disk = bench.engine.wake(B).expect("it was in a ring");
        let kept = usize::try_from(keeps).expect("a few");
        assert_eq!(lines(&disk), ["one", "two", "three"][..kept], "seed {seed}");
        assert_eq!(bench.engine.take_torn(), 3 - keeps);
        assert!(bench.engine.tamper(Tamper::Tear(B, 0)).is_err(), "nothing is written any more");
    }
}

/// Lets one of two die at some moment while both write, and looks what its disk holds then: nothing
/// is committed without both. Gives how many lines there were more than were acknowledged.
fn beyond_the_acknowledged(seed: u64, die: fn(&mut Stack)) -> usize {
    let mut bench = ring(seed, 1, 30);
    let since = bench.now();
    let said: Vec<String> = (0..12).map(|number| format!("line {number}")).collect();
    for line in &said {
        assert!(bench.engine.say(A, line.clone()));
        bench.pass(ms(5 + seed % 3));
    }
    die(&mut bench.engine);
    bench.pass(ms(10));
    let disk = bench.engine.wake(B).expect("it was in a ring");
    let (held, acknowledged) = (lines(&disk), bench.delivered(A, since));
    assert!(said.starts_with(&held), "seed {seed}: {held:?} is no beginning of what was said");
    assert!(held.starts_with(&acknowledged), "seed {seed}: {acknowledged:?} of {held:?}");
    held.len() - acknowledged.len()
}

#[test]
fn whenever_the_power_goes_or_the_process_dies_what_was_acknowledged_is_there() {
    let mut beyond = BTreeMap::new();
    for seed in 0..40 {
        for die in [|it: &mut Stack| it.power_off(B), |it: &mut Stack| it.kill(B)] {
            *beyond.entry(beyond_the_acknowledged(seed, die)).or_insert(0) += 1;
        }
    }
    assert!(beyond.len() > 3, "expected cuts to leave more and less, found {beyond:?}");
}

#[test]
fn a_node_that_cannot_write_leaves_and_its_disk_is_that_of_a_member() {
    let mut bench = ring(1, 0, 0);
    let before = bench.engine.status(B).expect("it runs").committed;
    bench.engine.tamper(Tamper::Unwritable(B, true)).expect("it runs");
    let since = bench.now();
    assert!(bench.engine.say(A, "too much".to_owned()));
    bench.pass(ms(4_000));
    let left = |note: &Note| {
        note.node == B && note.at >= since && matches!(note.what, Happening::Event(Event::Left))
    };
    assert!(bench.notes.iter().any(left), "it has ended");
    bench.engine.tamper(Tamper::Unwritable(B, false)).expect("there is room again");
    let disk = bench.engine.wake(B).expect("it never left by its disk");
    assert!(disk.committed <= before.next(), "{} {before}", disk.committed);
}

#[test]
fn a_lost_disk_knows_nobody_and_each_life_is_counted() {
    let mut bench = ring(1, 0, 0);
    bench.engine.kill(B);
    for life in 1..=2 {
        assert_eq!(bench.engine.wake(B).expect("it was in a ring").life, life);
    }
    bench.engine.kill(B);
    bench.engine.tamper(Tamper::Lose(B)).expect("there is something");
    assert!(bench.engine.wake(B).is_none());
    bench.engine.kill(B);
    assert!(bench.engine.tamper(Tamper::Lose(B)).is_err(), "nothing is left to lose");
}

#[test]
fn the_lines_of_the_past_that_nodes_give_each_other_are_those_that_were_delivered() {
    let scenario = Scenario::load(&folder().join("lines-of-the-past.toml")).expect("it is there");
    let keep = Keep { history: true, frames: true, ..Keep::default() };
    let manner = Manner { ground: Ground::Turmoil, keep, lenient: false };
    let outcome = run(&scenario, scenario.seed, manner);
    let mut delivered = BTreeMap::new();
    for record in outcome.history.records() {
        if let Happening::Delivered(line) = &record.what {
            delivered.insert(line.index, line.message.payload.clone());
        }
    }
    let parts = outcome.frames.iter().filter_map(|frame| match &frame.message {
        Message::ArchivePart(part) => Some(part),
        _another => None,
    });
    let given: Vec<_> = parts.flat_map(|part| &part.lines).collect();
    assert!(given.len() > 100, "expected two nodes to fetch lines, found {}", given.len());
    for line in given {
        assert_eq!(delivered.get(&line.place), Some(&line.bytes), "the line of {}", line.place);
    }
}
