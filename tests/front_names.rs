//! Tables for what is completed at the prompt, and for patterns of names.

use ringchat::front::answers::matches;
use ringchat::front::prompt::Sketch;

#[test]
fn commands_groups_and_names_are_completed() {
    let sketch = Sketch::default();
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    sketch.draw("> ".to_owned(), owned(&["ann", "Anton", "bob"]), owned(&["rust", "android"]));
    for (typed, start, expected) in [
        ("/sea", 0, &["/search"][..]),
        ("/SEA", 0, &["/search"]),
        ("/del", 0, &["/deliver", "/delete", "/deleteroom", "/delete-account"]),
        ("/msg an", 5, &["ann", "Anton", "android"]),
        ("/join #a", 7, &["android"]),
        ("hello @an", 7, &["ann", "Anton"]),
        ("b", 0, &["bob"]),
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
