//! Why a cluster cannot be run.

use std::io;
use std::path::PathBuf;

use super::place::NoLoopback;
use super::process::SignalError;
use super::proxy::ProxyError;
use crate::front::config_file::ConfigError;

/// Why a cluster cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The files of the servers cannot be made. Nothing was started.
    #[error("the files of the servers cannot be made in {}: {error}; choose another folder with --data", path.display())]
    Files {
        /// Where.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// The folder holds another ring. Nothing was started.
    #[error(
        "{} describes {found}, and a console with -n {wanted} runs the servers s1 to s{wanted} at \
         one loopback address; choose another folder with --data, or give the number of the servers \
         that are there",
        path.display()
    )]
    OtherRing {
        /// Its ring file.
        path: PathBuf,
        /// What that describes.
        found: String,
        /// How many servers there should be.
        wanted: usize,
    },
    /// Its ring file cannot be read. Nothing was started.
    #[error(transparent)]
    RingFile(#[from] ConfigError),
    /// There is no address for the servers.
    #[error(transparent)]
    Loopback(#[from] NoLoopback),
    /// The links between the servers cannot be made, or are lost.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
    /// A process cannot be started.
    #[error("{server} cannot be started: {error}; the other servers are as they were")]
    Start {
        /// Which server.
        server: String,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// A process cannot be stopped, or made to go on.
    #[error(transparent)]
    Signal(#[from] SignalError),
    /// The system does not tell of signals, or has no event loop.
    #[error("the console cannot run: {0}")]
    System(#[source] io::Error),
}
