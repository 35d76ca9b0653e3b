//! What `sim run --trace` prints of each frame: words and names, and nothing that only a machine reads.

use std::time::Duration;

use ringchat_sim::run::{Manner, run};
use ringchat_sim::scenario::Scenario;
use ringchat_sim::trace::everything::everything;
use ringchat_sim::world::{Ground, Keep};

#[test]
fn frames_are_told_in_words_with_the_names_of_nodes() {
    let mut scenario = Scenario::new("frames", 1, 3);
    scenario.duration = Duration::from_secs(2);
    let keep = Keep { history: true, frames: true, ..Keep::default() };
    let outcome = run(&scenario, 1, Manner { ground: Ground::Events, keep, lenient: false });
    let text = everything(&scenario, &outcome.history, &outcome.frames);
    for expected in [
        "n2 -> n1    asks to be let in, knows 0 committed",
        "n1 -> n2    the ring has view 1, serves its log",
        "n1 -> n2    append under ballot 1 of n1, pulse 1: nothing behind 0, committed 1; \
         held by n1 up to 1 at pulse 1",
        "n2 -> n1    ack up to 0, committed 0; held by n2 up to 0 at pulse 1",
        "n1 -> n2    ping, pulse",
    ] {
        assert!(text.contains(expected), "expected {expected:?} in this trace:\n{text}");
    }
    let machine = text.lines().find(|line| line.contains(['{', '}']));
    assert_eq!(machine, None, "expected words only");
}
