//! The chat under explored orders: all nodes come to the same state, and the harness sees if they do not.

use std::collections::BTreeMap;

use ringchat::chat::command::Command;
use ringchat::proto::entry::{Payload, Submission};
use ringchat::proto::id::{Index, NodeId};
use ringchat_sim::chats::commands::command;
use ringchat_sim::chats::judge::{Judged, judge};
use ringchat_sim::explore::kind::Profile;
use ringchat_sim::explore::one::{AGAIN, Space, explore};
use ringchat_sim::history::{Happening, History};
use ringchat_sim::run::{Manner, run};
use ringchat_sim::world::Keep;

fn message(origin: u64, seq: u64) -> Submission {
    let payload = Payload::new(b"line".to_vec().into()).expect("small");
    Submission { origin: NodeId(origin), seq, lamport: 1, payload }
}

#[test]
fn what_a_message_stands_for_follows_from_it_alone_and_a_name_comes_first() {
    for origin in 1..50 {
        let first = command(&message(origin, 1), Index(7), &[]);
        assert!(matches!(first, Command::Hello { .. }), "{first:?}");
        for seq in 1..50 {
            let commands = [(); 2].map(|()| command(&message(origin, seq), Index(9), &[]));
            assert_eq!(commands[0], commands[1]);
        }
    }
}

#[test]
fn explored_orders_lead_all_chats_to_the_same_state() {
    let mut all = Judged::default();
    for profile in [Profile::Swarm, Profile::CatchUp, Profile::Disks] {
        let space = Space { profile, chat: true, ..Space::default() };
        for seed in 0..40 {
            let explored = explore(seed, &space);
            assert!(explored.finding.is_none(), "seed {seed}: {:?}", explored.finding);
            let manner = Manner { keep: Keep { history: true, ..AGAIN.keep }, ..AGAIN };
            let outcome = run(&explored.scenario, seed, manner);
            let judged = judge(&outcome.history).unwrap_or_else(|why| panic!("{seed}: {why}"));
            all.compared += judged.compared;
            all.restored += judged.restored;
            all.carried_out += judged.carried_out;
            all.refused += judged.refused;
        }
    }
    // Enough of each happened to mean something.
    assert!(all.compared > 2 * (all.carried_out + all.refused), "{all:?}");
    assert!(all.restored > 20 && all.carried_out > 500 && all.refused > 200, "{all:?}");
}

/// The same history, but that the last node to deliver each message was told another Lamport time.
fn forged(history: &History) -> History {
    let mut last = BTreeMap::new();
    for (at, record) in history.records().iter().enumerate() {
        if let Happening::Delivered(delivered) = &record.what {
            last.insert(delivered.index, at);
        }
    }
    let mut forged = History::new();
    for (at, record) in history.records().iter().enumerate() {
        let mut record = record.clone();
        if let Happening::Delivered(delivered) = &mut record.what
            && last.get(&delivered.index) == Some(&at)
        {
            delivered.message.lamport += 1;
        }
        forged.record(record);
    }
    forged
}

#[test]
fn a_chat_that_was_told_something_else_is_found_out() {
    let space = Space { chat: true, ..Space::default() };
    let found = (0..20).filter(|seed| {
        let explored = explore(*seed, &space);
        let manner = Manner { keep: Keep { history: true, ..AGAIN.keep }, ..AGAIN };
        let history = run(&explored.scenario, *seed, manner).history;
        judge(&forged(&history)).is_err()
    });
    assert!(found.count() >= 5, "hardly any run shows it");
}
