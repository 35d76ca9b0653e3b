//! Tables for groups: who is in which, whose each is, and who sees what is said there.

mod chat;

use chat::{Bench, create, delete, join, name, part, post, register};
use ringchat::chat::command::Action;
use ringchat::chat::outcome::Outcome;
use ringchat::chat::person::LOBBY;
use ringchat::chat::refusal::Refusal;

fn topic(group: &str, text: &str) -> Action {
    let group = (group != "lobby").then(|| name(group));
    Action::Topic { group, text: text.to_owned() }
}

#[test]
fn f31_a_group_is_made_by_joining_it_or_explicitly_and_has_one_owner() {
    let mut bench = Bench::with(&["ann", "bob", "eve"]);
    bench.do_it(1, join("rust"));
    assert_eq!(bench.reached(), [1]);
    bench.do_it(2, join("Rust"));
    assert_eq!(bench.reached(), [1, 2]);
    bench.do_it(3, create("other"));
    assert_eq!(bench.members("rust"), ["ann*", "bob"]);
    assert_eq!(bench.members("other"), ["eve*"]);
    assert_eq!(bench.refusal(1, create("RUST")), Refusal::Taken { name: name("RUST") });
    assert_eq!(bench.refusal(1, create("lobby")), Refusal::Taken { name: name("lobby") });
    assert_eq!(bench.refusal(2, join("rust")), Refusal::AlreadyMember { group: name("rust") });
    assert_eq!(bench.refusal(2, join("lobby")), Refusal::AlreadyMember { group: name("lobby") });
}

#[test]
fn f6_groups_are_named_by_the_strict_rule_and_once_by_their_looks() {
    let mut bench = Bench::with(&["ann"]);
    for wrong in ["ab", "1st", "-abc", "abc-", "a b c", "grüße", "абв", "a.bc", "x\u{200b}yz"]
    {
        let why = bench.refusal(1, create(wrong));
        assert!(matches!(why, Refusal::Name(_)), "{wrong}: {why:?}");
        assert!(why.to_string().contains("a letter first"), "{why}");
    }
    for (right, alike) in [("abc", "АВС"), ("look1", "l00kI"), ("a-b", "a_b"), ("Xyz9", "ｘｙｚ９")]
    {
        bench.do_it(1, create(right));
        assert_eq!(bench.refusal(1, create(alike)), Refusal::Taken { name: name(alike) });
    }
}

#[test]
fn f15_f32_a_line_reaches_the_members_of_its_group_and_nobody_else() {
    let mut bench = Bench::with(&["ann", "bob", "eve"]);
    bench.do_it(1, join("rust"));
    bench.do_it(1, post("rust", "before bob"));
    assert_eq!(bench.reached(), [1]);
    bench.do_it(2, join("rust"));
    bench.do_it(2, join("more"));
    bench.do_it(1, post("rust", "with bob"));
    assert_eq!(bench.reached(), [1, 2]);
    let [Outcome::Said(line)] = &bench.told_to(2)[..] else { panic!() };
    assert_eq!(bench.chat.group_name(line.group), name("rust"));
    bench.do_it(3, post("lobby", "to all"));
    assert_eq!(bench.reached(), [1, 2, 3]);
    assert_eq!(bench.refusal(3, post("rust", "x")), Refusal::NotMember { group: name("rust") });
    let unknown = Refusal::UnknownGroup { group: name("nothing") };
    assert_eq!(bench.refusal(3, post("nothing", "x")), unknown);
    assert_eq!(bench.visible(1), ["before bob", "with bob", "to all"]);
    assert_eq!(bench.visible(2), ["with bob", "to all"], "nothing from before they came in");
    assert_eq!(bench.visible(3), ["to all"]);
    bench.do_it(2, part("rust"));
    bench.do_it(1, post("rust", "without bob"));
    assert_eq!(bench.reached(), [1]);
    bench.do_it(2, join("rust"));
    assert_eq!(bench.visible(2), ["to all"], "who comes in again begins anew");
}

#[test]
fn f33_the_owners_place_passes_to_whoever_has_been_there_for_longest() {
    let mut bench = Bench::with(&["ann", "bob", "eve"]);
    for node in [1, 2, 3] {
        bench.do_it(node, join("rust"));
    }
    bench.do_it(1, part("rust"));
    assert_eq!(bench.members("rust"), ["bob*", "eve"]);
    let owned = |outcome: &Outcome| matches!(outcome, Outcome::OwnedBy { .. });
    assert!(bench.told_to(3).iter().any(owned));
    assert!(!bench.told_to(1).iter().any(owned), "who has left hears of leaving alone");
    assert_eq!(bench.told_to(1).len(), 1);
    bench.do_it(1, join("rust"));
    bench.do_it(2, register("bobby"));
    assert_eq!(bench.members("rust"), ["bobby*", "eve", "ann"], "the guest goes on as the account");
    bench.do_it(2, Action::DeleteAccount);
    assert_eq!(bench.members("rust"), ["eve*", "ann"]);
    bench.do_it(3, part("rust"));
    bench.do_it(1, part("rust"));
    assert_eq!(bench.chat.group_called(&name("rust")), None, "the last one out ends it");
    let unknown = Refusal::UnknownGroup { group: name("rust") };
    assert_eq!(bench.refusal(1, part("rust")), unknown);
}

#[test]
fn f34_only_the_owner_deletes_a_group_and_every_member_is_told() {
    let mut bench = Bench::with(&["ann", "bob", "eve"]);
    bench.do_it(1, join("rust"));
    bench.do_it(2, join("rust"));
    let refused = Refusal::NotOwner { group: name("rust"), owner: name("ann") };
    assert_eq!(bench.refusal(2, delete("rust")), refused);
    assert_eq!(bench.refusal(3, delete("rust")), Refusal::NotMember { group: name("rust") });
    bench.do_it(1, delete("rust"));
    assert_eq!(bench.reached(), [1, 2]);
    assert_eq!(bench.refusal(2, post("rust", "x")), Refusal::UnknownGroup { group: name("rust") });
    bench.do_it(2, post("lobby", "here we are"));
    assert_eq!(bench.reached(), [1, 2, 3]);
    bench.do_it(2, create("rust"));
    bench.do_it(2, post("rust", "a new group of an old name"));
    assert_eq!(bench.reached(), [2]);
}

#[test]
fn f35_the_lobby_is_everybodys_and_cannot_be_left_or_deleted() {
    let mut bench = Bench::with(&["ann"]);
    assert_eq!(bench.refusal(1, part("lobby")), Refusal::Lobby);
    assert_eq!(bench.refusal(1, delete("Lobby")), Refusal::Lobby);
    assert!(bench.chat.is_member(bench.person(1), LOBBY));
}

#[test]
fn any_member_says_what_a_group_is_about() {
    let mut bench = Bench::with(&["ann", "bob", "eve"]);
    bench.do_it(1, join("rust"));
    bench.do_it(2, join("rust"));
    bench.do_it(2, topic("rust", "no unsafe"));
    assert_eq!(bench.reached(), [1, 2]);
    let id = bench.chat.group_called(&name("rust")).unwrap();
    assert_eq!(bench.chat.topic(id), "no unsafe");
    assert_eq!(bench.refusal(3, topic("rust", "x")), Refusal::NotMember { group: name("rust") });
    bench.do_it(3, topic("lobby", "everything"));
    assert_eq!(bench.chat.topic(LOBBY), "everything");
    bench.do_it(3, topic("lobby", ""));
    assert_eq!(bench.chat.topic(LOBBY), "");
}

#[test]
fn a_guest_whose_name_is_taken_over_is_out_of_all_groups() {
    let mut bench = Bench::with(&["ann", "bob"]);
    bench.do_it(1, join("rust"));
    bench.do_it(2, join("rust"));
    bench.gone(1);
    assert_eq!(bench.hello(3, "ann"), "ann");
    assert_eq!(bench.members("rust"), ["bob*"]);
    bench.do_it(2, post("rust", "alone"));
    assert_eq!(bench.reached(), [2]);
}

#[test]
fn a_node_that_has_said_no_name_can_do_nothing_but_speak_as_release_1_did() {
    let mut bench = Bench::with(&["ann"]);
    assert_eq!(bench.refusal(7, join("rust")), Refusal::Nobody);
    assert_eq!(bench.refusal(7, post("lobby", "x")), Refusal::Nobody);
    bench.apply(7, &ringchat::chat::command::Command::Say { minute: 1, text: "x".to_owned() });
    assert_eq!(bench.reached(), [1]);
}
