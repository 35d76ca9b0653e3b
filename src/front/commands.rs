//! What a person can type: lines to say, and commands that begin with a slash.

use super::door::{HISTORY_LINES, HISTORY_LINES_MAX, Request};
use crate::proto::id::Index;

/// What a typed line means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Something for the node.
    Ask(Request),
    /// The same, and there is no need to ask back.
    Surely(Request),
    /// Show the commands.
    Help,
    /// Nothing was typed.
    Nothing,
}

/// A command as `/help` shows it.
#[derive(Debug)]
pub struct Usage {
    /// The words that mean it, the first being the one to advertise.
    pub words: &'static [&'static str],
    /// What it does.
    pub does: &'static str,
}

/// All commands.
pub const COMMANDS: [Usage; 6] = [
    Usage { words: &["/help"], does: "show this" },
    Usage { words: &["/who"], does: "who is here" },
    Usage {
        words: &["/state"],
        does: "the ring as a table: order, leader, neighbours, round trips",
    },
    Usage {
        words: &["/history"],
        does: "what was said before: /history, /history 50, /history 50 before 1234",
    },
    Usage {
        words: &["/quit", "/leave", "//exit"],
        does: "leave the ring, once your waiting lines are ordered, and end",
    },
    Usage {
        words: &["/alone"],
        does: "without a quorum: go on as a new ring with the history (asks back first)",
    },
];

/// What was typed means nothing; nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// There is no such command.
    #[error(transparent)]
    Unknown(#[from] UnknownCommand),
    /// The words behind `/history` are others than it knows.
    #[error(
        "expected /history, /history COUNT or /history COUNT before PLACE, with a count of at most \
         {HISTORY_LINES_MAX} and the place of a line, found {found:?}; nothing was looked up"
    )]
    History {
        /// What was typed.
        found: String,
    },
}

/// No such command; nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no command {word}{}; nothing was sent. /help shows all, and //text says /text",
    nearest.map(|nearest| format!("; did you mean {nearest}?")).unwrap_or_default()
)]
pub struct UnknownCommand {
    /// The word that was typed.
    pub word: String,
    /// The command that looks most like it, if one does.
    pub nearest: Option<&'static str>,
}

/// Understands a typed line. A line that begins with two slashes says the rest, with one slash.
///
/// # Errors
/// [`CommandError`], if it begins with a slash, and is no command.
pub fn parse(line: &str) -> Result<Typed, CommandError> {
    let trimmed = line.trim();
    if trimmed.is_empty() {
        return Ok(Typed::Nothing);
    }
    if !trimmed.starts_with('/') {
        return Ok(Typed::Ask(Request::Say(line.to_owned())));
    }
    match trimmed.to_ascii_lowercase().as_str() {
        "/help" | "/?" => Ok(Typed::Help),
        "/who" => Ok(Typed::Ask(Request::Who)),
        "/state" => Ok(Typed::Ask(Request::State)),
        "/quit" | "/leave" | "//exit" | "/exit" => Ok(Typed::Ask(Request::Leave)),
        "/alone" => Ok(Typed::Ask(Request::Alone)),
        "/alone yes" => Ok(Typed::Surely(Request::Alone)),
        typed if typed.split_whitespace().next() == Some("/history") => history(typed),
        _ => match trimmed.strip_prefix('/').filter(|rest| rest.starts_with('/')) {
            Some(rest) => Ok(Typed::Ask(Request::Say(rest.to_owned()))),
            None => Err(unknown(trimmed).into()),
        },
    }
}

/// `/history [COUNT] [before PLACE]`.
fn history(typed: &str) -> Result<Typed, CommandError> {
    let wrong = || CommandError::History { found: typed.chars().take(80).collect() };
    let mut words = typed.split_whitespace().skip(1).peekable();
    let mut count = HISTORY_LINES;
    if let Some(word) = words.next_if(|word| *word != "before") {
        let known = |count: &u32| (1..=HISTORY_LINES_MAX).contains(count);
        count = word.parse().ok().filter(known).ok_or_else(wrong)?;
    }
    let before = match (words.next(), words.next(), words.next()) {
        (None, _, _) => None,
        (Some("before"), Some(place), None) => Some(Index(place.parse().map_err(|_| wrong())?)),
        (Some(_), _, _) => return Err(wrong()),
    };
    Ok(Typed::Ask(Request::History { count, before }))
}

/// Whether a typed line ends the program, so that no further one is to be asked for.
pub fn ends(line: &str) -> bool {
    parse(line) == Ok(Typed::Ask(Request::Leave))
}

/// The words that a person may complete, all of them.
pub fn words() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().flat_map(|usage| usage.words.iter().copied())
}

/// What `/help` shows, line by line.
pub fn help() -> Vec<String> {
    let mut lines =
        vec!["Type a line and press Enter: it is said to all. Or a command:".to_owned()];
    let width = COMMANDS.iter().map(|usage| usage.words.join(", ").len()).max().unwrap_or_default();
    for Usage { words, does } in &COMMANDS {
        lines.push(format!("  {:width$}  {does}", words.join(", ")));
    }
    lines.push(format!("  {:width$}  say /text, which is no command", "//text"));
    lines
}

fn unknown(typed: &str) -> UnknownCommand {
    let word: String = typed.split_whitespace().next().unwrap_or(typed).chars().take(40).collect();
    let near = words().map(|known| (distance(&word, known), known)).min();
    let nearest = near.filter(|(distance, _)| *distance <= 2).map(|(_, known)| known);
    UnknownCommand { word, nearest }
}

/// How many characters must be added, dropped, replaced or swapped with the next (Damerau, 1964).
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows = vec![(0..=to.len()).collect::<Vec<usize>>()];
    for i in 1..=from.len() {
        let mut row = vec![i];
        for j in 1..=to.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(from[i - 1] != to[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}
