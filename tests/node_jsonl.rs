//! The live node for machines: `--output jsonl`, `--advertise`, `--keep-trying`, bounds in a file.

mod node;

use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use node::{Running, command, errors_of, folder, free_address, run_to_end};
use ringchat::chat::command::Body;
use ringchat::chat::outcome::Outcome;
use ringchat::front::door::News;
use ringchat::front::journal::{Line, What};
use ringchat::proto::event::{Event, Refusal};
use ringchat::proto::node::Node;

/// A node that writes its journal.
fn machine(folder: &Path, name: &str, arguments: &[&str]) -> Running {
    let node = ["--output", "jsonl", "--listen", "127.0.0.1:0", "--name", name];
    Running::spawn(command(folder).args(node).args(arguments), folder)
}

fn journal(lines: &[String]) -> Vec<Line> {
    let read = |line: &String| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"));
    lines.iter().map(read).collect()
}

/// Waits for a line of the journal.
fn wait<T>(node: &Running, what: &str, found: impl Fn(&What) -> Option<T>) -> T {
    node.wait(what, |lines| journal(lines).iter().find_map(|line| found(&line.what)))
}

fn address(node: &Running) -> String {
    wait(node, "where it listens", |what| match what {
        What::Listening { listen, .. } => Some(listen.to_string()),
        What::Event(_)
        | What::Delivered(_)
        | What::State(_)
        | What::History(_)
        | What::Chat(_)
        | What::Notice(_) => None,
    })
}

fn wait_for_delivery(node: &Running, text: &str) {
    wait(node, text, |what| match what {
        What::Delivered(it) => it.message.payload.bytes.ends_with(text.as_bytes()).then_some(()),
        What::Listening { .. }
        | What::Event(_)
        | What::State(_)
        | What::History(_)
        | What::Chat(_)
        | What::Notice(_) => None,
    });
}

// Answers F66 of docs/features.md.
#[test]
fn a_machine_reads_everything_that_happens_in_the_order_in_which_it_did() {
    let folder = folder();
    let mut ann = machine(folder.path(), "ann", &["--new", "--seed", "7"]);
    let at = address(&ann);
    let bob = machine(folder.path(), "bob", &["--join", &at]);
    ann.type_line("hello \"all\"");
    wait_for_delivery(&bob, "hello \"all\"");
    wait_for_delivery(&ann, "hello \"all\"");
    let lines = journal(&ann.lines());
    assert!(lines.iter().all(|line| line.node == Node::identity(7)));
    assert!(lines.is_sorted_by_key(|line| line.at));
    let place = |wanted: &dyn Fn(&What) -> bool| {
        lines.iter().position(|line| wanted(&line.what)).expect("it is there")
    };
    let leads = place(&|what| matches!(what, What::Event(Event::Leads { .. })));
    let says = place(&|what| match what {
        What::Event(Event::Submitted { payload, .. }) => payload.ends_with(b"\"all\""),
        _other => false,
    });
    let has = place(&|what| match what {
        What::Delivered(it) => it.message.payload.bytes.ends_with(b"\"all\""),
        _other => false,
    });
    assert!(leads < says && says < has, "{leads} {says} {has}");
}

#[test]
fn state_answers_a_machine_with_all_that_the_node_knows() {
    let folder = folder();
    let mut ann = machine(folder.path(), "ann", &["--new"]);
    wait(&ann, "a view", |what| {
        matches!(what, What::Event(Event::ViewInstalled { .. })).then_some(())
    });
    ann.type_line("/state");
    let state = wait(&ann, "an answer", |what| match what {
        What::State(state) => Some(state.clone()),
        _other => None,
    });
    // Whether it leads at this moment depends on the machine: one that stood still has to win again.
    assert_eq!(*state.status.view.members, [state.status.me]);
    assert_eq!((state.lines, state.digest.len()), (0, 16));
}

#[test]
fn history_answers_a_machine_with_the_lines_and_what_is_before_them() {
    let folder = folder();
    let mut ann = machine(folder.path(), "ann", &["--new"]);
    for line in 0..5 {
        ann.type_line(&format!("line {line}"));
    }
    wait_for_delivery(&ann, "line 4");
    ann.type_line("/history 2 before 1000");
    let past = wait(&ann, "an answer", |what| match what {
        What::History(past) => Some(past.clone()),
        _other => None,
    });
    let said: Vec<&str> = past.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!((said, past.goes_on), (vec!["line 3", "line 4"], true));
    assert!(past.lacking.is_empty());
    assert!(past.lines.iter().all(|line| line.name.as_deref() == Some("ann") && line.minute > 0));
    assert!(past.lines[0].place < past.lines[1].place);
}

#[test]
fn a_machine_goes_alone_without_being_asked_back_and_reads_why_not() {
    let folder = folder();
    let mut ann = machine(folder.path(), "ann", &["--new"]);
    ann.type_line("/alone yes");
    wait(&ann, "a refusal", |what| {
        (*what == What::Event(Event::Refused { why: Refusal::HasQuorum })).then_some(())
    });
}

#[test]
fn a_node_behind_another_address_tells_that_one_to_others() {
    let folder = folder();
    let told = free_address();
    let mut ann = machine(folder.path(), "ann", &["--new", "--advertise", &told]);
    let listens = address(&ann);
    assert_ne!(listens, told);
    ann.type_line("/state");
    let me = wait(&ann, "an answer", |what| match what {
        What::State(state) => Some(state.status.me),
        _other => None,
    });
    assert_eq!(me.address.to_string(), told);
}

#[test]
fn with_keep_trying_a_node_waits_for_a_ring_that_is_not_there_yet() {
    let folder = folder();
    let at = free_address();
    let bob = machine(folder.path(), "bob", &["--join", &at, "--keep-trying"]);
    wait(&bob, "a try", |what| matches!(what, What::Event(Event::Joining { .. })).then_some(()));
    let founder = ["--output", "jsonl", "--name", "ann", "--new", "--listen", &at];
    let ann = Running::spawn(command(folder.path()).args(founder), folder.path());
    wait(&bob, "a view", |what| match what {
        What::Event(Event::ViewInstalled { view, .. }) => (view.members.len() == 2).then_some(()),
        _other => None,
    });
    drop(ann);
}

#[test]
fn a_bound_that_is_none_is_named_with_its_place_in_the_file() {
    let folder = folder();
    let cases = [
        ("[timing]\nheartbeat = \"0ms\"\n", "line 2, column 13", "expected a duration"),
        ("[timing]\nheartbeet = \"1s\"\n", "line 2, column 1", "found heartbeet"),
        ("[timing]\nlearners = 0\n", "line 2, column 12", "expected a whole number from 1"),
    ];
    for (text, place, why) in cases {
        std::fs::write(folder.path().join("node.toml"), text).unwrap();
        let output = run_to_end(folder.path(), &["--config", "node.toml", "--new"]);
        let errors = errors_of(&output);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains(place) && errors.contains(why), "{errors}");
    }
}

#[test]
fn a_node_whose_reader_is_gone_ends() {
    let folder = folder();
    let arguments = ["--output", "jsonl", "--listen", "127.0.0.1:0", "--new"];
    let mut child = command(folder.path())
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut child = node::Guard(child);
    let deadline = Instant::now() + node::DEADLINE;
    while child.0.try_wait().unwrap().is_none() {
        assert!(Instant::now() < deadline, "expected the end of a node that nobody reads");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_machine_reads_what_its_person_may_know_and_nothing_else() {
    let folder = folder();
    let mut ann = machine(folder.path(), "ann", &["--new"]);
    let at = address(&ann);
    let mut bob = machine(folder.path(), "bob", &["--join", &at]);
    wait(&bob, "an arrival", |what| match what {
        What::Chat(news) => matches!(**news, News::Arrived { own: true, .. }).then_some(()),
        _other => None,
    });
    ann.type_line("/join rust");
    let created = |what: &What| match what {
        What::Chat(news) => match &**news {
            News::Chat { what, own: true } => {
                matches!(**what, Outcome::Created { .. }).then_some(())
            }
            _other => None,
        },
        _other => None,
    };
    wait(&ann, "a group", created);
    ann.type_line("for members");
    ann.type_line("/msg bob psst");
    let private = |what: &What| match what {
        What::Chat(news) => match &**news {
            News::Private { line, .. } => Some(line.body.clone()),
            _other => None,
        },
        _other => None,
    };
    assert_eq!(wait(&bob, "a private line", private), Body::Plain("psst".to_owned()));
    bob.type_line("/who rust");
    let members = wait(&bob, "an answer", |what| match what {
        What::Chat(news) => match &**news {
            News::Group(group) => Some(group.members.len()),
            _other => None,
        },
        _other => None,
    });
    assert_eq!(members, 1);
    let said = |what: &What| match what {
        What::Chat(news) => matches!(**news, News::Said { .. }).then_some(()),
        _other => None,
    };
    wait(&ann, "the line at its author", said);
    let at_bob = journal(&bob.lines()).iter().any(|line| said(&line.what).is_some());
    assert!(!at_bob, "the group's line is no news at the other node");
}
