//! What can go wrong on the imagined network.

use std::time::Duration;

use rand::RngExt;
use ringchat::proto::input::{Disconnect, Input};

use super::{Mesh, What};

impl Mesh {
    /// The process ends; the network tells its peers.
    pub fn kill(&mut self, host: usize) {
        self.hosts[host].alive = false;
        for (_, (peer, theirs)) in std::mem::take(&mut self.hosts[host].ends) {
            let why = Disconnect::Closed;
            self.send(host, peer, theirs, Input::Disconnected { link: theirs, why });
        }
    }

    /// The machine is gone: nobody tells, and part of what it just sent is lost.
    pub fn vanish(&mut self, host: usize) {
        self.hosts[host].alive = false;
        self.hosts[host].vanished = true;
        let lost_from = self.now + Duration::from_micros(self.lots.random_range(0..2_000));
        let ends = std::mem::take(&mut self.hosts[host].ends);
        self.inputs.retain(|_, due| {
            let from_it =
                due.link.is_some_and(|link| ends.values().any(|end| *end == (due.host, link)));
            !(from_it && due.at >= lost_from)
        });
        self.broken.extend(ends.into_values());
    }

    /// From `from` to `to` nothing arrives any more, on links that stand not even after the heal.
    pub fn cut_one_way(&mut self, from: usize, to: usize) {
        let across = self.hosts[to].ends.iter().filter(|(_, end)| end.0 == from);
        self.broken.extend(across.map(|(link, _)| (to, *link)));
        self.cut.insert((from, to));
    }

    /// Nothing passes between the two in either direction.
    pub fn cut(&mut self, a: usize, b: usize) {
        self.cut_one_way(a, b);
        self.cut_one_way(b, a);
    }

    pub fn is_connected(&self) -> bool {
        self.cut.is_empty()
    }

    pub fn heal(&mut self) {
        self.cut.clear();
    }

    /// One of the links of `host`, drawn by lot, is reset.
    pub fn reset_one(&mut self, host: usize) {
        let count = self.hosts[host].ends.len();
        if count == 0 {
            return;
        }
        let nth = self.lots.random_range(0..count);
        let Some((ours, (peer, theirs))) =
            self.hosts[host].ends.iter().nth(nth).map(|(link, end)| (*link, *end))
        else {
            return;
        };
        self.hosts[host].ends.remove(&ours);
        self.hosts[host].dialing.remove(&ours);
        let why = Disconnect::Reset;
        self.send(host, peer, theirs, Input::Disconnected { link: theirs, why: why.clone() });
        self.handle(host, Input::Disconnected { link: ours, why });
        self.settle(host);
    }

    pub fn pause(&mut self, host: usize) {
        self.hosts[host].paused = true;
    }

    /// What waited is handled now; its timers, by lot, first or last.
    pub fn resume(&mut self, host: usize) {
        self.hosts[host].paused = false;
        self.hosts[host].wake = None;
        if self.lots.random_bool(0.5) {
            self.settle(host);
        }
        for (link, what) in std::mem::take(&mut self.hosts[host].backlog) {
            if self.hosts[host].alive && !matches!(what, What::Wake) {
                self.arrive(host, link, what);
            }
        }
        self.settle(host);
    }
}
