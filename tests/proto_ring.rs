//! The node's rules, on an imagined network of a few nodes.

mod support;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ringchat::proto::config::Config;
use ringchat::proto::event::Event;
use ringchat::proto::input::Command;
use ringchat::proto::status::Role;
use ringchat::proto::view::{Change, Member};
use support::mesh::Mesh;

#[test]
fn a_founder_leads_a_ring_of_one() {
    let mesh = Mesh::ring(1, 1);
    assert_eq!(mesh.leader(), Some(0));
}

#[test]
fn three_nodes_form_a_ring_and_deliver_in_one_order() {
    let mut mesh = Mesh::ring(2, 3);
    for round in 0..20 {
        for host in 0..3 {
            mesh.say(host, &format!("{host}.{round}"));
        }
        mesh.run(3);
    }
    mesh.run(500);
    assert_eq!(mesh.texts(0).len(), 60);
    assert_eq!(mesh.texts(0), mesh.texts(1));
    assert_eq!(mesh.texts(0), mesh.texts(2));
}

#[test]
fn the_survivors_go_on_after_the_leader_is_killed() {
    let mut mesh = Mesh::ring(3, 3);
    let leader = mesh.leader().unwrap();
    mesh.say(1, "before");
    mesh.run(100);
    mesh.kill(leader);
    mesh.say(1, "during");
    let took = mesh.run_until(1_000, |mesh| {
        [1, 2].iter().all(|host| mesh.texts(*host) == ["before", "during"])
    });
    println!("delivered {took:?} after the kill");
    mesh.run_until(2_000, |mesh| mesh.status(1).view.members.len() == 2);
}

#[test]
fn a_leaving_leader_hands_over_and_every_leave_shrinks_the_ring_down_to_one() {
    let mut mesh = Mesh::ring(4, 4);
    for left in 1..4 {
        let leader = mesh.leader().unwrap();
        mesh.command(leader, Command::Leave);
        mesh.run_until(2_000, |mesh| mesh.status(leader).role == Role::Left);
        mesh.hosts[leader].alive = false;
        mesh.run_until(2_000, |mesh| {
            mesh.leader().is_some_and(|host| mesh.status(host).view.members.len() == 4 - left)
        });
        let views = &mesh.hosts[mesh.leader().unwrap()].events;
        assert!(!views.iter().any(|(_, event)| matches!(
            event,
            Event::ViewInstalled { view, .. } if view.changes.iter().any(|it| matches!(it, Change::Evicted(_)))
        )));
    }
}

#[test]
fn all_may_leave_at_once_and_nobody_waits_for_a_farewell() {
    for seed in 0..20 {
        let mut mesh = Mesh::ring(400 + seed, 2 + seed as usize % 4);
        let count = mesh.hosts.len();
        (0..count).for_each(|host| mesh.command(host, Command::Leave));
        let took = mesh
            .run_until(2_000, |mesh| (0..count).all(|host| mesh.status(host).role == Role::Left));
        assert!(took < std::time::Duration::from_secs(1), "{took:?}");
    }
}

#[test]
fn a_ring_of_two_survives_the_loss_of_the_one_that_is_not_the_tie_breaker() {
    let mut mesh = Mesh::ring(5, 2);
    let leader = mesh.leader().unwrap();
    mesh.kill(1 - leader);
    mesh.say(leader, "alone");
    mesh.run_until(3_000, |mesh| mesh.texts(leader) == ["alone"]);
    assert_eq!(mesh.status(leader).view.members.len(), 1);
}

#[test]
fn a_ring_of_two_that_loses_its_tie_breaker_waits_and_may_go_on_alone() {
    let mut mesh = Mesh::ring(6, 2);
    let leader = mesh.leader().unwrap();
    let other = 1 - leader;
    mesh.kill(leader);
    mesh.say(other, "waits");
    mesh.run(5_000);
    assert_eq!(mesh.texts(other), Vec::<String>::new());
    assert_eq!(mesh.status(other).no_quorum, Some((1, 2)));
    mesh.command(other, Command::Alone);
    mesh.run_until(1_000, |mesh| mesh.texts(other) == ["waits"]);
    assert_eq!(mesh.status(other).role, Role::Leader);
}

#[test]
fn two_neighbours_and_the_leader_with_its_successor_may_die_at_once() {
    for seed in 0..20 {
        let mut mesh = Mesh::ring(100 + seed, 5);
        let leader = mesh.leader().unwrap();
        let ring: Vec<usize> = in_ring_order(&mesh);
        let at = ring.iter().position(|host| *host == leader).unwrap();
        let next = |step: usize| ring[(at + step) % ring.len()];
        let dead = if seed % 2 == 0 { [leader, next(1)] } else { [next(1), next(2)] };
        dead.into_iter().for_each(|host| mesh.kill(host));
        let speaker = next(3);
        mesh.say(speaker, "after");
        let alive: Vec<usize> = (0..5).filter(|host| !dead.contains(host)).collect();
        mesh.run_until(3_000, |mesh| {
            alive.iter().all(|host| {
                mesh.texts(*host) == ["after"] && mesh.status(*host).view.members.len() == 3
            })
        });
    }
}

#[test]
fn a_broken_link_between_live_neighbours_reorders_the_ring() {
    let mut mesh = Mesh::ring(7, 5);
    let ring = in_ring_order(&mesh);
    let leader = mesh.leader().unwrap();
    let at = ring.iter().position(|host| *host == leader).unwrap();
    let (a, b) = (ring[(at + 2) % 5], ring[(at + 3) % 5]);
    mesh.cut(a, b);
    mesh.run_until(6_000, |mesh| {
        let ring = in_ring_order(mesh);
        let at = |host: usize| ring.iter().position(|it| *it == host).unwrap();
        (at(a) + 1) % 5 != at(b) && (at(b) + 1) % 5 != at(a)
    });
    assert_eq!(mesh.leader(), Some(leader), "the leader stays");
    mesh.run(3_000);
    mesh.say(b, "still here");
    mesh.run_until(1_000, |mesh| (0..5).all(|host| mesh.texts(host) == ["still here"]));
    assert!((0..5).all(|host| mesh.status(host).suspects.is_empty()));
}

#[test]
fn a_broken_link_in_a_ring_of_three_stops_nothing() {
    for seed in 0..6 {
        let mut mesh = Mesh::ring(200 + seed, 3);
        mesh.cut(0, 1);
        mesh.run(5_000);
        (0..3).for_each(|host| mesh.say(host, "x"));
        mesh.run_until(3_000, |mesh| (0..3).all(|host| mesh.texts(host).len() == 3));
    }
}

#[test]
fn a_cut_off_minority_waits_and_its_lines_go_out_once_after_the_heal() {
    for seed in 0..10 {
        let mut mesh = Mesh::ring(300 + seed, 5);
        let (few, many) = ([0, 3], [1, 2, 4]);
        few.iter().for_each(|a| many.iter().for_each(|b| mesh.cut(*a, *b)));
        mesh.run(3_000);
        mesh.say(0, "from the few");
        mesh.say(1, "from the many");
        mesh.run(5_000);
        assert!(mesh.status(0).no_quorum.is_some(), "{:?}", mesh.status(0));
        assert!(mesh.status(3).no_quorum.is_some(), "{:?}", mesh.status(3));
        assert!(many.iter().all(|host| mesh.texts(*host) == ["from the many"]));
        mesh.heal();
        mesh.run_until(10_000, |mesh| {
            (0..5).all(|host| {
                mesh.texts(host) == ["from the many", "from the few"]
                    && mesh.status(host).view.members.len() == 5
            })
        });
    }
}

#[test]
fn many_may_join_at_once_through_one_member() {
    let mut mesh = Mesh::ring(8, 1);
    for _ in 0..20 {
        mesh.add(Some(0));
    }
    let took = mesh
        .run_until(10_000, |mesh| (0..21).all(|host| mesh.status(host).view.members.len() == 21));
    println!("21 nodes within {took:?}");
}

#[test]
fn an_undisturbed_ring_is_quiet() {
    let mut mesh = Mesh::ring(9, 7);
    mesh.run(3_000);
    let before: Vec<usize> = mesh.hosts.iter().map(|host| host.events.len()).collect();
    mesh.run(20_000);
    for (host, before) in mesh.hosts.iter().zip(before) {
        assert_eq!(&host.events[before..], &[]);
    }
}

#[test]
fn whatever_the_schedule_the_order_is_one_and_all_come_back() {
    for seed in 0..300 {
        chaos(seed);
    }
}

/// Kills, revivals, cuts and heals at random; then quiet, in which everything must settle.
fn chaos(seed: u64) {
    let mut lots = ChaCha8Rng::seed_from_u64(seed);
    let count = lots.random_range(2..=7);
    let mut mesh = Mesh::ring_with(1_000 + seed, count, narrow(&mut lots));
    let mut said = 0;
    for _ in 0..lots.random_range(5..40) {
        let (a, b) = (lots.random_range(0..count), lots.random_range(0..count));
        let dead = mesh.hosts.iter().filter(|host| !host.alive).count();
        match lots.random_range(0..8) {
            // A view that shrank meanwhile may not survive a loss that the full one would.
            0 if dead == 0 && count > 2 && is_whole(&mesh) => mesh.kill(a),
            1 if !mesh.hosts[a].alive => mesh.revive(a),
            2 if a != b => mesh.cut(a, b),
            3 => mesh.heal(),
            _ => {
                for _ in 0..lots.random_range(1..12) {
                    said += 1;
                    if mesh.hosts[a].alive {
                        mesh.say(a, &format!("{a}/{said}"));
                    }
                }
            }
        }
        let pause = lots.random_range(0..400);
        mesh.run(pause);
        check_prefixes(&mesh, seed);
    }
    mesh.heal();
    let alive: Vec<usize> = (0..count).filter(|host| mesh.hosts[*host].alive).collect();
    let settled = |mesh: &Mesh| {
        alive.iter().all(|host| {
            let status = mesh.status(*host);
            status.view.members.len() == alive.len()
                && status.waiting == 0
                && status.committed == mesh.status(alive[0]).committed
        })
    };
    println!("seed {seed}: {count} nodes");
    mesh.run_until(20_000, settled);
    check_prefixes(&mesh, seed);
}

/// Bounds so narrow that everything is met: snapshots, full windows, single-entry batches.
fn narrow(lots: &mut ChaCha8Rng) -> Config {
    let mut config = Config::default();
    if lots.random_bool(0.5) {
        config.log_keep = lots.random_range(0..8);
        config.batch_entries = lots.random_range(1..4);
        config.window_entries = lots.random_range(1..4);
        config.in_flight = lots.random_range(4..16);
        config.snapshot_chunk = lots.random_range(16..200);
        config.snapshot_window = lots.random_range(1..500);
        config.admit_within = lots.random_range(0..4);
        config.lag_entries = lots.random_range(4..100);
    }
    config
}

fn is_whole(mesh: &Mesh) -> bool {
    let count = mesh.hosts.len();
    mesh.is_connected()
        && (0..count).all(|host| {
            let status = mesh.status(host);
            status.view.members.len() == count && status.pending_view.is_none()
        })
}

fn check_prefixes(mesh: &Mesh, seed: u64) {
    let mut order = std::collections::BTreeMap::new();
    for host in &mesh.hosts {
        for it in &host.delivered {
            let known = order.entry(it.index).or_insert_with(|| it.message.clone());
            assert_eq!(known, &it.message, "seed {seed}");
        }
    }
}

fn in_ring_order(mesh: &Mesh) -> Vec<usize> {
    let status = mesh.status(mesh.leader().expect("a leader"));
    let host = |member: &Member| {
        mesh.hosts.iter().position(|it| it.node.status().me.id == member.id).unwrap()
    };
    status.view.members.iter().map(host).collect()
}
