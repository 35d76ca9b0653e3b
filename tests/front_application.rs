//! The chat behind the driver: what a person is told of what a node does, and in which order.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ringchat::chat::command::{Action, Body, Command, Kind};
use ringchat::chat::name::Name;
use ringchat::driver::application::Application;
use ringchat::front::application::{ChatApplication, EARLIER_LINES};
use ringchat::front::door::News;
use ringchat::front::mailbox::Mailbox;
use ringchat::front::screen::Screen;
use ringchat::proto::entry::{Delivered, Payload, Submission};
use ringchat::proto::event::Event;
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::time::Instant;
use ringchat::proto::view::{Change, Member, View};

const ME: u64 = 1;

/// A chat with its mailbox, and the place of the next message.
struct Bench {
    chat: ChatApplication,
    news: Mailbox,
    lamport: Arc<AtomicU64>,
    next: u64,
}

fn member(id: u64) -> Member {
    Member { id: NodeId(id), address: ([127, 0, 0, 1], 7_400 + u16::try_from(id).unwrap()).into() }
}

fn view(number: u64, members: &[u64], changes: &[Change]) -> View {
    let members = members.iter().copied().map(member).collect();
    View { number, members, tie_breaker: NodeId(ME), changes: changes.to_vec() }
}

impl Bench {
    fn new() -> Bench {
        let (news, lamport) = (Mailbox::new(), Arc::new(AtomicU64::new(0)));
        let chat = ChatApplication::new(member(ME), news.clone(), Arc::clone(&lamport));
        Bench { chat, news, lamport, next: 1 }
    }

    fn install(&mut self, view: View) {
        self.chat.event(Instant::START, &Event::ViewInstalled { index: Index(self.next), view });
        self.next += 1;
    }

    fn deliver(&mut self, origin: u64, command: &Command) {
        let payload = Payload::new(command.encode().into()).unwrap();
        let (index, origin) = (Index(self.next), NodeId(origin));
        let message = Submission { origin, seq: self.next, lamport: 10 * self.next, payload };
        self.chat.deliver(Instant::START, &Delivered { index, ballot: Ballot::ZERO, message });
        self.next += 1;
    }

    fn hello(&mut self, origin: u64, name: &str) {
        let name = Name::new(name).unwrap();
        let present = vec![NodeId(1), NodeId(2)];
        self.deliver(origin, &Command::Hello { view: 1, present, name });
    }

    fn say(&mut self, origin: u64, text: &str) {
        self.deliver(origin, &Command::Say { minute: 0, text: text.to_owned() });
    }

    fn act(&mut self, origin: u64, action: Action) {
        self.deliver(origin, &Command::Act { second: 0, action });
    }

    /// The same node in its next life, with what its disk held.
    fn again(&self) -> Bench {
        let mut bench = Bench::new();
        bench.chat = bench.chat.coming_back(1);
        bench.chat.install(Instant::START, Index(self.next - 1), &self.chat.snapshot()).unwrap();
        bench.next = self.next;
        bench
    }

    /// What the person sees of it.
    fn shown(&self) -> Vec<String> {
        let screen = Screen::new(false);
        std::iter::from_fn(|| self.news.take()).flat_map(|news| screen.lines(&news)).collect()
    }
}

#[test]
fn f29_a_newcomer_sees_the_last_lines_once_it_is_in_the_ring() {
    let mut bench = Bench::new();
    bench.install(view(1, &[2], &[Change::Founded(NodeId(2))]));
    bench.hello(2, "bob");
    for at in 0..30 {
        bench.say(2, &format!("line {at}"));
    }
    assert_eq!(bench.shown(), Vec::<String>::new());
    bench.install(view(2, &[2, ME], &[Change::Joined(NodeId(ME))]));
    bench.say(2, "live");
    let shown = bench.shown();
    assert_eq!(shown.len(), EARLIER_LINES + 3, "{shown:#?}");
    assert_eq!(shown[0], "* in the ring, now of 2");
    assert_eq!(shown[1], "00:00 bob[13·130]: line 10");
    assert_eq!(shown.last().unwrap(), "bob[34·340]: live");
    assert_eq!(bench.lamport.load(Ordering::Relaxed), 340);
}

#[test]
fn f58_one_who_was_evicted_sees_what_it_missed_once_and_says_its_name_again() {
    let mut bench = Bench::new();
    bench.install(view(1, &[ME, 2], &[Change::Founded(NodeId(ME))]));
    bench.hello(2, "bob");
    bench.say(2, "one");
    let mut other = Bench::new();
    other.install(view(1, &[ME, 2], &[Change::Founded(NodeId(ME))]));
    other.hello(2, "bob");
    for text in ["one", "two", "three"] {
        other.say(2, text);
    }
    bench.shown();
    bench.chat.event(Instant::START, &Event::Evicted { view: 2 });
    bench.chat.install(Instant::START, Index(5), &other.chat.snapshot()).unwrap();
    bench.next = 6;
    let back = view(3, &[2, ME], &[Change::Joined(NodeId(ME))]);
    bench.chat.event(Instant::START, &Event::SnapshotInstalled { index: Index(5), view: back });
    let expected = [
        "! the ring went on without this node; coming back, lines wait",
        "bob[4·40]: two",
        "bob[5·50]: three",
        "* back in the ring of 2",
    ];
    assert_eq!(bench.shown(), expected);
}

#[test]
fn views_that_a_returning_node_reads_up_on_do_not_count_as_its_return() {
    let mut bench = Bench::new();
    bench.install(view(1, &[ME, 2], &[Change::Founded(NodeId(ME))]));
    bench.chat.event(Instant::START, &Event::Evicted { view: 3 });
    bench.shown();
    bench.install(view(2, &[ME, 2, 3], &[Change::Joined(NodeId(3))]));
    bench.install(view(3, &[2, 3], &[Change::Evicted(NodeId(ME))]));
    assert_eq!(bench.shown(), Vec::<String>::new());
    bench.install(view(4, &[2, ME, 3], &[Change::Joined(NodeId(ME))]));
    assert_eq!(bench.shown(), ["* back in the ring of 3"]);
}

#[test]
fn f61_those_who_go_are_called_by_their_names() {
    let mut bench = Bench::new();
    bench.install(view(1, &[ME, 2, 3], &[Change::Founded(NodeId(ME))]));
    bench.hello(2, "bob");
    bench.shown();
    bench.install(view(2, &[ME], &[Change::Left(NodeId(2)), Change::Evicted(NodeId(3))]));
    assert_eq!(bench.shown(), ["* bob left", "* 127.0.0.1:7403 is gone: it does not answer"]);
}

#[test]
fn a_repeated_want_of_quorum_is_told_once() {
    let mut bench = Bench::new();
    let alarm = Event::NoQuorum { reachable: 1, members: 3 };
    for _ in 0..3 {
        bench.chat.event(Instant::START, &alarm);
    }
    bench.chat.event(Instant::START, &Event::QuorumBack);
    bench.chat.event(Instant::START, &alarm);
    let no_quorum = || News::NoQuorum { reachable: 1, members: 3 };
    let told: Vec<News> = std::iter::from_fn(|| bench.news.take()).collect();
    assert_eq!(told, [no_quorum(), News::QuorumBack, no_quorum()]);
}

#[test]
fn a_state_that_cannot_be_read_is_an_error_and_changes_nothing() {
    let mut bench = Bench::new();
    bench.install(view(1, &[ME], &[Change::Founded(NodeId(ME))]));
    bench.say(ME, "kept");
    let before = bench.chat.snapshot();
    let why = bench.chat.install(Instant::START, Index(9), &b"\x09garbage"[..].into()).unwrap_err();
    assert!(why.contains("expected a snapshot's version"), "{why}");
    assert_eq!(bench.chat.snapshot(), before);
}

fn join(group: &str) -> Action {
    Action::Join { group: Name::new(group).unwrap() }
}

fn post(group: &str, text: &str) -> Action {
    let group = Some(Name::new(group).unwrap());
    Action::Post { group, kind: Kind::Said, text: text.to_owned() }
}

fn private(to: &str, text: &str) -> Action {
    Action::Private { to: Name::new(to).unwrap(), body: Body::Plain(text.to_owned()) }
}

/// Two members, ann at this node and bob at the other.
fn two() -> Bench {
    let mut bench = Bench::new();
    bench.install(view(1, &[ME, 2], &[Change::Founded(NodeId(ME))]));
    bench.hello(ME, "ann");
    bench.hello(2, "bob");
    bench.shown();
    bench
}

#[test]
fn a_person_sees_lines_of_their_own_groups_and_private_ones_of_theirs() {
    let mut bench = two();
    bench.act(2, join("rust"));
    bench.act(2, post("rust", "before"));
    bench.act(2, private("bob", "to myself"));
    assert_eq!(bench.shown(), Vec::<String>::new());
    bench.act(ME, join("rust"));
    bench.act(2, post("rust", "hello"));
    bench.act(2, private("ann", "psst"));
    bench.act(2, Action::Logout);
    let expected = ["* you are in #rust", "#rust bob[8·80]: hello", "bob → ann[9·90]: psst"];
    assert_eq!(bench.shown(), expected, "another's refusal is nothing to be shown");
    bench.act(ME, Action::Logout);
    assert!(bench.shown()[0].starts_with("! you are not logged in; nothing was done"));
}

#[test]
fn who_logs_in_sees_what_was_missed_but_for_what_this_node_has_shown() {
    let mut bench = two();
    bench.act(2, Action::Register { name: Name::new("bobby").unwrap(), verifier: vec![1] });
    let account = bench.chat.chat().account(&Name::new("bobby").unwrap()).unwrap().0;
    bench.act(2, join("rust"));
    bench.act(ME, join("rust"));
    bench.act(2, Action::Logout);
    bench.act(ME, post("rust", "missed"));
    bench.say(2, "shown here");
    bench.act(ME, private("bobby", "psst"));
    bench.shown();
    bench.act(ME, Action::Login { account });
    let shown = bench.shown();
    let expected = [
        "* you are logged in as @bobby",
        "00:00 #rust ann[8·80]: missed",
        "* (that was said while you were away; times are UTC)",
        "1970-01-01 00:00 ann → @bobby[10·100]: psst",
        "* (that was said to you alone while you were away)",
    ];
    assert_eq!(shown[shown.len() - 5..], expected, "{shown:#?}");
}

#[test]
fn a_private_line_that_was_seen_in_an_earlier_life_is_not_shown_again() {
    let mut bench = two();
    bench.act(2, private("ann", "seen"));
    let seen = Action::Seen { up_to: Index(bench.next - 1) };
    // The disk knew nothing behind that line as committed; the rest comes out of the log.
    let place = bench.next;
    let mut again = bench.again();
    let back = view(1, &[ME, 2], &[Change::Founded(NodeId(ME))]);
    again.chat.event(
        Instant::START,
        &Event::Restored { index: Index(place - 1), last: Index(place + 1), view: back },
    );
    again.act(ME, seen);
    again.act(2, private("ann", "not seen"));
    again.hello(ME, "ann");
    let shown = again.shown().join("\n");
    assert!(!shown.contains("]: seen") && shown.contains("]: not seen"), "{shown}");
}

#[test]
fn who_says_twice_that_they_are_here_is_back_once_and_only_if_they_were_gone() {
    let mut bench = two();
    bench.hello(2, "bob");
    assert_eq!(bench.shown(), Vec::<String>::new());
    bench.install(view(2, &[ME], &[Change::Evicted(NodeId(2))]));
    bench.install(view(3, &[ME, 2], &[Change::Joined(NodeId(2))]));
    bench.hello(2, "bob");
    bench.hello(2, "bob");
    let expected = ["* bob is gone: it does not answer", "* bob is back"];
    assert_eq!(bench.shown(), expected);
}
