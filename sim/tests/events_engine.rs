//! The event engine's connections against what TCP does: dials, order, cuts, resets, narrow links.

mod ground;

use std::time::Duration;

use ringchat::proto::event::LinkLoss;
use ringchat::proto::input::Disconnect;
use ringchat::proto::time::Instant;
use ringchat_sim::engine::{Engine, Tamper};
use ringchat_sim::scenario::{Cuts, Scenario};

use ground::{A, B, Bench, ms, patient};

const REFUSED: LinkLoss = LinkLoss::Lost(Disconnect::Refused);

/// How the first dial of a node ends, and after how long, in a world prepared so.
fn first_dial(scenario: &Scenario, prepare: impl Fn(&mut Bench)) -> (Duration, LinkLoss) {
    let mut bench = Bench::of(scenario);
    prepare(&mut bench);
    bench.pass(ms(10));
    bench.join(B, A);
    bench.until_said((B, A));
    let since = bench.now();
    bench.pass(ms(2_000));
    bench.losses(B, since).into_iter().next().expect("the dial fails")
}

#[test]
fn a_dial_to_a_machine_without_a_process_is_refused_after_a_round_trip() {
    let never = first_dial(&patient(), |_| {});
    assert_eq!(never, (ms(2), REFUSED));
    let dead = first_dial(&patient(), |bench| {
        bench.found(A);
        bench.engine.kill(A);
    });
    assert_eq!(dead, (ms(2), REFUSED));
    let again = first_dial(&patient(), |bench| {
        bench.engine.power_off(A);
        bench.engine.power_on(A);
    });
    assert_eq!(again, (ms(2), REFUSED));
}

#[test]
fn a_dial_that_nobody_answers_hangs_until_the_dialer_gives_it_up() {
    type Prepare = fn(&mut Bench);
    let prepares: [(&str, Prepare); 5] = [
        ("no power", |bench| bench.engine.power_off(A)),
        ("standing still", |bench| {
            bench.found(A);
            bench.engine.pause(A, true);
        }),
        ("cut both ways", |bench| {
            bench.found(A);
            bench.engine.cut((A, B));
            bench.engine.cut((B, A));
        }),
        ("the way there is cut", |bench| {
            bench.found(A);
            bench.engine.cut((B, A));
        }),
        ("the way back is cut", |bench| {
            bench.found(A);
            bench.engine.cut((A, B));
        }),
    ];
    for (what, prepare) in prepares {
        let scenario = patient();
        let (after, why) = first_dial(&scenario, prepare);
        assert_eq!(why, LinkLoss::DialTimeout, "{what}");
        // A node looks at its clock once a heartbeat.
        let patience = scenario.config.dial_timeout;
        let expected = patience..=patience + scenario.config.heartbeat;
        assert!(expected.contains(&after), "{what}: {after:?}");
    }
}

#[test]
fn a_dial_across_a_cut_is_refused_where_the_network_rejects() {
    for way in [(A, B), (B, A)] {
        let mut scenario = patient();
        scenario.network.rejects = true;
        let (after, why) = first_dial(&scenario, |bench| {
            bench.found(A);
            bench.engine.cut(way);
        });
        assert_eq!(why, REFUSED);
        assert!(after <= ms(2), "{after:?}");
    }
}

#[test]
fn what_is_sent_over_one_connection_arrives_in_order_whatever_latencies_are_drawn() {
    let mut judged = 0;
    for seed in 0..40 {
        let mut scenario = patient();
        scenario.network.latency_max = ms(50);
        scenario.network.tail_per_mille = 100;
        scenario.network.tail = ms(200);
        scenario.config.heartbeat = ms(2);
        let mut bench = Bench::ring_with_seed(&scenario, seed);
        let since = bench.now() + ms(500);
        bench.pass(ms(3_000));
        if bench.stood(A, since) != 1 {
            // Both have dialed: between two connections there is no order.
            continue;
        }
        judged += 1;
        for (from, to) in [(A, B), (B, A)] {
            let answered = bench.pongs(to, since);
            assert!(answered.len() > 100, "{} pings arrived", answered.len());
            let in_order = answered.windows(2).all(|two| two[0].1 < two[1].1);
            assert!(in_order, "seed {seed}: a ping of {from:?} overtook another");
        }
    }
    assert!(judged >= 10, "{judged} worlds had one connection only");
}

#[test]
fn a_fast_frame_does_not_overtake_a_slow_one_sent_before_it() {
    let mut bench = Bench::ring(&patient());
    bench.engine.slow(A, B, Some(ms(700)));
    bench.pass(ms(200));
    bench.engine.slow(A, B, None);
    let since = bench.now();
    bench.pass(ms(3_000));
    let answered = bench.pongs(A, since + ms(10));
    assert!(answered[0].0 >= since + ms(400), "{:?}", answered[0]);
    assert!(answered.windows(2).all(|two| two[0].1 < two[1].1));
    // Once the slow ones are through, the way is fast again.
    let (at, sent) = answered[answered.len() - 1];
    let asked = bench.pings(B, since).into_iter().find(|(_, own)| *own == sent);
    assert_eq!(asked.map(|(asked, _)| at.since(asked)), Some(ms(1)));
}

/// The pings that the second sent while its way was cut for two seconds, and when each was there.
fn cut_for_two_seconds(cuts: Cuts) -> (Bench, Instant, Instant, Vec<Instant>) {
    let mut scenario = patient();
    scenario.network.cuts = cuts;
    let mut bench = Bench::ring(&scenario);
    // What is under way when the way is cut is past it.
    bench.pass(ms(50));
    let cut = bench.now();
    bench.engine.cut((B, A));
    bench.pass(ms(2_000));
    let healed = bench.now();
    let sent: Vec<Instant> = bench.pings(B, cut).into_iter().map(|(_, sent)| sent).collect();
    assert!(sent.len() >= 15, "{sent:?}");
    assert!(bench.pongs(A, cut + ms(2)).is_empty(), "something came across the cut");
    bench.engine.mend((B, A));
    bench.pass(ms(3_000));
    (bench, cut, healed, sent)
}

#[test]
fn what_stalls_at_a_cut_arrives_after_the_heal_all_of_it_and_in_order() {
    let (bench, cut, healed, sent) = cut_for_two_seconds(Cuts::Stall);
    let answered = bench.pongs(A, cut + ms(2));
    assert!(answered[0].0 >= healed && answered[0].0 <= healed + ms(1_100), "{:?}", answered[0]);
    let arrived: Vec<Instant> = answered.iter().map(|(_, sent)| *sent).collect();
    assert_eq!(arrived[..sent.len()], sent[..]);
    assert!(arrived.windows(2).all(|two| two[0] < two[1]), "what was sent later came later");
}

#[test]
fn what_breaks_at_a_cut_never_arrives_nor_does_anything_behind_it() {
    let (bench, cut, healed, _) = cut_for_two_seconds(Cuts::Break);
    assert!(bench.pings(B, healed).len() >= 20);
    assert_eq!(bench.pongs(A, cut + ms(2)), []);
    assert_eq!(bench.losses(A, cut), [], "nobody is told");
    assert_eq!(bench.losses(B, cut), [], "nobody is told");
}

#[test]
fn a_cut_over_which_nothing_was_sent_breaks_nothing() {
    let mut bench = Bench::ring(&patient());
    bench.pass(ms(1_000));
    let since = bench.now();
    bench.engine.cut((B, A));
    bench.engine.mend((B, A));
    bench.pass(ms(1_000));
    assert!(bench.pongs(A, since).len() >= 5);
}

#[test]
fn a_cut_one_way_lets_the_other_way_through() {
    for cuts in [Cuts::Break, Cuts::Stall] {
        let (bench, cut, healed, _) = cut_for_two_seconds(cuts);
        let arrived = bench.pongs(B, cut).into_iter().filter(|(at, _)| *at < healed);
        assert!(arrived.count() >= 19, "{cuts:?}");
    }
}

#[test]
fn a_reset_is_told_to_both_sides_at_once_and_a_new_connection_stands_at_once() {
    let mut bench = Bench::ring(&patient());
    bench.pass(ms(500));
    let since = bench.now();
    bench.engine.tamper(Tamper::Reset(A, B)).expect("a connection stands");
    bench.pass(ms(1_000));
    let reset = (Duration::ZERO, LinkLoss::Lost(Disconnect::Reset));
    assert_eq!(bench.losses(A, since).first(), Some(&reset));
    assert_eq!(bench.losses(B, since).first(), Some(&reset));
    assert!(bench.pongs(A, since + ms(500)).len() >= 3, "they talk again");
}

#[test]
fn the_death_of_a_process_is_told_to_the_other_side_and_a_loss_of_power_is_not() {
    let (mut closed, mut reset) = (0, 0);
    for seed in 0..40 {
        let mut bench = Bench::ring_with_seed(&patient(), seed);
        let since = bench.now();
        bench.engine.kill(A);
        bench.pass(ms(10));
        match bench.losses(B, since).first() {
            Some((after, LinkLoss::Lost(Disconnect::Closed))) if *after <= ms(2) => closed += 1,
            Some((after, LinkLoss::Lost(Disconnect::Reset))) if *after <= ms(2) => reset += 1,
            other => panic!("seed {seed}: {other:?}"),
        }
    }
    assert!(closed >= 10 && reset >= 10, "{closed} closed, {reset} reset");
    let mut scenario = patient();
    scenario.config.link_timeout = ms(400);
    let mut bench = Bench::ring(&scenario);
    let since = bench.now();
    bench.engine.power_off(A);
    bench.pass(ms(1_000));
    let (after, why) = &bench.losses(B, since)[0];
    assert_eq!(*why, LinkLoss::Silent);
    assert!(*after >= ms(300) && *after <= ms(500), "{after:?}");
}

#[test]
fn a_machine_that_has_its_power_back_resets_connections_it_does_not_know() {
    let mut bench = Bench::ring(&patient());
    bench.engine.power_off(A);
    bench.pass(ms(500));
    let since = bench.now();
    assert_eq!(bench.losses(B, Instant::START), []);
    bench.engine.power_on(A);
    bench.pass(ms(200));
    let (after, why) = &bench.losses(B, since)[0];
    assert_eq!(*why, LinkLoss::Lost(Disconnect::Reset));
    assert!(*after <= ms(12), "with the next ping, found after {after:?}");
}
