//! The event engine's machines against what processes, clocks and disks do.

mod ground;

use std::time::Duration;

use ringchat::proto::event::LinkLoss;
use ringchat::proto::message::Message;
use ringchat::proto::time::Instant;
use ringchat::wire::frame;
use ringchat_sim::engine::{Engine, Tamper};
use ringchat_sim::scenario::NodeIndex;

use ground::{A, B, Bench, ms, patient};

#[test]
fn a_node_that_stands_still_handles_nothing_and_everything_once_it_goes_on() {
    let mut bench = Bench::ring(&patient());
    bench.pass(ms(500));
    let since = bench.now();
    bench.engine.pause(B, true);
    assert!(bench.engine.status(B).is_none());
    for number in 0..5 {
        assert!(bench.engine.say(A, format!("line {number}")));
        bench.pass(ms(300));
    }
    assert!(bench.engine.say(B, "typed meanwhile".to_owned()));
    assert!(!bench.engine.has_said_all(B));
    let resumed = bench.now();
    let said = bench.frames.iter().filter(|frame| frame.way.0 == B && frame.at >= since).count();
    let noted = bench.notes.iter().filter(|note| note.node == B && note.at >= since).count();
    assert_eq!((said, noted), (0, 0), "it stood still");
    let asked: Vec<Instant> = bench.pings(A, since).into_iter().map(|(_, sent)| sent).collect();
    assert!(asked.len() >= 14, "{asked:?}");
    bench.engine.pause(B, false);
    bench.pass(ms(1_000));
    let answered: Vec<Instant> = bench.pongs(B, since).into_iter().map(|(_, sent)| sent).collect();
    assert_eq!(answered[..asked.len()], asked[..], "all, in order");
    let lines = ["line 0", "line 1", "line 2", "line 3", "line 4", "typed meanwhile"];
    assert_eq!(bench.delivered(B, resumed), lines);
    assert!(bench.engine.has_said_all(B));
}

#[test]
fn what_waits_for_a_process_that_dies_standing_still_dies_with_it() {
    let mut bench = Bench::ring(&patient());
    let since = bench.now();
    bench.engine.pause(B, true);
    assert!(bench.engine.say(B, "never said".to_owned()));
    bench.pass(ms(500));
    bench.engine.kill(B);
    bench.pass(ms(500));
    assert!(!bench.engine.say(B, "nobody is there".to_owned()));
    assert_eq!(bench.frames.iter().filter(|it| it.way.0 == B && it.at >= since).count(), 0);
    assert_eq!(bench.delivered(A, since), Vec::<String>::new());
}

#[test]
fn a_sluggish_node_takes_its_time_over_each_input_and_loses_none() {
    let mut scenario = patient();
    scenario.config.heartbeat = ms(20);
    let mut bench = Bench::ring(&scenario);
    bench.engine.tamper(Tamper::Sluggish(B, ms(50))).expect("it runs");
    let since = bench.now() + ms(10);
    bench.pass(ms(2_000));
    let eased = bench.now();
    bench.engine.tamper(Tamper::Sluggish(B, Duration::ZERO)).expect("it runs");
    bench.pass(ms(1_000));
    let answered = bench.pongs(B, since);
    let slow: Vec<_> = answered.iter().filter(|(at, _)| *at < eased).collect();
    assert!(slow.len() >= 5, "{slow:?}");
    let apart = slow.windows(2).map(|two| two[1].0.since(two[0].0)).min();
    assert!(apart >= Some(ms(50)), "{apart:?}");
    let asked = bench.pings(A, since).into_iter().filter(|(at, _)| *at < eased);
    let asked: Vec<Instant> = asked.map(|(_, sent)| sent).collect();
    let in_time: Vec<Instant> = answered.iter().map(|(_, sent)| *sent).collect();
    let from = in_time.iter().position(|sent| *sent == asked[0]).expect("it was answered");
    assert_eq!(in_time[from..from + asked.len()], asked[..], "all, in order");
}

/// What a node's clock shows, less what the other's does, by the pings of a second after this.
fn ahead_by(bench: &mut Bench, node: NodeIndex) -> i128 {
    let since = bench.now();
    bench.pass(ms(1_000));
    let offset = |node| {
        let (world, own) = *bench.pings(node, since).last().expect("it says something");
        i128::from(own.as_micros()) - i128::from(world.as_micros())
    };
    let other = if node == A { B } else { A };
    offset(node) - offset(other)
}

#[test]
fn a_clock_that_jumps_changes_the_reading_of_its_own_node_alone() {
    let mut bench = Bench::ring(&patient());
    let before = ahead_by(&mut bench, B);
    bench.engine.tamper(Tamper::Clock(B, ms(150))).expect("it runs");
    assert_eq!(ahead_by(&mut bench, B) - before, 150_000);
    assert_eq!(bench.losses(A, Instant::START), []);
}

#[test]
fn a_node_whose_clock_jumps_gives_up_a_link_that_seems_silent_to_it() {
    let mut scenario = patient();
    scenario.config.link_timeout = ms(400);
    let mut bench = Bench::ring(&scenario);
    bench.pass(ms(1_000));
    let since = bench.now();
    bench.engine.tamper(Tamper::Clock(B, ms(10_000))).expect("it runs");
    bench.pass(ms(5));
    assert!(bench.losses(B, since).contains(&(Duration::ZERO, LinkLoss::Silent)));
    assert!(bench.losses(A, since).iter().all(|(_, why)| *why != LinkLoss::Silent));
}

#[test]
fn a_clock_that_drifts_gains_as_much_as_it_says_and_its_node_alone_is_hasty() {
    for ppm in [100_000, 1_000, -100_000] {
        let mut bench = Bench::ring(&patient());
        bench.engine.tamper(Tamper::Drift(B, ppm)).expect("it runs");
        let since = bench.now();
        bench.pass(ms(10_000));
        let rates = [A, B].map(|node| {
            let pings = bench.pings(node, since);
            let (first, last) = (pings[0], pings[pings.len() - 1]);
            let (world, own) = (last.0.since(first.0), last.1.since(first.1));
            (own.as_micros() as i128 - world.as_micros() as i128) * 1_000_000
                / world.as_micros() as i128
        });
        assert_eq!(rates[0], 0);
        assert!((rates[1] - i128::from(ppm)).abs() <= 1, "{ppm}: {rates:?}");
    }
}

#[test]
fn a_new_process_reads_its_clock_from_its_own_start() {
    let mut bench = Bench::ring(&patient());
    bench.pass(ms(1_000));
    bench.engine.kill(B);
    bench.pass(ms(1_000));
    let born = bench.now();
    bench.join(B, A);
    bench.pass(ms(1_000));
    let (world, own) = bench.pings(B, born)[0];
    assert_eq!(own.since(Instant::START), world.since(born));
}

#[test]
fn a_slow_disk_delays_what_depends_on_its_writes_and_keeps_their_order() {
    let mut bench = Bench::ring(&patient());
    bench.pass(ms(500));
    bench.engine.tamper(Tamper::Disk(B, Some(ms(400)))).expect("it runs");
    let since = bench.now();
    assert!(bench.engine.say(A, "slow".to_owned()));
    bench.pass(ms(100));
    bench.engine.tamper(Tamper::Disk(B, Some(Duration::ZERO))).expect("it runs");
    assert!(bench.engine.say(A, "fast".to_owned()));
    bench.pass(ms(295));
    assert_eq!(bench.delivered(A, since), Vec::<String>::new(), "the second holds neither yet");
    bench.pass(ms(105));
    assert_eq!(bench.delivered(A, since), ["slow", "fast"]);
    bench.pass(ms(100));
    let now = bench.now();
    assert!(bench.engine.say(A, "soon".to_owned()));
    bench.pass(ms(10));
    assert_eq!(bench.delivered(A, now), ["soon"], "the disk is fast again");
}

#[test]
fn a_narrow_link_spaces_frames_by_their_bytes() {
    let rate = 400;
    let mut scenario = patient();
    scenario.config.heartbeat = ms(1_000);
    let mut bench = Bench::ring(&scenario);
    bench.pass(ms(3_000));
    bench.engine.tamper(Tamper::Limit(A, B, Some(rate))).expect("they are linked");
    let since = bench.now();
    // Whatever is said to the second now stands in a queue.
    for number in 0..3 {
        assert!(bench.engine.say(A, format!("{number}").repeat(400)));
        bench.pass(ms(100));
    }
    bench.pass(ms(20_000));
    let bytes = |message: &Message| {
        let mut bytes = bytes::BytesMut::new();
        frame::encode(message, &mut bytes).expect("a frame");
        bytes.len() as u64
    };
    let mut free = since;
    let mut expected = Vec::new();
    for it in bench.frames.iter().filter(|it| it.way == (A, B) && it.at >= since) {
        let takes = Duration::from_micros(bytes(&it.message) * 1_000_000 / rate);
        free = free.max(it.at) + takes;
        if let Message::Append(append) = &it.message
            && !append.entries.is_empty()
        {
            expected.push(free + ms(1));
        }
    }
    assert!(!expected.is_empty() && expected[0] >= since + ms(1_000), "{expected:?}");
    let answers = bench.frames.iter().filter(|it| it.way == (B, A) && it.at >= since);
    let answers = answers.filter(|it| matches!(it.message, Message::AppendAck(_)));
    let answers: Vec<Instant> = answers.map(|it| it.at).collect();
    for at in expected {
        assert!(answers.contains(&at), "nothing is answered at {at:?}: {answers:?}");
    }
}

#[test]
fn what_waits_in_front_of_a_narrow_link_goes_on_at_once_when_it_is_wide_again() {
    let mut bench = Bench::ring(&patient());
    bench.pass(ms(3_000));
    bench.engine.tamper(Tamper::Limit(A, B, Some(50))).expect("they are linked");
    assert!(bench.engine.say(A, "a long line ".repeat(100)));
    assert!(bench.engine.say(A, "another".to_owned()));
    let since = bench.now();
    bench.pass(ms(500));
    assert_eq!(bench.delivered(B, since), [] as [&str; 0], "that takes half a minute");
    bench.engine.tamper(Tamper::Limit(A, B, None)).expect("they are linked");
    // A tenth of a second of it may have left the queue before.
    bench.pass(ms(110));
    assert_eq!(bench.delivered(B, since), ["a long line ".repeat(100).as_str(), "another"]);
}
