//! What stands behind each command, as a request.

use super::table::Usage;
use super::{CommandError, For, Typed};
use crate::chat::command::{Action, Kind};
use crate::chat::name::Name;
use crate::chat::person::LOBBY_NAME;
use crate::chat::skeleton::skeleton;
use crate::front::aliases::person;
use crate::front::door::{HISTORY_LINES, HISTORY_LINES_MAX, Request};
use crate::proto::id::Index;

/// A command that was typed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Input<'a> {
    pub(super) usage: &'static Usage,
    pub(super) typed: &'a str,
    /// What stands behind the word.
    pub(super) rest: &'a str,
    /// Where lines are said; none for the lobby.
    pub(super) current: Option<&'a Name>,
}

/// Understands it.
pub(super) type Reads = fn(Input<'_>) -> Result<Typed, CommandError>;

pub(super) type Read = Result<Typed, CommandError>;

impl Input<'_> {
    pub(super) fn wrong(&self) -> CommandError {
        let found = self.typed.chars().take(80).collect();
        CommandError::Words { expected: self.usage.typed, found }
    }

    fn nothing_else(&self, typed: Typed) -> Read {
        if self.rest.is_empty() { Ok(typed) } else { Err(self.wrong()) }
    }

    /// One word, or none.
    pub(super) fn one(&self) -> Result<Option<&str>, CommandError> {
        let mut words = self.rest.split_whitespace();
        match (words.next(), words.next()) {
            (word, None) => Ok(word),
            (_, Some(_)) => Err(self.wrong()),
        }
    }

    fn group(&self) -> Result<Name, CommandError> {
        group(self.one()?.ok_or_else(|| self.wrong())?)
    }

    fn text(&self) -> Result<String, CommandError> {
        if self.rest.is_empty() { Err(self.wrong()) } else { Ok(self.rest.to_owned()) }
    }

    /// A word and all that stands behind it; a name of several words stands in quotation marks.
    pub(super) fn word_and_text(&self) -> Result<(&str, String), CommandError> {
        let quoted = self.rest.strip_prefix('"').and_then(|rest| rest.split_once("\" "));
        let parts = quoted.or_else(|| self.rest.split_once(char::is_whitespace));
        let (word, text) = parts.ok_or_else(|| self.wrong())?;
        Ok((word, text.to_owned()))
    }
}

/// A group's name, with or without a `#`; by number, as one of the systems before named them; and
/// what another called its main hall is the lobby.
fn group(typed: &str) -> Result<Name, CommandError> {
    let typed = typed.strip_prefix('#').unwrap_or(typed);
    let lower = typed.to_ascii_lowercase();
    if lower.starts_with("mainhall") || is_lobby(&lower) {
        return Ok(Name::lobby());
    }
    if !typed.is_empty() && typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(Name::strict(&format!("group-{typed}"))?);
    }
    Ok(Name::strict(typed)?)
}

fn is_lobby(typed: &str) -> bool {
    skeleton(typed) == skeleton(LOBBY_NAME)
}

/// Where a group is none, it is the lobby.
fn elsewhere(group: Name) -> Option<Name> {
    (!is_lobby(group.as_str())).then_some(group)
}

pub(super) fn act(action: Action) -> Read {
    Ok(Typed::Ask(Request::Act(action)))
}

fn place(input: &Input<'_>, word: &str) -> Result<Index, CommandError> {
    word.parse().map(Index).map_err(|_| input.wrong())
}

pub(super) fn help(_input: Input<'_>) -> Read {
    Ok(Typed::Help)
}

pub(super) fn who(input: Input<'_>) -> Read {
    let wanted = match input.one()? {
        Some(word) => elsewhere(group(word)?),
        None => input.current.cloned(),
    };
    Ok(Typed::Ask(wanted.map_or(Request::Who, Request::Members)))
}

pub(super) fn me(input: Input<'_>) -> Read {
    let (group, text) = (input.current.cloned(), input.text()?);
    act(Action::Post { group, kind: Kind::Does, text })
}

pub(super) fn edit(input: Input<'_>) -> Read {
    let (word, text) = input.word_and_text()?;
    act(Action::Edit { place: place(&input, word)?, text })
}

pub(super) fn remove(input: Input<'_>) -> Read {
    let word = input.one()?.ok_or_else(|| input.wrong())?;
    act(Action::Remove { place: place(&input, word)? })
}

/// `JOINGROUP 1 dennis` says a name, too.
pub(super) fn join(input: Input<'_>) -> Read {
    let mut words = input.rest.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(word), None, None) => Ok(join_one(group(word)?)),
        (Some(word), Some(called), None) => {
            let join = Request::Act(Action::Join { group: group(word)? });
            Ok(Typed::Both(Request::Rename(person(called)?), join))
        }
        (_, _, _) => Err(input.wrong()),
    }
}

fn join_one(group: Name) -> Typed {
    match elsewhere(group) {
        Some(group) => Typed::Ask(Request::Act(Action::Join { group })),
        None => Typed::Enter(None),
    }
}

pub(super) fn create(input: Input<'_>) -> Read {
    act(Action::Create { group: input.group()? })
}

pub(super) fn part(input: Input<'_>) -> Read {
    let named = input.one()?.map(group).transpose()?;
    let group = named.or_else(|| input.current.cloned()).unwrap_or_else(Name::lobby);
    act(Action::Part { group })
}

pub(super) fn delete(input: Input<'_>) -> Read {
    act(Action::Delete { group: input.group()? })
}

pub(super) fn enter(input: Input<'_>) -> Read {
    let named = input.one()?.map(group).transpose()?;
    Ok(Typed::Enter(named.and_then(elsewhere)))
}

pub(super) fn groups(input: Input<'_>) -> Read {
    input.nothing_else(Typed::Ask(Request::Groups))
}

pub(super) fn topic(input: Input<'_>) -> Read {
    let group = input.current.cloned();
    match input.rest {
        "" => Ok(Typed::Ask(Request::Members(group.unwrap_or_else(Name::lobby)))),
        "-" => act(Action::Topic { group, text: String::new() }),
        text => act(Action::Topic { group, text: text.to_owned() }),
    }
}

/// `/history [GROUP] [COUNT] [before PLACE]`.
pub(super) fn history(input: Input<'_>) -> Read {
    let is_word = |word: &&str| {
        !word.eq_ignore_ascii_case("before") && word.starts_with(|c: char| !c.is_ascii_digit())
    };
    let mut words = input.rest.split_whitespace().peekable();
    let named = words.next_if(is_word).map(group).transpose()?;
    let group = named.map_or_else(|| input.current.cloned(), elsewhere);
    let mut count = HISTORY_LINES;
    if let Some(word) = words.next_if(|word| !word.eq_ignore_ascii_case("before")) {
        let known = |count: &u32| (1..=HISTORY_LINES_MAX).contains(count);
        count = word.parse().ok().filter(known).ok_or_else(|| input.wrong())?;
    }
    let before = match (words.next(), words.next(), words.next()) {
        (None, _, _) => None,
        (Some(word), Some(at), None) if word.eq_ignore_ascii_case("before") => {
            Some(place(&input, at)?)
        }
        (Some(_), _, _) => return Err(input.wrong()),
    };
    Ok(Typed::Ask(Request::History { group, count, before }))
}

pub(super) fn search(input: Input<'_>) -> Read {
    Ok(Typed::Ask(Request::Search { text: input.text()?, group: None }))
}

pub(super) fn list(input: Input<'_>) -> Read {
    Ok(Typed::Ask(Request::List(input.one()?.unwrap_or("*").to_owned())))
}

pub(super) fn rename(input: Input<'_>) -> Read {
    Ok(Typed::Ask(Request::Rename(person(&input.text()?)?)))
}

pub(super) fn register(input: Input<'_>) -> Read {
    let name = for_password(&input)?.map(Name::strict).transpose()?;
    Ok(Typed::Password(For::Register(name)))
}

pub(super) fn login(input: Input<'_>) -> Read {
    let name = for_password(&input)?.ok_or_else(|| input.wrong())?;
    Ok(Typed::Password(For::Login(person(name)?)))
}

pub(super) fn delete_account(input: Input<'_>) -> Read {
    if !input.rest.is_empty() {
        return Err(CommandError::Password { expected: input.usage.typed });
    }
    Ok(Typed::Password(For::DeleteAccount))
}

/// A name, and no password behind it.
fn for_password<'a>(input: &'a Input<'_>) -> Result<Option<&'a str>, CommandError> {
    let mut words = input.rest.split_whitespace();
    match (words.next(), words.next()) {
        (name, None) => Ok(name),
        (_, Some(_)) => Err(CommandError::Password { expected: input.usage.typed }),
    }
}

pub(super) fn logout(input: Input<'_>) -> Read {
    input.nothing_else(Typed::Ask(Request::Act(Action::Logout)))
}

pub(super) fn limits(input: Input<'_>) -> Read {
    let mut words = input.rest.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (None, _, _) => Ok(Typed::Ask(Request::Limits)),
        (Some(name), Some(value), None) => {
            let value = value.parse().map_err(|_| input.wrong())?;
            Ok(Typed::Ask(Request::SetLimit { name: name.to_ascii_lowercase(), value }))
        }
        (Some(_), _, _) => Err(input.wrong()),
    }
}

pub(super) fn state(input: Input<'_>) -> Read {
    input.nothing_else(Typed::Ask(Request::State))
}

/// With a name behind it, leaving a group may have been meant: the ring is not left by mistake.
pub(super) fn quit(input: Input<'_>) -> Read {
    input.nothing_else(Typed::Ask(Request::Leave))
}

pub(super) fn alone(input: Input<'_>) -> Read {
    match input.rest {
        "" => Ok(Typed::Ask(Request::Alone)),
        yes if yes.eq_ignore_ascii_case("yes") => Ok(Typed::Surely(Request::Alone)),
        _ => Err(input.wrong()),
    }
}
