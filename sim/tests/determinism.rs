//! The same seed gives the same bytes, in another process too.

use std::path::Path;
use std::process::Command;

/// Everything a run prints, frames included.
fn printed(scenario: &str, seed: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let output = Command::new(env!("CARGO_BIN_EXE_sim"))
        .arg("run")
        .arg(folder.join(scenario))
        .args(["--seed", seed, "--trace"])
        .output()
        .expect("the simulator starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    output.stdout
}

#[test]
fn one_seed_twice_in_two_processes_prints_the_same_bytes() {
    for scenario in ["killleader.toml", "join-storm.toml", "partition-leader-minority.toml"] {
        let first = printed(scenario, "77");
        assert!(first.len() > 10_000, "a trace of {} bytes holds no frames", first.len());
        assert!(first == printed(scenario, "77"), "{scenario} differs from run to run");
    }
}

#[test]
fn another_seed_prints_other_bytes() {
    assert!(printed("killleader.toml", "77") != printed("killleader.toml", "78"));
}
