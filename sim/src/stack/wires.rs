//! How long frames take on turmoil's network.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::machine::Machine;
use crate::engine::Way;
use crate::scenario::{Network, NodeIndex};

/// How often the latency of each link is drawn anew, where a scenario lets it vary.
const REDRAW: Duration = Duration::from_millis(50);

/// The latencies of all links.
///
/// They are drawn here and not by turmoil, whose generator may change with its version.
#[derive(Debug)]
pub(super) struct Wires {
    network: Network,
    lots: ChaCha8Rng,
    nodes: usize,
    drawn: Option<Duration>,
    slow: BTreeMap<Way, Duration>,
}

impl Wires {
    /// Wires of a world with this many nodes.
    pub(super) fn new(network: Network, lots: ChaCha8Rng, nodes: usize) -> Wires {
        Wires { network, lots, nodes, drawn: None, slow: BTreeMap::new() }
    }

    /// Draws latencies anew, if it is time.
    pub(super) fn redraw(
        &mut self,
        sim: &turmoil::Sim<'static>,
        machines: &[Machine],
        now: Duration,
    ) {
        let Network { latency_min, latency_max, tick, .. } = self.network;
        let due = self.drawn.is_none_or(|drawn| now >= drawn + REDRAW);
        if latency_min == latency_max || !due {
            return;
        }
        self.drawn = Some(now);
        let ticks = |length: Duration| (length.as_micros() / tick.as_micros()) as u32;
        for a in (0..self.nodes).map(NodeIndex) {
            for b in (a.0 + 1..self.nodes).map(NodeIndex) {
                // The lot is drawn for slow links, too, so that others do not depend on them.
                let ticks = self.lots.random_range(ticks(latency_min)..=ticks(latency_max));
                if !self.slow.contains_key(&(a, b)) {
                    let (a, b) = (machines[a.0].address.ip(), machines[b.0].address.ip());
                    sim.set_link_latency(a, b, tick * ticks);
                }
            }
        }
    }

    /// Makes a link slow, or as fast as others again; gives its latency.
    pub(super) fn slow(&mut self, (a, b): Way, latency: Option<Duration>) -> Duration {
        let way = (a.min(b), a.max(b));
        match latency {
            Some(latency) => {
                let latency = whole_ticks(latency, self.network.tick);
                self.slow.insert(way, latency);
                latency
            }
            None => {
                self.slow.remove(&way);
                self.network.latency_min
            }
        }
    }
}

/// The same network with each latency as the next whole tick.
pub(super) fn in_ticks(network: Network) -> Network {
    let up = |latency| whole_ticks(latency, network.tick);
    let (latency_min, latency_max) = (up(network.latency_min), up(network.latency_max));
    Network { latency_min, latency_max, ..network }
}

fn whole_ticks(latency: Duration, tick: Duration) -> Duration {
    let ticks = latency.as_micros().div_ceil(tick.as_micros()).max(1);
    tick * u32::try_from(ticks).unwrap_or(u32::MAX)
}
