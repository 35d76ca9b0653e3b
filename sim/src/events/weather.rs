//! What the network is like at each way: how long frames take, what is cut, slow or narrow.

use std::time::Duration;

use ringchat::proto::time::Instant;

use crate::engine::Way;
use crate::lots::{Drops, Lots};
use crate::scenario::Network;

/// One direction between two machines.
#[derive(Clone, Debug)]
struct Lane {
    lots: Drops,
    cut: bool,
    /// When it was cut.
    cut_at: Instant,
    slow: Option<Duration>,
    bytes_per_second: Option<u64>,
    /// Until when what was sent before keeps a narrow way busy.
    busy_until: Instant,
    said: u64,
}

/// What the network says of latencies, in microseconds.
#[derive(Clone, Copy, Debug)]
struct Latency {
    least: u64,
    most: u64,
    tail: u64,
    tail_per_mille: u64,
}

/// All directions between all machines.
#[derive(Debug)]
pub(super) struct Weather {
    network: Network,
    latency: Latency,
    nodes: usize,
    lanes: Vec<Lane>,
}

impl Weather {
    /// Fair weather: every way draws its lots from a stream of its own.
    pub(super) fn new(network: Network, lots: Lots, nodes: usize) -> Weather {
        let seed = lots.seed_of("network");
        let lane = |index: usize| Lane {
            lots: Drops::new(Lots::new(seed ^ label(index / nodes, index % nodes)).seed_of("way")),
            cut: false,
            cut_at: Instant::START,
            slow: None,
            bytes_per_second: None,
            busy_until: Instant::START,
            said: 0,
        };
        let latency = Latency {
            least: micros(network.latency_min),
            most: micros(network.latency_max),
            tail: micros(network.tail),
            tail_per_mille: network.tail_per_mille,
        };
        let lanes = (0..nodes * nodes).map(lane).collect();
        Weather { network, latency, nodes, lanes }
    }

    pub(super) fn network(&self) -> &Network {
        &self.network
    }

    fn lane(&self, (from, to): Way) -> &Lane {
        &self.lanes[from.0 * self.nodes + to.0]
    }

    fn lane_mut(&mut self, (from, to): Way) -> &mut Lane {
        &mut self.lanes[from.0 * self.nodes + to.0]
    }

    /// When what goes out this way now arrives.
    pub(super) fn arrival(&mut self, now: Instant, way: Way, bytes: u64) -> Instant {
        let lane = &mut self.lanes[way.0.0 * self.nodes + way.1.0];
        lane.arrival(self.latency, now, bytes)
    }

    /// Something goes out this way, whether it arrives or not. When it does; none, if the way is cut.
    /// How large it is counts only where the way is narrow.
    pub(super) fn pass(
        &mut self,
        now: Instant,
        way: Way,
        size: impl FnOnce() -> u64,
    ) -> Option<Instant> {
        let lane = &mut self.lanes[way.0.0 * self.nodes + way.1.0];
        lane.said += 1;
        if lane.cut {
            return None;
        }
        let bytes = lane.bytes_per_second.map_or(0, |_| size());
        Some(lane.arrival(self.latency, now, bytes))
    }

    /// Whether a frame that goes out now would get through a narrow way within an hour.
    pub(super) fn is_passable(&self, now: Instant, way: Way) -> bool {
        const HOUR: u64 = 3_600_000_000;
        self.lane(way).busy_until.as_micros() < now.as_micros().saturating_add(HOUR)
    }

    /// How long frames that waited behind a cut take to go on: TCP sends them again after a pause
    /// that has grown with the cut.
    pub(super) fn resumes(&mut self, now: Instant, way: Way) -> Instant {
        let lane = self.lane_mut(way);
        let longest = micros(now.since(lane.cut_at)).min(1_000_000);
        now + Duration::from_micros(lane.lots.range(0, longest))
    }

    /// How long a write at this machine takes.
    pub(super) fn write(&mut self, way: Way) -> Duration {
        let (least, most) = (micros(self.network.disk_min), micros(self.network.disk_max));
        if most == 0 {
            return Duration::ZERO;
        }
        Duration::from_micros(self.lane_mut(way).lots.range(least, most))
    }

    /// A coin for what a kernel does to a connection whose process died.
    pub(super) fn coin(&mut self, way: Way) -> bool {
        self.lane_mut(way).lots.range(0, 1) == 0
    }

    pub(super) fn is_cut(&self, way: Way) -> bool {
        self.lane(way).cut
    }

    pub(super) fn cut(&mut self, now: Instant, way: Way) {
        let lane = self.lane_mut(way);
        lane.cut = true;
        lane.cut_at = now;
    }

    pub(super) fn mend(&mut self, way: Way) {
        self.lane_mut(way).cut = false;
    }

    pub(super) fn slow(&mut self, way: Way, latency: Option<Duration>) {
        self.lane_mut(way).slow = latency;
    }

    pub(super) fn limit(&mut self, way: Way, bytes_per_second: Option<u64>) {
        let lane = self.lane_mut(way);
        lane.bytes_per_second = bytes_per_second;
        lane.busy_until = Instant::START;
    }

    pub(super) fn is_narrow(&self, way: Way) -> bool {
        self.lane(way).bytes_per_second.is_some()
    }

    /// Something goes out this way, whether it arrives or not.
    pub(super) fn say(&mut self, way: Way) {
        self.lane_mut(way).said += 1;
    }

    pub(super) fn said(&self, way: Way) -> u64 {
        self.lane(way).said
    }
}

/// What tells a way from others, however many nodes there are.
fn label(from: usize, to: usize) -> u64 {
    ((from as u64) << 32) | to as u64
}

impl Lane {
    fn arrival(&mut self, latency: Latency, now: Instant, bytes: u64) -> Instant {
        let Latency { least, most, tail, tail_per_mille } = latency;
        let long = self.lots.per_mille(tail_per_mille);
        let (least, most) = if long { (most, tail) } else { (least, most) };
        let drawn = self.lots.range(least, most);
        if self.slow.is_none() && self.bytes_per_second.is_none() {
            return Instant::from_micros(now.as_micros().saturating_add(drawn));
        }
        let latency = self.slow.unwrap_or(Duration::from_micros(drawn));
        let Some(rate) = self.bytes_per_second else { return now + latency };
        let takes = Duration::from_micros(bytes.saturating_mul(1_000_000) / rate.max(1));
        self.busy_until = self.busy_until.max(now) + takes;
        self.busy_until + latency
    }
}

fn micros(length: Duration) -> u64 {
    u64::try_from(length.as_micros()).unwrap_or(u64::MAX)
}
