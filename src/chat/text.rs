//! What a line may hold: no terminal escape sequences, no control characters, at most 64 KiB.

/// The longest line, in bytes of UTF-8.
pub const LINE_BYTES_MAX: usize = 64 << 10;

const ESCAPE: char = '\u{1b}';
const STRING_END: char = '\u{9c}';

/// Why a line cannot be said; nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Nothing is left of it.
    #[error("there is nothing to say in this line; nothing was sent")]
    Empty,
    /// It is too long.
    #[error(
        "this line has {found} bytes, and {LINE_BYTES_MAX} is the most; nothing was sent: \
         say it in several lines"
    )]
    TooLong {
        /// Its length in bytes.
        found: usize,
    },
}

/// What is left of a typed line once it is safe to show on anybody's terminal.
///
/// # Errors
/// If nothing is left, or too much.
pub fn line(typed: &str) -> Result<String, LineError> {
    if typed.len() > LINE_BYTES_MAX {
        return Err(LineError::TooLong { found: typed.len() });
    }
    let clean = strip(typed);
    if clean.trim().is_empty() { Err(LineError::Empty) } else { Ok(clean) }
}

/// The text without terminal escape sequences (ECMA-48, section 5.4 and 8.3) and without control
/// characters; a tab becomes a space. Stripping twice is stripping once.
pub fn strip(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let behind = &rest[first.len_utf8()..];
        rest = match first {
            ESCAPE => after_escape(behind),
            '\u{9b}' => after_control_sequence(behind),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => after_string(behind),
            '\t' => {
                clean.push(' ');
                behind
            }
            other if is_unfit(other) => behind,
            other => {
                clean.push(other);
                behind
            }
        };
    }
    clean
}

/// Whether a character does something to a screen beside standing there: control characters, line
/// and paragraph separators, and those that turn the direction of what follows.
pub fn is_unfit(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// What stands behind an escape sequence whose ESC has been taken.
fn after_escape(text: &str) -> &str {
    let Some(first) = text.chars().next() else { return text };
    let behind = &text[first.len_utf8()..];
    match first {
        '[' => after_control_sequence(behind),
        'P' | 'X' | ']' | '^' | '_' => after_string(behind),
        ' '..='/' => {
            let rest = behind.trim_start_matches(|c| matches!(c, ' '..='/'));
            rest.strip_prefix(|c| matches!(c, '0'..='~')).unwrap_or(rest)
        }
        '0'..='~' => behind,
        _ => text,
    }
}

/// What stands behind parameters, intermediates and the final character.
fn after_control_sequence(text: &str) -> &str {
    let rest = text.trim_start_matches(|c| matches!(c, '0'..='?'));
    let rest = rest.trim_start_matches(|c| matches!(c, ' '..='/'));
    rest.strip_prefix(|c| matches!(c, '@'..='~')).unwrap_or(rest)
}

/// What stands behind a control string (a window title, for one) and its end. A string that never
/// ends is harmless without its beginning, and its words are kept. The next control function ends
/// it, too, so no text is looked through twice.
fn after_string(text: &str) -> &str {
    for (at, character) in text.char_indices() {
        let behind = &text[at + character.len_utf8()..];
        match character {
            '\u{7}' | STRING_END => return behind,
            ESCAPE => return behind.strip_prefix('\\').unwrap_or(&text[at..]),
            '\u{80}'..='\u{9f}' => return &text[at..],
            _ => {}
        }
    }
    text
}
