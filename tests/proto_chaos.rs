//! Whatever the network, the disks and the people do: one order, and in the end one quiet ring.
//!
//! `CHAOS=from..to` runs these seeds instead of the usual few, and `CHAOS_TRACE=1` tells all.

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};

use support::chaos::Chaos;

#[test]
fn whatever_happens_the_order_is_one_and_the_ring_settles() {
    let (from, to) = std::env::var("CHAOS").ok().map_or((0, 200), |range| {
        let (from, to) = range.split_once("..").expect("CHAOS=from..to");
        (from.parse().unwrap(), to.parse().unwrap())
    });
    let mut failed = Vec::new();
    let mut totals = std::collections::BTreeMap::new();
    for seed in from..to {
        match catch_unwind(AssertUnwindSafe(|| Chaos::run(seed))) {
            Ok(counts) => {
                counts.into_iter().for_each(|(name, n)| *totals.entry(name).or_insert(0) += n);
            }
            Err(_) => {
                println!("^^^ FAILED seed {seed}");
                failed.push(seed);
            }
        }
    }
    println!("{totals:#?}");
    assert!(failed.is_empty(), "failed: {failed:?}");
}
