//! Tables for what is allowed: the ring's own configuration, the same everywhere.

mod chat;

use chat::{Bench, create, join, part, post, private, register};
use ringchat::chat::command::Action;
use ringchat::chat::limits::{FIELDS, Limits};
use ringchat::chat::refusal::{Refusal, TooMuch};

fn with(name: &str, value: u64) -> Action {
    Action::SetLimits(Limits::default().with(name, value).unwrap())
}

fn too_much(what: TooMuch, found: u64, most: u64) -> Refusal {
    Refusal::TooMuch { what, found, most }
}

#[test]
fn each_limit_is_enforced_and_everybody_is_told_when_it_changes() {
    let mut bench = Bench::with(&["ann", "bob"]);
    bench.do_it(2, with("line-bytes", 16));
    assert_eq!(bench.reached(), [1, 2]);
    let long = "12345678901234567";
    let refused = too_much(TooMuch::LineBytes, 17, 16);
    assert_eq!(bench.refusal(1, post("lobby", long)), refused);
    assert_eq!(bench.refusal(1, private("bob", long)), refused);
    bench.do_it(1, post("lobby", &long[1..]));
    bench.do_it(1, with("topic-bytes", 3));
    let topic = Action::Topic { group: None, text: "four".to_owned() };
    assert_eq!(bench.refusal(1, topic), too_much(TooMuch::TopicBytes, 4, 3));
    bench.do_it(1, with("groups-per-person", 1));
    bench.do_it(1, create("one"));
    assert_eq!(bench.refusal(1, create("two")), too_much(TooMuch::GroupsOfPerson, 2, 1));
    bench.do_it(1, part("one"));
    bench.do_it(1, create("two"));
    bench.do_it(1, with("groups", 1));
    assert_eq!(bench.refusal(2, join("three")), too_much(TooMuch::Groups, 2, 1));
    bench.do_it(2, join("two"));
    bench.do_it(1, with("accounts", 0));
    assert_eq!(bench.refusal(1, register("anna")), too_much(TooMuch::Accounts, 1, 0));
    bench.do_it(1, with("name-chars", 4));
    assert!(matches!(bench.refusal(1, register("annie")), Refusal::Name(_)));
    assert!(matches!(bench.refusal(1, create("group")), Refusal::Name(_)));
}

#[test]
fn a_rate_counts_lines_of_a_person_within_a_window_of_the_order() {
    let mut bench = Bench::with(&["ann", "bob"]);
    let limits = Limits { rate_lines: 2, rate_window: 5, ..Limits::default() };
    bench.do_it(1, Action::SetLimits(limits));
    let first = bench.do_it(1, post("lobby", "one"));
    bench.do_it(1, private("bob", "two"));
    let refused = too_much(TooMuch::Rate, 3, 2);
    assert_eq!(bench.refusal(1, post("lobby", "three")), refused);
    bench.do_it(2, post("lobby", "of another"));
    assert_eq!(bench.refusal(1, private("bob", "three")), refused);
    assert_eq!(bench.place, first + 4);
    bench.do_it(1, post("lobby", "the first is behind the window now"));
    bench.do_it(1, Action::SetLimits(Limits::default()));
    for _ in 0..20 {
        bench.do_it(1, post("lobby", "without a rate"));
    }
}

#[test]
fn limits_beyond_their_bounds_are_refused_and_said_by_name() {
    let mut bench = Bench::with(&["ann"]);
    for field in FIELDS {
        for value in [field.least, field.most] {
            bench.do_it(1, with(field.name, value));
        }
        let why = bench.refusal(1, with(field.name, field.most + 1));
        assert!(matches!(&why, Refusal::Limit(error) if error.name == field.name), "{why:?}");
        assert!(why.to_string().contains("nothing was set"), "{why}");
        if field.least > 0 {
            assert!(matches!(
                bench.refusal(1, with(field.name, field.least - 1)),
                Refusal::Limit(_)
            ));
        }
    }
    assert_eq!(Limits::default().with("nothing", 1), None);
    Limits::default().check().unwrap();
}
