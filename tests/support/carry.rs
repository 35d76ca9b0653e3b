//! What the nodes of the mesh want, carried out.

use std::time::Duration;

use bytes::Bytes;
use ringchat::proto::id::Index;
use ringchat::proto::input::{Disconnect, Input};
use ringchat::proto::output::Output;

use super::mesh::{Mesh, What};

impl Mesh {
    pub(super) fn carry_out(&mut self, host: usize, output: Output) {
        match output {
            Output::Dial { link, address } => {
                let to = usize::from(match address.ip() {
                    std::net::IpAddr::V4(ip) => ip.octets()[3],
                    std::net::IpAddr::V6(_) => unreachable!(),
                }) - 1;
                if !self.cut.contains(&(host, to)) && !self.cut.contains(&(to, host)) {
                    let at = self.now + Duration::from_millis(1);
                    self.schedule(at, to, None, What::Accept { from: host, link });
                }
            }
            Output::HangUp { link } => {
                if let Some((peer, theirs)) = self.hosts[host].ends.remove(&link) {
                    let why = Disconnect::Closed;
                    self.send(host, peer, theirs, Input::Disconnected { link: theirs, why });
                }
            }
            Output::Send { link, message } => {
                if let Some((peer, theirs)) = self.hosts[host].ends.get(&link).copied() {
                    self.send(host, peer, theirs, Input::Message { link: theirs, message });
                }
            }
            Output::Persist(write) => self.handle(host, Input::Persisted { write: write.id }),
            Output::Deliver(delivered) => self.hosts[host].delivered.push(delivered),
            Output::TakeSnapshot => {
                let all = self.texts(host).join("\n");
                let input =
                    Input::SnapshotTaken { index: Index::ZERO, application: Bytes::from(all) };
                self.handle(host, input);
            }
            Output::InstallSnapshot { .. } => {}
            Output::Event(event) => {
                if self.trace {
                    println!("{} n{host} {event:?}", self.now);
                }
                self.hosts[host].events.push((self.now, event));
            }
        }
    }
}
