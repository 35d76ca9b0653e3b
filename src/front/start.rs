//! From options to a bound port and a way into a ring; whatever is wrong is said here, and in full.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use tokio::net::TcpListener;

use super::discover::{Findings, Lookout};
use super::lots::seed;
use super::options::{Options, PORTS_COUNT, Way};
use super::probe::Found;
use super::storage::{self, PlaceError};
use crate::net::{Net, TokioNet};
use crate::proto::config::Config;
use crate::proto::id::RingId;
use crate::proto::message::Hello;
use crate::proto::node::begin::Restart;
use crate::proto::node::{Node, Start};
use crate::proto::view::Member;
use crate::store::archive::Archive;
use crate::store::database::{Kept, Store};

/// A node that can run now.
#[derive(Debug)]
pub struct Begun {
    /// Bound already.
    pub listener: TcpListener,
    /// Where that is.
    pub listen: SocketAddr,
    /// Who this node is, and where others reach it.
    pub hello: Hello,
    /// All lots that the node draws follow from this, and its identity, unless it comes back.
    pub seed: u64,
    /// As founder, as newcomer, or as the one that it was.
    pub start: Start,
    /// Its own file, and its archive; none, if nothing is kept.
    pub files: Option<(Store, Archive)>,
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
    /// What must outlive the node cannot be kept.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// A ring is to begin where another one is kept.
    #[error(
        "{} holds the ring {ring}, which --new would end here; leave --new out to come back to it, \
         or choose another folder with --data, another --name, or --memory",
        folder.display()
    )]
    HoldsRing {
        /// The folder.
        folder: PathBuf,
        /// Its ring.
        ring: RingId,
    },
    /// The others look for this node elsewhere.
    #[error(
        "the others look for the node of {} at {kept}, so it cannot come back at {wanted}; leave \
         --listen out, or choose another folder with --data to join as a new node",
        folder.display()
    )]
    Elsewhere {
        /// The folder.
        folder: PathBuf,
        /// Where it listened.
        kept: SocketAddr,
        /// What was asked for.
        wanted: SocketAddr,
    },
    /// Somebody else listens where this node did.
    #[error(
        "the others look for the node of {} at {address}, where another program listens now; end that \
         one, or choose another folder with --data to join as a new node",
        folder.display()
    )]
    PlaceTaken {
        /// The folder.
        folder: PathBuf,
        /// Where it listened.
        address: SocketAddr,
    },
    /// Nothing is kept that a new ring could be made of.
    #[error(
        "--force-new-ring goes on with what a node kept, and here is nothing; start a ring with --new"
    )]
    NothingKept,
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
    let mut file = storage::open(&options.place, &options.name)?;
    let kept = file.as_mut().map(storage::wake).transpose()?;
    if let (Some(of), Some(Some(kept))) = (&file, kept) {
        let reached = kept.recovered.snapshot.head.index;
        let archive = storage::open_archive(of, options.keep_history, Some(reached))?;
        let (listener, hello, start) = come_back(options, storage::folder_of(of), kept).await?;
        let listen = listener.local_addr().unwrap_or(hello.member.address);
        let seed = options.seed.unwrap_or_else(seed);
        let files = file.zip(Some(archive));
        return Ok(Begun { listener, listen, hello, seed, start, files });
    }
    if options.force_new_ring {
        return Err(StartError::NothingKept);
    }
    let (listener, listen) = bind(options).await?;
    let address = options.advertise.unwrap_or(listen);
    let seed = options.seed.unwrap_or_else(seed);
    // Who a node is follows from the seed alone, so this one, which never runs, is the same.
    let node = Node::new(seed, address, Config::default(), Start::Join(Vec::new()));
    let hello = node.hello();
    let lookout = Lookout::new(&listener, hello, options.ports);
    let start = match &options.way {
        Way::New => Start::Found,
        Way::Discover => lookout.discover().await.map_or(Start::Found, Start::Join),
        Way::OfFile { is_first, others } => {
            lookout.gather(*is_first, others).await.map_or(Start::Found, Start::Join)
        }
        Way::Join(addresses) => {
            if let Some(address) = [listen, address].into_iter().find(|it| addresses.contains(it)) {
                return Err(StartError::JoinsItself { address });
            }
            if options.keep_trying {
                Start::Join(addresses.clone())
            } else {
                Start::Join(ring_among(lookout.look_for_ring(addresses).await)?)
            }
        }
    };
    if let Some(file) = &mut file {
        file.give_to(hello.member.id, address).map_err(PlaceError::from)?;
    }
    let open = |of| storage::open_archive(of, options.keep_history, None);
    let archive = file.as_ref().map(open).transpose()?;
    let files = file.zip(archive);
    Ok(Begun { listener, listen, hello, seed, start, files })
}

/// The node whose folder this is listens where it did, and needs to find nobody: it knows the others.
async fn come_back(
    options: &Options,
    folder: &Path,
    kept: Kept,
) -> Result<(TcpListener, Hello, Start), StartError> {
    let Kept { address, recovered } = kept;
    let folder = || folder.to_owned();
    let contacts = match &options.way {
        Way::Discover => Vec::new(),
        Way::Join(others) | Way::OfFile { others, .. } => others.clone(),
        Way::New => {
            return Err(StartError::HoldsRing { folder: folder(), ring: recovered.ring });
        }
    };
    // Behind a translated address it listens elsewhere than where others reach it.
    let behind = options.advertise.filter(|told| *told == address).and(options.listen);
    let wanted = options.advertise.or(options.listen).filter(|_| behind.is_none());
    if let Some(wanted) = wanted
        && wanted != address
        && (wanted.port() != 0 || wanted.ip() != address.ip())
    {
        return Err(StartError::Elsewhere { folder: folder(), kept: address, wanted });
    }
    let (listener, _) = listen(behind.unwrap_or(address)).await.map_err(|error| match error {
        StartError::PortInUse { address } => StartError::PlaceTaken { folder: folder(), address },
        other => other,
    })?;
    let member = Member { id: recovered.node, address };
    let hello = Hello { ring: Some(recovered.ring), member };
    let restart = Restart { disk: recovered, contacts, alone: options.force_new_ring };
    Ok((listener, hello, Start::Restore(Box::new(restart))))
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
