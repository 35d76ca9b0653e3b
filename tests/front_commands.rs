//! Tables for what a person can type.

use ringchat::chat::command::{Action, Body, Kind};
use ringchat::chat::name::Name;
use ringchat::chat::text::LINE_BYTES_MAX;
use ringchat::front::commands::{
    CommandError, For, Typed, ends, help, parse, wants_password, words,
};
use ringchat::front::door::Request;
use ringchat::proto::id::Index;

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn act(action: Action) -> Typed {
    Typed::Ask(Request::Act(action))
}

fn say(text: &str) -> Typed {
    act(Action::Post { group: None, kind: Kind::Said, text: text.to_owned() })
}

fn private(to: &str, text: &str) -> Typed {
    Typed::Tell(name(to), text.to_owned())
}

fn join(group: &str) -> Typed {
    act(Action::Join { group: name(group) })
}

fn ask(request: Request) -> Typed {
    Typed::Ask(request)
}

#[test]
fn lines_are_said_and_commands_are_understood() {
    let place = Index(12);
    let table = [
        ("hello", say("hello")),
        ("  hello", say("  hello")),
        ("", Typed::Nothing),
        ("   ", Typed::Nothing),
        ("/help", Typed::Help),
        (" /WHO ", ask(Request::Who)),
        ("/who rust", ask(Request::Members(name("rust")))),
        ("/state", ask(Request::State)),
        ("/alone", ask(Request::Alone)),
        ("/alone yes", Typed::Surely(Request::Alone)),
        ("/quit", ask(Request::Leave)),
        ("/leave", ask(Request::Leave)),
        ("//exit", ask(Request::Leave)),
        ("//help", say("/help")),
        ("///", say("//")),
        (
            "/me waves",
            act(Action::Post { group: None, kind: Kind::Does, text: "waves".to_owned() }),
        ),
        ("/msg bob  two  blanks", private("bob", " two  blanks")),
        ("/p 127.0.0.1:7400 hi", private("127.0.0.1:7400", "hi")),
        (
            "/pa @bob hi",
            act(Action::Private { to: name("bob"), body: Body::Plain("hi".to_owned()) }),
        ),
        ("/alias", Typed::Aliases),
        ("/alias boss ann b", Typed::Alias { alias: name("boss"), of: name("ann b") }),
        (
            "/a 127.0.0.1:7400 home",
            Typed::Alias { alias: name("home"), of: name("127.0.0.1:7400") },
        ),
        ("/unalias boss", Typed::Unalias(name("boss"))),
        ("/msg \"bob smith\" hi \"you\"", private("bob smith", "hi \"you\"")),
        ("/join #rust", join("rust")),
        ("/JOIN rust", join("rust")),
        ("/join 1", join("group-1")),
        ("/join MainHall-s1", Typed::Enter(None)),
        ("/join lobby", Typed::Enter(None)),
        ("/create rust", act(Action::Create { group: name("rust") })),
        ("/part rust", act(Action::Part { group: name("rust") })),
        ("/delete rust", act(Action::Delete { group: name("rust") })),
        ("/group rust", Typed::Enter(Some(name("rust")))),
        ("/group", Typed::Enter(None)),
        ("/groups", ask(Request::Groups)),
        ("/topic no unsafe", act(Action::Topic { group: None, text: "no unsafe".to_owned() })),
        ("/topic -", act(Action::Topic { group: None, text: String::new() })),
        ("/topic", ask(Request::Members(name("lobby")))),
        ("/search some text", ask(Request::Search { text: "some text".to_owned(), group: None })),
        ("/list b*b", ask(Request::List("b*b".to_owned()))),
        ("/list", ask(Request::List("*".to_owned()))),
        ("/edit 12 new text", act(Action::Edit { place, text: "new text".to_owned() })),
        ("/remove 12", act(Action::Remove { place })),
        ("/deliver", ask(Request::Deliver)),
        ("/name bob smith", ask(Request::Rename(name("bob smith")))),
        ("/register", Typed::Password(For::Register(None))),
        ("/register bob", Typed::Password(For::Register(Some(name("bob"))))),
        ("/login bob", Typed::Password(For::Login(name("bob")))),
        ("/logout", act(Action::Logout)),
        ("/delete-account", Typed::Password(For::DeleteAccount)),
        ("/limits", ask(Request::Limits)),
        (
            "/limits rate-lines 5",
            ask(Request::SetLimit { name: "rate-lines".to_owned(), value: 5 }),
        ),
    ];
    for (typed, expected) in table {
        assert_eq!(parse(typed, None), Ok(expected), "{typed:?}");
    }
    assert!(ends(" /quit") && ends("//exit") && !ends("/who") && !ends("say quit"));
    assert!(wants_password("/login bob").is_some() && wants_password("/who").is_none());
}

// Answers F35 of docs/features.md.
#[test]
fn f12_f30_f31_f38_commands_are_understood_as_the_systems_before_spelt_them() {
    let both = |called: &str, group: &str| {
        let join = Request::Act(Action::Join { group: name(group) });
        Typed::Both(Request::Rename(name(called)), join)
    };
    let table = [
        ("JOINGROUP 1 dennis", both("dennis", "group-1")),
        ("joingroup chess", join("chess")),
        ("LEAVEGROUP", act(Action::Part { group: name("lobby") })),
        ("leavegroup chess", act(Action::Part { group: name("chess") })),
        ("state", ask(Request::State)),
        ("STATE", ask(Request::State)),
        ("help", Typed::Help),
        ("quit", ask(Request::Leave)),
        ("#QUIT", ask(Request::Leave)),
        ("//EXIT", ask(Request::Leave)),
        ("/exit", ask(Request::Leave)),
        ("ls bob", ask(Request::List("bob".to_owned()))),
        ("deliver", ask(Request::Deliver)),
        ("send bob are you there?", private("bob", "are you there?")),
        ("messages 5", ask(Request::History { group: None, count: 5, before: None })),
        ("#createroom rust", act(Action::Create { group: name("rust") })),
        ("#joinroom MainHall-s1", Typed::Enter(None)),
        ("#deleteroom rust", act(Action::Delete { group: name("rust") })),
        ("#list", ask(Request::Groups)),
        ("#who", ask(Request::Who)),
        ("login bob", Typed::Password(For::Login(name("bob")))),
    ];
    for (typed, expected) in table {
        assert_eq!(parse(typed, None), Ok(expected), "{typed:?}");
    }
}

#[test]
fn a_bare_word_is_a_command_only_with_the_words_that_it_takes_and_without_a_blank_before() {
    for typed in [
        " help",
        " send bob hi",
        "help me, please",
        "state of the art",
        "quit smoking",
        "ls is a command",
        "#hashtag",
        "#list of things",
        "joingroup",
        "sending",
        "register me",
    ] {
        assert_eq!(parse(typed, None), Ok(say(typed)), "{typed:?}");
    }
}

#[test]
fn in_a_group_lines_and_commands_are_about_that_group() {
    let rust = name("rust");
    let group = Some(rust.clone());
    let post =
        |kind, text: &str| act(Action::Post { group: group.clone(), kind, text: text.to_owned() });
    for (typed, expected) in [
        ("hi", post(Kind::Said, "hi")),
        ("//hi", post(Kind::Said, "/hi")),
        ("/me waves", post(Kind::Does, "waves")),
        ("/who", ask(Request::Members(rust.clone()))),
        ("/who lobby", ask(Request::Who)),
        ("LEAVEGROUP", act(Action::Part { group: rust.clone() })),
        ("/topic x", act(Action::Topic { group: group.clone(), text: "x".to_owned() })),
        ("/history", ask(Request::History { group: group.clone(), count: 20, before: None })),
        ("/history lobby", ask(Request::History { group: None, count: 20, before: None })),
    ] {
        assert_eq!(parse(typed, Some(&rust)), Ok(expected), "{typed:?}");
    }
}

#[test]
fn f44_wrong_words_are_answered_with_how_it_is_typed() {
    for (typed, part) in [
        ("/msg bob", "expected /msg NAME TEXT"),
        ("/edit x y", "expected /edit PLACE TEXT"),
        ("/join", "expected /join GROUP"),
        ("/join a b c", "expected /join GROUP"),
        ("/limits rate-lines many", "expected /limits [NAME VALUE]"),
        ("/logout now", "expected /logout, found"),
        ("/leave rust", "expected /quit"),
        ("/join a", "a letter first"),
        ("/create 9lives", "a letter first"),
        ("/alias boss", "expected /alias [ALIAS NAME]"),
        ("/a 127.0.0.1:7400 two words", "expected /alias [ALIAS NAME]"),
        ("/alias @boss ann", "expected a word of your own"),
        ("/unalias", "expected /unalias ALIAS"),
        ("KillNode 3", "is for the console of a cluster"),
        ("/heal", "is for the console of a cluster"),
    ] {
        let error = parse(typed, None).unwrap_err().to_string();
        assert!(error.contains(part) && error.contains("nothing was done"), "{typed}: {error}");
    }
    for typed in [
        "/login bob secret123",
        "login bob secret123",
        "/register bob secret123",
        "deliver bob secret123",
        "/delete-account secret123",
    ] {
        let error = parse(typed, None).unwrap_err();
        assert!(matches!(error, CommandError::Password { .. }), "{typed}: {error}");
        assert!(!error.to_string().contains("secret123"));
    }
}

#[test]
fn an_unknown_command_suggests_the_nearest_if_one_is_near() {
    for (typed, nearest) in [
        ("/stat", Some("/state")),
        ("/hlep", Some("/help")),
        ("/whoo", Some("/who")),
        ("/quitt now", Some("/quit")),
        ("/aloen", Some("/alone")),
        ("/regsiter bob", Some("/register")),
        ("/frobnicate", None),
        ("/xyz", None),
    ] {
        let error = parse(typed, None).unwrap_err();
        assert!(error.to_string().contains("nothing was sent"));
        let CommandError::Unknown(unknown) = error else { panic!("{typed}: {error}") };
        assert_eq!(unknown.nearest, nearest, "{typed}");
    }
    let long = parse(&format!("/{}", "x".repeat(LINE_BYTES_MAX)), None).unwrap_err();
    assert!(long.to_string().len() < 200);
}

#[test]
fn history_takes_a_group_a_count_and_a_place() {
    let history = |group: Option<&str>, count, before: Option<u64>| {
        let (group, before) = (group.map(name), before.map(Index));
        Ok(ask(Request::History { group, count, before }))
    };
    for (typed, expected) in [
        ("/history", history(None, 20, None)),
        (" /HISTORY  50 ", history(None, 50, None)),
        ("/history before 7", history(None, 20, Some(7))),
        ("/history 1000 before 99999999", history(None, 1_000, Some(99_999_999))),
        ("/history rust", history(Some("rust"), 20, None)),
        ("/history #rust 5 before 7", history(Some("rust"), 5, Some(7))),
    ] {
        assert_eq!(parse(typed, None), expected, "{typed:?}");
    }
    for typed in [
        "/history 0",
        "/history 1001",
        "/history -1",
        "/history before",
        "/history 5 before x",
        "/history 5 7",
        "/history 5 before 7 8",
        "/history rust chess",
    ] {
        let error = parse(typed, None).unwrap_err();
        assert!(error.to_string().contains("nothing was done"), "{typed}: {error}");
    }
}

#[test]
fn f12_help_names_every_command() {
    let help = help().join("\n");
    for word in words().chain(["//text"]) {
        assert!(help.contains(word), "{word}");
    }
}
