//! Tables for private lines: two people see one, and it waits until its recipient has.

mod chat;

use chat::{Bench, name, private, register, seen};
use ringchat::chat::command::Action;
use ringchat::chat::limits::Limits;
use ringchat::chat::outcome::Outcome;
use ringchat::chat::refusal::{Refusal, TooMuch};

#[test]
fn f25_a_private_line_is_shown_to_its_two_people_and_to_nobody_else() {
    let mut bench = Bench::with(&["ann", "bob", "eve"]);
    bench.do_it(1, private("BOB", "psst"));
    assert_eq!(bench.reached(), [1, 2]);
    assert_eq!(
        (bench.mail(1).len(), bench.mail(2), bench.mail(3).len()),
        (0, vec!["psst".to_owned()], 0)
    );
    assert_eq!(bench.visible(2), Vec::<String>::new(), "it is no line of a group");
    let unknown = Refusal::UnknownPerson { name: name("nobody") };
    assert_eq!(bench.refusal(1, private("nobody", "x")), unknown);
    assert_eq!(bench.refusal(1, private("bob", "  ")), Refusal::Empty);
    bench.do_it(2, seen(bench.place));
    assert_eq!(bench.mail(2), Vec::<String>::new());
}

#[test]
fn f27_a_line_for_one_who_is_away_waits_in_order_until_it_was_seen() {
    let mut bench = Bench::with(&["ann", "bob"]);
    bench.do_it(2, register("bobby"));
    bench.do_it(2, Action::Logout);
    let first = bench.do_it(1, private("bobby", "one"));
    assert_eq!(bench.reached(), [1], "nobody is logged in");
    bench.do_it(1, private("bobby", "two"));
    bench.login(2, "bobby");
    assert_eq!(bench.mail(2), ["one", "two"]);
    bench.do_it(2, seen(first));
    assert_eq!(bench.mail(2), ["two"]);
    let next = bench.place + 1;
    bench.do_it(2, seen(u64::MAX));
    assert_eq!(bench.mail(2), Vec::<String>::new());
    assert_eq!(bench.chat.seen(bench.person(2)).0, next - 1, "nobody sees what is not said yet");
}

#[test]
fn what_one_session_has_seen_waits_for_no_other() {
    let mut bench = Bench::with(&["ann", "bob", "phone"]);
    bench.do_it(2, register("bobby"));
    bench.login(3, "bobby");
    bench.do_it(1, private("bobby", "once"));
    assert_eq!(bench.reached(), [1, 2, 3]);
    bench.do_it(3, seen(bench.place));
    assert_eq!(bench.reached(), [2, 3], "the other session is told");
    assert!(bench.mail(2).is_empty());
}

#[test]
fn a_line_survives_the_account_of_its_sender() {
    let mut bench = Bench::with(&["ann", "bob"]);
    bench.do_it(1, register("anna"));
    bench.do_it(1, private("bob", "read this later"));
    bench.do_it(1, Action::DeleteAccount);
    assert_eq!(bench.mail(2), ["read this later"]);
    let line = bench.chat.mail(bench.person(2)).next().unwrap();
    assert_eq!(line.from.name, name("anna"));
}

#[test]
fn f28_an_account_that_is_deleted_gets_its_lines_first() {
    let mut bench = Bench::with(&["ann", "bob", "phone"]);
    bench.do_it(2, register("bobby"));
    bench.login(3, "bobby");
    bench.do_it(1, private("bobby", "unread"));
    bench.do_it(2, Action::DeleteAccount);
    for node in [2, 3] {
        let Outcome::HandedOut(lines) = &bench.told_to(node)[0] else { panic!() };
        assert_eq!(lines.len(), 1);
    }
    assert_eq!(
        bench.told_to(1).len(),
        2,
        "both nodes are guests' now, and the lines are no one else's"
    );
}

#[test]
fn a_guests_lines_come_along_when_they_register_or_log_in() {
    let mut bench = Bench::with(&["ann", "bob"]);
    bench.do_it(2, register("bobby"));
    bench.do_it(2, Action::Logout);
    bench.do_it(1, private("bobby", "to the account"));
    bench.do_it(1, private("bobby2", "to the guest"));
    bench.do_it(1, private("bobby", "to the account again"));
    bench.login(2, "bobby");
    assert_eq!(bench.mail(2), ["to the account", "to the guest", "to the account again"]);
    bench.do_it(1, private("ann", "to myself"));
    bench.do_it(1, register("anna"));
    assert_eq!(bench.mail(1), ["to myself"]);
}

#[test]
fn mailboxes_are_bounded_and_the_sender_is_told() {
    let mut bench = Bench::with(&["ann", "bob", "eve"]);
    let limits =
        Limits { mailbox_lines: 2, mailbox_bytes: 10, mail_bytes: 12, ..Limits::default() };
    bench.do_it(1, Action::SetLimits(limits));
    let too_much = |what, found, most| Refusal::TooMuch { what, found, most };
    let long = bench.refusal(1, private("bob", "12345678901"));
    assert_eq!(long, too_much(TooMuch::MailboxBytes, 11, 10));
    bench.do_it(1, private("bob", "12345"));
    bench.do_it(1, private("bob", "1234"));
    assert_eq!(bench.refusal(1, private("bob", "1")), too_much(TooMuch::MailboxLines, 3, 2));
    assert_eq!(bench.refusal(1, private("eve", "1234")), too_much(TooMuch::MailBytes, 13, 12));
    bench.do_it(2, seen(bench.place));
    bench.do_it(1, private("eve", "1234"));
}
