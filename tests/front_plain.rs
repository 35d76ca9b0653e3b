//! Tables for reading lines from a pipe: what a line is, and which of them wait for the ring.

use std::io::{BufReader, Cursor};

use ringchat::chat::text::LINE_BYTES_MAX;
use ringchat::front::commands::needs_ring;
use ringchat::front::plain::{Typing, next_line};

#[test]
fn plain_input_is_read_line_by_line_and_within_bounds() {
    let longest = "x".repeat(LINE_BYTES_MAX);
    let line = |text: &str| Typing::Line(text.to_owned());
    let table = [
        ("a\nb\n".to_owned(), vec![line("a"), line("b")]),
        ("a\r\nb".to_owned(), vec![line("a"), line("b")]),
        ("\n\na".to_owned(), vec![line(""), line(""), line("a")]),
        (String::new(), vec![]),
        (format!("{longest}\r\na"), vec![line(&longest), line("a")]),
        (format!("{longest}x\na"), vec![Typing::TooLong { found: LINE_BYTES_MAX + 1 }, line("a")]),
        (
            format!("{longest}{longest}\r\na"),
            vec![Typing::TooLong { found: 2 * LINE_BYTES_MAX + 1 }, line("a")],
        ),
    ];
    for (input, expected) in table {
        for capacity in [1, 7, 8_192] {
            let mut reader = BufReader::with_capacity(capacity, Cursor::new(input.clone()));
            for typing in &expected {
                assert_eq!(&next_line(&mut reader), typing);
            }
            assert_eq!(next_line(&mut reader), Typing::End);
        }
    }
    let mut reader = BufReader::new(Cursor::new(b"\xff\n"));
    assert_eq!(next_line(&mut reader), line("\u{fffd}"), "what is no UTF-8 is replaced");
}

#[test]
fn what_asks_something_of_the_ring_is_told_from_what_does_not() {
    for line in
        ["/list", "/groups", "/who", "/name bob", "/msg bob hi", "/group rust", "joingroup 1 ann"]
    {
        assert!(needs_ring(line), "{line}");
    }
    for line in [
        "hello",
        "/join rust",
        "/state",
        "/help",
        "/quit",
        "/alias",
        "/frob",
        "/login bob",
        "/group",
    ] {
        assert!(!needs_ring(line), "{line}");
    }
}
