//! How moments, nodes, links, ballots and places are written, compared and counted.

use std::time::Duration;

use ringchat::proto::id::{Ballot, Index, LinkId, NodeId, RingId};
use ringchat::proto::time::Instant;

fn ballot(round: u64, proposer: u64) -> Ballot {
    Ballot { round, proposer: NodeId(proposer) }
}

#[test]
fn a_moment_reads_as_seconds_with_microseconds() {
    let table = [
        (0, "0.000000"),
        (1, "0.000001"),
        (999_999, "0.999999"),
        (1_000_000, "1.000000"),
        (3_204_000, "3.204000"),
        (61_000_050, "61.000050"),
        (u64::MAX, "18446744073709.551615"),
    ];
    for (micros, text) in table {
        assert_eq!(Instant::from_micros(micros).to_string(), text);
        assert_eq!(Instant::from_micros(micros).as_micros(), micros);
    }
}

#[test]
fn moments_are_counted_without_ever_running_over() {
    let at = Instant::from_micros;
    let ms = Duration::from_millis;
    assert_eq!(Instant::START, at(0));
    assert_eq!(at(5) + ms(2), at(2_005));
    assert_eq!(at(2_005) - ms(2), at(5));
    assert_eq!(at(5) - ms(2), Instant::START);
    assert_eq!(at(u64::MAX) + ms(1), at(u64::MAX));
    assert_eq!(at(1) + Duration::MAX, at(u64::MAX));
    assert_eq!(at(1) - Duration::MAX, Instant::START);
    assert_eq!(at(3_000).since(at(1_000)), ms(2));
    assert_eq!(at(1_000).since(at(3_000)), Duration::ZERO, "the other lies in the future");
    assert_eq!(at(7) + Duration::from_nanos(999), at(7), "less than a microsecond is nothing");
}

#[test]
fn nodes_and_rings_read_as_sixteen_hexadecimal_digits() {
    let table =
        [(0, "0000000000000000"), (0xbeef, "000000000000beef"), (u64::MAX, "ffffffffffffffff")];
    for (number, text) in table {
        assert_eq!(NodeId(number).to_string(), text);
        assert_eq!(RingId(number).to_string(), text);
    }
}

#[test]
fn links_ballots_and_places_read_as_in_the_traces() {
    assert_eq!(LinkId::Dialed(3).to_string(), "out3");
    assert_eq!(LinkId::Accepted(12).to_string(), "in12");
    assert_eq!(ballot(4, 0xa).to_string(), "4.000000000000000a");
    assert_eq!(Ballot::ZERO.to_string(), "0.0000000000000000");
    assert_eq!(Index(42).to_string(), "42");
}

#[test]
fn ballots_are_compared_by_round_and_then_by_proposer() {
    let ascending =
        [Ballot::ZERO, ballot(0, 1), ballot(1, 0), ballot(1, 9), ballot(2, 3), ballot(10, 1)];
    assert!(ascending.is_sorted_by(|a, b| a < b));
    assert_eq!(ballot(2, 3), ballot(2, 3));
}

#[test]
fn places_have_neighbours_and_before_the_first_there_is_only_zero() {
    assert_eq!(Index::ZERO.next(), Index(1));
    assert_eq!(Index(7).next().previous(), Index(7));
    assert_eq!(Index(1).previous(), Index::ZERO);
    assert_eq!(Index::ZERO.previous(), Index::ZERO);
}

#[test]
fn an_own_dialed_link_comes_before_an_accepted_one() {
    assert!(LinkId::Dialed(9) < LinkId::Accepted(1));
    assert!(LinkId::Dialed(1) < LinkId::Dialed(2));
}
