//! What the line editor asks its program: how to draw a line, what fits, and what stands behind it.

use std::borrow::Cow;

use rustyline::completion::Completer;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::{Context, Helper, Validator};

use super::Language;
use super::sketch::Sketch;

/// How many characters the aside has at most.
const ASIDE_MAX: usize = 60;

/// In less than this nothing can be read.
const ASIDE_MIN: usize = 8;

/// Looks at the sketch for the editor.
#[derive(Helper, Validator)]
pub(super) struct Typist {
    pub(super) sketch: Sketch,
    pub(super) language: Language,
    /// Whether the aside may be drawn faint.
    pub(super) colours: bool,
    /// What is typed is a password: nothing of it is shown.
    pub(super) hidden: bool,
    /// The place that the prompt was drawn with.
    pub(super) place: String,
    /// How wide the prompt is.
    pub(super) prompt_width: usize,
    /// How wide the terminal is; 0 if nobody knows.
    pub(super) columns: usize,
}

/// A field of blanks behind the line. The editor reckons with its width, and what it draws there is
/// the sketch of that moment: so it changes whenever the prompt is drawn again below a line that
/// came, and the editor's own bookkeeping stays right.
pub(super) struct Field(String);

impl Hint for Field {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for Typist {
    type Hint = Field;

    fn hint(&self, line: &str, _position: usize, _context: &Context<'_>) -> Option<Field> {
        if self.hidden {
            return None;
        }
        // Where characters are wider than this reckons, the field goes on in the next row.
        let used = (self.prompt_width + line.chars().count()).checked_rem(self.columns)?;
        let room = (self.columns - used).saturating_sub(1).min(ASIDE_MAX);
        (room >= ASIDE_MIN).then(|| Field(" ".repeat(room)))
    }
}

impl Highlighter for Typist {
    fn highlight<'l>(&self, line: &'l str, _position: usize) -> Cow<'l, str> {
        if self.hidden { Cow::Owned(" ".repeat(line.chars().count())) } else { Cow::Borrowed(line) }
    }

    fn highlight_hint<'h>(&self, field: &'h str) -> Cow<'h, str> {
        let room = field.len();
        let aside = self.sketch.aside(&self.place, room);
        if aside.is_empty() {
            return Cow::Borrowed(field);
        }
        let rest = " ".repeat(room.saturating_sub(aside.chars().count()));
        let (faint, plain) = if self.colours { ("\u{1b}[2m", "\u{1b}[0m") } else { ("", "") };
        Cow::Owned(format!("{faint}{aside}{plain}{rest}"))
    }

    fn highlight_char(&self, _line: &str, _position: usize, kind: CmdKind) -> bool {
        match kind {
            CmdKind::MoveCursor => false,
            CmdKind::Other | CmdKind::ForcedRefresh => self.hidden,
        }
    }
}

impl Completer for Typist {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let typed = &line[..position];
        Ok(if self.hidden {
            (0, Vec::new())
        } else {
            (self.language.complete)(&self.sketch, typed)
        })
    }
}
