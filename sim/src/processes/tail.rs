//! The journal of a run: one file to which all nodes append, read as it grows.
//!
//! A node appends each line in one write before any frame that follows from it goes out, and the kernel
//! puts whole writes behind each other. So whatever happened at one node stands before all that followed
//! from it at others: the order of the lines is one in which everything can have happened, as exact as
//! that of a simulation. What is concurrent stands in the order of the writes.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::Stdio;

use ringchat::front::journal::Line;

/// What every line begins with. Within a line it cannot stand: there its quotes would be escaped.
const HEAD: &str = "{\"at\":";

/// The file, and how far it was read.
#[derive(Debug)]
pub(crate) struct Tail {
    appended: File,
    read: File,
    /// The beginning of a line whose end was not written yet.
    rest: Vec<u8>,
}

impl Tail {
    /// An empty journal at `path`.
    pub(crate) fn new(path: &Path) -> io::Result<Tail> {
        let appended = File::options().create_new(true).append(true).open(path)?;
        Ok(Tail { appended, read: File::open(path)?, rest: Vec::new() })
    }

    /// Where a node appends.
    pub(crate) fn end(&self) -> io::Result<Stdio> {
        self.appended.try_clone().map(Stdio::from)
    }

    /// All lines that were written since.
    pub(crate) fn lines(&mut self) -> Result<Vec<Line>, String> {
        let unreadable = |error: io::Error| format!("the journal cannot be read: {error}");
        self.read.read_to_end(&mut self.rest).map_err(unreadable)?;
        let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n') else {
            return Ok(Vec::new());
        };
        let whole: Vec<u8> = self.rest.drain(..=end).collect();
        let text = String::from_utf8_lossy(&whole);
        text.lines().map(line).collect()
    }
}

/// A node that is killed within a write leaves the beginning of a line, and another's stands behind.
fn line(text: &str) -> Result<Line, String> {
    let whole = text.rfind(HEAD).map_or(text, |at| &text[at..]);
    serde_json::from_str(whole).map_err(|error| {
        let shown: String = text.chars().take(200).collect();
        format!("expected a line of a node's journal, found {shown:?}: {error}")
    })
}
