//! Holes that chaos found, each as the smallest case that shows it.

mod support;

use ringchat::proto::config::Config;
use ringchat::proto::node::Start;
use support::mesh::{Mesh, address};
use support::settled::unsettled;

/// Runs until these hosts are one ring that has delivered everything, and no longer than that.
fn settle(mesh: &mut Mesh, ms: u64, hosts: &[usize]) {
    for _ in 0..ms / 20 {
        mesh.run(20);
        if unsettled(mesh, hosts).is_none() {
            return;
        }
    }
    panic!("{:?}", unsettled(mesh, hosts));
}

/// How many elections and proposals there were among these from now on for 5 s.
fn unrest(mesh: &mut Mesh, hosts: &[usize]) -> usize {
    let from = mesh.now;
    mesh.run(5_000);
    let elected = mesh.judge.elections.iter().filter(|it| it.0 > from && hosts.contains(&it.1));
    let proposed = mesh.judge.proposals.iter().filter(|it| it.0 > from && hosts.contains(&it.1));
    elected.count() + proposed.count()
}

fn others(count: usize, without: &[usize]) -> Vec<usize> {
    (0..count).filter(|host| !without.contains(host)).collect()
}

/// The members' hosts from the leader on.
fn from_leader(mesh: &Mesh) -> Vec<usize> {
    let leader = mesh.leader().expect("a leader");
    let host = |id| mesh.hosts.iter().position(|it| it.node.hello().member.id == id).unwrap();
    let view = mesh.status(leader).view;
    let me = mesh.status(leader).me.id;
    let behind = view.after(me).map(|member| host(member.id));
    std::iter::once(leader).chain(behind).collect()
}

#[test]
fn a_new_incarnation_at_the_leaders_address_does_not_pass_for_the_old_one() {
    for seed in 0..20 {
        let mut mesh = Mesh::ring(seed, 3);
        let leader = mesh.leader().unwrap();
        mesh.kill(leader);
        mesh.revive(leader);
        settle(&mut mesh, 8_000, &[0, 1, 2]);
    }
}

#[test]
fn a_broken_link_in_a_ring_of_three_starves_nobody_whoever_leads() {
    for seed in 0..10 {
        for (a, b) in [(0, 1), (1, 2), (2, 0)] {
            let mut mesh = Mesh::ring(100 + seed, 3);
            mesh.weather.refuses = seed % 2 == 0;
            mesh.cut(a, b);
            mesh.run(5_000);
            (0..3).for_each(|host| mesh.say(host, "here"));
            settle(&mut mesh, 5_000, &[0, 1, 2]);
            mesh.run(15_000);
            assert_eq!(unrest(&mut mesh, &[0, 1, 2]), 0, "seed {seed}, cut {a} {b}");
        }
    }
}

#[test]
fn a_broken_link_into_the_leader_is_ordered_away() {
    for seed in 0..10 {
        let mut mesh = Mesh::ring(200 + seed, 5);
        let ring = from_leader(&mesh);
        let (leader, predecessor) = (ring[0], ring[4]);
        mesh.cut_one_way(leader, predecessor);
        mesh.run(1_000);
        settle(&mut mesh, 8_000, &ring);
        mesh.run(3_000);
        assert_eq!(unsettled(&mesh, &ring), None);
        assert_eq!(unrest(&mut mesh, &ring), 0);
    }
}

#[test]
fn an_election_finds_the_quorum_that_no_circle_visits() {
    for seed in 0..10 {
        let mut mesh = Mesh::ring(300 + seed, 4);
        let ring = from_leader(&mesh);
        mesh.cut(ring[1], ring[2]);
        mesh.vanish(ring[0]);
        mesh.run(1_000);
        ring[1..].iter().for_each(|host| mesh.say(*host, "on we go"));
        settle(&mut mesh, 10_000, &ring[1..]);
    }
}

#[test]
fn an_evicted_node_is_found_again_when_nobody_it_knows_is_left() {
    for keeps in [65_536, 0] {
        let config = Config { log_keep: keeps, lag_entries: 1, ..Config::default() };
        let mut mesh = Mesh::ring_with(7, 3, config);
        let lost = from_leader(&mesh)[1];
        let stay = others(3, &[lost]);
        stay.iter().for_each(|host| mesh.cut(*host, lost));
        settle(&mut mesh, 5_000, &stay);
        stay.iter().for_each(|host| mesh.say(*host, "they go on"));
        mesh.run(500);
        let new =
            [0, 1].map(|_| mesh.start(Start::Join(stay.iter().copied().map(address).collect())));
        new.iter().for_each(|host| mesh.cut(*host, lost));
        settle(&mut mesh, 5_000, &[&stay[..], &new[..]].concat());
        mesh.kill(stay[0]);
        settle(&mut mesh, 8_000, &[stay[1], new[0], new[1]]);
        mesh.kill(stay[1]);
        settle(&mut mesh, 8_000, &new);
        mesh.heal();
        settle(&mut mesh, 12_000, &[lost, new[0], new[1]]);
    }
}

#[test]
fn no_view_is_proposed_whose_quorum_has_just_died() {
    for late in (0..500).step_by(10) {
        let mut mesh = Mesh::ring(400 + late, 4);
        let ring = from_leader(&mesh);
        // One is cut off; the leader would evict it, and the two that die shortly before cannot agree.
        ring.iter().filter(|host| **host != ring[2]).for_each(|host| mesh.cut(*host, ring[2]));
        mesh.run(400 + late);
        let proposed = mesh.judge.proposals.len();
        mesh.vanish(ring[1]);
        mesh.vanish(ring[3]);
        mesh.run(60);
        if mesh.judge.proposals.len() > proposed || mesh.status(ring[0]).pending_view.is_some() {
            // They died while it was on its way: nobody can know that.
            continue;
        }
        mesh.run(3_000);
        if mesh.status(ring[0]).view.members.len() < 4 {
            // It was evicted before.
            continue;
        }
        mesh.heal();
        settle(&mut mesh, 10_000, &[ring[0], ring[2]]);
    }
}
