//! The event engine's disks against what power cuts, failures and losses do to them.

mod ground;

use ringchat::proto::event::Event;
use ringchat_sim::engine::{Engine, Tamper};
use ringchat_sim::history::Happening;

use ground::{A, B, Bench, lines, ms, patient};

/// A ring of two with disks that are read again.
fn ring() -> Bench {
    let mut bench = Bench::ring(&patient().on_disks());
    bench.pass(ms(500));
    bench
}

#[test]
fn of_torn_writes_the_first_are_whole_and_the_others_are_gone() {
    for keeps in 0..4 {
        let mut bench = ring();
        bench.engine.tamper(Tamper::Disk(B, Some(ms(400)))).expect("it runs");
        for line in ["one", "two", "three"] {
            assert!(bench.engine.say(A, line.to_owned()));
            bench.pass(ms(20));
        }
        assert!(bench.engine.is_writing(B));
        bench.engine.tamper(Tamper::Tear(B, keeps)).expect("it writes");
        let disk = bench.engine.wake(B).expect("it was in a ring");
        let kept = usize::try_from(keeps).expect("a few");
        assert_eq!(lines(&disk), ["one", "two", "three"][..kept]);
        assert_eq!(bench.engine.take_torn(), 3 - keeps);
        assert!(bench.engine.tamper(Tamper::Tear(B, 0)).is_err(), "nothing is written any more");
    }
}

#[test]
fn a_node_that_cannot_write_leaves_and_its_disk_is_that_of_a_member() {
    let mut bench = ring();
    let before = bench.engine.status(B).expect("it runs").committed;
    bench.engine.tamper(Tamper::Unwritable(B, true)).expect("it runs");
    let since = bench.now();
    assert!(bench.engine.say(A, "too much".to_owned()));
    bench.pass(ms(4_000));
    let left = |note: &ringchat_sim::engine::Note| {
        note.node == B && note.at >= since && matches!(note.what, Happening::Event(Event::Left))
    };
    assert!(bench.notes.iter().any(left), "it has ended");
    let disk = bench.engine.wake(B).expect("it never left by its disk");
    assert!(disk.committed <= before.next(), "{} {before}", disk.committed);
}

#[test]
fn a_lost_disk_knows_nobody() {
    let mut bench = ring();
    bench.engine.kill(B);
    assert!(bench.engine.wake(B).is_some());
    bench.engine.tamper(Tamper::Lose(B)).expect("there is something");
    assert!(bench.engine.wake(B).is_none());
    assert!(bench.engine.tamper(Tamper::Lose(B)).is_err(), "nothing is left to lose");
}
