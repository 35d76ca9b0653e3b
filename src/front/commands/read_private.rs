//! What stands behind the commands about one person alone, as a request.

use std::net::SocketAddr;

use super::read::{Input, Read, act};
use super::{CommandError, Typed};
use crate::chat::command::{Action, Body};
use crate::front::aliases::{alias_name, person};
use crate::front::door::Request;

pub(super) fn private(input: Input<'_>) -> Read {
    let (to, text) = input.word_and_text()?;
    // Behind an `@` stands a name, and never an alias.
    if to.starts_with('@') {
        return act(Action::Private { to: person(to)?, body: Body::Plain(text) });
    }
    Ok(Typed::Tell(person(to)?, text))
}

/// `/alias ALIAS NAME`; `/a IP:PORT ALIAS` as one of the systems before spelt it.
pub(super) fn alias(input: Input<'_>) -> Read {
    if input.rest.is_empty() {
        return Ok(Typed::Aliases);
    }
    let (first, second) =
        input.rest.split_once(char::is_whitespace).ok_or_else(|| input.wrong())?;
    let is_address = first.parse::<SocketAddr>().is_ok();
    let (alias, of) = if is_address { (second.trim(), first) } else { (first, second) };
    if alias.contains(char::is_whitespace) {
        return Err(input.wrong());
    }
    let alias = alias_name(alias).map_err(CommandError::Alias)?;
    Ok(Typed::Alias { alias, of: person(of)? })
}

pub(super) fn unalias(input: Input<'_>) -> Read {
    let word = input.one()?.ok_or_else(|| input.wrong())?;
    Ok(Typed::Unalias(alias_name(word).map_err(CommandError::Alias)?))
}

pub(super) fn deliver(input: Input<'_>) -> Read {
    let mut words = input.rest.split_whitespace();
    if words.nth(1).is_some() {
        return Err(CommandError::Password { expected: "/deliver" });
    }
    Ok(Typed::Ask(Request::Deliver))
}
