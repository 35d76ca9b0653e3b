//! From options to a bound port and a way into a ring; whatever is wrong is said here, and in full.

use std::collections::BTreeSet;
use std::hash::BuildHasher;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;

use super::discover::{Findings, Lookout};
use super::options::{Options, PORTS_COUNT, Way};
use super::probe::Found;
use crate::net::{Net, TokioNet};
use crate::proto::config::Config;
use crate::proto::message::Hello;
use crate::proto::node::{Node, Start};

/// A node that can run now.
#[derive(Debug)]
pub struct Begun {
    /// Bound already.
    pub listener: TcpListener,
    /// Where that is.
    pub listen: SocketAddr,
    /// Who this node is, and where others reach it.
    pub hello: Hello,
    /// The node's identity and all lots it draws follow from this.
    pub seed: u64,
    /// As founder or newcomer.
    pub start: Start,
}

/// Why the node cannot start. Nothing was changed, and nobody was harmed.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Somebody listens there already.
    #[error(
        "{address} is in use by another program or node; choose another port with --listen, or \
         leave --listen out to get the next free one"
    )]
    PortInUse {
        /// The address.
        address: SocketAddr,
    },
    /// All ports of the range are in use.
    #[error(
        "the ports {first} to {last} of {ip} are all in use; choose another with --listen IP:PORT, or \
         another range with --ports"
    )]
    AllInUse {
        /// The machine's address.
        ip: IpAddr,
        /// The first port.
        first: u16,
        /// The last port.
        last: u16,
    },
    /// The system does not let the node listen there.
    #[error(
        "this node cannot listen at {address}: {error}; give an address of this machine with \
         --listen, such as 127.0.0.1:7400"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// A node cannot join itself.
    #[error("--join {address} is this node itself; give the address of another, or --new")]
    JoinsItself {
        /// The address.
        address: SocketAddr,
    },
    /// Nobody to join.
    #[error(
        "no ring at any address of --join, and nothing was joined:{}\n\
         Check the addresses, start a node there first, start a ring here with --new, or go on asking \
         with --keep-trying",
        list(found)
    )]
    NoRing {
        /// What was found where.
        found: Findings,
    },
    /// The addresses are of several rings.
    #[error(
        "the addresses of --join belong to different rings, and nothing was joined:{}\n\
         Rings never mix: choose one of them",
        list(found)
    )]
    SeveralRings {
        /// What was found where.
        found: Findings,
    },
}

/// Binds the port, and looks for the ring.
///
/// # Errors
/// [`StartError`]; the port is free again then.
pub async fn begin(options: &Options) -> Result<Begun, StartError> {
    let (listener, listen) = bind(options).await?;
    let address = options.advertise.unwrap_or(listen);
    let seed = options.seed.unwrap_or_else(seed);
    // Who a node is follows from the seed alone, so this one, which never runs, is the same.
    let node = Node::new(seed, address, Config::default(), Start::Join(Vec::new()));
    let hello = node.hello();
    let lookout = Lookout::new(&listener, hello.clone(), options.ports);
    let start = match &options.way {
        Way::New => Start::Found,
        Way::Discover => lookout.discover().await.map_or(Start::Found, Start::Join),
        Way::Join(addresses) => {
            if let Some(address) = [listen, address].into_iter().find(|it| addresses.contains(it)) {
                return Err(StartError::JoinsItself { address });
            }
            if options.keep_trying {
                let start = Start::Join(addresses.clone());
                return Ok(Begun { listener, listen, hello, seed, start });
            }
            Start::Join(ring_among(lookout.look_for_ring(addresses).await)?)
        }
    };
    Ok(Begun { listener, listen, hello, seed, start })
}

async fn bind(options: &Options) -> Result<(TcpListener, SocketAddr), StartError> {
    if let Some(address) = options.listen {
        return listen(address).await;
    }
    let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let (first, last) = (options.ports, options.ports.saturating_add(PORTS_COUNT - 1));
    for port in first..=last {
        match listen(SocketAddr::new(ip, port)).await {
            Err(StartError::PortInUse { .. }) => {}
            result => return result,
        }
    }
    Err(StartError::AllInUse { ip, first, last })
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AddrInUse => StartError::PortInUse { address },
        _ => StartError::Listen { address, error },
    };
    let listener = TokioNet.bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// Whom to ask, those of a ring first. Others may have come to it by the time they are asked.
fn ring_among(found: Findings) -> Result<Vec<SocketAddr>, StartError> {
    let mut rings = BTreeSet::new();
    let (mut of_ring, mut others) = (Vec::new(), Vec::new());
    for (address, found) in &found {
        match found {
            Found::Ring(ring) => {
                rings.insert(*ring);
                of_ring.push(*address);
            }
            Found::Ringless | Found::Closed => others.push(*address),
            Found::Nobody | Found::Silent(_) | Found::Stranger(_) => {}
        }
    }
    match rings.len() {
        0 => Err(StartError::NoRing { found }),
        1 => Ok([of_ring, others].concat()),
        _ => Err(StartError::SeveralRings { found }),
    }
}

/// What was found where, one per line.
fn list(found: &Findings) -> String {
    let lines = found.iter().map(|(address, found)| {
        let found = match found {
            Found::Ring(ring) => format!("ring {ring}"),
            Found::Ringless => "a node that is in no ring itself".to_owned(),
            Found::Nobody => "nobody listens there".to_owned(),
            Found::Silent(why) => format!("it cannot be reached: {why}"),
            Found::Closed => "the connection was closed without a word".to_owned(),
            Found::Stranger(why) => why.clone(),
        };
        format!("\n  {address}: {found}")
    });
    lines.collect()
}

/// 64 bits that nobody can guess, from the keys that the system draws for each process.
#[expect(clippy::disallowed_types, reason = "the live node's lots are to differ from run to run")]
fn seed() -> u64 {
    std::hash::RandomState::new().hash_one(0)
}
