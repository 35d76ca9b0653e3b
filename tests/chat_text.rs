//! Tables for lines: what is stripped of them, and which are refused.

use ringchat::chat::text::{LINE_BYTES_MAX, LineError, line, strip};

#[test]
fn escape_sequences_and_control_characters_are_stripped() {
    for (text, expected) in [
        ("plain äöü 👩‍🚀", "plain äöü 👩‍🚀"),
        ("\u{1b}[31mred\u{1b}[0m", "red"),
        ("\u{1b}[2J\u{1b}[1;1Hwiped", "wiped"),
        ("\u{1b}]0;a title\u{7}text", "text"),
        ("\u{1b}]0;a title\u{1b}\\text", "text"),
        ("\u{1b}]0;no end", "0;no end"),
        ("\u{1b}Pdevice\u{1b}\\text", "text"),
        ("\u{1b}_app\u{9c}text", "text"),
        ("\u{9b}31mred", "red"),
        ("\u{9d}0;a title\u{9c}text", "text"),
        ("\u{1b}(Btext", "text"),
        ("\u{1b}ctext", "text"),
        ("\u{1b}", ""),
        ("\u{1b}[", ""),
        ("\u{1b}[31", ""),
        ("\u{1b}\u{1b}[31mx", "x"),
        ("\u{1b}äx", "äx"),
        ("a\tb", "a b"),
        ("a\rb\u{8}c\u{0}d\u{7f}e", "abcde"),
        ("a\u{2028}b\u{202e}c", "abc"),
    ] {
        assert_eq!(strip(text), expected, "{text:?}");
        assert_eq!(strip(expected), expected, "{text:?}, twice");
    }
}

#[test]
fn a_line_of_nothing_but_control_functions_is_stripped_in_one_pass() {
    for unit in ["\u{9d}", "\u{1b}]", "\u{1b}[", "\u{90}x", "\u{1b}P\u{9d}"] {
        let text = unit.repeat(LINE_BYTES_MAX / unit.len());
        assert!(strip(&text).len() <= text.len());
    }
}

#[test]
fn an_empty_line_and_one_beyond_64_kib_are_refused() {
    assert_eq!(line(""), Err(LineError::Empty));
    assert_eq!(line(" \u{1b}[31m "), Err(LineError::Empty));
    let longest = "x".repeat(LINE_BYTES_MAX);
    assert_eq!(line(&longest), Ok(longest.clone()));
    let found = LINE_BYTES_MAX + 1;
    assert_eq!(line(&"x".repeat(found)), Err(LineError::TooLong { found }));
}
