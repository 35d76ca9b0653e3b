//! Tables for changing what was said: own lines alone, as long as they are at hand.

mod chat;

use chat::{Bench, edit, join, part, post, register, remove};
use ringchat::chat::lines::Revision;
use ringchat::chat::outcome::Outcome;
use ringchat::chat::refusal::Refusal;
use ringchat::chat::state::{HISTORY_BYTES_MAX, HISTORY_LINES_MAX};
use ringchat::chat::text::LINE_BYTES_MAX;
use ringchat::proto::id::Index;

#[test]
fn an_edited_line_keeps_its_place_and_shows_its_newest_text() {
    let mut bench = Bench::with(&["ann", "bob"]);
    let place = bench.do_it(1, post("lobby", "helo"));
    bench.do_it(2, post("lobby", "hi"));
    let edited = bench.do_it(1, edit(place, "hello"));
    assert_eq!(bench.reached(), [1, 2]);
    bench.do_it(1, edit(place, "hello!"));
    assert_eq!(bench.visible(2), ["hello!", "hi"]);
    let line = bench.chat.history().next().unwrap();
    assert_eq!((line.place, line.revision), (Index(place), Revision::Edited(Index(edited + 1))));
}

#[test]
fn a_line_that_is_taken_back_leaves_its_place_empty_for_good() {
    let mut bench = Bench::with(&["ann", "bob"]);
    let place = bench.do_it(1, post("lobby", "oops"));
    bench.do_it(1, remove(place));
    let [Outcome::Removed(line)] = &bench.told_to(2)[..] else { panic!() };
    assert_eq!((line.text.as_str(), line.place.0), ("", place));
    assert_eq!(bench.visible(2), [""]);
    let unknown = Refusal::UnknownLine { place: Index(place) };
    assert_eq!(bench.refusal(1, remove(place)), unknown);
    assert_eq!(bench.refusal(1, edit(place, "back")), unknown);
}

#[test]
fn lines_of_others_unknown_lines_and_empty_texts_are_refused() {
    let mut bench = Bench::with(&["ann", "bob", "eve"]);
    bench.do_it(1, join("rust"));
    let place = bench.do_it(1, post("rust", "mine"));
    let unknown = |place| Refusal::UnknownLine { place: Index(place) };
    bench.do_it(2, join("rust"));
    assert_eq!(bench.refusal(2, edit(place, "x")), unknown(place), "from before they came in");
    let second = bench.do_it(1, post("rust", "ours"));
    assert_eq!(bench.refusal(2, edit(second, "x")), Refusal::NotAuthor { place: Index(second) });
    assert_eq!(bench.refusal(3, remove(second)), unknown(second), "who is not in says no more");
    assert_eq!(bench.refusal(1, edit(place + 1, "x")), unknown(place + 1), "no line stands there");
    assert_eq!(bench.refusal(1, edit(place, " ")), Refusal::Empty);
    bench.do_it(1, edit(place, "changed"));
    assert_eq!(bench.reached(), [1], "who could not see the line does not see its change");
    bench.do_it(1, part("rust"));
    assert_eq!(bench.refusal(1, edit(place, "x")), unknown(place));
}

#[test]
fn an_account_changes_its_lines_from_any_node_and_a_guests_lines_stay_the_guests() {
    let mut bench = Bench::with(&["ann", "phone"]);
    let as_guest = bench.do_it(1, post("lobby", "as a guest"));
    bench.do_it(1, register("anna"));
    let place = bench.do_it(1, post("lobby", "as anna"));
    bench.login(2, "anna");
    bench.do_it(2, edit(place, "as anna, elsewhere"));
    let not_mine = Refusal::NotAuthor { place: Index(as_guest) };
    assert_eq!(bench.refusal(1, edit(as_guest, "x")), not_mine);
}

#[test]
fn changes_keep_the_history_within_its_bounds() {
    let mut bench = Bench::with(&["ann"]);
    let short = bench.do_it(1, post("lobby", "short"));
    let long = "x".repeat(LINE_BYTES_MAX);
    let first = bench.place + 1;
    while bench.chat.history().len() < HISTORY_BYTES_MAX / LINE_BYTES_MAX {
        bench.do_it(1, post("lobby", &long));
    }
    bench.do_it(1, edit(short, &long));
    assert_eq!(bench.chat.history().next().unwrap().place.0, short);
    bench.do_it(1, post("lobby", "x"));
    assert_eq!(bench.chat.history().next().unwrap().place.0, first);
    assert_eq!(bench.chat.forgotten().0, short);
    let unknown = Refusal::UnknownLine { place: Index(short) };
    assert_eq!(bench.refusal(1, edit(short, "x")), unknown);
    const { assert!(HISTORY_BYTES_MAX / LINE_BYTES_MAX < HISTORY_LINES_MAX) };
}
