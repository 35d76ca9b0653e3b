//! The configuration file: TOML with the same options as the flags; errors show the place.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::options::{address, ports};
use crate::chat::name::Name;

/// What the file says. Everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// What the person wants to be called.
    #[serde(default, deserialize_with = "name")]
    pub name: Option<Name>,
    /// Where to listen.
    #[serde(default, deserialize_with = "listen")]
    pub listen: Option<SocketAddr>,
    /// Nodes of the ring to join.
    #[serde(default, deserialize_with = "join")]
    pub join: Option<Vec<SocketAddr>>,
    /// Start a new ring.
    pub new: Option<bool>,
    /// The first port of this machine's range.
    #[serde(default, deserialize_with = "first_port")]
    pub ports: Option<u16>,
    /// Whether the log is shown on stderr, too.
    pub verbose: Option<bool>,
}

/// Why the file cannot be used. Nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("the configuration file {} cannot be read: {error}; check the path", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// It does not say what it should, in the line and column that are shown.
    #[error(
        "the configuration file {} has an error\n{error}It may hold: name, listen, join, new, ports, \
         verbose",
        path.display()
    )]
    Content {
        /// The file.
        path: PathBuf,
        /// Where, and what was expected.
        #[source]
        error: Box<toml::de::Error>,
    },
}

/// Reads the file.
///
/// # Errors
/// [`ConfigError`], with line and column where there is one.
pub fn read(path: &Path) -> Result<ConfigFile, ConfigError> {
    let text = fs::read_to_string(path)
        .map_err(|error| ConfigError::Read { path: path.to_owned(), error })?;
    parse(path, &text)
}

/// Understands the text of the file.
///
/// # Errors
/// [`ConfigError::Content`].
pub fn parse(path: &Path, text: &str) -> Result<ConfigFile, ConfigError> {
    toml::from_str(text)
        .map_err(|error| ConfigError::Content { path: path.to_owned(), error: Box::new(error) })
}

/// An address as text, so that the error is about this address in a list.
struct Address(SocketAddr);

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Address, D::Error> {
        let text = String::deserialize(deserializer)?;
        address(&text).map(Address).map_err(D::Error::custom)
    }
}

fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Name>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Name::new(&text).map(Some).map_err(D::Error::custom)
}

fn listen<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    Address::deserialize(deserializer).map(|address| Some(address.0))
}

fn join<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<SocketAddr>>, D::Error> {
    let addresses = Vec::<Address>::deserialize(deserializer)?;
    Ok(Some(addresses.into_iter().map(|address| address.0).collect()))
}

fn first_port<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    let port = u32::deserialize(deserializer)?;
    ports(&port.to_string()).map(Some).map_err(D::Error::custom)
}
