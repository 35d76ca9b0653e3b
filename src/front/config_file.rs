//! The configuration file: TOML with the same options as the flags; errors show the place.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Spanned, Value};

use super::keep_history::{KeepHistory, keep as keep_history};
use super::ring_file::{self, Ring};
use super::timing::timing;
use super::values::{address, ports, priority};
use crate::chat::name::Name;
use crate::proto::config::{Config, ElectionKind};

/// What the file says. Everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigFile {
    /// What the person wants to be called.
    pub name: Option<Name>,
    /// Where to listen.
    pub listen: Option<SocketAddr>,
    /// What others are told.
    pub advertise: Option<SocketAddr>,
    /// Nodes of the ring to join.
    pub join: Option<Vec<SocketAddr>>,
    /// Whether it goes on asking where no ring answers.
    pub keep_trying: Option<bool>,
    /// Start a new ring.
    pub new: Option<bool>,
    /// The first port of this machine's range.
    pub ports: Option<u16>,
    /// The folder in which the node keeps what must outlive it.
    pub data: Option<PathBuf>,
    /// Whether it keeps nothing.
    pub memory: Option<bool>,
    /// How much history it keeps.
    pub keep_history: Option<KeepHistory>,
    /// Whether the log is shown on stderr, too.
    pub verbose: Option<bool>,
    /// The node's bounds: the defaults, but for what `[timing]` says.
    pub config: Config,
    /// The nodes of the ring that the file describes, if it does: see [`Self::of_node`].
    pub ring: Option<Ring>,
    /// Whether this is the first node of that ring, which founds it; none, if it is none of them.
    pub is_first: Option<bool>,
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
    /// It does not say what it should.
    #[error(
        "the configuration file {} is wrong at line {line}, column {column}\n{excerpt}\n{why}\n\
         In place of name, listen, advertise, join and new it may hold a [[node]] with id, name, address, \
         client_port and priority for each node of a ring",
        path.display()
    )]
    Content {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// The line's text, with carets below the place.
        excerpt: String,
        /// What was expected.
        why: String,
    },
    /// It and `--id` do not fit together.
    #[error("the configuration file {} {why}", path.display())]
    Node {
        /// The file.
        path: PathBuf,
        /// What it describes, and what to do.
        why: String,
    },
}

/// The file as it is written; the places are kept for the errors.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Option<Spanned<String>>,
    listen: Option<Spanned<String>>,
    advertise: Option<Spanned<String>>,
    keep_trying: Option<bool>,
    join: Option<Vec<Spanned<String>>>,
    new: Option<Spanned<bool>>,
    ports: Option<Spanned<i64>>,
    data: Option<PathBuf>,
    memory: Option<bool>,
    keep_history: Option<Spanned<Value>>,
    verbose: Option<bool>,
    election: Option<Spanned<String>>,
    priority: Option<Spanned<i64>>,
    #[serde(default)]
    timing: BTreeMap<Spanned<String>, Spanned<Value>>,
    node: Option<Vec<Spanned<ring_file::Written>>>,
}

impl Written {
    /// What each node of a ring has for itself, and stands in the file for all of them.
    fn of_one_node(&self) -> Option<Range<usize>> {
        let texts = [&self.name, &self.listen, &self.advertise];
        let texts = texts.into_iter().flatten().map(Spanned::span);
        let join = self.join.iter().flatten().map(Spanned::span);
        let texts = texts.chain(self.priority.iter().map(Spanned::span));
        texts.chain(join).chain(self.new.iter().map(Spanned::span)).next()
    }
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
    let wrong = |span: Range<usize>, why: String| content_error(path, text, span, why);
    let written: Written = toml::from_str(text).map_err(|error| {
        wrong(error.span().unwrap_or(text.len()..text.len()), error.message().to_owned())
    })?;
    let ring = written.node.as_deref().map(|nodes| Ring::read(text, nodes)).transpose();
    let ring = ring.map_err(|(span, why)| wrong(span, why))?;
    if let (Some(_), Some(span)) = (&ring, written.of_one_node()) {
        let why =
            "expected this in a [[node]]: the file describes a ring, and each node has its own";
        return Err(wrong(span, why.to_owned()));
    }
    let one_address =
        |text: Spanned<String>| address(text.get_ref()).map_err(|why| wrong(text.span(), why));
    let name = written.name.map(|text| {
        Name::new(text.get_ref()).map_err(|error| wrong(text.span(), error.to_string()))
    });
    let first_port = written.ports.map(|number| {
        ports(&number.get_ref().to_string()).map_err(|why| wrong(number.span(), why))
    });
    let keep = written.keep_history.map(|value| {
        // A number of lines may stand there as one.
        let text = value.get_ref().as_str().map(str::to_owned);
        let text = text.unwrap_or_else(|| value.get_ref().to_string());
        keep_history(&text).map_err(|why| wrong(value.span(), why))
    });
    let mut config = timing(&written.timing).map_err(|(span, why)| wrong(span, why))?;
    if let Some(named) = written.election {
        config.election =
            ElectionKind::of_name(named.get_ref()).map_err(|why| wrong(named.span(), why))?;
    }
    if let Some(number) = written.priority {
        let found = priority(*number.get_ref()).map_err(|why| wrong(number.span(), why))?;
        config.priority = u32::from(found);
    }
    let join =
        written.join.map(|join| join.into_iter().map(one_address).collect::<Result<Vec<_>, _>>());
    Ok(ConfigFile {
        name: name.transpose()?,
        listen: written.listen.map(one_address).transpose()?,
        advertise: written.advertise.map(one_address).transpose()?,
        keep_trying: written.keep_trying,
        join: join.transpose()?,
        new: written.new.map(Spanned::into_inner),
        ports: first_port.transpose()?,
        data: written.data,
        memory: written.memory,
        keep_history: keep.transpose()?,
        verbose: written.verbose,
        config,
        ring,
        is_first: None,
    })
}

impl ConfigFile {
    /// What the file says to one node of the ring that it describes, or to any if it describes none.
    ///
    /// # Errors
    /// [`ConfigError::Node`], if the file and the id do not fit together.
    pub fn of_node(self, path: &Path, id: Option<&str>) -> Result<ConfigFile, ConfigError> {
        let wrong = |why: String| ConfigError::Node { path: path.to_owned(), why };
        let (ring, id) = match (&self.ring, id) {
            (None, None) => return Ok(self),
            (Some(ring), Some(id)) => (ring, id),
            (Some(ring), None) => {
                let why =
                    format!("describes a ring of {ring}; say with --id which of them this is");
                return Err(wrong(why));
            }
            (None, Some(id)) => {
                return Err(wrong(format!(
                    "describes no ring, so there is no node {id} in it; leave --id out, or add a \
                     [[node]] for each node: id = \"{id}\", address = \"127.0.0.1:7400\""
                )));
            }
        };
        let Some(at) = ring.nodes.iter().position(|node| node.id == id) else {
            return Err(wrong(format!(
                "describes no node {id}; it has {ring}: give one of these with --id, or add a [[node]] \
                 with that id"
            )));
        };
        let others = ring.nodes.iter().filter(|node| node.id != id);
        let (node, others) = (&ring.nodes[at], others.map(|node| node.address).collect());
        Ok(ConfigFile {
            name: Some(node.name.clone()),
            listen: Some(node.address),
            // Where a flag says to listen elsewhere, others still look for it here.
            advertise: Some(node.address),
            join: Some(others),
            is_first: Some(at == 0),
            data: self.data.as_ref().map(|folder| folder.join(id)),
            config: Config { priority: u32::from(node.priority), ..self.config },
            ..self
        })
    }
}

fn content_error(path: &Path, text: &str, span: Range<usize>, why: String) -> ConfigError {
    let before = text.get(..span.start).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line_text = text[line_start..].lines().next().unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before[line_start..].chars().count() + 1;
    let in_line = text.get(span.start..span.end.min(line_start + line_text.len()));
    let carets = "^".repeat(in_line.unwrap_or_default().chars().count().max(1));
    let margin = line.to_string();
    let excerpt = format!(
        "{margin} | {line_text}\n{:width$} | {:indent$}{carets}",
        "",
        "",
        width = margin.len(),
        indent = column - 1
    );
    ConfigError::Content { path: path.to_owned(), line, column, excerpt, why }
}
