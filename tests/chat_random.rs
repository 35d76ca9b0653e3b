//! Random commands against a naive model: the same is accepted, seen, kept and handed out; no name
//! is owned twice, no line reaches who was not there, and a restored chat is the same.

#[path = "chat/mod.rs"]
mod chat;

use chat::Bench;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ringchat::chat::outcome::Outcome;
use ringchat::chat::person::AccountId;
use ringchat::proto::id::{Index, NodeId};
use ringchat_sim::chats::commands::action;
use ringchat_sim::chats::compare::{is_as_the_model_says, reaches_whom_it_may};
use ringchat_sim::chats::model::Model;

const SEEDS: u64 = 1_000;
const COMMANDS: u64 = 120;
const NODES: u64 = 6;
const PEOPLE: [&str; 6] = ["ann", "b0b", "bob", "Ann", "eve", "anna"];

fn pick<'a>(lots: &mut ChaCha8Rng, from: &[&'a str]) -> &'a str {
    from[lots.random_range(0..from.len())]
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
    let same = is_as_the_model_says(&bench.chat, model);
    same.unwrap_or_else(|words| panic!("seed {seed}, place {}: {words}", bench.place));
}

/// Who is told of a line was in its group when it was said; of a private one, is one of the two.
fn assert_audience(bench: &Bench, model: &Model, before: &Model, seed: u64) {
    let right = reaches_whom_it_may(&bench.chat, &bench.told, before, model);
    right.unwrap_or_else(|words| panic!("seed {seed}, place {}: {words}", bench.place));
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
            let known: Vec<AccountId> = bench.chat.accounts().map(|(id, _)| id).collect();
            let action = action(&mut lots, Index(bench.place + 1), &known);
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
