//! What can be typed at the prompt of a cluster.

use super::news::Shown;
use crate::front::commands::nearest::nearest;
use crate::front::prompt::Language;
use crate::front::prompt::sketch::{Sketch, with_blank};

/// What is typed at this prompt. Nobody asks for passwords here.
pub const LANGUAGE: Language = Language {
    complete: |sketch: &Sketch, typed| complete(typed, &sketch.people()),
    ends: |line| parse(line, usize::MAX) == Ok(Typed::Quit),
    wants_password: |_line| None,
};

/// What a typed line means. Servers are counted from 0 here, and from 1 by people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Show users, ring, leader and servers.
    State,
    /// Kill a server as `kill -9` does.
    Kill(usize),
    /// Start a server that does not run.
    Restart(usize),
    /// Stop a server as SIGSTOP does.
    Pause(usize),
    /// Let it go on.
    Resume(usize),
    /// Cut the link between two servers.
    Cut {
        /// From this one nothing arrives at the other.
        from: usize,
        /// The other.
        to: usize,
        /// Whether the way back stays whole.
        oneway: bool,
    },
    /// Mend all links.
    Heal,
    /// Say a line at a server.
    Say(usize, String),
    /// Show the last lines that a server has.
    Messages(usize),
    /// Show so many of the servers' events from now on.
    Events(Shown),
    /// Wait until the ring is at rest.
    Wait,
    /// Show the commands.
    Help,
    /// Let all servers leave, and end.
    Quit,
    /// Nothing was typed.
    Nothing,
}

/// A command as `help` shows it.
struct Usage {
    /// The words that mean it, the first being the one to advertise.
    words: &'static [&'static str],
    /// What stands behind it.
    arguments: &'static str,
    does: &'static str,
}

const COMMANDS: [Usage; 12] = [
    usage(&["state"], "", "users, ring order, leader, and each server: status, lines, round"),
    usage(&["say"], "K TEXT", "say a line at server K"),
    usage(&["messages"], "K", "the last lines that server K has"),
    usage(&["killnode", "kill"], "K", "kill server K, as kill -9 does"),
    usage(&["restart"], "K", "start server K again, with what it had kept"),
    usage(&["pause"], "K", "stop server K, as SIGSTOP does"),
    usage(&["resume"], "K", "let server K go on"),
    usage(&["cut"], "K L [oneway]", "cut the link between K and L, or only the way from K to L"),
    usage(&["heal"], "", "mend all links"),
    usage(&["events"], "some|all|none", "show so many of the servers' events from now on"),
    usage(&["wait"], "", "wait until the ring is at rest; a script does this by itself"),
    usage(&["quit", "exit", "//exit"], "", "let all servers leave, and end"),
];

const fn usage(
    words: &'static [&'static str],
    arguments: &'static str,
    does: &'static str,
) -> Usage {
    Usage { words, arguments, does }
}

/// What was typed means nothing; nothing was done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// There is no such command.
    #[error(
        "there is no command {word}{}; nothing was done. help shows all",
        nearest.map(|nearest| format!("; did you mean {nearest}?")).unwrap_or_default()
    )]
    Unknown {
        /// The word that was typed.
        word: String,
        /// The command that looks most like it, if one does.
        nearest: Option<&'static str>,
    },
    /// Something else stands behind the command.
    #[error("expected {expected}, found {found:?}; nothing was done")]
    Arguments {
        /// How the command is to be typed.
        expected: String,
        /// What was typed.
        found: String,
    },
    /// There is no such server.
    #[error("expected a server from 1 to {servers}, found {found}; nothing was done")]
    NoServer {
        /// How many there are.
        servers: usize,
        /// What was typed.
        found: String,
    },
}

/// Understands a line typed at a cluster of so many servers.
///
/// # Errors
/// [`CommandError`].
pub fn parse(line: &str, servers: usize) -> Result<Typed, CommandError> {
    let line = line.trim();
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let (word, rest) = (word.to_ascii_lowercase(), rest.trim_start());
    // Whoever is used to a node's own prompt types a slash.
    let known = |usage: &&Usage| {
        usage.words.iter().any(|known| *known == word || Some(*known) == word.strip_prefix('/'))
    };
    if line.is_empty() {
        return Ok(Typed::Nothing);
    }
    if ["help", "/help", "?", "/?"].contains(&word.as_str()) {
        return Ok(Typed::Help);
    }
    let Some(usage) = COMMANDS.iter().find(known) else { return Err(unknown(&word)) };
    let arguments: Vec<String> = rest.split_whitespace().map(str::to_ascii_lowercase).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let wrong = || CommandError::Arguments {
        expected: format!("{} {}", usage.words[0], usage.arguments).trim_end().to_owned(),
        found: line.chars().take(80).collect(),
    };
    let server = |text: &str| server(text, servers);
    match (usage.words[0], &arguments[..]) {
        ("state", []) => Ok(Typed::State),
        ("heal", []) => Ok(Typed::Heal),
        ("wait", []) => Ok(Typed::Wait),
        ("quit", []) => Ok(Typed::Quit),
        ("killnode", [k]) => Ok(Typed::Kill(server(k)?)),
        ("restart", [k]) => Ok(Typed::Restart(server(k)?)),
        ("pause", [k]) => Ok(Typed::Pause(server(k)?)),
        ("resume", [k]) => Ok(Typed::Resume(server(k)?)),
        ("messages", [k]) => Ok(Typed::Messages(server(k)?)),
        ("cut", [k, l]) => cut(server(k)?, server(l)?, false).ok_or_else(wrong),
        ("cut", [k, l, "oneway"]) => cut(server(k)?, server(l)?, true).ok_or_else(wrong),
        ("events", ["some"]) => Ok(Typed::Events(Shown::Some)),
        ("events", ["all"]) => Ok(Typed::Events(Shown::All)),
        ("events", ["none"]) => Ok(Typed::Events(Shown::None)),
        ("say", [k, _, ..]) => {
            // The text itself is taken as it was typed.
            let text = rest.split_once(char::is_whitespace).map_or("", |(_, text)| text);
            Ok(Typed::Say(server(k)?, text.to_owned()))
        }
        (_, _) => Err(wrong()),
    }
}

/// A server has no link to itself.
fn cut(from: usize, to: usize, oneway: bool) -> Option<Typed> {
    (from != to).then_some(Typed::Cut { from, to, oneway })
}

fn server(text: &str, servers: usize) -> Result<usize, CommandError> {
    let number = text.strip_prefix('s').unwrap_or(text).parse().ok();
    let number = number.filter(|number| (1..=servers).contains(number));
    let found = text.chars().take(40).collect();
    number.map(|number| number - 1).ok_or(CommandError::NoServer { servers, found })
}

/// Where the word begins that is being typed, and how it may go on: a command first, then what it takes,
/// of which these are the servers.
pub fn complete(typed: &str, servers: &[String]) -> (usize, Vec<String>) {
    let start = typed.rfind(' ').map_or(0, |blank| blank + 1);
    let mut before = typed[..start].split_whitespace();
    let (command, arguments) = (before.next().map(str::to_ascii_lowercase), before.count());
    let slash = usize::from(command.is_none() && typed.starts_with('/'));
    let command = command.as_deref().map(|word| word.trim_start_matches('/'));
    let all: Vec<&str> = match (command, arguments) {
        (None, _) => words().collect(),
        (Some("events"), 0) => vec!["some", "all", "none"],
        (Some("cut"), 2) => vec!["oneway"],
        (Some("cut"), 0 | 1) => servers.iter().map(String::as_str).collect(),
        (Some("say" | "messages" | "killnode" | "kill" | "restart" | "pause" | "resume"), 0) => {
            servers.iter().map(String::as_str).collect()
        }
        (Some(_), _) => Vec::new(),
    };
    let start = start + slash;
    let word = typed[start..].to_ascii_lowercase();
    let fitting = all.into_iter().filter(|known| known.starts_with(&word)).map(str::to_owned);
    // An empty line shows nothing: what there is, help tells.
    let fitting = if typed.is_empty() { Vec::new() } else { fitting.collect() };
    (start, with_blank(fitting))
}

fn words() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().flat_map(|usage| usage.words).chain(&["help"]).copied()
}

fn unknown(word: &str) -> CommandError {
    let word: String = word.chars().take(40).collect();
    CommandError::Unknown { nearest: nearest(&word, words()), word }
}

/// What `help` shows, line by line.
pub fn help() -> Vec<String> {
    let typed = |usage: &Usage| format!("{} {}", usage.words.join(", "), usage.arguments);
    let width = COMMANDS.iter().map(|usage| typed(usage).len()).max().unwrap_or_default();
    let lines = COMMANDS.iter().map(|usage| format!("  {:width$}  {}", typed(usage), usage.does));
    std::iter::once("Servers are counted from 1. Capitals do not matter.".to_owned())
        .chain(lines)
        .collect()
}
