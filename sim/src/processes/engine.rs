//! What the world may do to real processes and to the links between them.

use std::net::SocketAddr;
use std::time::Duration;

use ringchat::front::cluster::proxy::{self, Order};
use ringchat::proto::input::Command;
use ringchat::proto::recovered::Recovered;
use ringchat::proto::status::Status;
use ringchat::proto::time::Instant;
use tokio::time::Instant as RealInstant;

use super::disk;
use super::site::{LOOK, Processes, rest};
use crate::engine::{Birth, Engine, Frame, Note, Standstill, Tamper, Way};
use crate::scenario::NodeIndex;

impl Engine for Processes {
    fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The clock of the scenario starts with the first call: how long processes need to begin is no
    /// part of it.
    fn advance(
        &mut self,
        until: Duration,
        ask: bool,
        notes: &mut Vec<Note>,
    ) -> Result<bool, String> {
        self.began.get_or_insert_with(RealInstant::now);
        loop {
            self.read();
            let now = self.now();
            if now >= until || self.failed.is_some() {
                break;
            }
            rest(LOOK.min(self.pace.real(until - now)));
        }
        if ask {
            self.ask_all();
        }
        self.notice_exits();
        self.elapsed = self.now();
        notes.append(&mut self.waiting);
        match self.failed.clone() {
            None => Ok(true),
            Some(why) => Err(why),
        }
    }

    fn take_notes(&mut self, notes: &mut Vec<Note>) {
        notes.append(&mut self.waiting);
    }

    fn address(&self, node: NodeIndex) -> SocketAddr {
        self.site.hosts[node.0].advertise
    }

    fn start(&mut self, node: NodeIndex, birth: Birth) {
        if let Err(why) = self.spawn(node, &birth) {
            self.failed.get_or_insert(why);
        }
    }

    fn wake(&mut self, node: NodeIndex) -> Option<Recovered> {
        let found = self.site.disk_of(node).map(|data| disk::read(&data));
        found.unwrap_or(Ok(None)).unwrap_or_else(|why| {
            self.failed.get_or_insert(why);
            None
        })
    }

    /// The port is closed first: whoever finds the links broken and dials is refused.
    fn kill(&mut self, node: NodeIndex) {
        self.order(Order::Down(node.0));
        self.end(node);
    }

    fn power_off(&mut self, node: NodeIndex) {
        self.order(Order::Off(node.0));
        self.end(node);
    }

    fn power_on(&mut self, node: NodeIndex) {
        self.order(Order::Down(node.0));
    }

    fn pause(&mut self, node: NodeIndex, paused: bool) {
        let host = self.host(node);
        host.paused = paused;
        let done = host.process.as_ref().map_or(Ok(()), |process| process.pause(paused));
        if let Err(why) = done {
            self.failed.get_or_insert(why.to_string());
        }
        self.read();
    }

    fn command(&mut self, node: NodeIndex, command: Command) -> Result<(), &'static str> {
        let host = self.host(node);
        let given = match command {
            Command::Leave => {
                let given = host.type_line("/leave");
                host.leaving = true;
                given
            }
            Command::Alone => host.type_line("/alone yes"),
            Command::Submit(payload) => host.say(&String::from_utf8_lossy(&payload.bytes)),
        };
        if given { Ok(()) } else { Err("has ended by itself") }
    }

    fn say(&mut self, node: NodeIndex, text: String) -> bool {
        self.host(node).say(&text)
    }

    fn has_said_all(&self, node: NodeIndex) -> bool {
        self.site.hosts[node.0].has_said_all()
    }

    fn asks_ahead(&self) -> bool {
        true
    }

    fn status(&mut self, node: NodeIndex) -> Option<Status> {
        self.host(node).state.as_ref().map(|state| state.status.clone())
    }

    fn content(&self, node: NodeIndex) -> (u64, u64) {
        self.site.hosts[node.0].content
    }

    fn cut(&mut self, way: Way) {
        self.order(Order::Cut(plain(way)));
    }

    fn mend(&mut self, way: Way) {
        self.order(Order::Mend(plain(way)));
    }

    fn slow(&mut self, a: NodeIndex, b: NodeIndex, latency: Option<Duration>) {
        let latency = latency.map(|latency| self.pace.real(latency));
        self.order(Order::Slow(plain((a, b)), latency));
    }

    fn tamper(&mut self, what: Tamper) -> Result<(), String> {
        let any = match what {
            Tamper::Reset(a, b) => self.order(Order::Reset(plain((a, b)))),
            Tamper::Limit(a, b, limit) => {
                // So many bytes go in a second of the scenario.
                let second = self.pace.real(Duration::from_secs(1)).as_secs_f64();
                let limit = limit.map(|limit| limit as f64 / second);
                self.order(Order::Limit(plain((a, b)), limit))
            }
            Tamper::Garbage(from, to) => self.order(Order::Garbage(plain((from, to)))),
            Tamper::Replay(from, to) => self.order(Order::Replay(plain((from, to)))),
            Tamper::Disk(_, None) | Tamper::Unwritable(_, false) => true,
            Tamper::Lose(node) => {
                self.site.disk_of(node).map_or(Ok(()), |data| disk::lose(&data))?;
                true
            }
            Tamper::Sluggish(_, length) if length.is_zero() => true,
            Tamper::Sluggish(..)
            | Tamper::Disk(..)
            | Tamper::Tear(..)
            | Tamper::Unwritable(_, true)
            | Tamper::Clock(..)
            | Tamper::Drift(..) => {
                return Err("real processes cannot do this; use `--engine events`".to_owned());
            }
        };
        if any { Ok(()) } else { Err("no connection stands between them".to_owned()) }
    }

    fn take_standstill(&mut self) -> Option<Standstill> {
        self.watch.take()
    }

    fn said(&self, way: Way) -> u64 {
        self.site.proxy.said(plain(way))
    }

    fn take_frames(&mut self) -> Vec<Frame> {
        let began = self.began.unwrap_or_else(RealInstant::now);
        let pace = self.pace;
        let at = |when: RealInstant| {
            Instant::START + pace.of_scenario(when.saturating_duration_since(began))
        };
        let frame = |(when, (from, to), message)| Frame {
            at: at(when),
            way: (NodeIndex(from), NodeIndex(to)),
            message,
        };
        self.site.proxy.take_frames().into_iter().map(frame).collect()
    }
}

/// A way as the proxy counts nodes.
fn plain((from, to): Way) -> proxy::Way {
    (from.0, to.0)
}
