//! What elections cost is what the formulas say, and the best candidate wins each.

use ringchat::proto::config::ElectionKind;
use ringchat_sim::election_cost::nodes::lose_leader;
use ringchat_sim::election_cost::ring::{Starters, best, elect, mean, worst};
use ringchat_sim::election_cost::{Cost, bully, harmonic, plot, table};

#[test]
fn chang_roberts_costs_what_its_paper_says() {
    for nodes in 3..=64_u64 {
        let size = usize::try_from(nodes).expect("small");
        let of = |ids: &[u64]| elect(ids, Starters::All);
        assert_eq!(of(&best(size)).finds, 2 * nodes - 1, "the best order of {nodes}");
        assert_eq!(of(&worst(size)).finds, nodes * (nodes + 1) / 2, "the worst order of {nodes}");
        assert_eq!(of(&best(size)).announces, nodes);
        for starter in 0..size {
            let found = elect(&best(size), Starters::One(starter)).finds;
            // From the one who begins to the greatest, and from there round.
            let way = (size - 1 - starter) as u64;
            assert_eq!(found, way + nodes, "{nodes} nodes, begun by the one at {starter}");
            assert!((nodes..=2 * nodes - 1).contains(&found));
        }
    }
}

#[test]
fn over_all_orders_the_mean_is_n_times_the_harmonic_number() {
    for nodes in 3..=7 {
        let (found, expected) = (mean(nodes, 0), nodes as f64 * harmonic(nodes));
        assert!((found - expected).abs() < 1e-9, "{nodes} nodes: {found}, expected {expected}");
    }
    // Of a larger ring only some orders are drawn.
    let (found, expected) = (mean(40, 1), 40.0 * harmonic(40));
    assert!((found / expected - 1.0).abs() < 0.05, "{found}, expected about {expected}");
}

#[test]
fn fast_bully_costs_3n_less_4_at_most_and_one_less_if_the_best_begins() {
    for nodes in 3..=64 {
        for starter in 1..nodes {
            let Cost { finds, announces, rounds } = bully::elect(nodes, starter);
            let named = u64::from(starter != nodes - 1);
            assert_eq!(finds, (nodes - 1) + (nodes - 2) + named, "{nodes} nodes, from {starter}");
            assert_eq!(announces, nodes - 2, "{nodes} nodes, from {starter}");
            assert_eq!(rounds, 3 + named, "{nodes} nodes, from {starter}");
        }
        assert_eq!(bully::elect(nodes, 1).messages(), 3 * nodes - 4);
    }
}

#[test]
fn whole_nodes_elect_either_way() {
    for election in [ElectionKind::ChangRoberts, ElectionKind::FastBully] {
        let real = lose_leader(5, election, 1).unwrap_or_else(|why| panic!("{why}"));
        assert!(real.messages > 0 && real.starters > 0, "{real:?}");
    }
}

#[test]
fn the_table_and_the_drawing_show_every_size() {
    let rows = table::rows(3..=9, 1);
    let text = table::messages(&rows);
    assert!(text.contains("| 3 | 8 = 8 | 8.5 = 8.5 | 9 = 9 | 6 to 8 = 6 to 8 |"), "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("| ")).count(), 9, "{text}");
    let drawing = plot::svg(&rows);
    assert!(drawing.starts_with("<svg") && drawing.trim_end().ends_with("</svg>"));
    assert_eq!(drawing.matches("<polyline").count(), 6);
}
