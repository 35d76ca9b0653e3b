//! The console of a cluster, in parts: what typed lines mean, and which lines are shown when.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use ringchat::front::cluster::commands::{CommandError, LANGUAGE, Typed, complete, help, parse};
use ringchat::front::cluster::lines::{Board, LINE_TIME};
use ringchat::front::cluster::news::Shown;
use ringchat::front::cluster::server::Repeats;
use ringchat::proto::entry::{Delivered, Payload, Submission};
use ringchat::proto::event::Event;
use ringchat::proto::id::{Ballot, Index, LinkId, NodeId};
use ringchat::proto::view::{Member, View};
use tokio::time::Instant;

#[test]
fn commands_mean_the_same_in_capitals_with_slashes_and_as_the_seeds_spell_them() {
    let cut = |oneway| Typed::Cut { from: 0, to: 2, oneway };
    for (line, meant) in [
        ("state", Typed::State),
        ("  STATE ", Typed::State),
        ("/state", Typed::State),
        ("killnode 3", Typed::Kill(2)),
        ("Kill s4", Typed::Kill(3)),
        ("restart 1", Typed::Restart(0)),
        ("pause 2", Typed::Pause(1)),
        ("RESUME S2", Typed::Resume(1)),
        ("messages 4", Typed::Messages(3)),
        ("cut 1 3", cut(false)),
        ("cut 1 3 OneWay", cut(true)),
        ("heal", Typed::Heal),
        ("say 2  Two  Blanks: ü", Typed::Say(1, " Two  Blanks: ü".to_owned())),
        ("events all", Typed::Events(Shown::All)),
        ("wait", Typed::Wait),
        ("?", Typed::Help),
        ("//exit", Typed::Quit),
        ("/quit", Typed::Quit),
        ("", Typed::Nothing),
    ] {
        assert_eq!(parse(line, 4), Ok(meant), "{line:?}");
    }
    assert!(help().iter().any(|line| line.contains("killnode, kill K")));
}

#[test]
fn commands_and_servers_are_completed_in_their_places() {
    let servers = ["s1", "s2"].map(str::to_owned);
    for (typed, start, expected) in [
        ("sta", 0, &["state "][..]),
        ("RES", 0, &["restart", "resume"]),
        ("/he", 1, &["heal", "help"]),
        ("kill", 0, &["killnode", "kill"]),
        ("killnode ", 9, &["s1", "s2"]),
        ("Killnode S2", 9, &["s2 "]),
        ("/pause s", 7, &["s1", "s2"]),
        ("cut s1 ", 7, &["s1", "s2"]),
        ("cut s1 s2 o", 10, &["oneway "]),
        ("events a", 7, &["all "]),
        ("say s1 he", 7, &[]),
        ("say s1 ü", 7, &[]),
        ("state ", 6, &[]),
        ("frob ", 5, &[]),
        ("", 0, &[]),
    ] {
        let (found, words) = complete(typed, &servers);
        assert_eq!(
            (found, words.as_slice()),
            (start, expected.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>().as_slice()),
            "{typed:?}"
        );
    }
    for (line, ends) in [("quit", true), ("//EXIT", true), ("/leave", false), ("/register", false)]
    {
        assert_eq!((LANGUAGE.ends)(line), ends, "{line}");
        assert_eq!((LANGUAGE.wants_password)(line), None, "{line}");
    }
}

#[test]
fn what_means_nothing_is_answered_with_what_is_expected() {
    for (line, expected) in [
        ("stat", "no command stat; did you mean state?"),
        ("kil 2", "did you mean kill?"),
        ("frobnicate", "no command frobnicate; nothing was done"),
        ("kill", "expected killnode K, found \"kill\""),
        ("kill 0", "expected a server from 1 to 4, found 0"),
        ("kill 5", "expected a server from 1 to 4, found 5"),
        ("kill two", "found two"),
        ("say 1", "expected say K TEXT"),
        ("cut 2 2", "expected cut K L [oneway]"),
        ("cut 1 2 both", "expected cut K L [oneway]"),
        ("events", "expected events some|all|none"),
        ("state 1", "expected state, found"),
    ] {
        let error = parse(line, 4).expect_err(line);
        assert!(error.to_string().contains(expected), "{line:?}: {error}");
    }
    let long = "x".repeat(10_000);
    let Err(CommandError::Unknown { word, nearest: None }) = parse(&long, 4) else {
        panic!("expected an unknown command");
    };
    assert_eq!(word.len(), 40);
}

fn delivered(place: u64, seq: u64) -> Delivered {
    let payload = Payload::new(Bytes::from_static(b"hi")).unwrap();
    let message = Submission { origin: NodeId(7), seq, lamport: place, payload };
    Delivered { index: Index(place), ballot: Ballot::ZERO, message }
}

#[test]
fn a_line_is_shown_once_when_all_have_it_or_after_a_while_and_none_overtakes_another() {
    let (now, mut board) = (Instant::now(), Board::default());
    let awaited = BTreeSet::from([0, 1]);
    let take = |board: &mut Board, at: Duration| -> Vec<(u64, usize)> {
        board.take(&awaited, now + at).into_iter().map(|line| (line.place.0, line.at)).collect()
    };
    let note = |board: &mut Board, server, place, repeats| {
        board.note(server, &delivered(place, place), "hi".to_owned(), repeats, now);
    };
    note(&mut board, 0, 5, false);
    note(&mut board, 0, 6, false);
    note(&mut board, 1, 6, false);
    assert_eq!(take(&mut board, Duration::ZERO), []);
    assert!(board.deadline().is_some());
    note(&mut board, 1, 5, false);
    assert_eq!(take(&mut board, Duration::ZERO), [(5, 2), (6, 2)]);
    assert_eq!(board.deadline(), None);
    note(&mut board, 2, 5, true);
    note(&mut board, 2, 4, true);
    assert_eq!(
        take(&mut board, 2 * LINE_TIME),
        [],
        "shown once, and nothing that is only repeated"
    );
    note(&mut board, 1, 7, false);
    assert_eq!(take(&mut board, LINE_TIME / 2), []);
    assert_eq!(take(&mut board, LINE_TIME), [(7, 1)]);
}

#[test]
fn a_line_that_a_server_gets_long_after_is_not_shown_again() {
    let (now, mut board) = (Instant::now(), Board::default());
    for place in 1..=3_000 {
        board.note(0, &delivered(place, place), "hi".to_owned(), false, now);
    }
    assert_eq!(board.take(&BTreeSet::from([0]), now).len(), 3_000);
    board.note(0, &delivered(3_001, 3_001), "hi".to_owned(), false, now);
    board.note(1, &delivered(1, 1), "hi".to_owned(), false, now);
    board.note(1, &delivered(2_999, 2_999), "hi".to_owned(), false, now);
    assert_eq!(board.take(&BTreeSet::from([0]), now).len(), 1);
}

#[test]
fn a_server_repeats_until_it_is_restored_or_a_member_however_it_came_in() {
    let member = |id| Member { id: NodeId(id), address: ([127, 0, 0, 1], 7000).into() };
    let view = |ids: &[u64]| {
        let members = ids.iter().map(|id| member(*id)).collect();
        View { number: 1, members, tie_breaker: NodeId(1), changes: Vec::new() }
    };
    let installed = |ids: &[u64]| Event::ViewInstalled { index: Index(1), view: view(ids) };
    let snapshot = |ids: &[u64]| Event::SnapshotInstalled { index: Index(1), view: view(ids) };
    let up = || Event::LinkUp { link: LinkId::Accepted(1), peer: NodeId(1) };
    let restored = || Event::Restored { index: Index(2), last: Index(3), view: view(&[1, 7]) };
    let founds = || Event::ElectionStarted { attempt: 1 };
    for (name, begins, events, expected) in [
        ("comes back", Repeats::Kept, vec![installed(&[1, 7])], Repeats::Kept),
        ("is back", Repeats::Kept, vec![installed(&[1, 7]), restored()], Repeats::Nothing),
        ("has left and comes anew", Repeats::Kept, vec![up(), installed(&[1])], Repeats::Log),
        // It was dialed before it dialed anybody, and asks over that link.
        ("is asked in", Repeats::Kept, vec![up(), installed(&[1, 7])], Repeats::Nothing),
        ("founds", Repeats::Kept, vec![founds(), installed(&[7])], Repeats::Nothing),
        ("comes in", Repeats::Log, vec![up(), installed(&[1, 7])], Repeats::Nothing),
        ("comes in by a snapshot", Repeats::Log, vec![snapshot(&[1, 7])], Repeats::Nothing),
        ("has kept a snapshot", Repeats::Kept, vec![snapshot(&[1, 7])], Repeats::Kept),
        ("goes on", Repeats::Nothing, vec![up(), installed(&[1])], Repeats::Nothing),
    ] {
        let after = |repeats: Repeats, event| repeats.after(event, Some(NodeId(7)));
        assert_eq!(events.iter().fold(begins, after), expected, "{name}");
    }
}
