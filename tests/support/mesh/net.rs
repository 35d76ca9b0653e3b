//! What the imagined network does with a node's wishes.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use rand::RngExt;
use ringchat::proto::event::Event;
use ringchat::proto::id::{Index, LinkId};
use ringchat::proto::input::{Disconnect, Input};
use ringchat::proto::message::Message;
use ringchat::proto::output::{Output, Write};
use ringchat::proto::time::Instant;

use super::{Mesh, What};

impl Mesh {
    pub(super) fn handle(&mut self, host: usize, input: Input) {
        let mut out = Vec::new();
        self.handled += 1;
        self.hosts[host].node.handle(self.now, input, &mut out);
        for output in out {
            self.carry_out(host, output);
        }
    }

    fn carry_out(&mut self, host: usize, output: Output) {
        match output {
            Output::Dial { link, address } => self.dial(host, link, address),
            Output::HangUp { link } => {
                self.hosts[host].dialing.remove(&link);
                if let Some((peer, theirs)) = self.hosts[host].ends.remove(&link) {
                    let why = Disconnect::Closed;
                    self.send(host, peer, theirs, Input::Disconnected { link: theirs, why });
                }
            }
            Output::Send { link, message } => {
                if let Some((peer, theirs)) = self.hosts[host].ends.get(&link).copied() {
                    if self.trace && !is_routine(&message) {
                        println!("{} n{host} -> n{peer} {message:?}", self.now);
                    }
                    self.send(host, peer, theirs, Input::Message { link: theirs, message });
                }
            }
            Output::Persist(write) => self.write(host, write),
            Output::Deliver(delivered) => {
                self.judge.delivers(host, &delivered);
                let text = String::from_utf8_lossy(&delivered.message.payload.bytes);
                self.hosts[host].lines.push(format!("{} {text}", delivered.index));
                self.hosts[host].delivered.push(delivered);
            }
            Output::TakeSnapshot => {
                let application = Bytes::from(self.hosts[host].lines.join("\n"));
                let index = Index::ZERO;
                self.handle(host, Input::SnapshotTaken { index, application });
            }
            Output::InstallSnapshot { index, application } => {
                let text = String::from_utf8(application.to_vec()).unwrap();
                self.hosts[host].lines = text.lines().map(str::to_owned).collect();
                self.judge.replaces(host, index, &self.hosts[host].lines);
            }
            // Nobody lacks anything of the past here, so nobody asks.
            Output::ReadArchive { .. } | Output::KeepArchive(_) => {}
            Output::Event(event) => {
                if self.trace {
                    println!("{} n{host} {event:?}", self.now);
                }
                self.judge.sees(self.now, host, self.hosts[host].node.hello().member.id, &event);
                let left = event == Event::Left;
                self.hosts[host].events.push((self.now, event));
                if left {
                    // Its process ends.
                    self.kill(host);
                }
            }
        }
    }

    fn dial(&mut self, host: usize, link: LinkId, address: SocketAddr) {
        let to = usize::from(match address.ip() {
            IpAddr::V4(ip) => ip.octets()[3],
            IpAddr::V6(_) => unreachable!(),
        }) - 1;
        self.hosts[host].dialing.insert(link);
        if to >= self.hosts.len() {
            let input = Input::Disconnected { link, why: Disconnect::Refused };
            return self.schedule(self.now, host, Some(link), What::Input(input.into()));
        }
        let at = self.now + self.latency(host, to);
        if !self.cut.contains(&(host, to)) && !self.cut.contains(&(to, host)) {
            self.schedule(at, to, None, What::Accept { from: host, link });
        } else if self.weather.refuses {
            let why = Disconnect::Refused;
            let input = Input::Disconnected { link, why };
            self.schedule(at, host, Some(link), What::Input(input.into()));
        }
    }

    pub(super) fn accept(&mut self, host: usize, from: usize, theirs: LinkId) {
        if !self.hosts[from].alive || !self.hosts[from].dialing.contains(&theirs) {
            return;
        }
        self.hosts[host].accepted += 1;
        let ours = LinkId::Accepted(self.hosts[host].accepted);
        self.hosts[host].ends.insert(ours, (from, theirs));
        self.hosts[from].ends.insert(theirs, (host, ours));
        let hello = self.hosts[from].node.hello();
        let reply = self.hosts[host].node.hello();
        self.send(host, from, theirs, Input::Connected { link: theirs, hello: reply });
        self.handle(host, Input::Connected { link: ours, hello });
    }

    pub(super) fn send(&mut self, from: usize, to: usize, link: LinkId, input: Input) {
        if self.cut.contains(&(from, to)) || self.broken.contains(&(to, link)) {
            return;
        }
        let at = self.now + self.latency(from, to);
        let busy = self.weather.slow.get(&(from, to)).copied().unwrap_or(1);
        let last = self.arrival.entry((to, link)).or_default();
        let at = at.max(*last + Duration::from_micros(busy));
        *last = at;
        self.schedule(at, to, Some(link), What::Input(input.into()));
    }

    /// When everything that is on its way now will have arrived.
    pub fn drained_at(&self) -> Instant {
        self.arrival.values().copied().max().unwrap_or(self.now)
    }

    fn latency(&mut self, from: usize, to: usize) -> Duration {
        let usual = &self.weather.latency;
        let range = self.weather.distant.get(&(from, to)).unwrap_or(usual).clone();
        Duration::from_micros(self.lots.random_range(range))
    }

    /// The disk takes its time, and keeps the order.
    fn write(&mut self, host: usize, write: Write) {
        let input = Input::Persisted { write: write.id };
        if *self.weather.disk.end() == 0 {
            return self.handle(host, input);
        }
        let delay = Duration::from_micros(self.lots.random_range(self.weather.disk.clone()));
        let at = (self.now + delay).max(self.hosts[host].written_at);
        self.hosts[host].written_at = at;
        self.schedule(at, host, None, What::Input(input.into()));
    }
}

/// What would drown everything else in a trace.
fn is_routine(message: &Message) -> bool {
    matches!(
        message,
        Message::Ping { .. } | Message::Pong { .. } | Message::Append(_) | Message::AppendAck(_)
    )
}
