//! A node that comes back with its disk: what it still knows, and what it must not take for granted.

mod proto_hand;

use bytes::Bytes;
use proto_hand::{A, B, Hand, RING, address, append, ballot, view};
use ringchat::proto::config::Config;
use ringchat::proto::entry::{Body, Entry, Payload, Snapshot, SnapshotHead, Submission};
use ringchat::proto::event::Event;
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::input::{Command, Input};
use ringchat::proto::message::{Elected, Freshness, Message};
use ringchat::proto::node::Start;
use ringchat::proto::node::begin::Restart;
use ringchat::proto::output::Output;
use ringchat::proto::recovered::Recovered;
use ringchat::proto::sequencer::before_life;
use ringchat::proto::status::Role;

const ME: NodeId = NodeId(77);

fn said(round: u64, origin: NodeId, seq: u64, lamport: u64) -> Entry {
    let payload = Payload::new(Bytes::from(format!("{seq}"))).unwrap();
    let message = Submission { origin, seq, lamport, payload };
    Entry { ballot: ballot(round, A), body: Body::Message(message) }
}

fn installed(round: u64, number: u64, members: &[NodeId]) -> Entry {
    Entry { ballot: ballot(round, A), body: Body::View(view(number, members)) }
}

/// A snapshot up to 10, and behind it five lines of A, of which two are known committed.
fn disk() -> Recovered {
    let head = SnapshotHead {
        index: Index(10),
        ballot: ballot(2, A),
        view: view(3, &[A, ME, B]),
        sessions: vec![(A, 4), (ME, 6)],
        lamport: 20,
        exiles: vec![],
    };
    let snapshot = Snapshot { head, application: Bytes::from_static(b"state") };
    let entries = (5..10).map(|seq| said(2, A, seq, 16 + seq)).collect();
    let (promised, committed) = (ballot(5, B), Index(12));
    Recovered { node: ME, life: 3, ring: RING, promised, committed, snapshot, entries }
}

fn hand_of(disk: Recovered, alone: bool) -> Hand {
    let config = Config { disk_entries: Some(1_000), ..Config::default() };
    let restart = Restart { disk, contacts: vec![address(A)], alone };
    let mut hand = Hand::with(config, Start::Restore(Box::new(restart)));
    hand.me = ME;
    hand
}

fn delivered(outputs: &[Output]) -> Vec<u64> {
    let delivered = outputs.iter().filter_map(|output| match output {
        Output::Deliver(delivered) => Some(delivered.index.0),
        _ => None,
    });
    delivered.collect()
}

#[test]
fn it_is_who_it_was_and_delivers_what_its_disk_knows_committed_and_no_more() {
    let mut hand = hand_of(disk(), false);
    assert_eq!(hand.node.hello().member.id, ME);
    assert_eq!(hand.node.hello().ring, Some(RING));
    let outputs = hand.input(Input::Timeout);
    let application = Bytes::from_static(b"state");
    let install = Output::InstallSnapshot { index: Index(10), application };
    assert!(outputs.contains(&install), "{outputs:#?}");
    assert_eq!(delivered(&outputs), [11, 12]);
    let (index, last, view) = (Index(12), Index(15), view(3, &[A, ME, B]));
    let restored = Output::Event(Event::Restored { index, last, view });
    assert!(outputs.contains(&restored), "{outputs:#?}");
    let status = hand.node.status();
    assert_eq!(
        (status.committed, status.last, status.promised),
        (Index(12), Index(15), ballot(5, B))
    );
    assert_eq!((status.role, status.leading), (Role::Candidate, None));
    assert!(!outputs.iter().any(|output| matches!(output, Output::Persist(_))), "all is written");
    assert_eq!(delivered(&hand.input(Input::Timeout)), [] as [u64; 0], "once");
}

#[test]
fn a_known_end_beyond_the_log_is_none() {
    let mut hand = hand_of(Recovered { committed: Index(99), ..disk() }, false);
    assert_eq!(delivered(&hand.input(Input::Timeout)), [11, 12, 13, 14, 15]);
}

#[test]
fn all_views_but_the_last_in_its_log_are_in_force() {
    let mut entries = disk().entries;
    entries[2] = installed(2, 4, &[A, ME]);
    entries[4] = installed(2, 5, &[A, ME, B]);
    let mut hand = hand_of(Recovered { entries, ..disk() }, false);
    let outputs = hand.input(Input::Timeout);
    assert_eq!(delivered(&outputs), [11, 12], "13 is a view");
    let status = hand.node.status();
    assert_eq!(
        (status.committed, status.view.number, status.pending_view),
        (Index(13), 4, Some(5))
    );
}

#[test]
fn it_refuses_what_it_promised_to_refuse_and_follows_the_promised_from_where_it_stands() {
    let mut hand = hand_of(disk(), false);
    hand.connect(A);
    hand.connect(B);
    let old = append(ballot(2, A), (15, ballot(2, A)), &[said(2, A, 10, 40)], 15);
    let outputs = hand.appended(A, old);
    assert_eq!(delivered(&outputs), [] as [u64; 0], "the disk's own were delivered before");
    assert_eq!(hand.node.status().last, Index(15));
    // Another leader's log ends at 13, so the rest is none of it.
    let entry = Entry { ballot: ballot(5, B), body: Body::Empty };
    let outputs = hand.appended(B, append(ballot(5, B), (13, ballot(2, A)), &[entry], 14));
    assert_eq!(delivered(&outputs), [13], "{outputs:#?}");
    let status = hand.node.status();
    assert_eq!((status.last, status.committed), (Index(14), Index(14)));
}

#[test]
fn a_ballot_that_it_asked_for_in_an_earlier_life_is_never_led_under() {
    let own = Ballot { round: 9, proposer: ME };
    let mut hand = hand_of(Recovered { promised: own, ..disk() }, false);
    hand.connect(A);
    hand.connect(B);
    let token = Elected {
        ballot: own,
        freshness: Freshness { ballot: ballot(2, A), index: Index(15) },
        view: 3,
        met: vec![ME, B, A],
        promised_by: vec![ME, B, A],
        hops_left: 5,
    };
    let outputs = hand.hears(A, Message::Elected(token));
    assert!(!outputs.iter().any(|output| matches!(output, Output::Event(Event::Leads { .. }))));
    assert_eq!(hand.node.status().role, Role::Candidate);
}

#[test]
fn what_it_says_now_is_numbered_behind_all_that_it_ever_said() {
    let mut hand = hand_of(disk(), false);
    let payload = Payload::new(Bytes::from_static(b"new")).unwrap();
    let outputs = hand.input(Input::Command(Command::Submit(payload)));
    let submitted = outputs.iter().find_map(|output| match output {
        Output::Event(Event::Submitted { seq, lamport, .. }) => Some((*seq, *lamport)),
        _ => None,
    });
    // The log's last line has Lamport time 25, and may have been delivered before.
    assert_eq!(submitted, Some((before_life(3) + 1, 26)));
}

#[test]
fn a_survivor_that_goes_on_alone_keeps_its_whole_log_and_writes_where_the_new_ring_begins() {
    let mut hand = hand_of(disk(), true);
    let outputs = hand.input(Input::Timeout);
    assert_eq!(delivered(&outputs), [11, 12, 13, 14, 15]);
    assert!(outputs.contains(&Output::TakeSnapshot), "{outputs:#?}");
    let application = Bytes::from_static(b"all");
    let outputs = hand.input(Input::SnapshotTaken { index: Index(15), application });
    let write = outputs.iter().find_map(|output| match output {
        Output::Persist(write) if write.snapshot.is_some() => Some(write.clone()),
        _ => None,
    });
    let write = write.expect("it writes a snapshot");
    assert_ne!(write.ring, Some(RING));
    let Snapshot { head, application } = *write.snapshot.expect("which is this one");
    assert_eq!((head.index, application), (Index(15), Bytes::from_static(b"all")));
    assert_eq!(*head.view.members, [hand.node.hello().member]);
    assert_eq!(hand.node.status().role, Role::Leader);
}
