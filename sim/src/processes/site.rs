//! All that a run of real processes stands on, and what the nodes tell.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::time::Duration;

use ringchat::front::cluster::place::{Folder, Loopback};
use ringchat::front::cluster::process::Process;
use ringchat::front::cluster::proxy::{Manners, Order, Proxy};
use ringchat::front::journal::{Line, What};
use ringchat::proto::config::Config;
use ringchat::proto::id::NodeId;
use ringchat::proto::node::{Node, Start};
use ringchat::proto::time::Instant;
use tokio::time::Instant as RealInstant;

use super::host::Host;
use super::pace::Pace;
use super::place::binary;
use super::plan::Plan;
use super::tail::Tail;
use super::turns::Turns;
use super::watch::Watch;
use crate::engine::{Birth, Note};
use crate::history::{Happening, Incarnation};
use crate::lots::{Drops, Lots};
use crate::scenario::{Cuts, Network, NodeIndex, Scenario, priority};

/// How long a process may take to listen, and a node to answer. No promise of the ring is measured by
/// this: whoever needs longer does not answer at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often the journal is looked at.
pub(super) const LOOK: Duration = Duration::from_millis(2);

/// The processes, the network between them, and what they have told.
///
/// The fields are dropped in this order: no process outlives its network, or its folder.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) hosts: Vec<Host>,
    pub(super) proxy: Proxy,
    tail: Tail,
    binary: PathBuf,
    configs: Vec<PathBuf>,
    /// Whether nodes keep what must outlive them.
    disks: bool,
    folder: Folder,
    _loopback: Loopback,
}

impl Site {
    /// Where a node keeps what must outlive it; none, if the scenario has no disks.
    pub(super) fn disk_of(&self, node: NodeIndex) -> Option<PathBuf> {
        self.disks.then(|| self.folder.of(&self.hosts[node.0].name).join("data"))
    }
}

/// Real processes, one for each node.
#[derive(Debug)]
pub struct Processes {
    pub(super) pace: Pace,
    /// None, if it could not be had.
    pub(super) site: Site,
    /// Whose identity it is, and in which of its lives.
    lives: BTreeMap<NodeId, (NodeIndex, Incarnation)>,
    /// When the scenario began: once all founders listen.
    pub(super) began: Option<RealInstant>,
    pub(super) elapsed: Duration,
    /// What was read, and the world was not told yet.
    pub(super) waiting: Vec<Note>,
    pub(super) watch: Watch,
    /// Why this cannot go on.
    pub(super) failed: Option<String>,
}

impl Processes {
    /// A folder, addresses and a proxy, and no process yet.
    ///
    /// # Errors
    /// What of it cannot be had. Nothing was started then.
    pub fn new(
        scenario: &Scenario,
        lots: Lots,
        pace: Pace,
        keep_frames: bool,
    ) -> Result<Processes, String> {
        let failed = |error: std::io::Error| format!("the files of a run cannot be made: {error}");
        let binary = binary()?;
        let loopback = Loopback::take().map_err(|error| error.to_string())?;
        let folder = Folder::new(&scenario.names).map_err(failed)?;
        let mut configs = Vec::with_capacity(scenario.names.len());
        for node in (0..scenario.names.len()).map(NodeIndex) {
            let config = Config { priority: priority(node), ..scenario.config.clone() };
            let file = folder.path().join(format!("bounds-{}.toml", node.0));
            std::fs::write(&file, pace.bounds(&config)).map_err(failed)?;
            configs.push(file);
        }
        let tail = Tail::new(&folder.path().join("journal.jsonl")).map_err(failed)?;
        let (advertised, listened) = loopback.addresses(scenario.names.len());
        let host = |(name, (advertise, listen)): (&String, (&SocketAddr, &SocketAddr))| {
            Host::new(name, *advertise, *listen)
        };
        let hosts = scenario.names.iter().zip(advertised.iter().zip(&listened)).map(host).collect();
        let addresses = (advertised, listened);
        let manners = manners(scenario.network, pace, lots, keep_frames);
        let (tell_task, task) = channel();
        // Whoever starts the proxy waits for this.
        let began = move || drop(tell_task.send(Turns::own()));
        let proxy = Proxy::start(addresses, manners, began).map_err(|error| error.to_string())?;
        let task = task.recv().map_err(|_| "the proxy has ended".to_owned())?;
        let disks = scenario.disks;
        let watch = Watch::start(&scenario.config, pace);
        watch.follow("the network", task);
        watch.follow("the harness", Turns::own());
        let site = Site { hosts, proxy, tail, binary, configs, disks, folder, _loopback: loopback };
        Ok(Processes {
            pace,
            site,
            lives: BTreeMap::new(),
            began: None,
            elapsed: Duration::ZERO,
            waiting: Vec::new(),
            watch,
            failed: None,
        })
    }

    pub(super) fn host(&mut self, node: NodeIndex) -> &mut Host {
        &mut self.site.hosts[node.0]
    }

    /// The time of the scenario.
    pub(super) fn now(&self) -> Duration {
        self.began.map_or(Duration::ZERO, |began| self.pace.of_scenario(began.elapsed()))
    }

    /// Tells the proxy something; what goes wrong there ends the run.
    pub(super) fn order(&mut self, order: Order) -> bool {
        let done = self.site.proxy.tell(order);
        done.unwrap_or_else(|why| {
            self.failed.get_or_insert(why.to_string());
            false
        })
    }

    /// Takes in what the nodes have written.
    pub(super) fn read(&mut self) {
        match self.site.tail.lines() {
            Ok(lines) => lines.into_iter().for_each(|line| self.hear(line)),
            Err(why) => drop(self.failed.get_or_insert(why)),
        }
    }

    fn hear(&mut self, Line { node: id, what, .. }: Line) {
        let Some((node, incarnation)) = self.lives.get(&id).copied() else { return };
        let what = match what {
            What::Listening { .. } => {
                self.host(node).listens = true;
                self.order(Order::Up(node.0));
                return;
            }
            What::Event(event) => {
                let host = self.host(node);
                host.hear(&event);
                if host.left {
                    self.order(Order::Down(node.0));
                }
                Happening::Event(event)
            }
            What::Delivered(delivered) => Happening::Delivered(delivered),
            What::State(state) => return self.host(node).answer(*state),
            What::History(_) | What::Chat(_) | What::Notice(_) => return,
        };
        // The time at which it was read: never before it happened.
        let at = Instant::START + self.now();
        self.waiting.push(Note { at, node, incarnation, what });
    }

    /// Reads on until something holds, for as long as patience lasts. Tells whether it came to hold.
    fn wait(&mut self, holds: impl Fn(&Processes) -> bool) -> bool {
        let until = RealInstant::now() + PATIENCE;
        loop {
            self.read();
            if holds(self) {
                return true;
            }
            if RealInstant::now() >= until || self.failed.is_some() {
                return false;
            }
            rest(LOOK);
        }
    }

    /// A process that has ended by itself has either left its ring, or gave up.
    pub(super) fn notice_exits(&mut self) {
        for index in 0..self.site.hosts.len() {
            let process = self.site.hosts[index].process.as_mut();
            let Some(status) = process.and_then(Process::ended) else { continue };
            // Its last words may have come meanwhile.
            self.read();
            let host = &mut self.site.hosts[index];
            let complaint = host.process.as_ref().map(Process::complaint).unwrap_or_default();
            if !host.left {
                let why =
                    format!("{} ended though nobody asked it to: {status} {complaint}", host.name);
                self.failed.get_or_insert(why);
            }
            drop(self.site.hosts[index].end());
            self.order(Order::Down(index));
        }
    }

    /// Asks all that can answer, and waits until they have. Who does not is not waited for again.
    pub(super) fn ask_all(&mut self) {
        let asked: Vec<bool> = self.site.hosts.iter_mut().map(Host::ask).collect();
        let done = |host: &Host| !host.owes_answer || host.left;
        self.wait(|all| {
            all.site.hosts.iter().zip(&asked).all(|(host, asked)| !asked || done(host))
        });
    }

    pub(super) fn spawn(&mut self, node: NodeIndex, birth: &Birth) -> Result<(), String> {
        let host = &self.site.hosts[node.0];
        let data = self.site.disk_of(node);
        let plan = Plan {
            binary: &self.site.binary,
            folder: &self.site.folder.of(&host.name),
            name: &host.name,
            listen: host.listen,
            advertise: host.advertise,
            seed: birth.seed,
            start: &birth.start,
            config: &self.site.configs[node.0],
            data: data.as_deref(),
        };
        let failed = |error: std::io::Error| format!("{} cannot be started: {error}", host.name);
        let output = self.site.tail.end().map_err(failed)?;
        let process = plan.start(output).map_err(failed)?;
        self.watch.follow(&host.name, Turns::of(process.pid()));
        let id = match &birth.start {
            Start::Restore(restart) => restart.disk.node,
            Start::Found | Start::Join(_) => Node::identity(birth.seed),
        };
        self.lives.insert(id, (node, birth.incarnation));
        self.host(node).begin(process);
        let listens = self.wait(|all| all.site.hosts[node.0].listens);
        let host = &self.site.hosts[node.0];
        if listens {
            return Ok(());
        }
        let complaint = host.process.as_ref().map(Process::complaint).unwrap_or_default();
        Err(format!("{} does not listen after {PATIENCE:?}: {complaint}", host.name))
    }

    pub(super) fn end(&mut self, node: NodeIndex) {
        if let Some(process) = self.host(node).end() {
            process.kill();
        }
        // What it has said in its life stands before whatever comes now.
        self.read();
    }
}

/// The scenario's network, at the run's pace.
fn manners(network: Network, pace: Pace, lots: Lots, keeps_frames: bool) -> Manners {
    let micros = |length: Duration| u64::try_from(length.as_micros()).unwrap_or(u64::MAX);
    let mut lots = Drops::new(lots.seed_of("proxy"));
    let Network { latency_min, latency_max, tail_per_mille, tail, .. } = network;
    let latency = move || {
        let usual = lots.range(micros(latency_min), micros(latency_max));
        let drawn = match lots.per_mille(tail_per_mille) {
            true => lots.range(micros(latency_max), micros(tail)),
            false => usual,
        };
        pace.real(Duration::from_micros(drawn))
    };
    Manners { latency: Box::new(latency), stalls: network.cuts == Cuts::Stall, keeps_frames }
}

#[expect(clippy::disallowed_methods, reason = "this engine waits for real time to pass")]
pub(crate) fn rest(length: Duration) {
    std::thread::sleep(length);
}
