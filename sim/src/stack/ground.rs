//! turmoil's hosts as the ground of a world: what the world may ask of them, and do to them.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ringchat::driver::handle;
use ringchat::driver::run::Settings;
use ringchat::proto::config::Config;
use ringchat::proto::input::Command;
use ringchat::proto::node::{Node, Start};
use ringchat::proto::recovered::Recovered;
use ringchat::proto::status::Status;

use super::Stack;
use super::disk::Cut;
use super::machine::Machine;
use crate::engine::{Birth, Engine, Frame, Note, Tamper, Way};
use crate::scenario::{NodeIndex, priority};

impl Engine for Stack {
    fn elapsed(&self) -> Duration {
        self.sim.elapsed()
    }

    /// One step of the clock: wires first, then each machine in turn. A node that is asked answers
    /// within the step.
    fn advance(
        &mut self,
        until: Duration,
        ask: bool,
        notes: &mut Vec<Note>,
    ) -> Result<bool, String> {
        let elapsed = self.elapsed();
        let ask = ask && elapsed + self.tick >= until;
        self.wires.redraw(&self.sim, &self.machines, elapsed);
        self.machines.iter_mut().for_each(Machine::type_on);
        if ask {
            self.machines.iter_mut().for_each(Machine::ask);
        }
        self.sim.step().map_err(|error| error.to_string())?;
        if ask {
            self.machines.iter_mut().for_each(Machine::collect);
        }
        let first = notes.len();
        notes.append(&mut self.notes.borrow_mut());
        // Nodes run one after the other within a step, each through all of its time. A frame takes
        // a step at least, so whatever one node's note is due to stands before it in this order.
        notes[first..].sort_by_key(|note| note.at);
        self.notice_exits()?;
        Ok(self.elapsed() >= until)
    }

    fn address(&self, node: NodeIndex) -> SocketAddr {
        self.machines[node.0].address
    }

    fn start(&mut self, node: NodeIndex, birth: Birth) {
        let machine = &mut self.machines[node.0];
        let Birth { incarnation, seed, start } = birth;
        machine.disk.begin(match &start {
            Start::Restore(_) => None,
            Start::Found | Start::Join(_) => Some((Node::identity(seed), machine.address)),
        });
        let config = Config { priority: priority(node), ..self.config.clone() };
        let settings = Settings { seed, address: machine.address, config, start };
        machine.begin(incarnation, settings, self.notes.clone(), self.keeps);
    }

    fn wake(&mut self, node: NodeIndex) -> Option<Recovered> {
        self.machines[node.0].disk.wake()
    }

    fn is_writing(&self, node: NodeIndex) -> bool {
        self.keeps && self.machines[node.0].disk.is_writing()
    }

    fn take_torn(&mut self) -> u64 {
        self.machines.iter().map(|machine| machine.disk.take_torn()).sum()
    }

    fn kill(&mut self, node: NodeIndex) {
        self.machines[node.0].end(Cut::Killed);
    }

    /// turmoil's own crash closes connections; nobody hears that behind a partition.
    fn power_off(&mut self, node: NodeIndex) {
        // Before anything of the process is dropped, which would else write what it has begun.
        self.machines[node.0].end(Cut::PowerLost);
        let others: Vec<NodeIndex> = self.others(node).collect();
        for other in &others {
            let (me, ip) = self.ips((node, *other));
            self.sim.partition(me, ip);
        }
        self.sim.crash(self.machines[node.0].address.ip());
        for other in others {
            let (me, ip) = self.ips((node, other));
            if !self.traffic.is_cut((node, other)) {
                self.sim.repair_oneway(me, ip);
            }
            if !self.traffic.is_cut((other, node)) {
                self.sim.repair_oneway(ip, me);
            }
        }
    }

    fn power_on(&mut self, node: NodeIndex) {
        self.sim.bounce(self.machines[node.0].address.ip());
    }

    fn pause(&mut self, node: NodeIndex, paused: bool) {
        self.machines[node.0].pause(paused);
    }

    /// The queue for commands is empty but for what the world itself put there.
    fn command(&mut self, node: NodeIndex, command: Command) -> Result<(), &'static str> {
        let handle = self.machines[node.0].switch.handle().ok_or("has not begun to run yet")?;
        let given = async {
            match command {
                Command::Leave => handle.leave().await,
                Command::Alone => handle.alone().await,
                Command::Submit(payload) => handle.submit(payload.bytes).await,
            }
        };
        match pin!(given).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(())) => Ok(()),
            Poll::Ready(Err(handle::Stopped)) => Err("has ended by itself"),
            Poll::Pending => Err("does not take commands"),
        }
    }

    fn say(&mut self, node: NodeIndex, text: String) -> bool {
        self.machines[node.0].say(text)
    }

    fn has_said_all(&self, node: NodeIndex) -> bool {
        self.machines[node.0].typing.is_empty()
    }

    fn asks_ahead(&self) -> bool {
        true
    }

    fn status(&mut self, node: NodeIndex) -> Option<Status> {
        self.machines[node.0].status.clone()
    }

    fn content(&self, node: NodeIndex) -> (u64, u64) {
        let ledger = self.machines[node.0].ledger.borrow();
        (ledger.count(), ledger.hash())
    }

    fn cut(&mut self, way: Way) {
        let (from, to) = self.ips(way);
        self.sim.partition_oneway(from, to);
        self.traffic.cut(way);
    }

    fn mend(&mut self, way: Way) {
        let (from, to) = self.ips(way);
        self.sim.repair_oneway(from, to);
        self.traffic.mend(way);
    }

    fn slow(&mut self, a: NodeIndex, b: NodeIndex, latency: Option<Duration>) {
        let (from, to) = self.ips((a, b));
        let latency = self.wires.slow((a, b), latency);
        self.sim.set_link_latency(from, to, latency);
    }

    fn tamper(&mut self, what: Tamper) -> Result<(), String> {
        match what {
            Tamper::Garbage(from, to) => {
                self.traffic.garble((from, to));
                Ok(())
            }
            Tamper::Disk(node, write) => {
                self.machines[node.0].disk.slow(write);
                Ok(())
            }
            Tamper::Tear(node, keeps) => {
                if !self.is_writing(node) {
                    return Err("writes nothing now".to_owned());
                }
                self.machines[node.0].end(Cut::Torn(keeps));
                self.power_off(node);
                Ok(())
            }
            Tamper::Unwritable(node, is) => {
                self.machines[node.0].disk.fail(is);
                Ok(())
            }
            Tamper::Lose(node) => self.machines[node.0].disk.lose(),
            // Where nobody is sluggish, nobody has to be eased.
            Tamper::Sluggish(_, per_input) if per_input.is_zero() => Ok(()),
            Tamper::Reset(..)
            | Tamper::Limit(..)
            | Tamper::Sluggish(..)
            | Tamper::Clock(..)
            | Tamper::Drift(..)
            | Tamper::Replay(..) => {
                Err("the turmoil engine cannot do this; use `--engine events`".to_owned())
            }
        }
    }

    fn said(&self, way: Way) -> u64 {
        self.traffic.said(way)
    }

    fn take_frames(&mut self) -> Vec<Frame> {
        self.traffic.take_frames()
    }
}
