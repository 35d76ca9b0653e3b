//! Faults at random and at nasty moments; then quiet, in which everything must settle.

mod ending;
mod faults;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ringchat::proto::config::Config;
use ringchat::proto::event::Event;
use ringchat::proto::time::Instant;

use super::mesh::Mesh;

pub struct Chaos {
    seed: u64,
    lots: ChaCha8Rng,
    mesh: Mesh,
    said: u64,
    /// Hosts that are on their way out: nobody may count on them any more.
    leaving: BTreeSet<usize>,
    trace: bool,
}

impl Chaos {
    pub fn run(seed: u64) -> BTreeMap<&'static str, u64> {
        let mut lots = ChaCha8Rng::seed_from_u64(seed);
        let mut mesh = Mesh::new(seed);
        mesh.config = narrow(&mut lots);
        let trace = std::env::var("CHAOS_TRACE").is_ok();
        let mut it = Chaos { seed, lots, mesh, said: 0, leaving: BTreeSet::new(), trace };
        it.mesh.trace = trace;
        it.weather();
        let count = it.lots.random_range(1..=7);
        it.mesh.gather(count);
        for _ in 0..it.lots.random_range(5..40) {
            let struck = it.moment();
            it.fault(struck);
        }
        it.settle();
        it.mesh.judge.counts
    }

    fn weather(&mut self) {
        let weather = &mut self.mesh.weather;
        weather.latency = match self.lots.random_range(0..5) {
            0 => 100..=50_000,
            1 => 5_000..=15_000,
            _ => 200..=2_000,
        };
        weather.disk = match self.lots.random_range(0..4) {
            0 => 100..=5_000,
            1 => 1_000..=40_000,
            _ => 0..=0,
        };
        weather.refuses = self.lots.random_bool(0.3);
    }

    /// Lets time pass: at random, or until something nasty has just begun somewhere. Gives the host
    /// that should be struck now.
    fn moment(&mut self) -> Option<usize> {
        let handled = self.mesh.handled;
        let start = self.mesh.now;
        let wait = Duration::from_millis(self.lots.random_range(0..400));
        let wait = if self.lots.random_bool(0.1) { wait * 8 } else { wait };
        let mut host = None;
        if self.lots.random_bool(0.5) {
            let kind = self.lots.random_range(0..10);
            self.mesh.judge.last_event = None;
            if self.mesh.run_to(start + wait * 2, |mesh| {
                mesh.judge.last_event.as_ref().is_some_and(|(_, event)| is_nasty(kind, event))
            }) {
                host = self.mesh.judge.last_event.take().map(|(host, _)| host);
            }
        } else {
            self.mesh.run_to(start + wait, |_| false);
        }
        self.check_pace(handled, start);
        host.filter(|_| self.lots.random_bool(0.6))
    }

    fn check_pace(&self, handled: u64, start: Instant) {
        let spent = self.mesh.handled - handled;
        let seconds = 1 + self.mesh.now.since(start).as_secs();
        assert!(spent < 400_000 * seconds, "seed {}: {spent} inputs in {seconds} s", self.seed);
    }

    fn note(&self, what: &str) {
        if self.trace {
            println!("{} --- {what}", self.mesh.now);
        }
    }

    fn any(&mut self) -> usize {
        self.lots.random_range(0..self.mesh.hosts.len())
    }

    fn picture(&self, wrong: &str) -> String {
        let mut lines = format!("seed {}, {}: {wrong}\n", self.seed, self.mesh.now);
        for (host, it) in self.mesh.hosts.iter().enumerate().filter(|(_, it)| it.alive) {
            lines.push_str(&format!("n{host} {:?}\n", it.node.status()));
        }
        lines
    }
}

/// Moments at which a fault hurts most.
fn is_nasty(kind: u32, event: &Event) -> bool {
    match kind {
        0 => matches!(event, Event::ElectionWon { .. }),
        1 | 2 => matches!(event, Event::Leads { .. }),
        3 | 4 => matches!(event, Event::ViewProposed { .. }),
        5 => matches!(event, Event::SnapshotSent { .. }),
        6 => matches!(event, Event::ViewInstalled { .. }),
        7 => matches!(event, Event::Promised { .. }),
        8 => matches!(event, Event::CaughtUp { .. } | Event::HandedOver { .. }),
        _ => matches!(event, Event::Truncated { .. } | Event::SteppedDown { .. }),
    }
}

/// Bounds so narrow that everything is met: snapshots, full windows, single-entry batches.
fn narrow(lots: &mut ChaCha8Rng) -> Config {
    let mut config = Config::default();
    if lots.random_bool(0.5) {
        config.log_keep = lots.random_range(0..8);
        config.batch_entries = lots.random_range(1..4);
        config.window_entries = lots.random_range(1..4);
        config.in_flight = lots.random_range(4..16);
        config.snapshot_chunk = lots.random_range(16..200);
        config.snapshot_window = lots.random_range(1..500);
        config.admit_within = lots.random_range(0..4);
        config.lag_entries = lots.random_range(4..100);
    }
    config
}
