//! Tables for what is completed at the prompt, and for patterns of names.

use ringchat::front::answers::matches;
use ringchat::front::prompt::sketch::Sketch;

#[test]
fn commands_groups_and_names_are_completed() {
    let sketch = Sketch::default();
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    sketch.name(owned(&["ann", "Anton", "bob"]), owned(&["rust", "android"]));
    sketch.alias(owned(&["boss"]));
    for (typed, start, expected) in [
        ("/sea", 0, &["/search "][..]),
        ("/SEA", 0, &["/search "]),
        ("/del", 0, &["/deliver", "/delete", "/deleteroom", "/delete-account"]),
        ("/msg an", 5, &["ann", "Anton", "android"]),
        ("/join #a", 7, &["android "]),
        ("hello @an", 7, &["ann", "Anton"]),
        ("bob", 0, &["bob "]),
        ("/msg bo", 5, &["bob", "boss"]),
        ("/msg @bo", 6, &["bob "]),
        ("", 0, &[]),
        ("hello ", 6, &[]),
        ("grüße @x", 9, &[]),
        ("ü", 0, &[]),
    ] {
        let (found, words) = sketch.complete(typed);
        assert_eq!((found, words.as_slice()), (start, owned(expected).as_slice()), "{typed:?}");
    }
}

#[test]
fn behind_the_line_stands_what_was_said_elsewhere_and_where_lines_go_if_that_has_changed() {
    let sketch = Sketch::default();
    let draw = |place: &str, unread: &str| sketch.draw(place.to_owned(), unread.to_owned());
    assert_eq!(sketch.aside("", 40), "");
    draw("rust", "");
    assert_eq!(sketch.aside("rust", 40), "");
    assert_eq!(sketch.aside("", 40), "  (in rust now)");
    draw("", "chess 1, rust 12");
    assert_eq!(sketch.aside("", 40), "  (chess 1, rust 12)");
    assert_eq!(sketch.aside("rust", 40), "  (in the lobby now; chess 1, rust 12)");
    assert_eq!(sketch.aside("rust", 12), "  (in the l…");
}

#[test]
fn f38_a_pattern_has_wildcards() {
    for (pattern, text, expected) in [
        ("bob", "bob", true),
        ("bob", "Bob", true),
        ("bob", "bobby", false),
        ("bob*", "bobby", true),
        ("*by", "bobby", true),
        ("*", "", true),
        ("b?b", "bob", true),
        ("b?b", "bb", false),
        ("*b*b*", "bobby", true),
        ("*bo*by*", "boboby", true),
        ("a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
        ("", "bob", false),
    ] {
        assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
    }
}
