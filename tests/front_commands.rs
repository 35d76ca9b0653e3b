//! Tables for what a person can type, and for reading it from a pipe.

use std::io::{BufReader, Cursor};

use ringchat::chat::text::LINE_BYTES_MAX;
use ringchat::front::commands::{CommandError, Typed, ends, help, parse};
use ringchat::front::door::Request;
use ringchat::front::plain::{Typing, next_line};
use ringchat::proto::id::Index;

fn say(text: &str) -> Typed {
    Typed::Ask(Request::Say(text.to_owned()))
}

#[test]
fn lines_are_said_and_commands_are_understood() {
    for (typed, expected) in [
        ("hello", say("hello")),
        ("  hello", say("  hello")),
        ("", Typed::Nothing),
        ("   ", Typed::Nothing),
        ("/help", Typed::Help),
        (" /WHO ", Typed::Ask(Request::Who)),
        ("/state", Typed::Ask(Request::State)),
        ("/alone", Typed::Ask(Request::Alone)),
        ("/quit", Typed::Ask(Request::Leave)),
        ("/leave", Typed::Ask(Request::Leave)),
        ("//exit", Typed::Ask(Request::Leave)),
        ("//help", say("/help")),
        ("///", say("//")),
    ] {
        assert_eq!(parse(typed), Ok(expected), "{typed:?}");
    }
    assert!(ends(" /quit") && ends("//exit") && !ends("/who") && !ends("quit"));
}

#[test]
fn an_unknown_command_suggests_the_nearest_if_one_is_near() {
    for (typed, nearest) in [
        ("/stat", Some("/state")),
        ("/hlep", Some("/help")),
        ("/whoo", Some("/who")),
        ("/quitt now", Some("/quit")),
        ("/aloen", Some("/alone")),
        ("/frobnicate", None),
    ] {
        let error = parse(typed).unwrap_err();
        assert!(error.to_string().contains("nothing was sent"));
        let CommandError::Unknown(unknown) = error else { panic!("{typed}: {error}") };
        assert_eq!(unknown.nearest, nearest, "{typed}");
    }
    let long = parse(&format!("/{}", "x".repeat(LINE_BYTES_MAX))).unwrap_err();
    assert!(long.to_string().len() < 200);
}

#[test]
fn history_takes_a_count_and_a_place() {
    let history = |count, before: Option<u64>| {
        Ok(Typed::Ask(Request::History { count, before: before.map(Index) }))
    };
    for (typed, expected) in [
        ("/history", history(20, None)),
        (" /HISTORY  50 ", history(50, None)),
        ("/history before 7", history(20, Some(7))),
        ("/history 1000 before 99999999", history(1_000, Some(99_999_999))),
    ] {
        assert_eq!(parse(typed), expected, "{typed:?}");
    }
    for typed in [
        "/history 0",
        "/history 1001",
        "/history -1",
        "/history all",
        "/history before",
        "/history 5 before x",
        "/history 5 7",
        "/history 5 before 7 8",
    ] {
        let error = parse(typed).unwrap_err();
        assert!(matches!(error, CommandError::History { .. }), "{typed}: {error}");
        assert!(error.to_string().contains("nothing was looked up"), "{error}");
    }
}

#[test]
fn help_names_every_command() {
    let help = help().join("\n");
    for word in
        ["/help", "/who", "/state", "/leave", "/quit", "//exit", "/alone", "/history", "//text"]
    {
        assert!(help.contains(word), "{word}");
    }
}

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
