//! A command that is none, and the one that was perhaps meant.

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
    let near = words().map(|known| (distance(&word, known), known)).min();
    // Of three letters, two must not be guessed.
    let most = if word.chars().count() <= 4 { 1 } else { 2 };
    let nearest = near.filter(|(distance, _)| *distance <= most).map(|(_, known)| known);
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
