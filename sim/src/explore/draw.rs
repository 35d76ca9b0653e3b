//! Draws a whole world from a seed: nodes, latencies, timeouts, bounds, and what is said.

use std::ops::RangeInclusive;
use std::time::Duration;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use ringchat::proto::config::Config;

use super::kind::Profile;
use crate::scenario::{Cuts, Network, NodeIndex, Scenario, Workload};

/// How many nodes may join later.
pub(super) const JOINERS: usize = 4;

/// A world without faults yet. Its last nodes are there to join later.
pub(super) fn world(
    lots: &mut ChaCha8Rng,
    seed: u64,
    nodes: &RangeInclusive<usize>,
    profile: Profile,
) -> Scenario {
    let founders = lots.random_range(nodes.clone());
    let mut scenario = Scenario::new(&format!("explore-{seed}"), seed, founders);
    let joiners = (1..=JOINERS).map(|number| format!("j{number}"));
    scenario.names.extend(joiners);
    scenario.network = network(lots);
    let share = match profile {
        Profile::CatchUp => 1.0,
        Profile::Disks => 0.7,
        Profile::Swarm | Profile::Elections | Profile::Members | Profile::Links => 0.4,
    };
    let narrow = lots.random_bool(share);
    scenario.config = config(lots, narrow);
    if scenario.network.latency_max > Duration::from_millis(5) {
        // A few bytes for each round trip over a long way would never end.
        scenario.config.snapshot_chunk *= 16;
        scenario.config.snapshot_window *= 64;
        scenario.config.window_entries *= 16;
        // Seven lines a lap would take a minute for a thousand.
        scenario.config.in_flight *= 16;
    }
    scenario.settle_within = Duration::from_secs(60);
    if lots.random_bool(0.7) {
        scenario.workloads.push(workload(lots, founders));
    }
    scenario
}

/// Gives a third of the worlds disks that are read again. Most of these take their time, or nothing would
/// ever be under way.
pub(super) fn disks(lots: &mut ChaCha8Rng, scenario: &mut Scenario, profile: Profile) {
    if profile != Profile::Disks && lots.random_range(0..3) != 0 {
        return;
    }
    scenario.disks = true;
    scenario.config.disk_entries = Scenario::new("", 0, 1).on_disks().config.disk_entries;
    let network = &mut scenario.network;
    if network.disk_max.is_zero() && lots.random_bool(0.7) {
        let micros = lots.random_range(100..40_000);
        (network.disk_min, network.disk_max) =
            (Duration::from_micros(micros / 10), Duration::from_micros(micros));
    }
}

fn network(lots: &mut ChaCha8Rng) -> Network {
    let micros = Duration::from_micros;
    let (latency_min, latency_max) = match lots.random_range(0..8) {
        0 => (micros(100), micros(50_000)),
        1 => (micros(5_000), micros(15_000)),
        2 => (micros(1_000), micros(1_000)),
        _ => (micros(200), micros(2_000)),
    };
    let (disk_min, disk_max) = match lots.random_range(0..5) {
        0 => (micros(100), micros(5_000)),
        1 => (micros(1_000), micros(40_000)),
        _ => (Duration::ZERO, Duration::ZERO),
    };
    let (tail_per_mille, tail) = if lots.random_bool(0.2) {
        (lots.random_range(1..10), latency_max + micros(lots.random_range(5_000..80_000)))
    } else {
        (0, Duration::ZERO)
    };
    let cuts = if lots.random_bool(0.5) { Cuts::Stall } else { Cuts::Break };
    let rejects = lots.random_bool(0.3);
    Network {
        latency_min,
        latency_max,
        tail_per_mille,
        tail,
        cuts,
        rejects,
        disk_min,
        disk_max,
        ..Network::default()
    }
}

/// Bounds; narrow ones, so that snapshots, full windows and batches of one entry are met.
fn config(lots: &mut ChaCha8Rng, narrow: bool) -> Config {
    let mut config = Config::default();
    if narrow {
        config.log_keep = lots.random_range(0..8);
        config.batch_entries = lots.random_range(1..4);
        config.window_entries = lots.random_range(1..4);
        config.in_flight = lots.random_range(4..16);
        config.snapshot_chunk = lots.random_range(16..200);
        config.snapshot_window = lots.random_range(1..500);
        config.admit_within = lots.random_range(0..4);
        config.lag_entries = lots.random_range(4..100);
        config.lag_timeout = Duration::from_millis(lots.random_range(200..3_000));
        config.waiting = lots.random_range(8..200);
    }
    if lots.random_bool(0.2) {
        config.learners = lots.random_range(1..3);
        config.election_delay = Duration::from_millis(lots.random_range(1..200));
        config.election_retry = Duration::from_millis(lots.random_range(200..600));
        config.probe_max = Duration::from_millis(lots.random_range(200..2_000));
        config.resubmit = Duration::from_millis(lots.random_range(200..1_000));
    }
    config
}

fn workload(lots: &mut ChaCha8Rng, founders: usize) -> Workload {
    let all: Vec<NodeIndex> = (0..founders).map(NodeIndex).collect();
    let who = if lots.random_bool(0.5) {
        all
    } else {
        all.into_iter().filter(|_| lots.random_bool(0.5)).collect()
    };
    let who = if who.is_empty() { vec![NodeIndex(0)] } else { who };
    Workload {
        who,
        lines: lots.random_range(1..40),
        every: Duration::from_millis(lots.random_range(5..300)),
        from: Duration::from_millis(lots.random_range(500..3_000)),
    }
}
