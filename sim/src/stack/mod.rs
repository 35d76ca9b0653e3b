//! The whole stack as an engine: the product's driver, wire code and nodes on turmoil's network.

mod clock;
mod disk;
mod files;
mod ground;
mod host;
mod machine;
pub mod net;
mod past;
mod pen;
mod platter;
mod recorder;
mod spindle;
pub mod traffic;
mod wires;

use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

use ringchat::driver::run::Exit;

use self::disk::Disk;
use self::host::machine as software;
use self::machine::Machine;
use self::net::TurmoilNet;
use self::recorder::Notes;
use self::traffic::Traffic;
use self::wires::Wires;
use crate::engine::{Engine, Way};
use crate::lots::Lots;
use crate::scenario::{NodeIndex, Scenario};

/// How many segments a connection holds, and how many dials wait at a machine that stands still.
const SEGMENTS: usize = 4_096;

/// turmoil's hosts, one for each node.
pub struct Stack {
    config: ringchat::proto::config::Config,
    sim: turmoil::Sim<'static>,
    tick: Duration,
    machines: Vec<Machine>,
    wires: Wires,
    traffic: Traffic,
    notes: Notes,
    /// Whether nodes keep what they write.
    keeps: bool,
}

impl Stack {
    /// Hosts on which nothing runs yet.
    pub fn new(scenario: &Scenario, lots: Lots, keep_frames: bool) -> Stack {
        let traffic = Traffic::new(keep_frames);
        // turmoil knows whole ticks only.
        let network = wires::in_ticks(scenario.network);
        let mut sim = turmoil::Builder::new()
            .epoch(UNIX_EPOCH)
            .rng_seed(lots.seed_of("turmoil"))
            .simulation_duration(Duration::MAX)
            .tick_duration(network.tick)
            .min_message_latency(network.latency_min)
            .max_message_latency(network.latency_min)
            .tcp_capacity(SEGMENTS)
            .build();
        let mut machines = Vec::new();
        for (index, name) in scenario.names.iter().enumerate() {
            let ip = sim.lookup(name.as_str());
            traffic.add_host(ip, NodeIndex(index));
            let seed = lots.seed_of(&format!("disk of {name}"));
            let disk = Disk::new(name, &scenario.network, seed, scenario.disks);
            machines.push(Machine::new(index, name, ip, disk));
        }
        for (index, machine) in machines.iter().enumerate() {
            let switch = machine.switch.clone();
            let net = TurmoilNet::new(NodeIndex(index), traffic.clone());
            let disk = machine.disk.clone();
            sim.host(machine.address.ip(), move || {
                software(switch.clone(), net.clone(), disk.clone())
            });
        }
        Stack {
            config: scenario.config.clone(),
            sim,
            tick: network.tick,
            machines,
            wires: Wires::new(network, lots.stream("network"), scenario.names.len()),
            traffic,
            notes: Notes::default(),
            keeps: scenario.disks,
        }
    }

    fn ips(&self, (from, to): Way) -> (std::net::IpAddr, std::net::IpAddr) {
        (self.machines[from.0].address.ip(), self.machines[to.0].address.ip())
    }

    fn others(&self, node: NodeIndex) -> impl Iterator<Item = NodeIndex> + use<> {
        (0..self.machines.len()).map(NodeIndex).filter(move |other| *other != node)
    }

    /// A driver that has ended by itself is either gone from its ring, or gave up.
    fn notice_exits(&self) -> Result<(), String> {
        for machine in &self.machines {
            let name = &machine.name;
            if let Some(why) = machine.disk.take_damage() {
                return Err(format!("{name} cannot use its disk: {why}"));
            }
            match machine.switch.take_exit() {
                None | Some(Exit::Left) => {}
                Some(Exit::Abandoned) => {
                    return Err(format!("{name} ended though nobody asked it to"));
                }
                Some(Exit::Unreadable { index, why }) => {
                    return Err(format!("{name} could not read the snapshot up to {index}: {why}"));
                }
                Some(Exit::Unwritable { .. }) if machine.disk.is_unwritable() => {}
                Some(Exit::Unwritable { why }) => return Err(format!("{name} gave up: {why}")),
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stack").field("elapsed", &self.elapsed()).finish_non_exhaustive()
    }
}
