//! A ring described in a configuration file: one `[[node]]` for each of its nodes.
//!
//! ```toml
//! [[node]]
//! id = "s1"                     # this node is meant by `--id s1`
//! name = "ann"                  # what it is called; the id, if that is left out
//! address = "127.0.0.1:7400"    # where it listens, and the others look for it
//! client_port = 7500            # kept for doors to come
//! priority = 3                  # for `election = "fast-bully"`; 0, if it is left out
//! ```
//!
//! All nodes are started with the same file. The first one in it founds the ring, and no other: it waits
//! until it has met all others, and founds only if none of them is in a ring. So it may be started late,
//! or again without its folder, and there is still one ring.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::net::SocketAddr;
use std::ops::Range;

use serde::Deserialize;
use toml::{Spanned, Value};

use super::values::address;
use crate::chat::name::Name;

/// The greatest priority of a node.
pub const PRIORITY_MAX: u16 = 9_999;

/// How many characters an id has at most.
pub const ID_LENGTH_MAX: usize = 32;

/// The nodes of a ring, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ring {
    /// The first one founds the ring.
    pub nodes: Vec<RingNode>,
}

/// One node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RingNode {
    /// What `--id` means it by. No other node of the file has it.
    pub id: String,
    /// What it is called.
    pub name: Name,
    /// Where it listens, and the others look for it.
    pub address: SocketAddr,
    /// A port of the same machine for those who run no node.
    pub client_port: Option<u16>,
    /// The greater one is to lead, where elections go by priority.
    pub priority: u16,
    /// The line of the file in which it begins, from 1.
    pub line: usize,
}

/// A node as it is written; the places are kept for the errors.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    id: Spanned<String>,
    name: Option<Spanned<String>>,
    address: Spanned<String>,
    client_port: Option<Spanned<Value>>,
    priority: Option<Spanned<Value>>,
}

/// Where in the file something else is expected, and what.
type Wrong = (Range<usize>, String);

impl Ring {
    /// Reads the nodes that stand in this text.
    pub(super) fn read(text: &str, written: &[Spanned<Written>]) -> Result<Ring, Wrong> {
        let mut ring = Ring::default();
        let mut known = Known { text, lines: BTreeMap::new() };
        for node in written {
            ring.nodes.push(read_node(&mut known, node)?);
        }
        Ok(ring)
    }

    /// The ring as a file describes it.
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        for RingNode { id, name, address, client_port, priority, line: _ } in &self.nodes {
            // A name may hold what means something in TOML; ids and addresses hold nothing of that.
            let name = Value::String(name.to_string());
            let port =
                client_port.map(|port| format!("client_port = {port}\n")).unwrap_or_default();
            // Writing to a string cannot fail.
            let _written = writeln!(
                text,
                "[[node]]\nid = \"{id}\"\nname = {name}\naddress = \"{address}\"\n{port}\
                 priority = {priority}\n"
            );
        }
        text
    }
}

/// The ids with their lines, for people.
impl fmt::Display for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, RingNode { id, line, .. }) in self.nodes.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{id} (line {line})")?;
        }
        if self.nodes.is_empty() { write!(f, "no node at all") } else { Ok(()) }
    }
}

/// What stands in the file by now, and must not stand there again.
struct Known<'a> {
    text: &'a str,
    lines: BTreeMap<String, usize>,
}

impl Known<'_> {
    fn line(&self, at: usize) -> usize {
        self.text.get(..at).unwrap_or(self.text).matches('\n').count() + 1
    }

    fn once(&mut self, what: String, span: Range<usize>, hint: &str) -> Result<(), Wrong> {
        let line = self.line(span.start);
        match self.lines.get(&what) {
            Some(first) => {
                Err((span, format!("expected {hint}, found {what} of line {first} again")))
            }
            None => {
                self.lines.insert(what, line);
                Ok(())
            }
        }
    }
}

fn read_node(known: &mut Known<'_>, node: &Spanned<Written>) -> Result<RingNode, Wrong> {
    let Written { id, name, address: at, client_port, priority } = node.get_ref();
    check_id(id.get_ref()).map_err(|why| (id.span(), why))?;
    known.once(format!("the id {}", id.get_ref()), id.span(), "an id of its own for each node")?;
    let named = name.as_ref().unwrap_or(id);
    let name = Name::new(named.get_ref()).map_err(|error| (named.span(), error.to_string()))?;
    known.once(format!("the name {name}"), named.span(), "a name of its own for each node")?;
    let address = address(at.get_ref()).map_err(|why| (at.span(), why))?;
    if address.port() == 0 {
        let why = "expected the port at which others find this node, found port 0";
        return Err((at.span(), why.to_owned()));
    }
    known.once(format!("the port {address}"), at.span(), "an address of its own for each node")?;
    let number = |value: &Option<Spanned<Value>>, least: u16, most: u16, what: &str| {
        let Some(value) = value else { return Ok(None) };
        let number = value.get_ref().as_integer().and_then(|number| u16::try_from(number).ok());
        let why = || format!("expected {what}: a whole number from {least} to {most}");
        let number = number.filter(|number| (least..=most).contains(number));
        number.map(Some).ok_or_else(|| (value.span(), why()))
    };
    let port = number(client_port, 1, u16::MAX, "a port for clients")?;
    if let (Some(port), Some(value)) = (port, client_port) {
        let place = SocketAddr::new(address.ip(), port);
        known.once(format!("the port {place}"), value.span(), "a port that nothing else has")?;
    }
    let priority = number(priority, 0, PRIORITY_MAX, "a priority, the greater one being to lead")?;
    Ok(RingNode {
        id: id.get_ref().clone(),
        name,
        address,
        client_port: port,
        priority: priority.unwrap_or_default(),
        line: known.line(node.span().start),
    })
}

/// An id is the name of a folder, too.
fn check_id(id: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if id.is_empty() || id.len() > ID_LENGTH_MAX || !id.chars().all(fits) {
        let found: String = id.chars().take(2 * ID_LENGTH_MAX).collect();
        return Err(format!(
            "expected an id of 1 to {ID_LENGTH_MAX} letters, digits, - and _, found {found:?}"
        ));
    }
    Ok(())
}
