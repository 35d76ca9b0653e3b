//! Where a ring of processes lives: a folder that vanishes, and addresses that nobody else uses.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

/// At this port of its own loopback address a ring shows others that the address is taken.
const MARK: u16 = 7_399;

/// Where the proxy accepts for the first node; the next ones follow.
const ADVERTISED: u16 = 7_400;

/// Where the first node itself listens. Below what any system lends to those who dial.
const LISTENED: u16 = 8_400;

/// A folder for the files of a ring; it vanishes with this, unless it was given or is left.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    kept: bool,
}

impl Folder {
    /// A folder among the system's temporary ones, with one in it for each of these nodes.
    ///
    /// # Errors
    /// As the system says.
    pub fn new(nodes: &[String]) -> io::Result<Folder> {
        Folder::within(&std::env::temp_dir(), nodes)
    }

    /// The same in another folder than that of the system.
    ///
    /// # Errors
    /// As the system says.
    pub fn within(parent: &Path, nodes: &[String]) -> io::Result<Folder> {
        for number in 0_u32.. {
            let name = format!("ringchat-{}-{number}", std::process::id());
            let path = parent.join(name);
            match fs::create_dir(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => {
                    made?;
                    let folder = Folder { path, kept: false };
                    nodes.iter().try_for_each(|node| fs::create_dir(folder.of(node)))?;
                    return Ok(folder);
                }
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// This folder, with one in it for each of these nodes; it stays where it is.
    ///
    /// # Errors
    /// As the system says.
    pub fn at(path: &Path, nodes: &[String]) -> io::Result<Folder> {
        fs::create_dir_all(path)?;
        // Nodes run in folders of their own, where a relative path would mean something else.
        let folder = Folder { path: fs::canonicalize(path)?, kept: true };
        nodes.iter().try_for_each(|node| fs::create_dir_all(folder.of(node)))?;
        Ok(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it stays.
    pub fn is_kept(&self) -> bool {
        self.kept
    }

    /// Leaves it where it is, for whoever wants to see what went wrong.
    pub fn leave(&mut self) {
        self.kept = true;
    }

    /// The working folder of a node.
    pub fn of(&self, node: &str) -> PathBuf {
        self.path.join(node)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.kept {
            // What is left of it harms nobody.
            let _left = fs::remove_dir_all(&self.path);
        }
    }
}

/// No loopback address can be had. Nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum NoLoopback {
    /// None is free, or there are none.
    #[error(
        "no loopback address from 127.74.0.0 to 127.74.255.255 can be listened at; on systems other \
         than Linux they have to be set up first"
    )]
    None,
    /// The one that was asked for is taken.
    #[error("{ip} cannot be listened at: {error}; is the same ring running already?")]
    Taken {
        /// Which.
        ip: IpAddr,
        /// What the system says.
        #[source]
        error: io::Error,
    },
}

/// A loopback address of this ring alone. Only whoever names such an address uses its ports: the system
/// lends those of 127.0.0.1 to everybody who dials, and then a node could not listen at its own again.
#[derive(Debug)]
pub struct Loopback {
    ip: IpAddr,
    _mark: TcpListener,
}

impl Loopback {
    /// Any that nobody uses.
    ///
    /// # Errors
    /// [`NoLoopback::None`].
    pub fn take() -> Result<Loopback, NoLoopback> {
        let start = std::process::id();
        for number in (0..1 << 16).map(|offset| (start + offset) % (1 << 16)) {
            let [_, _, high, low] = number.to_be_bytes();
            let loopback = Loopback::at(IpAddr::V4(Ipv4Addr::new(127, 74, high, low)));
            if let Ok(loopback) = loopback {
                return Ok(loopback);
            }
        }
        Err(NoLoopback::None)
    }

    /// This one.
    ///
    /// # Errors
    /// [`NoLoopback::Taken`].
    pub fn at(ip: IpAddr) -> Result<Loopback, NoLoopback> {
        let mark =
            TcpListener::bind((ip, MARK)).map_err(|error| NoLoopback::Taken { ip, error })?;
        Ok(Loopback { ip, _mark: mark })
    }

    /// Where the proxy accepts for each of so many nodes, and where they listen themselves.
    pub fn addresses(&self, nodes: usize) -> (Vec<SocketAddr>, Vec<SocketAddr>) {
        let from = |first: u16| (first..).take(nodes).map(|port| SocketAddr::new(self.ip, port));
        (from(ADVERTISED).collect(), from(LISTENED).collect())
    }
}
