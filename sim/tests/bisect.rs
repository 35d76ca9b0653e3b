//! What happened before an input: hand-made logs as a table; and what is told of a hand-made violation.

mod support;

use std::path::Path;
use std::process::{Command as Process, Output};

use ringchat::proto::entry::Payload;
use ringchat::proto::id::LinkId;
use ringchat::proto::input::{Command, Input};
use ringchat::proto::message::Message;
use ringchat::proto::time::Instant;
use ringchat_sim::causal::bisect::{Broken, Case as Found};
use ringchat_sim::causal::report::report;
use ringchat_sim::causal::{Handled, InputLog};
use ringchat_sim::checker::violation::{Guarantee, Violation};
use ringchat_sim::history::{Happening, History, Incarnation};
use ringchat_sim::scenario::NodeIndex;
use support::*;

/// An input to be: the node's number, its life, and the place from 1 of the input that sent it; none
/// from a clock.
type Told = (usize, u32, Option<usize>);

/// A log of these inputs, a millisecond apart, that have led to nothing yet.
fn log(told: &[Told]) -> InputLog {
    let mut log = InputLog::default();
    let mut numbers = Vec::new();
    for (at, (node, life, cause)) in (1..).zip(told) {
        let cause = cause.map(|place: usize| numbers[place - 1]);
        let message = Message::Pong { sent_at: Instant::START };
        let input = match cause {
            Some(_) => Input::Message { link: LinkId::Dialed(1), message },
            None => Input::Timeout,
        };
        let (at, life) = (Instant::from_micros(at * 1_000), Incarnation(*life));
        numbers.push(log.push(Handled::new(at, NodeIndex(*node), life, input, cause)));
    }
    log
}

/// What happened before the last input, and that, as places from 1.
fn past(told: &[Told]) -> Vec<String> {
    let log = log(told);
    let last = log.last().expect("an input");
    log.past(last).iter().map(ToString::to_string).collect()
}

#[test]
fn only_what_a_chain_of_messages_and_program_order_leads_from_happened_before() {
    let cases: [(&str, &[Told], &[&str]); 8] = [
        ("one input", &[(1, 0, None)], &["#1"]),
        ("the order at one node", &[(1, 0, None), (1, 0, None)], &["#1", "#2"]),
        ("another node is concurrent", &[(1, 0, None), (2, 0, None)], &["#2"]),
        ("a message", &[(1, 0, None), (2, 0, Some(1))], &["#1", "#2"]),
        (
            "what the sender did after sending is concurrent",
            &[(1, 0, None), (1, 0, None), (2, 0, Some(1))],
            &["#1", "#3"],
        ),
        (
            "what the sender did before sending is not",
            &[(1, 0, None), (3, 0, None), (1, 0, None), (2, 0, Some(3))],
            &["#1", "#3", "#4"],
        ),
        (
            "a chain over three nodes, past what others did meanwhile",
            &[(1, 0, None), (2, 0, Some(1)), (1, 0, None), (2, 0, Some(3)), (3, 0, Some(2))],
            &["#1", "#2", "#5"],
        ),
        (
            "a new life knows nothing of the one before",
            &[(1, 0, None), (2, 0, Some(1)), (1, 1, None), (2, 0, None), (1, 1, None)],
            &["#3", "#5"],
        ),
    ];
    for (words, told, expected) in cases {
        assert_eq!(past(told), expected, "{words}");
    }
}

#[test]
fn an_event_or_delivery_is_found_back_by_its_place_in_the_run() {
    let mut log = log(&[(1, 0, None)]);
    let push = |log: &mut InputLog, count| {
        let life = Incarnation(0);
        let number =
            log.push(Handled::new(Instant::START, NodeIndex(1), life, Input::Timeout, None));
        (0..count).for_each(|_| log.led_to(Happening::Paused));
        number
    };
    let two = push(&mut log, 2);
    push(&mut log, 0);
    let one = push(&mut log, 1);
    let found: Vec<_> = (1..=4).map(|count| log.which_led_to(count)).collect();
    assert_eq!(found, [Some(two), Some(two), Some(one), None]);
}

/// Node 1 submits and tells node 2, which delivers something else; node 3 lives beside them, and dies.
fn violated() -> (History, InputLog) {
    let steps = [start(1), start(2), start(3), submit(1, 1, 1, 0)];
    let tail = [Step(3, 0, Happening::Died), deliver(2, 1, 1, 7, 7)];
    let all: Vec<Step> = steps.into_iter().chain(tail).collect();
    let history = history(&all);
    let mut inputs = InputLog::default();
    let mut push = |at, node, input, cause, led_to: Option<&Step>| {
        let (at, life) = (Instant::from_micros(at), Incarnation(0));
        let number = inputs.push(Handled::new(at, NodeIndex(node), life, input, cause));
        led_to.into_iter().for_each(|step| inputs.led_to(step.2.clone()));
        number
    };
    let payload = Payload::new("hello".into()).expect("a short line");
    push(2_000, 3, Input::Timeout, None, None);
    push(2_500, 1, Input::Timeout, None, None);
    let said = push(4_000, 1, Input::Command(Command::Submit(payload)), None, Some(&all[3]));
    push(4_500, 3, Input::Timeout, None, None);
    let message = Message::TakeOver { ballot: ballot(1, 1) };
    let input = Input::Message { link: LinkId::Dialed(1), message };
    push(6_000, 2, input, Some(said), Some(&all[5]));
    (history, inputs)
}

fn violation(guarantee: Guarantee) -> Violation {
    Violation::new(guarantee, Instant::from_micros(6_000), &name(2), "what was said", "another")
}

#[test]
fn a_violation_is_told_with_its_input_and_only_what_happened_before() {
    let (history, inputs) = violated();
    let what = Broken::AtOnce(violation(Guarantee::S4));
    let told = report(&Found { what, history, inputs });
    let expected = [
        "S4 (no creation) is broken at n2: only what an origin submitted is delivered, unaltered",
        "expected what was said",
        "found    another",
        "input #5 of 5 at 0.006000 at node n2: from n1 (#3): asks it to lead after ballot 1 of n1 => \
         delivers 1: the 7. of n1",
        "before it happened 2 inputs at 2 nodes, 1 of them routine or told again; the 2 others were concurrent or \
         came later",
        "    0.001000  n1      -- starts",
        "    0.002000  n2      -- starts",
        "    0.003000  n3      -- starts",
        "    0.004000  n1      #3 is given \"hello\" => submits its 1. message, Lamport 1, 11 bytes",
        "    0.005000  n3      -- dies",
        "    0.006000  n2      #5 from n1 (#3): asks it to lead after ballot 1 of n1 => delivers 1: the \
         7. of n1",
    ];
    assert_eq!(told.lines().collect::<Vec<_>>(), expected, "\n{told}");
}

#[test]
fn what_is_seen_in_the_end_only_blames_no_single_input() {
    // What is broken, and what must be told, or not.
    let cases = [
        (Broken::InTheEnd(violation(Guarantee::L3)), "no single input broke it", true),
        (Broken::InTheEnd(violation(Guarantee::L3)), "what n2 handled last:\ninput #5 of 5", true),
        (Broken::Unsettled(vec!["no quorum".to_owned()]), "did not settle: no quorum", true),
        (Broken::Unsettled(Vec::new()), "no node can be named", true),
        (Broken::Unsettled(Vec::new()), "input #", false),
        (Broken::Crash("n2 panics".to_owned()), "could not go on: n2 panics\ninput #5", true),
    ];
    for (what, part, is_there) in cases {
        let (history, inputs) = violated();
        let told = report(&Found { what, history, inputs });
        assert_eq!(told.contains(part), is_there, "{part:?} in:\n{told}");
    }
}

#[test]
fn of_a_long_past_sixty_lines_are_shown_and_the_faults_are_among_them() {
    let (history, _) = violated();
    let mut inputs = InputLog::default();
    for at in 0..200 {
        let (at, life) = (Instant::from_micros(10_000 + at), Incarnation(0));
        let leave = Input::Command(Command::Leave);
        inputs.push(Handled::new(at, NodeIndex(2), life, leave, None));
    }
    let what = Broken::InTheEnd(violation(Guarantee::L3));
    let told = report(&Found { what, history, inputs });
    assert!(told.contains("\n144 lines are left out: "), "{told}");
    assert_eq!(told.lines().filter(|line| line.starts_with("    0.")).count(), 60, "{told}");
    assert!(told.contains("n3      -- dies"), "{told}");
    assert!(told.contains("#145 is") && !told.contains("#144 is"), "{told}");
}

#[test]
fn what_a_node_is_told_again_is_counted_once() {
    let (history, mut inputs) = violated();
    let cause = inputs.last();
    for at in 0..5 {
        let message = Message::TakeOver { ballot: ballot(2, 2) };
        let input = Input::Message { link: LinkId::Dialed(1), message };
        let (at, life) = (Instant::from_micros(7_000 + at), Incarnation(0));
        inputs.push(Handled::new(at, NodeIndex(2), life, input, cause));
    }
    let what = Broken::InTheEnd(violation(Guarantee::L3));
    let told = report(&Found { what, history, inputs });
    let again =
        told.lines().filter(|line| line.starts_with(' ') && line.contains("ballot 2 of n2"));
    // The first, and the last, whose past it is.
    assert_eq!(again.count(), 2, "{told}");
    assert!(told.contains("4 of them routine or told again"), "{told}");
}

fn bisect(file: &Path, seed: &str) -> Output {
    let mut process = Process::new(env!("CARGO_BIN_EXE_sim"));
    process.arg("bisect").arg(file).args(["--seed", seed]).output().expect("the simulator starts")
}

#[test]
fn where_everything_holds_there_is_nothing_to_bisect() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    for scenario in ["killleader.toml", "garbage-and-replay.toml", "partition-leader-minority.toml"]
    {
        let output = bisect(&folder.join(scenario), "5");
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{scenario}: {said}");
        assert!(said.ends_with("nothing to bisect\n"), "{scenario}: {said}");
    }
}

#[test]
fn a_bad_file_is_wrong_usage() {
    for file in ["missing.toml", "Cargo.toml"] {
        let output = bisect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(file), "5");
        assert_eq!(output.status.code(), Some(2), "{file}");
        assert!(!output.stderr.is_empty(), "{file}: nothing is said");
    }
}
