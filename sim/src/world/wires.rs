//! The wires between the machines: how long frames take, and which ways are cut.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::machine::Machine;
use crate::scenario::{Network, NodeIndex};
use crate::traffic::{Traffic, Way};

/// How often the latency of each link is drawn anew, where a scenario lets it vary.
const REDRAW: Duration = Duration::from_millis(50);

/// A network whose latencies are whole ticks: turmoil's clock knows no others.
pub(super) fn in_ticks(network: Network) -> Network {
    let Network { latency_min, latency_max, tick, .. } = network;
    Network {
        latency_min: whole_ticks(latency_min, tick),
        latency_max: whole_ticks(latency_max, tick),
        ..network
    }
}

/// The state of all wires.
///
/// Latencies are drawn here and not by turmoil, whose generator may change with its version.
#[derive(Debug)]
pub(super) struct Wires {
    network: Network,
    lots: ChaCha8Rng,
    nodes: usize,
    drawn: Option<Duration>,
    cuts: BTreeMap<Way, Fault>,
    slow: BTreeMap<Way, Fault>,
}

/// What was done to one way, and what had been said over it by then.
#[derive(Clone, Copy, Debug)]
struct Fault {
    step: usize,
    said: u64,
    standing: bool,
}

/// Which step did something to the wires, and whether the quiet phase leaves it so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cause {
    pub(super) step: usize,
    pub(super) standing: bool,
}

/// The machines and their network, to be told what changes.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) sim: &'a turmoil::Sim<'static>,
    pub(super) machines: &'a [Machine],
    pub(super) traffic: &'a Traffic,
}

impl Ground<'_> {
    fn ips(&self, (from, to): Way) -> (std::net::IpAddr, std::net::IpAddr) {
        (self.machines[from.0].address.ip(), self.machines[to.0].address.ip())
    }
}

impl Wires {
    /// Wires of a world with this many nodes, whose latencies are whole ticks.
    pub(super) fn new(network: Network, lots: ChaCha8Rng, nodes: usize) -> Wires {
        let (cuts, slow) = (BTreeMap::new(), BTreeMap::new());
        Wires { network, lots, nodes, drawn: None, cuts, slow }
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

    /// Cuts these ways, as far as they are whole. Tells whether any was.
    pub(super) fn cut(&mut self, ground: Ground<'_>, cause: Cause, ways: &[Way]) -> bool {
        let mut any = false;
        for way in ways.iter().filter(|(from, to)| from != to) {
            if self.cuts.contains_key(way) {
                continue;
            }
            let fault = self.fault(ground, cause, *way);
            self.cuts.insert(*way, fault);
            let (from, to) = ground.ips(*way);
            ground.sim.partition_oneway(from, to);
            ground.traffic.cut(*way);
            any = true;
        }
        any
    }

    /// Makes a link slow: this long, or up to the next whole tick.
    pub(super) fn slow(&mut self, ground: Ground<'_>, cause: Cause, way: Way, latency: Duration) {
        let way = sorted(way);
        let fault = self.fault(ground, cause, way);
        self.slow.insert(way, fault);
        let (a, b) = ground.ips(way);
        ground.sim.set_link_latency(a, b, whole_ticks(latency, self.network.tick));
    }

    /// Undoes what was done to the ways that `which` picks; it is told whether they are to stand.
    /// Gives each such way, the step that had hurt it, and whether anything was sent that way since.
    pub(super) fn heal(
        &mut self,
        ground: Ground<'_>,
        which: impl Fn(Way, bool) -> bool,
    ) -> Vec<(Way, (usize, bool))> {
        let mut undone = Vec::new();
        let picked = |faults: &BTreeMap<Way, Fault>| -> Vec<(Way, Fault)> {
            let picks = |(way, fault): &(&Way, &Fault)| which(**way, fault.standing);
            faults.iter().filter(picks).map(|(way, fault)| (*way, *fault)).collect()
        };
        for (way, fault) in picked(&self.cuts) {
            self.cuts.remove(&way);
            let (from, to) = ground.ips(way);
            ground.sim.repair_oneway(from, to);
            ground.traffic.mend(way);
            undone.push((way, (fault.step, crossed(ground, way, fault))));
        }
        for (way, fault) in picked(&self.slow) {
            self.slow.remove(&way);
            let (a, b) = ground.ips(way);
            ground.sim.set_link_latency(a, b, self.network.latency_min);
            undone.push((way, (fault.step, crossed(ground, way, fault))));
        }
        undone
    }

    /// The steps whose faults stand, and whether anything has crossed since.
    pub(super) fn standing(&self, ground: Ground<'_>) -> Vec<(usize, bool)> {
        let faults = self.cuts.iter().chain(&self.slow);
        faults.map(|(way, fault)| (fault.step, crossed(ground, *way, *fault))).collect()
    }

    /// Whether frames that go this way are lost.
    pub(super) fn is_cut(&self, way: Way) -> bool {
        self.cuts.contains_key(&way)
    }

    fn fault(&self, ground: Ground<'_>, cause: Cause, way: Way) -> Fault {
        let Cause { step, standing } = cause;
        Fault { step, said: ground.traffic.said(way), standing }
    }
}

/// This long, or up to the next whole tick: nothing arrives before its time.
fn whole_ticks(length: Duration, tick: Duration) -> Duration {
    Duration::from_micros((length.as_micros().div_ceil(tick.as_micros()) * tick.as_micros()) as u64)
}

fn crossed(ground: Ground<'_>, way: Way, fault: Fault) -> bool {
    ground.traffic.said(way) > fault.said
}

/// A link has one latency for both ways; it goes by the way from the lower to the higher node.
fn sorted((a, b): Way) -> Way {
    if a <= b { (a, b) } else { (b, a) }
}
