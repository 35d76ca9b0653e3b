//! A command that is none, and the one that was perhaps meant.

use strsim::osa_distance;

use super::table::words;

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

/// What to say of a line that begins with no known command.
pub(super) fn unknown(typed: &str) -> UnknownCommand {
    let word: String = typed.split_whitespace().next().unwrap_or(typed).chars().take(40).collect();
    let nearest = nearest(&word, words());
    UnknownCommand { word, nearest }
}

/// The word that was perhaps meant: the one for which the fewest characters must be added, dropped, replaced
/// or swapped with the next (Damerau, 1964), if those are few.
pub(in crate::front) fn nearest(
    typed: &str,
    words: impl Iterator<Item = &'static str>,
) -> Option<&'static str> {
    let near = words.map(|known| (osa_distance(typed, known), known)).min();
    // Of three letters, two must not be guessed.
    let most = if typed.chars().count() <= 4 { 1 } else { 2 };
    near.filter(|(distance, _)| *distance <= most).map(|(_, known)| known)
}
