//! The chat behind the ring's own machines: after any schedule of kills and cuts all nodes' chats are
//! equal at each place, also where one began with another's snapshot.

mod support;

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ringchat::chat::command::{Action, Body, Command, Kind};
use ringchat::chat::name::Name;
use ringchat::chat::outcome::Outcome;
use ringchat::chat::person::AccountId;
use ringchat::chat::state::Chat;
use ringchat::proto::config::Config;
use ringchat::proto::id::{Index, NodeId};
use support::mesh::Mesh;

const NAMES: [&str; 4] = ["ann", "bob", "b0b", "eve"];
const GROUPS: [&str; 3] = ["rust", "RUST", "chess"];

/// The imagined network carries text: the origin and the command's bytes as digits.
fn written(origin: NodeId, command: &Command) -> String {
    let digits: String = command.encode().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{} {digits}", origin.0)
}

/// A line of a host's application: its place, its origin, and the command's bytes.
fn read(line: &str) -> (Index, NodeId, Vec<u8>) {
    let mut words = line.split(' ');
    let mut number = || words.next().unwrap().parse().unwrap();
    let (place, origin) = (Index(number()), NodeId(number()));
    let digits = words.next().unwrap();
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (place, origin, (0..digits.len()).step_by(2).map(byte).collect())
}

fn name(lots: &mut ChaCha8Rng, from: &[&str]) -> Name {
    Name::new(from[lots.random_range(0..from.len())]).unwrap()
}

fn action(lots: &mut ChaCha8Rng) -> Action {
    let group = name(lots, &GROUPS);
    let place = Index(lots.random_range(1..200));
    match lots.random_range(0..12) {
        0 | 1 => Action::Join { group },
        2 => Action::Part { group },
        3 => Action::Delete { group },
        4 => Action::Register { name: name(lots, &NAMES), verifier: vec![1] },
        5 => Action::Login { account: AccountId(place) },
        6 => Action::Logout,
        7 => Action::Private { to: name(lots, &NAMES), body: Body::Plain("psst".to_owned()) },
        8 => Action::Seen { up_to: place },
        9 => Action::Edit { place, text: "edited".to_owned() },
        _ => Action::Post { group: Some(group), kind: Kind::Said, text: "hello".to_owned() },
    }
}

/// A node that has become a member says its name, as the front end does.
fn greet(mesh: &mut Mesh, host: usize, lots: &mut ChaCha8Rng, greeted: &mut [Option<NodeId>]) {
    let status = mesh.status(host);
    let me = status.me.id;
    if greeted[host] == Some(me) || !status.view.contains(me) {
        return;
    }
    greeted[host] = Some(me);
    let present = status.view.members.iter().map(|member| member.id).collect();
    let hello = Command::Hello { view: status.view.number, present, name: name(lots, &NAMES) };
    mesh.say(host, &written(me, &hello));
}

/// What each place led to, by the first who got there.
type Digests = BTreeMap<Index, u64>;

/// Plays what a host's application holds; the chat is exchanged for one out of its own snapshot now and then.
fn check(mesh: &Mesh, host: usize, lots: &mut ChaCha8Rng, known: &mut Digests) -> usize {
    let mut chat = Chat::new();
    let mut done = 0;
    for line in &mesh.hosts[host].lines {
        let (place, origin, bytes) = read(line);
        let told = chat.apply(place, place.0, origin, &bytes);
        done += usize::from(!told.iter().any(|it| matches!(it.what, Outcome::Refused { .. })));
        if lots.random_range(0..8) == 0 {
            chat = Chat::restore(&chat.snapshot()).unwrap();
        }
        let digest = chat.digest();
        let first = *known.entry(place).or_insert(digest);
        assert_eq!(first, digest, "host {host}, place {place}");
    }
    let accounts = chat.accounts().map(|(_, account)| account.name().skeleton());
    let nodes: Vec<NodeId> = mesh.hosts.iter().map(|host| host.node.status().me.id).collect();
    let guests = nodes.iter().filter_map(|node| chat.who_at(*node));
    let guests = guests.filter(|who| who.person.is_guest()).map(|who| who.name.skeleton());
    let mut names: Vec<String> = accounts.chain(guests).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "host {host}: a name is owned twice");
    done
}

/// A schedule. How many commands were carried out, at the host that holds the most.
fn play(seed: u64) -> usize {
    let mut lots = ChaCha8Rng::seed_from_u64(seed);
    let config = Config { log_keep: lots.random_range(0..8), ..Config::default() };
    let mut mesh = Mesh::ring_with(40_000 + seed, 4, config);
    let mut greeted = vec![None; 4];
    let mut known = Digests::new();
    let mut done = 0;
    for _ in 0..25 {
        let (a, b) = (lots.random_range(0..4), lots.random_range(0..4));
        let dead = mesh.hosts.iter().filter(|host| !host.alive).count();
        let whole = mesh.is_connected()
            && mesh.hosts.iter().all(|host| host.node.status().view.members.len() == 4);
        match lots.random_range(0..8) {
            0 if dead == 0 && whole => mesh.kill(a),
            1 if !mesh.hosts[a].alive => {
                greeted[a] = None;
                mesh.revive(a);
            }
            2 if a != b && dead == 0 => mesh.cut(a, b),
            3 => mesh.heal(),
            _ => {}
        }
        for host in 0..4 {
            if mesh.hosts[host].alive {
                greet(&mut mesh, host, &mut lots, &mut greeted);
                for _ in 0..lots.random_range(0..4) {
                    let me = mesh.status(host).me.id;
                    let command = Command::Act { second: 0, action: action(&mut lots) };
                    if greeted[host] == Some(me) {
                        mesh.say(host, &written(me, &command));
                    }
                }
            }
        }
        let pause = lots.random_range(0..400);
        mesh.run(pause);
        for host in 0..4 {
            done = done.max(check(&mesh, host, &mut lots, &mut known));
        }
    }
    done
}

#[test]
fn after_any_schedule_the_chats_of_all_nodes_are_equal_at_each_place() {
    let done: usize = (0..60).map(play).sum();
    assert!(done > 1_000, "enough was carried out to mean something: {done}");
}
