//! How a node's bounds follow the distances in its ring, by tables.

use std::time::Duration;

use ringchat::proto::pace::Pace;

fn ms(length: u64) -> Duration {
    Duration::from_millis(length)
}

#[test]
fn a_lap_is_as_long_as_if_all_links_were_as_long_as_the_longest() {
    // (the longest round trip in ms, members, the lap)
    let table = [
        (Some(0), 5, 0),
        (Some(2), 5, 5),
        (Some(150), 5, 375),
        (Some(150), 1, 75),
        (Some(150), 0, 0),
        (Some(5_000), 4, 2_000),
        (None, 9, 0),
    ];
    for (longest, members, lap) in table {
        let mut pace = Pace::default();
        pace.update(longest.map(ms), members);
        assert_eq!(pace.lap, ms(lap), "{longest:?} ms among {members}");
    }
}

#[test]
fn without_a_link_the_distance_known_before_stays() {
    let mut pace = Pace::default();
    pace.update(Some(ms(100)), 4);
    pace.update(None, 6);
    assert_eq!((pace.round_trip, pace.lap), (ms(100), ms(300)));
    pace.update(Some(ms(10)), 6);
    assert_eq!((pace.round_trip, pace.lap), (ms(10), ms(30)));
}

#[test]
fn a_bound_gives_way_to_distance_and_only_upwards() {
    let mut pace = Pace::default();
    pace.update(Some(ms(150)), 8);
    // (the bound in ms, for three round trips, for two laps)
    for (bound, trips, laps) in [(0, 450, 1_200), (500, 500, 1_200), (2_000, 2_000, 2_000)] {
        assert_eq!(pace.trips(ms(bound), 3), ms(trips), "{bound} ms in round trips");
        assert_eq!(pace.laps(ms(bound), 2), ms(laps), "{bound} ms in laps");
    }
}

#[test]
fn as_many_pulses_are_under_way_as_fit_into_a_lap() {
    let mut pace = Pace::default();
    assert_eq!(pace.pulses_under_way(ms(100)), 0);
    pace.update(Some(ms(150)), 8);
    assert_eq!(pace.pulses_under_way(ms(100)), 6);
    assert_eq!(pace.pulses_under_way(ms(601)), 0);
    assert_eq!(pace.pulses_under_way(Duration::ZERO), 600_000, "no division by nothing");
}
