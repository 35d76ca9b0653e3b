//! A handful of the scenarios on real processes: the binary itself, real sockets, real time.
//!
//! `make processes` plays all of them. They are played side by side here, as each mostly waits.

use std::path::{Path, PathBuf};
use std::thread;

use ringchat_sim::outcome::Verdict;
use ringchat_sim::processes::{self, Pace};
use ringchat_sim::report::report_on_processes;
use ringchat_sim::scenario::Scenario;
use ringchat_sim::world::Keep;

/// One for each kind of fault that a machine can do to real processes, and the power of all.
const HANDFUL: [&str; 6] = [
    "killnode",
    "killleader",
    "partition-leader-minority",
    "paused-leader",
    "one-way-cut-leader",
    "power-cut-of-all",
];

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name).with_extension("toml")
}

fn load(name: &str) -> Scenario {
    Scenario::load(&file(name)).unwrap_or_else(|error| panic!("{error}"))
}

/// What is wrong with a run on real processes; none, if all held. It is played at a pace that the machine
/// bears; if it bears none, that is what is wrong.
fn fault_of(name: &str) -> Option<String> {
    let scenario = load(name);
    let (pace, outcome) = processes::run_as_borne(&scenario, scenario.seed, Keep::default())
        .unwrap_or_else(|why| panic!("{name}: {why}"));
    let options = format!(" --engine processes --pace {pace}");
    let report = report_on_processes(&file(name), &scenario, &outcome, &options);
    println!("{report}");
    (outcome.verdict != Verdict::Held).then_some(report)
}

#[test]
fn real_processes_keep_every_guarantee_through_kill_pause_cut_and_loss_of_power() {
    assert_eq!(processes::binary().unwrap(), Path::new(env!("CARGO_BIN_EXE_node")));
    let faults: Vec<String> = thread::scope(|scope| {
        let runs: Vec<_> = HANDFUL.map(|name| scope.spawn(move || fault_of(name))).into();
        runs.into_iter().filter_map(|run| run.join().unwrap()).collect()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_real_processes_cannot_do_is_refused_before_anything_starts() {
    for (name, what) in [("clocks", "`drift`"), ("sluggish-leader", "`sluggish`")] {
        let scenario = load(name);
        let refused = processes::run(&scenario, 1, Pace::default(), Keep::default()).unwrap_err();
        let expected = format!("real processes have no {what}; `--engine events` can do this");
        assert_eq!(refused, expected);
    }
}
