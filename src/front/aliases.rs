//! The person's own words for others, in a small file of theirs: an alias a line, and whom it means.
//!
//! ```text
//! # An alias, and whom it means: a name, or IP:PORT.
//! boss @catherine
//! home 127.0.0.1:7401
//! ```
//!
//! It may be changed by hand at any time, and is looked at before each use. What cannot be understood is
//! reported with its line, and left as it is.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::chat::name::{Name, NameError};

/// The file's name, within the folder of a node.
pub const FILE: &str = "aliases.txt";

/// A file with more bytes is none of these.
const BYTES_MAX: u64 = 256 << 10;

const HEAD: &str =
    "# An alias, and whom it means: a name, or IP:PORT. /alias and /unalias change it, too.\n";

/// The person's own words for others.
#[derive(Clone, Debug, Default)]
pub struct Aliases {
    /// Where they are kept; none, if this node keeps nothing.
    path: Option<PathBuf>,
    /// The file as it was last looked at.
    text: String,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    alias: Name,
    of: Name,
    /// The line, from 0.
    line: usize,
}

/// What is wrong with the file, or with a change of it.
#[derive(Debug, thiserror::Error)]
pub enum AliasError {
    /// It cannot be read.
    #[error("the aliases in {} cannot be read: {error}; those read before still count", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// It cannot be written.
    #[error("the aliases in {} cannot be written: {error}; nothing was changed", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// A line of it cannot be understood.
    #[error(
        "{}, line {line}: {why}; this line does not count, the others do", path.display()
    )]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What was expected, and what was found.
        why: String,
    },
    /// There is no such alias.
    #[error("there is no alias {0}; nothing was changed: /alias shows all")]
    Unknown(Name),
}

impl Aliases {
    /// The aliases in this folder, or none, as long as the node runs.
    pub fn new(folder: Option<&Path>) -> Aliases {
        Aliases { path: folder.map(|folder| folder.join(FILE)), ..Aliases::default() }
    }

    /// Where they are kept.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Reads the file again if it has changed. What is wrong with it is told once.
    pub fn look(&mut self) -> Vec<AliasError> {
        let Some(path) = self.path.clone() else { return Vec::new() };
        let text = match read(&path) {
            Ok(text) if text == self.text => return Vec::new(),
            Ok(text) => text,
            Err(error) => return vec![AliasError::Read { path, error }],
        };
        let (entries, faults) = parse(&text);
        (self.text, self.entries) = (text, entries);
        let faults = faults.into_iter();
        faults.map(|(line, why)| AliasError::Line { path: path.clone(), line, why }).collect()
    }

    /// Whom this word means, if it is an alias.
    pub fn of(&self, word: &Name) -> Option<&Name> {
        find(&self.entries, word).map(|entry| &entry.of)
    }

    /// All of them, in the order of the file.
    pub fn all(&self) -> impl Iterator<Item = (&Name, &Name)> {
        self.entries.iter().map(|entry| (&entry.alias, &entry.of))
    }

    /// From now on this word means somebody. Other lines of the file stay as they are.
    ///
    /// # Errors
    /// [`AliasError::Write`].
    pub fn set(&mut self, alias: &Name, of: &Name) -> Result<(), AliasError> {
        let written = format!("{alias} {of}");
        let mut lines = self.lines();
        match self.line_of(alias) {
            Some(line) => lines[line] = &written,
            None => lines.push(&written),
        }
        self.write(&lines.join("\n"))
    }

    /// From now on this word means nobody.
    ///
    /// # Errors
    /// [`AliasError`].
    pub fn remove(&mut self, alias: &Name) -> Result<(), AliasError> {
        let line = self.line_of(alias).ok_or_else(|| AliasError::Unknown(alias.clone()))?;
        let mut lines = self.lines();
        lines.remove(line);
        self.write(&lines.join("\n"))
    }

    fn lines(&self) -> Vec<&str> {
        if self.text.is_empty() { HEAD.lines().collect() } else { self.text.lines().collect() }
    }

    fn line_of(&self, alias: &Name) -> Option<usize> {
        find(&self.entries, alias).map(|entry| entry.line)
    }

    /// The file is as it was, or as it is to be, and nothing between.
    fn write(&mut self, text: &str) -> Result<(), AliasError> {
        let text = format!("{text}\n");
        if let Some(path) = &self.path {
            let beside = path.with_extension("new");
            let write = || {
                let mut file = File::create(&beside)?;
                file.write_all(text.as_bytes())?;
                file.sync_all()?;
                fs::rename(&beside, path)
            };
            write().map_err(|error| AliasError::Write { path: path.clone(), error })?;
        }
        self.entries = parse(&text).0;
        self.text = text;
        Ok(())
    }
}

/// The file's text; nothing, if there is no file.
fn read(path: &Path) -> io::Result<String> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(error),
        Ok(found) if found.len() > BYTES_MAX || !found.is_file() => {
            let why = format!("expected a file of at most {BYTES_MAX} bytes");
            Err(io::Error::new(io::ErrorKind::InvalidData, why))
        }
        Ok(_) => Ok(String::from_utf8_lossy(&fs::read(path)?).into_owned()),
    }
}

/// The aliases in a text, and the lines that hold none, from 1, with what was expected there.
fn parse(text: &str) -> (Vec<Entry>, Vec<(usize, String)>) {
    let (mut entries, mut faults) = (Vec::<Entry>::new(), Vec::new());
    for (line, text) in text.lines().enumerate() {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        match entry(text, &entries) {
            Ok((alias, of)) => entries.push(Entry { alias, of, line }),
            Err(why) => faults.push((line + 1, why)),
        }
    }
    (entries, faults)
}

/// The one of this alias, however it is spelt.
fn find<'a>(entries: &'a [Entry], alias: &Name) -> Option<&'a Entry> {
    let skeleton = alias.skeleton();
    entries.iter().find(|entry| entry.alias.skeleton() == skeleton)
}

fn entry(text: &str, before: &[Entry]) -> Result<(Name, Name), String> {
    let Some((alias, of)) = text.split_once(char::is_whitespace) else {
        let found: String = text.chars().take(40).collect();
        return Err(format!(
            "expected an alias and whom it means, such as `boss ann`, found {found:?}"
        ));
    };
    let alias = alias_name(alias)?;
    let of = person(of).map_err(|error| error.to_string())?;
    match find(before, &alias) {
        Some(first) => {
            let (name, line) = (&first.alias, first.line + 1);
            Err(format!("expected each alias once, found {name} of line {line} again"))
        }
        None => Ok((alias, of)),
    }
}

/// A word that can be an alias: a name without blanks and without marks before it, and no address.
///
/// # Errors
/// What was expected.
pub fn alias_name(word: &str) -> Result<Name, String> {
    if word.parse::<SocketAddr>().is_ok() || word.starts_with(['@', '#', '"', '/']) {
        return Err(format!("expected a word of your own as an alias, found {word:?}"));
    }
    Name::new(word).map_err(|error| error.to_string())
}

/// Whom an alias means. An `@` before an account's name may stand there, and counts for nothing.
///
/// # Errors
/// [`NameError`].
pub fn person(typed: &str) -> Result<Name, NameError> {
    let typed = typed.trim();
    Name::new(typed.strip_prefix('@').unwrap_or(typed))
}
