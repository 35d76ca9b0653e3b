//! What is wrong with a scenario file, and where: file, line, column, the line itself, a caret.

use std::fmt;
use std::ops::Range;

/// A scenario file that cannot be run. Nothing was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// The file, as it was named.
    pub file: String,
    /// Counted from 1; 0 if the file could not be read at all.
    pub line: usize,
    /// Counted in characters from 1; 0 if the file could not be read at all.
    pub column: usize,
    /// The line in question, without its end.
    pub excerpt: String,
    /// How many characters are in question.
    pub width: usize,
    /// What was found, and what was expected.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl std::error::Error for ScenarioError {}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ScenarioError { file, line, column, excerpt, width, message, hint } = self;
        if *line == 0 {
            write!(f, "{file}: {message}")?;
        } else {
            let gutter = " ".repeat(line.to_string().len());
            let indent = " ".repeat(column.saturating_sub(1));
            let carets = "^".repeat((*width).max(1));
            writeln!(f, "{file}:{line}:{column}: {message}")?;
            writeln!(f, "{gutter} |")?;
            writeln!(f, "{line} | {excerpt}")?;
            write!(f, "{gutter} | {indent}{carets}")?;
        }
        match hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

/// A scenario file's name and text: turns stretches of bytes into places a person can find.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'t> {
    pub(super) file: &'t str,
    pub(super) text: &'t str,
}

impl Source<'_> {
    /// An error at these bytes of the text.
    pub(super) fn error(&self, span: Range<usize>, message: impl Into<String>) -> ScenarioError {
        let start = self.floor(span.start);
        let end = self.floor(span.end).max(start);
        let line_start = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let excerpt = self.text[line_start..].lines().next().unwrap_or("");
        let column = self.text[line_start..start].chars().count() + 1;
        let marked = self.text[start..end].lines().next().unwrap_or("");
        ScenarioError {
            file: self.file.to_owned(),
            line: self.text[..start].matches('\n').count() + 1,
            column,
            // A tab would move the caret away from what it points at.
            excerpt: excerpt.replace('\t', " "),
            width: marked.chars().count(),
            message: message.into(),
            hint: None,
        }
    }

    /// The start of the character that this byte belongs to.
    fn floor(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        (0..=at).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0)
    }
}

impl ScenarioError {
    /// The same with a hint.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> ScenarioError {
        self.hint = Some(hint.into());
        self
    }

    /// The same, with the nearest of the known words as hint, or all of them if none is near.
    pub(super) fn nearest(self, found: &str, known: &[&str]) -> ScenarioError {
        let near = known
            .iter()
            .map(|word| (distance(found, word), *word))
            .filter(|(distance, word)| *distance <= 1 + word.len() / 3)
            .min();
        match near {
            Some((_, word)) => self.hint(format!("did you mean `{word}`?")),
            None => self.hint(format!("known here: {}", known.join(", "))),
        }
    }
}

/// How many letters must be added, taken away or changed to make one word of the other
/// (Levenshtein, 1966).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
