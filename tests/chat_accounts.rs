//! Tables for accounts: names that stay somebody's, sessions at several nodes, wrong passwords.

mod chat;

use chat::{Bench, join, name, post, private, register};
use ringchat::chat::command::{Action, Command};
use ringchat::chat::limits::Limits;
use ringchat::chat::outcome::{Becoming, Outcome};
use ringchat::chat::person::AccountId;
use ringchat::chat::refusal::Refusal;
use ringchat::proto::id::{Index, NodeId};

fn failed(account: &str) -> Action {
    Action::LoginFailed { name: name(account) }
}

fn rename(bench: &Bench, to: &str) -> Action {
    Action::Rename { view: bench.place + 1, present: bench.present.clone(), name: name(to) }
}

#[test]
fn f5_a_registered_name_is_never_anybody_elses() {
    let mut bench = Bench::with(&["ann", "bob"]);
    bench.do_it(1, register("ann"));
    assert_eq!(bench.refusal(2, register("Ann")), Refusal::Taken { name: name("Ann") });
    let to_ann = rename(&bench, "АNN");
    assert_eq!(bench.refusal(2, to_ann), Refusal::Taken { name: name("АNN") });
    bench.gone(1);
    assert_eq!(bench.hello(3, "ann"), "ann2", "also while its owner is away");
    bench.login(3, "ann");
    bench.do_it(3, Action::Logout);
    assert_eq!(bench.name_at(3), "ann2");
}

#[test]
fn a_name_that_a_guest_has_can_be_registered_by_that_guest_alone() {
    let mut bench = Bench::with(&["ann", "bob"]);
    assert_eq!(bench.refusal(2, register("ann")), Refusal::Taken { name: name("ann") });
    bench.do_it(1, register("ann"));
    bench.do_it(2, register("bobby"));
    assert_eq!(bench.hello(3, "bob"), "bob", "a guest's name is free once they register another");
}

#[test]
fn f6_names_of_accounts_follow_the_strict_rule() {
    let mut bench = Bench::with(&["ann"]);
    for wrong in ["a", "an", "1ann", "ann smith", "änn", "ann_", "äääääääääää"] {
        let why = bench.refusal(1, register(wrong));
        assert!(matches!(why, Refusal::Name(_)), "{wrong}: {why:?}");
    }
    bench.do_it(1, register(&"a".repeat(32)));
}

#[test]
fn f41_register_login_logout_and_delete_have_their_refusals() {
    let mut bench = Bench::with(&["ann", "bob"]);
    assert_eq!(bench.refusal(1, Action::Logout), Refusal::NotLoggedIn);
    assert_eq!(bench.refusal(1, Action::DeleteAccount), Refusal::NotLoggedIn);
    let nobody = AccountId(Index(99));
    assert_eq!(bench.refusal(1, Action::Login { account: nobody }), Refusal::UnknownAccount);
    bench.do_it(1, register("ann"));
    assert_eq!(bench.reached(), [1, 2]);
    let (account, _) = bench.chat.account(&name("ann")).unwrap();
    let already = Refusal::AlreadyLoggedIn { name: name("ann") };
    assert_eq!(bench.refusal(1, register("other")), already);
    assert_eq!(bench.refusal(1, Action::Login { account }), already);
    let other = rename(&bench, "other");
    assert_eq!(bench.refusal(1, other), already);
    bench.do_it(1, Action::DeleteAccount);
    assert_eq!(bench.refusal(1, Action::Login { account }), Refusal::UnknownAccount);
    bench.do_it(1, register("ann"));
    let login = Action::Login { account };
    assert_eq!(bench.refusal(2, login), Refusal::UnknownAccount, "not the new one of that name");
}

#[test]
fn one_account_works_at_several_nodes_at_once() {
    let mut bench = Bench::with(&["ann", "bob", "phone"]);
    bench.do_it(1, register("ann"));
    bench.do_it(1, join("rust"));
    bench.login(3, "ann");
    assert_eq!(bench.person(1), bench.person(3));
    bench.do_it(3, post("rust", "from the other node"));
    assert_eq!(bench.reached(), [1, 3]);
    bench.do_it(2, private("ann", "psst"));
    assert_eq!(bench.reached(), [1, 2, 3]);
    bench.do_it(3, Action::Logout);
    assert_eq!(bench.name_at(3), "ann2");
    bench.do_it(1, post("rust", "still here"));
    assert_eq!(bench.reached(), [1]);
    bench.login(3, "ann");
    bench.do_it(1, Action::DeleteAccount);
    assert_eq!((bench.name_at(1), bench.name_at(3)), ("ann".to_owned(), "ann2".to_owned()));
}

#[test]
fn a_node_that_comes_back_is_still_logged_in() {
    let mut bench = Bench::with(&["ann", "bob"]);
    bench.do_it(1, register("ann"));
    bench.gone(1);
    bench.hello(3, "eve");
    assert_eq!(bench.hello(1, "anything"), "ann");
    let [Outcome::Arrived { back: true, .. }] = &bench.told_to(2)[..] else { panic!() };
}

#[test]
fn a_guest_takes_another_name_that_is_free_or_of_one_who_is_gone() {
    let mut bench = Bench::with(&["ann", "bob", "eve"]);
    let to_bob = rename(&bench, "bob");
    assert_eq!(bench.refusal(1, to_bob.clone()), Refusal::Taken { name: name("bob") });
    bench.gone(2);
    let to_bob = rename(&bench, "bob");
    bench.do_it(1, to_bob);
    assert_eq!(bench.name_at(1), "bob");
    assert_eq!(bench.chat.name(NodeId(2)), None);
    let larger = rename(&bench, "BOB");
    bench.do_it(1, larger);
    assert_eq!(bench.name_at(1), "BOB");
    assert_eq!(bench.hello(4, "ann"), "ann");
}

#[test]
fn login_tells_up_to_where_the_account_has_seen() {
    let mut bench = Bench::with(&["ann", "bob"]);
    let registered = bench.do_it(1, register("ann"));
    bench.do_it(2, post("lobby", "one"));
    bench.do_it(1, chat::seen(bench.place));
    let left = bench.do_it(1, Action::Logout);
    bench.do_it(2, post("lobby", "missed"));
    assert!(registered < left);
    let at = bench.login(1, "ann");
    let seen = |bench: &Bench| match &bench.told_to(1)[..] {
        [Outcome::Became { how: Becoming::LoggedIn { seen }, .. }] => seen.0,
        other => panic!("{other:?}"),
    };
    assert_eq!(seen(&bench), left - 1, "what was seen before, and nothing of what was missed");
    bench.login(2, "ann");
    let [Outcome::Became { how: Becoming::LoggedIn { seen }, .. }] = &bench.told_to(2)[..] else {
        panic!()
    };
    assert_eq!(seen.0, at, "missed lines are shown once");
}

#[test]
fn wrong_passwords_count_against_their_node_and_are_forgiven_as_the_order_goes_on() {
    let mut bench = Bench::with(&["ann", "eve", "bob"]);
    bench.do_it(1, register("ann"));
    let Limits { login_failures, login_window, .. } = *bench.chat.limits();
    for _ in 0..login_failures {
        bench.do_it(2, failed("ann"));
        assert_eq!(bench.reached(), [1, 2], "the account's own people are told");
    }
    let refused = bench.refusal(2, failed("ann"));
    assert_eq!(refused, Refusal::TooManyFailures { places: login_window - 1 });
    let (account, _) = bench.chat.account(&name("ann")).unwrap();
    let login = Action::Login { account };
    assert!(matches!(bench.refusal(2, login.clone()), Refusal::TooManyFailures { .. }));
    bench.do_it(3, login.clone());
    bench.do_it(3, Action::Logout);
    let mut refusals = 4;
    while matches!(
        bench.act(2, login.clone()),
        [told] if matches!(told.what, Outcome::Refused { .. })
    ) {
        refusals += 1;
    }
    assert_eq!(refusals, login_window - 1, "own tries move the order on, too");
    assert_eq!(bench.name_at(2), "ann");
}

#[test]
fn a_wait_after_wrong_passwords_is_told_as_the_order_will_judge_it() {
    let mut bench = Bench::with(&["ann", "eve"]);
    for _ in 0..5 {
        bench.do_it(2, failed("ann"));
    }
    for _ in 0..40 {
        let next = Index(bench.place + 1);
        let wait = bench.chat.login_wait(NodeId(2), next);
        let refused = bench.act(2, failed("ann")).iter().any(|told| match &told.what {
            Outcome::Refused { why, .. } => {
                assert_eq!(*why, Refusal::TooManyFailures { places: wait });
                true
            }
            _other => false,
        });
        assert_eq!(refused, wait > 0);
    }
}

#[test]
fn f57_a_snapshot_of_release_1_is_read_and_equals_what_its_commands_lead_to() {
    let mut bench = Bench::default();
    let mut old = vec![1];
    old.extend(0u64.to_le_bytes());
    old.extend(2u32.to_le_bytes());
    for (node, called) in [(1u64, "ann"), (2, "ann2")] {
        bench.hello(node, "ann");
        old.extend(node.to_le_bytes());
        old.extend(node.to_le_bytes());
        old.extend((called.len() as u32).to_le_bytes());
        old.extend(called.as_bytes());
    }
    bench.apply(2, &Command::Say { minute: 7, text: "hi".to_owned() });
    old.extend(1u32.to_le_bytes());
    for number in [3u64, 30, 2] {
        old.extend(number.to_le_bytes());
    }
    old.push(2);
    old.extend(4u32.to_le_bytes());
    old.extend(b"ann2");
    old.extend(7u64.to_le_bytes());
    old.extend(2u32.to_le_bytes());
    old.extend(b"hi");
    let restored = ringchat::chat::state::Chat::restore(&old).unwrap();
    assert!(restored == bench.chat, "{restored:#?}\n{:#?}", bench.chat);
    assert_eq!(restored.digest(), bench.chat.digest());
}
