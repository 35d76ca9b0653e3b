//! All that a cluster stands on: the servers, the links between them, and their files.

use std::collections::BTreeSet;
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tokio::sync::mpsc;

use super::error::ClusterError;
use super::place::{Folder, Loopback};
use super::process::Process;
use super::proxy::{Manners, Order, Proxy, Way};
use super::server::{Heard, Phase, Server, listen};
use crate::chat::name::Name;
use crate::front::config_file;
use crate::front::ring_file::{Ring, RingNode};
use crate::proto::id::NodeId;
use crate::store::database::FILE_NAME;

/// How many things that the servers tell may wait for the console. Then they wait, too.
const HEARD_MAX: usize = 1_024;

/// The name of the ring file in the folder of a cluster.
const RING_FILE: &str = "ring.toml";

/// The servers, and what is between them.
///
/// The fields are dropped in this order: no process outlives its network, or its folder.
#[derive(Debug)]
pub struct Site {
    /// In the order of their numbers.
    pub servers: Vec<Server>,
    /// The ways that are cut.
    pub cuts: BTreeSet<Way>,
    proxy: Proxy,
    heard: mpsc::Sender<Heard>,
    binary: PathBuf,
    ring_file: PathBuf,
    folder: Folder,
    _loopback: Loopback,
}

impl Site {
    /// A folder, addresses and a proxy for so many servers, and no process yet. With a folder that holds
    /// such a ring, the servers will be those of that ring.
    ///
    /// # Errors
    /// [`ClusterError`]: nothing was started then.
    pub fn new(
        count: usize,
        data: Option<&Path>,
    ) -> Result<(Site, mpsc::Receiver<Heard>), ClusterError> {
        let names: Vec<String> = (1..=count).map(|number| format!("s{number}")).collect();
        let path = || data.map_or_else(std::env::temp_dir, Path::to_owned);
        let failed = |error| ClusterError::Files { path: path(), error };
        let binary = std::env::current_exe().map_err(ClusterError::System)?;
        let folder = match data {
            Some(path) => Folder::at(path, &[]),
            None => Folder::new(&[]),
        };
        let folder = folder.map_err(failed)?;
        let ring_file = folder.path().join(RING_FILE);
        let loopback = match ring_file.is_file() {
            true => Loopback::at(ip_of(&ring_file, &names)?)?,
            false => Loopback::take()?,
        };
        for name in &names {
            fs::create_dir_all(folder.of(name)).map_err(failed)?;
        }
        let (advertised, listened) = loopback.addresses(count);
        fs::write(&ring_file, ring(&names, &advertised).to_toml()).map_err(failed)?;
        let servers = names.iter().zip(advertised.iter().zip(&listened));
        let servers = servers.map(|(name, (told, own))| Server::new(name, *told, *own)).collect();
        let proxy = Proxy::start((advertised, listened), Manners::default(), || ())?;
        let (heard, hears) = mpsc::channel(HEARD_MAX);
        let cuts = BTreeSet::new();
        let site =
            Site { servers, cuts, proxy, heard, binary, ring_file, folder, _loopback: loopback };
        Ok((site, hears))
    }

    /// Where the files are.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Starts a server that does not run, with what it had kept.
    ///
    /// # Errors
    /// [`ClusterError`].
    pub fn start(&mut self, number: usize) -> Result<(), ClusterError> {
        let server = &mut self.servers[number];
        let folder = self.folder.of(&server.name);
        let data = folder.join("data");
        let comes_back = data.join(FILE_NAME).is_file();
        let mut command = Command::new(&self.binary);
        // What is set for a person's node must not speak to these.
        let ours = std::env::vars_os().map(|(name, _)| name);
        for variable in ours.filter(|name| name.to_string_lossy().starts_with("RINGCHAT_")) {
            command.env_remove(variable);
        }
        command.current_dir(&folder).arg("--config").arg(&self.ring_file);
        command.args(["--id", &server.name, "--listen", &server.listen.to_string()]);
        command.arg("--data").arg(&data).args(["--output", "jsonl"]);
        // A signal from the terminal is for the console, which lets them leave. And should the console be
        // killed, the system wakes those that stand still, and they find that nobody is there.
        command.process_group(0);
        let failed = |error| ClusterError::Start { server: server.name.clone(), error };
        let started = Process::start(&mut command, Stdio::piped(), &folder.join("stderr"));
        let mut process = started.map_err(failed)?;
        let output = process.take_output();
        server.begin(process, comes_back);
        // Whoever dials it before it listens is refused.
        self.proxy.tell(Order::Up(number))?;
        if let Some(output) = output {
            listen(output, number, server.life, self.heard.clone());
        }
        Ok(())
    }

    /// A server runs, and is on its way into the ring, or in it.
    pub fn is_there(&mut self, number: usize, node: NodeId) {
        let server = &mut self.servers[number];
        server.node = Some(node);
        if server.phase == Phase::Starts {
            server.phase = Phase::Runs;
        }
    }

    /// Kills a server. The port is closed first: whoever finds the links broken and dials is refused.
    ///
    /// # Errors
    /// [`ClusterError::Proxy`].
    pub fn kill(&mut self, number: usize, how: &str) -> Result<(), ClusterError> {
        self.proxy.tell(Order::Down(number))?;
        if let Some(process) = self.servers[number].end(how.to_owned()) {
            process.kill();
        }
        Ok(())
    }

    /// Stops a server that runs, or lets one go on.
    ///
    /// # Errors
    /// [`ClusterError::Signal`].
    pub fn pause(&mut self, number: usize, paused: bool) -> Result<(), ClusterError> {
        let server = &mut self.servers[number];
        if let Some(process) = &server.process {
            process.pause(paused)?;
            server.phase = if paused { Phase::Paused } else { Phase::Runs };
        }
        Ok(())
    }

    /// Cuts a way, or mends it. Tells whether it was otherwise before.
    ///
    /// # Errors
    /// [`ClusterError::Proxy`].
    pub fn cut(&mut self, way: Way, cut: bool) -> Result<bool, ClusterError> {
        if cut {
            self.cuts.insert(way)
        } else {
            self.cuts.remove(&way)
        };
        Ok(self.proxy.tell(if cut { Order::Cut(way) } else { Order::Mend(way) })?)
    }

    /// Mends all links.
    ///
    /// # Errors
    /// [`ClusterError::Proxy`].
    pub fn heal(&mut self) -> Result<(), ClusterError> {
        while let Some(way) = self.cuts.first().copied() {
            self.cut(way, false)?;
        }
        Ok(())
    }

    /// Asks all that can answer what they know.
    pub fn ask_all(&mut self) {
        self.servers.iter_mut().for_each(Server::ask);
    }

    /// Those that run.
    pub fn running(&self) -> BTreeSet<usize> {
        let servers = self.servers.iter().enumerate();
        servers
            .filter(|(_, server)| server.phase == Phase::Runs)
            .map(|(number, _)| number)
            .collect()
    }

    /// Which server an incarnation of a node is, or was.
    pub fn name_of(&self, node: NodeId) -> String {
        let server = self.servers.iter().find(|server| server.node == Some(node));
        server.map_or_else(|| crate::front::parts::unknown(node), |server| server.name.clone())
    }
}

fn ring(names: &[String], addresses: &[SocketAddr]) -> Ring {
    let node = |(name, address): (&String, &SocketAddr)| {
        let named = Name::new(name).ok()?;
        let (id, address, client_port, priority) = (name.clone(), *address, None, 0);
        Some(RingNode { id, name: named, address, client_port, priority, line: 0 })
    };
    Ring { nodes: names.iter().zip(addresses).filter_map(node).collect() }
}

/// The address at which the ring of this file lives, which a console made for so many servers.
fn ip_of(file: &Path, names: &[String]) -> Result<IpAddr, ClusterError> {
    let kept = config_file::read(file)?.ring.unwrap_or_default();
    let ip = kept.nodes.first().map(|node| node.address.ip());
    let all = kept.nodes.iter().map(|node| (&node.id, ip == Some(node.address.ip())));
    if let Some(ip) = ip
        && all.eq(names.iter().map(|name| (name, true)))
    {
        return Ok(ip);
    }
    let found = if kept.nodes.is_empty() { "no ring".into() } else { format!("a ring of {kept}") };
    Err(ClusterError::OtherRing { path: file.to_owned(), found, wanted: names.len() })
}
