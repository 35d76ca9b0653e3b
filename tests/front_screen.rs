//! What a person sees: lines, notices, and the ring as a table.

use std::time::Duration;

use ringchat::chat::lines::Line;
use ringchat::chat::name::Name;
use ringchat::front::door::News;
use ringchat::front::mailbox::{BYTES_MAX, Mailbox, NEWS_MAX};
use ringchat::front::parts::{Person, Roster};
use ringchat::front::screen::Screen;
use ringchat::front::state_table::table;
use ringchat::front::wall_clock::{stamp, time_of_day};
use ringchat::proto::id::{Ballot, Index, NodeId, RingId};
use ringchat::proto::status::{Role, Status};
use ringchat::proto::view::{Member, View};

fn person(id: u64, name: &str) -> Person {
    Person { id: NodeId(id), name: name.to_owned(), registered: false }
}

fn line(text: &str) -> Line {
    let name = Name::new("bob").ok();
    Line { lamport: 4, second: 61 * 60, ..Line::said(Index(7), NodeId(2), name, text) }
}

fn said(text: &str) -> News {
    News::Said { line: line(text), group: None, who: person(2, "bob"), own: false }
}

fn roster() -> Roster {
    let member = |id: u64| Member {
        id: NodeId(id),
        address: ([127, 0, 0, 1], 7_400 + u16::try_from(id).unwrap()).into(),
    };
    let ballot = Ballot { round: 3, proposer: NodeId(2) };
    let view = View {
        number: 5,
        members: [member(2), member(1), member(3)].into(),
        tie_breaker: NodeId(2),
        changes: Vec::new(),
    };
    let status = Status {
        me: member(1),
        ring: Some(RingId(0xabc)),
        role: Role::Follower,
        promised: ballot,
        leading: Some(ballot),
        view,
        pending_view: Some(6),
        pending_ballot: None,
        last: Index(9),
        committed: Index(8),
        stored_by_all: Index(7),
        successor: Some(NodeId(2)),
        predecessor: Some(NodeId(2)),
        suspects: vec![NodeId(3)],
        round_trips: vec![(NodeId(2), Duration::from_micros(120))],
        waiting: 2,
        no_quorum: None,
    };
    Roster { status, people: vec![person(1, "ann"), person(2, "bob")] }
}

// Answers F45 of docs/features.md.
#[test]
fn f43_the_state_is_a_table_in_ring_order_with_suspects_marked() {
    let expected = "\
ring 0000000000000abc · view 5, 6 proposed, bob breaks ties
ballot 3 of bob · committed 8 of 9, stored by all 7
2 of your messages wait to be ordered
   name            address         round trip  what it is
   bob             127.0.0.1:7402  0.12 ms     leader, successor, predecessor
*  ann             127.0.0.1:7401  -           you
!  127.0.0.1:7403  127.0.0.1:7403  -           suspected
! does not answer this node, and is skipped";
    assert_eq!(table(&roster()).join("\n"), expected);
}

#[test]
fn without_a_leader_the_table_says_so_and_how_many_are_reachable() {
    let mut roster = roster();
    roster.status.leading = None;
    roster.status.role = Role::Candidate;
    roster.status.no_quorum = Some((1, 3));
    let text = table(&roster).join("\n");
    for part in [
        "no leader; ballot 3 of bob promised",
        "no quorum: 1 of 3 reachable",
        "you, without a leader",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_line_shows_name_place_and_lamport_time_and_nothing_that_moves_the_cursor() {
    let plain = Screen::new(false);
    assert_eq!(plain.lines(&said("hi")), ["bob[7·4]: hi"]);
    assert_eq!(plain.lines(&said("\u{1b}[2Jhi\u{7}")), ["bob[7·4]: hi"]);
    let pending = News::Pending { group: None, to: None, text: "hi\u{1b}[2J".to_owned() };
    assert_eq!(plain.lines(&pending), ["… hi"]);
    let coloured = Screen::new(true).lines(&said("hi")).concat();
    assert!(coloured.contains("\u{1b}[1;36mbob\u{1b}[0m"), "{coloured:?}");
}

#[test]
fn notices_say_what_happened() {
    let screen = Screen::new(false);
    let who = person(2, "bob2");
    let arrived = |own, back, wanted: Option<&str>| News::Arrived {
        who: who.clone(),
        wanted: wanted.map(str::to_owned),
        back,
        own,
    };
    for (news, expected) in [
        (arrived(false, false, None), "* bob2 joins"),
        (arrived(false, true, None), "* bob2 is back"),
        (arrived(true, false, Some("bob")), "* you are bob2: somebody is called bob already"),
        (News::NoQuorum { reachable: 1, members: 3 }, "! no quorum: 1 of 3 reachable, lines wait"),
        (News::QuorumBack, "! quorum is back"),
        (News::Leader { who: who.clone(), round: 4, own: false }, "* bob2 leads now (ballot 4)"),
        (News::Members(Box::new(roster())), "* here: bob (guest), ann (you), 127.0.0.1:7403"),
    ] {
        assert_eq!(screen.lines(&news), [expected]);
    }
}

#[test]
fn a_full_mailbox_drops_and_says_how_many() {
    let mailbox = Mailbox::new();
    for _ in 0..NEWS_MAX + 3 {
        mailbox.post(said("hi"));
    }
    mailbox.post(News::QuorumBack);
    for _ in 0..NEWS_MAX {
        assert_eq!(mailbox.take(), Some(said("hi")));
    }
    assert_eq!(mailbox.take(), Some(News::Skipped { count: 3 }));
    assert_eq!(mailbox.take(), Some(News::QuorumBack), "news of the ring itself have room");
    assert_eq!(mailbox.take(), None);

    let half = "x".repeat(BYTES_MAX / 2);
    for _ in 0..3 {
        mailbox.post(said(&half));
    }
    assert_eq!(mailbox.take(), Some(said(&half)));
    mailbox.post(News::QuorumBack);
    assert_eq!(mailbox.take(), Some(said(&half)));
    assert_eq!(mailbox.take(), Some(News::Skipped { count: 1 }));
    assert_eq!(mailbox.take(), Some(News::QuorumBack));
}

#[test]
fn times_are_shown_as_people_read_them() {
    assert_eq!(time_of_day(0), "00:00");
    assert_eq!(time_of_day(24 * 60 + 61), "01:01");
    let stamp = stamp();
    assert_eq!(stamp.len(), "2026-01-31 13:07:09.123".len(), "{stamp}");
}
