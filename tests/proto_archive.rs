//! Tables for sets of places, and for what of a find a node can vouch for.

use bytes::Bytes;
use ringchat::proto::archive::{ArchivedLine, Ask, Found, Part, STRETCHES_MAX, Stretch, Stretches};
use ringchat::proto::entry::Payload;
use ringchat::proto::id::Index;

fn stretch((first, last): (u64, u64)) -> Stretch {
    Stretch { first: Index(first), last: Index(last) }
}

fn set(stretches: &[(u64, u64)]) -> Stretches {
    stretches.iter().copied().map(stretch).collect()
}

fn pairs(stretches: impl IntoIterator<Item = Stretch>) -> Vec<(u64, u64)> {
    stretches.into_iter().map(|it| (it.first.0, it.last.0)).collect()
}

fn line(place: u64, length: usize) -> ArchivedLine {
    let bytes = Payload::new(Bytes::from(vec![b'x'; length])).unwrap();
    ArchivedLine { place: Index(place), bytes }
}

fn ask(places: (u64, u64), lines: u32, bytes: u32) -> Ask {
    Ask { stretch: stretch(places), lines, bytes }
}

#[test]
fn stretches_that_touch_become_one() {
    for (added, expected) in [
        ((1, 4), vec![(1, 4), (10, 20), (30, 40)]),
        ((1, 9), vec![(1, 20), (30, 40)]),
        ((12, 15), vec![(10, 20), (30, 40)]),
        ((21, 29), vec![(10, 40)]),
        ((22, 28), vec![(10, 20), (22, 28), (30, 40)]),
        ((15, 35), vec![(10, 40)]),
        ((1, 99), vec![(1, 99)]),
        ((41, 50), vec![(10, 20), (30, 50)]),
    ] {
        let mut all = set(&[(10, 20), (30, 40)]);
        all.add(stretch(added));
        assert_eq!(pairs(all.iter()), expected, "{added:?}");
    }
}

#[test]
fn what_is_taken_out_may_cut_a_stretch_in_two() {
    for (removed, expected) in [
        ((1, 9), vec![(10, 20), (30, 40)]),
        ((10, 10), vec![(11, 20), (30, 40)]),
        ((20, 30), vec![(10, 19), (31, 40)]),
        ((12, 15), vec![(10, 11), (16, 20), (30, 40)]),
        ((10, 40), vec![]),
        ((1, 35), vec![(36, 40)]),
        ((21, 29), vec![(10, 20), (30, 40)]),
    ] {
        let mut all = set(&[(10, 20), (30, 40)]);
        all.remove(stretch(removed));
        assert_eq!(pairs(all.iter()), expected, "{removed:?}");
    }
}

#[test]
fn the_newest_stretch_before_a_place_ends_there() {
    for (place, expected) in [
        (99, Some((30, 40))),
        (41, Some((30, 40))),
        (40, Some((30, 39))),
        (31, Some((30, 30))),
        (30, Some((10, 20))),
        (25, Some((10, 20))),
        (10, None),
        (1, None),
        (0, None),
    ] {
        let found = set(&[(10, 20), (30, 40)]).newest_before(Index(place));
        assert_eq!(found, expected.map(stretch), "{place}");
    }
}

#[test]
fn of_too_many_stretches_the_nearest_two_become_one_and_no_place_is_lost() {
    let mut all = Stretches::default();
    let added: Vec<(u64, u64)> =
        (1..=STRETCHES_MAX as u64 + 5).map(|at| (at * 100, at * 100 + at)).collect();
    for stretch_of in &added {
        all.add(stretch(*stretch_of));
    }
    assert_eq!(all.iter().count(), STRETCHES_MAX);
    for (first, last) in added {
        assert!(all.iter().any(|it| it.contains(Index(first)) && it.contains(Index(last))));
    }
}

#[test]
fn as_many_lines_are_taken_as_were_asked_for_and_at_least_one() {
    let lines = || [9, 7, 5, 3].map(|place| line(place, 10));
    for (lines_max, bytes, expected, first) in [
        (4, 100, vec![9, 7, 5, 3], 1),
        (2, 100, vec![9, 7], 7),
        (9, 25, vec![9, 7], 7),
        (9, 20, vec![9, 7], 7),
        (9, 5, vec![9], 9),
        (0, 0, vec![9], 9),
    ] {
        let found = Found::take(ask((1, 10), lines_max, bytes), lines(), &set(&[(2, 2)]));
        let places: Vec<u64> = found.lines.iter().map(|line| line.place.0).collect();
        assert_eq!((places, found.stretch), (expected, stretch((first, 10))));
        assert_eq!(found.lacking.is_empty(), first > 2);
    }
    let found = Found::take(ask((1, 10), 9, 9), [], &Stretches::default());
    assert_eq!((found.stretch, found.lines.len()), (stretch((1, 10)), 0), "nothing was said there");
}

#[test]
fn a_node_vouches_for_what_stands_behind_the_last_that_it_lacks() {
    for (lacking, lacks, first, places) in [
        (vec![], false, 1, vec![9, 7, 3]),
        (vec![(1, 2)], false, 3, vec![9, 7, 3]),
        (vec![(1, 2), (4, 7)], false, 8, vec![9]),
        (vec![(1, 2), (10, 10)], true, 10, vec![]),
        (vec![(5, 10)], true, 5, vec![]),
        (vec![(1, 10)], true, 1, vec![]),
    ] {
        let lines = [9, 7, 3].map(|place| line(place, 1)).to_vec();
        let stretches = lacking.iter().copied().map(stretch).collect();
        let found = Found { stretch: stretch((1, 10)), lines, lacking: stretches };
        let part = Part::from(found);
        let found: Vec<u64> = part.lines.iter().map(|line| line.place.0).collect();
        assert_eq!((part.lacks, part.stretch), (lacks, stretch((first, 10))), "{lacking:?}");
        assert_eq!(found, places, "{lacking:?}");
    }
}
