//! What a person can type: lines to say, and commands, by a table.
//!
//! A command begins with a slash. Those of the systems that this one replaces are understood as
//! they spelt them, see [`seeds`]; a line that begins with a blank is said as it is, whatever it
//! holds, unless a slash comes next.

use crate::chat::command::{Action, Kind};
use crate::chat::name::{Name, NameError};
use crate::front::door::Request;

pub mod nearest;
mod read;
mod read_private;
pub mod seeds;
pub mod table;

pub use nearest::UnknownCommand;
pub use table::{COMMANDS, help, words};

/// What a typed line means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Something for the node.
    Ask(Request),
    /// The same, and there is no need to ask back.
    Surely(Request),
    /// One after the other.
    Both(Request, Request),
    /// Something for which a password must be typed first.
    Password(For),
    /// Say something to somebody alone, who may be meant by an alias.
    Tell(Name, String),
    /// Show the aliases.
    Aliases,
    /// From now on this word means somebody.
    Alias {
        /// The word.
        alias: Name,
        /// Whom it means.
        of: Name,
    },
    /// From now on this word means nobody.
    Unalias(Name),
    /// Say lines here from now on: in the lobby, if no group is named.
    Enter(Option<Name>),
    /// Show the commands.
    Help,
    /// Nothing was typed.
    Nothing,
}

/// What a password is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum For {
    /// To make an account of this name; of the person's own, if none is given.
    Register(Option<Name>),
    /// To go on as this account.
    Login(Name),
    /// To end the account of whoever is logged in.
    DeleteAccount,
}

/// What was typed means nothing; nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// There is no such command.
    #[error(transparent)]
    Unknown(#[from] UnknownCommand),
    /// The words behind a command are others than it takes.
    #[error("expected {expected}, found {found:?}; nothing was done")]
    Words {
        /// How it is typed.
        expected: &'static str,
        /// What was typed.
        found: String,
    },
    /// It is one of another prompt.
    #[error(
        "{word} is for the console of a cluster, and not for a node's prompt; nothing was done: \
         node cluster -n 4 runs a ring of four with such a console"
    )]
    Console {
        /// The word that was typed.
        word: String,
    },
    /// A word is no alias.
    #[error("{0}; nothing was done")]
    Alias(String),
    /// A name is none.
    #[error("{0}; nothing was done")]
    Name(#[from] NameError),
    /// A password stands in the line.
    #[error(
        "a password is asked for, and not typed behind the command, where it would be seen and kept; \
         nothing was sent: type {expected}"
    )]
    Password {
        /// How it is typed.
        expected: &'static str,
    },
}

/// Understands a line that was typed where lines are said in the group `current`, or in the lobby.
/// A line that begins with two slashes says the rest, with one slash.
///
/// # Errors
/// [`CommandError`], if it looks like a command, and is none.
pub fn parse(line: &str, current: Option<&Name>) -> Result<Typed, CommandError> {
    let trimmed = line.trim();
    if trimmed.is_empty() {
        return Ok(Typed::Nothing);
    }
    if let Some(slashed) = seeds::slashed(line) {
        return command(&slashed, current);
    }
    if !trimmed.starts_with('/') {
        return Ok(say(current, Kind::Said, line));
    }
    match trimmed.strip_prefix("//") {
        Some("exit") => Ok(Typed::Ask(Request::Leave)),
        Some(rest) if !rest.eq_ignore_ascii_case("exit") => {
            Ok(say(current, Kind::Said, &format!("/{rest}")))
        }
        Some(_) => Ok(Typed::Ask(Request::Leave)),
        None => command(trimmed, current),
    }
}

/// Whether a typed line ends the program, so that no further one is to be asked for.
pub fn ends(line: &str) -> bool {
    parse(line, None) == Ok(Typed::Ask(Request::Leave))
}

/// What a password must be typed for, if this line wants one.
pub fn wants_password(line: &str) -> Option<For> {
    match parse(line, None) {
        Ok(Typed::Password(what)) => Some(what),
        Ok(_) | Err(_) => None,
    }
}

/// Whether a typed line asks the node for something that it cannot know before it is in a ring. Lines to
/// say wait there by themselves.
pub fn needs_ring(line: &str) -> bool {
    match parse(line, None) {
        Ok(Typed::Ask(request)) => request.needs_ring(),
        Ok(Typed::Both(first, second)) => first.needs_ring() || second.needs_ring(),
        Ok(Typed::Tell(..) | Typed::Enter(Some(_))) => true,
        Ok(Typed::Surely(_) | Typed::Password(_) | Typed::Enter(None)) => false,
        Ok(Typed::Aliases | Typed::Alias { .. } | Typed::Unalias(_)) => false,
        Ok(Typed::Help | Typed::Nothing) | Err(_) => false,
    }
}

fn command(typed: &str, current: Option<&Name>) -> Result<Typed, CommandError> {
    let typed = typed.trim();
    let (word, rest) = typed.split_once(char::is_whitespace).unwrap_or((typed, ""));
    let word = word.to_ascii_lowercase();
    let found = COMMANDS.iter().find(|usage| usage.words.contains(&word.as_str()));
    let Some(usage) = found else {
        // One who wants to kill a server should not say so to all.
        let is_console = seeds::CONSOLE.contains(&word.trim_start_matches('/'));
        return Err(if is_console {
            CommandError::Console { word }
        } else {
            nearest::unknown(typed).into()
        });
    };
    (usage.read)(read::Input { usage, typed, rest: rest.trim_start(), current })
}

fn say(group: Option<&Name>, kind: Kind, text: &str) -> Typed {
    let (group, text) = (group.cloned(), text.to_owned());
    Typed::Ask(Request::Act(Action::Post { group, kind, text }))
}
