//! Where a run takes place: the binary, a folder that vanishes, and addresses that nobody else uses.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

/// At this port of its own loopback address a run shows others that the address is taken.
const MARK: u16 = 7_399;

/// Where the proxy accepts for the first node; the next ones follow.
const ADVERTISED: u16 = 7_400;

/// Where the first node itself listens. Below what any system lends to those who dial.
const LISTENED: u16 = 8_400;

/// The binary `node` that was built beside this program.
///
/// # Errors
/// Where it was looked for, and how to build it.
pub fn binary() -> Result<PathBuf, String> {
    let here = std::env::current_exe()
        .map_err(|error| format!("the system does not say where this program is: {error}"))?;
    // Tests stand one folder deeper than the binaries.
    let mut beside = here.ancestors().skip(1).take(2).map(|folder| folder.join("node"));
    beside.find(|path| path.is_file()).ok_or_else(|| {
        format!(
            "no binary `node` beside {}, and nothing was started\n\
             hint: build it in the same way: cargo build --bin node",
            here.display()
        )
    })
}

/// A folder for the files of a run; it vanishes with this.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    kept: bool,
}

impl Folder {
    pub(crate) fn new(nodes: &[String]) -> std::io::Result<Folder> {
        for number in 0_u32.. {
            let name = format!("ringchat-{}-{number}", std::process::id());
            let path = std::env::temp_dir().join(name);
            match std::fs::create_dir(&path) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                made => {
                    made?;
                    let folder = Folder { path, kept: false };
                    nodes.iter().try_for_each(|node| std::fs::create_dir(folder.of(node)))?;
                    return Ok(folder);
                }
            }
        }
        Err(std::io::ErrorKind::AlreadyExists.into())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves it where it is, for whoever wants to see what went wrong.
    pub(crate) fn leave(&mut self) {
        self.kept = true;
    }

    /// The working folder of a node.
    pub(crate) fn of(&self, node: &str) -> PathBuf {
        self.path.join(node)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.kept {
            // What is left of it harms nobody.
            let _left = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// A loopback address of this run alone. Only whoever names such an address uses its ports: the system
/// lends those of 127.0.0.1 to everybody who dials, and then a node could not listen at its own again.
#[derive(Debug)]
pub(crate) struct Loopback {
    ip: IpAddr,
    _mark: TcpListener,
}

impl Loopback {
    pub(crate) fn take() -> Result<Loopback, String> {
        let start = std::process::id();
        for number in (0..1 << 16).map(|offset| (start + offset) % (1 << 16)) {
            let [_, _, high, low] = number.to_be_bytes();
            let ip = IpAddr::V4(Ipv4Addr::new(127, 74, high, low));
            if let Ok(mark) = TcpListener::bind((ip, MARK)) {
                return Ok(Loopback { ip, _mark: mark });
            }
        }
        Err("no loopback address from 127.74.0.0 to 127.74.255.255 can be listened at; on systems \
             other than Linux they have to be set up first"
            .to_owned())
    }

    /// Where the proxy accepts for each of so many nodes, and where they listen themselves.
    pub(crate) fn addresses(&self, nodes: usize) -> (Vec<SocketAddr>, Vec<SocketAddr>) {
        let from = |first: u16| (first..).take(nodes).map(|port| SocketAddr::new(self.ip, port));
        (from(ADVERTISED).collect(), from(LISTENED).collect())
    }
}
