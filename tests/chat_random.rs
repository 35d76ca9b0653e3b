//! Random commands against a naive model: the same is accepted, seen, kept and handed out; no name is
//! owned twice, no line reaches who was not there, and a restored chat is the same.

#[path = "chat/mod.rs"]
mod chat;
#[path = "chat/model.rs"]
mod model;

use std::collections::BTreeSet;

use chat::{Bench, create, delete, edit, join, part, post, private, register, remove, seen};
use model::Model;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ringchat::chat::command::{Action, Body};
use ringchat::chat::outcome::Outcome;
use ringchat::chat::person::{AccountId, PersonId};
use ringchat::proto::id::{Index, NodeId};

const SEEDS: u64 = 1_000;
const COMMANDS: u64 = 120;
const NODES: u64 = 6;
const PEOPLE: [&str; 6] = ["ann", "b0b", "bob", "Ann", "eve", "anna"];
const GROUPS: [&str; 4] = ["rust", "RUST", "chess", "lobby"];

fn pick<'a>(lots: &mut ChaCha8Rng, from: &[&'a str]) -> &'a str {
    from[lots.random_range(0..from.len())]
}

/// Anything that a person may do, most of it sensible.
fn action(lots: &mut ChaCha8Rng, bench: &Bench) -> Action {
    let group = pick(lots, &GROUPS);
    let person = pick(lots, &PEOPLE);
    let place = lots.random_range(1..=bench.place + 1);
    match lots.random_range(0..24) {
        0..=5 => post(group, &format!("line {place}")),
        6..=8 => private(person, &format!("private {place}")),
        9 => edit(place, "edited"),
        10 => remove(place),
        11 => create(group),
        12..=14 => join(group),
        15 => part(group),
        16 => delete(group),
        17 => register(person),
        18 | 19 => {
            let known: Vec<AccountId> = bench.chat.accounts().map(|(id, _)| id).collect();
            let account = known.get(lots.random_range(0..8)).copied();
            Action::Login { account: account.unwrap_or(AccountId(Index(place))) }
        }
        20 => Action::Logout,
        21 if lots.random_range(0..4) == 0 => Action::DeleteAccount,
        21 | 22 => seen(place),
        _ => Action::Topic { group: None, text: format!("topic {place}") },
    }
}

/// A node comes for the first time, comes back, or goes; a guest's name may go to another.
fn come_or_go(lots: &mut ChaCha8Rng, bench: &mut Bench, model: &mut Model) {
    let node = lots.random_range(1..=NODES);
    if lots.random_range(0..3) == 0 {
        return bench.gone(node);
    }
    bench.hello(node, pick(lots, &PEOPLE));
    let sits = model.sits.clone();
    for (other, _) in sits {
        if bench.chat.name(NodeId(other)).is_none() {
            model.ends(other);
        }
    }
    model.arrives(node);
}

fn assert_same(bench: &Bench, model: &Model, seed: u64) {
    let chat = &bench.chat;
    let at = format!("seed {seed}, place {}", bench.place);
    let mut names = BTreeSet::new();
    for (_, account) in chat.accounts() {
        assert!(names.insert(account.name().skeleton()), "{at}: {} twice", account.name());
    }
    for (node, person) in &model.sits {
        let who = chat.who_at(NodeId(*node)).unwrap();
        assert_eq!(who.person, *person, "{at}: node {node}");
        if who.person.is_guest() {
            assert!(names.insert(who.name.skeleton()), "{at}: {} twice", who.name);
        }
        let visible: Vec<_> =
            chat.visible(*person).map(|line| (line.place.0, line.text.clone())).collect();
        assert_eq!(visible, model.visible(*person), "{at}: what {} may see", who.name);
    }
    let people = model.sits.iter().map(|(_, person)| *person);
    for person in people.chain(model.accounts.iter().map(|(person, _)| *person)) {
        let mut kept: Vec<(u64, String)> = chat
            .mail(person)
            .map(|line| {
                let Body::Plain(text) = &line.body;
                (line.place.0, text.clone())
            })
            .collect();
        assert!(kept.is_sorted(), "{at}");
        let waits = model.mail.iter().filter(|(to, _, _)| *to == person);
        let mut waits: Vec<_> = waits.map(|(_, place, text)| (*place, text.clone())).collect();
        kept.sort();
        waits.sort();
        assert_eq!(kept, waits, "{at}: what waits for {person:?}");
    }
    let mut groups: Vec<_> = chat
        .groups()
        .map(|(id, group)| (id.0.0, group.owner(), group.members().collect::<Vec<PersonId>>()))
        .collect();
    groups.sort();
    let expected = model.groups.iter().map(|group| {
        (group.id, group.owner, group.members.iter().map(|(person, _)| *person).collect())
    });
    assert_eq!(groups, expected.collect::<Vec<_>>(), "{at}");
}

/// Who is told of a line was in its group when it was said; of a private one, is one of the two.
fn assert_audience(bench: &Bench, model: &Model, before: &Model, seed: u64) {
    for told in &bench.told {
        for (node, person) in &model.sits {
            let was = before.person(*node);
            let mine = bench.chat.reaches(&told.to, NodeId(*node));
            match &told.what {
                Outcome::Said(line) | Outcome::Edited(line) | Outcome::Removed(line) => {
                    let said = model.said.iter().find(|said| said.place == line.place.0).unwrap();
                    let there = said.group == 0 || said.present.contains(person);
                    assert!(!mine || there, "seed {seed}, place {}: {told:?}", bench.place);
                    let still = model.is_in_since(*person, said.group, said.place);
                    assert_eq!(mine, still, "seed {seed}, place {}: {told:?}", bench.place);
                }
                Outcome::Private(line) => {
                    assert_eq!(mine, [line.from.person, line.to.person].contains(person));
                }
                Outcome::HandedOut(lines) => {
                    let mine_before = lines.iter().all(|line| Some(line.to.person) == was);
                    assert!(
                        !mine || mine_before || lines.iter().any(|line| line.to.person.is_guest())
                    );
                }
                Outcome::Refused { origin, .. } => assert_eq!(mine, origin.0 == *node),
                Outcome::Arrived { .. }
                | Outcome::Became { .. }
                | Outcome::LoginFailed { .. }
                | Outcome::Created { .. }
                | Outcome::Joined { .. }
                | Outcome::Parted { .. }
                | Outcome::OwnedBy { .. }
                | Outcome::Deleted { .. }
                | Outcome::Topic { .. }
                | Outcome::Seen { .. }
                | Outcome::Limits { .. }
                | Outcome::Unreadable { .. } => {}
            }
        }
    }
}

fn is_refused(bench: &Bench) -> bool {
    bench.told.iter().any(|told| matches!(told.what, Outcome::Refused { .. }))
}

#[test]
fn random_commands_lead_to_what_the_naive_model_says() {
    let (mut carried_out, mut refused) = (0, 0);
    for seed in 0..SEEDS {
        let mut lots = ChaCha8Rng::seed_from_u64(seed);
        let (mut bench, mut model) = (Bench::default(), Model::default());
        for _ in 0..COMMANDS {
            if model.sits.is_empty() || lots.random_range(0..12) == 0 {
                come_or_go(&mut lots, &mut bench, &mut model);
                assert_same(&bench, &model, seed);
                continue;
            }
            let node = match lots.random_range(0..20) {
                0 => lots.random_range(1..=NODES),
                at => model.sits[at % model.sits.len()].0,
            };
            let action = action(&mut lots, &bench);
            let (before, model_before) = (bench.chat.clone(), model.clone());
            bench.act(node, action.clone());
            let expected = model.act(bench.place, node, &action, &before);
            let found = !is_refused(&bench);
            let why = format!("seed {seed}, place {}: {action:?} {:?}", bench.place, bench.told);
            assert_eq!(found, expected, "{why}");
            if found {
                carried_out += 1
            } else {
                refused += 1
            }
            assert_same(&bench, &model, seed);
            assert_audience(&bench, &model, &model_before, seed);
        }
    }
    // Both ways are gone often enough to mean something.
    assert!(carried_out > 40_000 && refused > 40_000, "{carried_out} {refused}");
}
