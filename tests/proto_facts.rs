//! Facts as they are kept, beside a plain map of nodes to numbers: whatever is done to both, they tell the
//! same; and what comes off the wire, whatever it is.

use std::collections::BTreeMap;

use bytes::BytesMut;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ringchat::proto::facts::Facts;
use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::message::{AppendAck, Message, Stored};
use ringchat::proto::set::NODES_MAX;
use ringchat::proto::tally::{Spares, Tally};
use ringchat::wire::frame::{Decoder, encode};

/// The plain map: an index and a pulse for each node.
type Plain = BTreeMap<u64, (u64, u64)>;

fn fact(id: u64, index: u64, pulse: u64) -> Stored {
    Stored { id: NodeId(id), index: Index(index), pulse }
}

fn facts(plain: &Plain) -> Facts {
    plain.iter().map(|(id, (index, pulse))| fact(*id, *index, *pulse)).collect()
}

/// What facts tell, as a plain map.
fn plain(facts: &Facts) -> Plain {
    facts.iter().map(|fact| (fact.id.0, (fact.index.0, fact.pulse))).collect()
}

fn of(plain: &Plain, id: u64) -> (u64, u64) {
    plain.get(&id).copied().unwrap_or((0, 0))
}

/// What one node may say of others: of a few to more than a word of a set has bits, mostly at few values.
fn draw(lots: &mut ChaCha8Rng) -> Plain {
    let nodes = [3, 9, 64, 65, 140][lots.random_range(0..5)];
    let values = if lots.random_ratio(1, 4) { 200 } else { 4 };
    let mut drawn = Plain::new();
    for id in 0..nodes {
        if lots.random_ratio(9, 10) {
            drawn.insert(id * 3, (lots.random_range(0..values), lots.random_range(0..values)));
        }
    }
    drawn.retain(|_, numbers| *numbers != (0, 0));
    drawn
}

/// Another, who knows nearly the same.
fn draw_like(lots: &mut ChaCha8Rng, known: &Plain) -> Plain {
    let mut other = known.clone();
    for (index, pulse) in other.values_mut() {
        match lots.random_range(0..40) {
            0 => *index += 1,
            1 => *pulse = pulse.saturating_sub(1),
            2 => (*index, *pulse) = (0, 0),
            _ => {}
        }
    }
    if lots.random_ratio(1, 4) {
        other.insert(1 + 3 * lots.random_range(0..50), (2, 2));
    }
    other.retain(|_, numbers| *numbers != (0, 0));
    other
}

#[test]
fn facts_tell_the_same_as_a_map_of_numbers() {
    let mut lots = ChaCha8Rng::seed_from_u64(17);
    let mut found = [0; 3];
    for round in 0..3_000 {
        let mut known = draw(&mut lots);
        let other = if lots.random() { draw(&mut lots) } else { draw_like(&mut lots, &known) };
        let what = format!("round {round}: {known:?} and {other:?}");
        let mut tally = Tally::default();
        known.iter().for_each(|(id, (index, pulse))| tally.merge(fact(*id, *index, *pulse)));
        assert_eq!(plain(tally.known()), known, "one by one, {what}");
        assert_eq!(*tally.known(), facts(&known), "all at once, {what}");
        let mut sent = Tally::default();
        sent.merge_all(&facts(&other));

        let lacks = |(id, (index, pulse)): &(&u64, &(u64, u64))| {
            let told = of(&other, **id);
            *index > told.0 || *pulse > told.1
        };
        let lacking: Plain = known.iter().filter(lacks).map(|(id, it)| (*id, *it)).collect();
        let answer = Spares::default().news_for(&facts(&other), &tally);
        assert_eq!(plain(&answer), lacking, "what is lacking, {what}");
        assert_eq!(answer.len(), lacking.len(), "{what}");

        let commit = lots.random_range(0..5);
        let beyond =
            |(id, (index, _)): (&u64, &(u64, u64))| *index > commit && *index > of(&other, *id).0;
        let news = known.iter().any(beyond);
        assert_eq!(tally.has_news_beyond(&sent, Index(commit)), news, "{commit}, {what}");

        let mut asked = BTreeMap::new();
        let nobody: Option<()> = tally.known().find_beyond(sent.known(), |id, index| {
            assert_eq!(asked.insert(id.0, index.0), None, "asked twice of {id}, {what}");
            None
        });
        let grown = known.iter().filter(|(id, (index, _))| *index > of(&other, **id).0);
        let grown: BTreeMap<u64, u64> = grown.map(|(id, (index, _))| (*id, *index)).collect();
        assert_eq!((nobody, asked), (None, grown), "{what}");

        let is_news = other.iter().any(|(id, (index, _))| *index > of(&known, *id).0);
        assert_eq!(tally.merge_all(&facts(&other)), is_news, "{what}");
        for (id, (index, pulse)) in &other {
            let mine = known.entry(*id).or_default();
            *mine = (mine.0.max(*index), mine.1.max(*pulse));
        }
        assert_eq!(plain(tally.known()), known, "merged, {what}");
        for (count, was) in found.iter_mut().zip([lacking.is_empty(), news, is_news]) {
            *count += usize::from(was);
        }
    }
    assert!(found.into_iter().all(|count| (20..2_950).contains(&count)), "{found:?}");
}

#[test]
fn facts_travel_as_a_list_of_what_each_node_holds() {
    let mut lots = ChaCha8Rng::seed_from_u64(23);
    for _ in 0..100 {
        let stored = Box::new(facts(&draw(&mut lots)));
        let list = serde_json::to_string(&stored.iter().collect::<Vec<_>>()).expect("a list");
        assert_eq!(serde_json::to_string(&stored).expect("facts"), list);
        let ballot = Ballot::ZERO;
        let (verified, commit) = (Index::ZERO, Index::ZERO);
        let promised = ballot;
        let ack = AppendAck { ballot, promised, verified, commit, mismatch: false, stored };
        let message = Message::AppendAck(ack);
        let mut bytes = BytesMut::new();
        encode(&message, &mut bytes).expect("it fits");
        let mut decoder = Decoder::new();
        decoder.room().extend_from_slice(&bytes);
        assert_eq!(decoder.next_message(), Ok(Some(message)));
    }
}

#[test]
fn facts_of_more_nodes_than_a_ring_can_have_are_refused_and_an_unsorted_list_is_not() {
    let list = |ids: &mut dyn Iterator<Item = u64>| {
        let facts: Vec<Stored> = ids.map(|id| fact(id, id, 1)).collect();
        serde_json::to_string(&facts).expect("a list")
    };
    let most = NODES_MAX as u64;
    let all: Facts = serde_json::from_str(&list(&mut (1..=most).rev())).expect("as many as may be");
    assert_eq!((all.len(), all.greatest()), (NODES_MAX, most));
    let why = serde_json::from_str::<Facts>(&list(&mut (0..=most))).expect_err("one too many");
    assert!(why.to_string().contains("expected facts of at most 4096 nodes"), "{why}");
    // Of one more nothing is taken in, and nothing is lost of the others.
    let mut tally = Tally::default();
    assert!(tally.merge_all(&all));
    tally.merge(fact(most + 1, 9, 9));
    assert!(!tally.merge_all(&[fact(1, 5, 5), fact(most + 1, 9, 9)].into_iter().collect()));
    assert_eq!(*tally.known(), all);
}
