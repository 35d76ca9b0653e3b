//! temporary: sizes
use ringchat_model::bounds::*;
use ringchat_model::walk::Walk;
use stateright::{Checker, Model};
fn main() {
    let a: Vec<u8> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let first_lap = if a[6] == 0 { FirstLap::Assumed } else { FirstLap::Walked { starts: a[6] } };
    let writes = if a[7] == 0 { Writes::LostWhereItShows } else { Writes::OneByOne };
    let hearing = if a[10] == 0 { Hearing::WhatMatters } else { Hearing::Everything };
    let bounds = Bounds {
        ballots: a[0],
        views: a[1],
        messages: a[2],
        crashes: a[3],
        first_lap,
        writes,
        hearing,
        tie_breaker_moves: a[8] == 1,
    };
    use Fault::*;
    let faults = [
        PromiseNotDurable,
        AcknowledgedNotDurable,
        ElectedByNewViewAlone,
        CommittedByNewViewAlone,
        DecidedTwice,
        FreshnessIgnored,
        OldBallotCounted,
        AnyHalfDecides,
        TwoViewsPending,
    ];
    if a[11] > 0 {
        for fault in faults {
            if a[11] < 100 && faults[a[11] as usize - 1] != fault {
                continue;
            }
            let started = std::time::Instant::now();
            let checker = Walk { bounds, fault: Some(fault) }
                .checker()
                .threads(2)
                .finish_when(stateright::HasDiscoveries::AnyFailures)
                .timeout(std::time::Duration::from_secs(a[9] as u64 * 10))
                .spawn_bfs()
                .join();
            println!("{fault:?}: {} unique, {:?}", checker.unique_state_count(), started.elapsed());
            for (name, path) in checker.discoveries() {
                let always = ["S", "the store", "equal", "what is", "what counts", "a node stays"]
                    .iter()
                    .any(|p| name.starts_with(p));
                if always {
                    println!("   {name}: {:?}", path.into_actions());
                }
            }
        }
        return;
    }
    let started = std::time::Instant::now();
    let checker = Walk { bounds, fault: None }
        .checker()
        .threads(2)
        .timeout(std::time::Duration::from_secs(a[9] as u64 * 10))
        .spawn_dfs()
        .join();
    println!(
        "{a:?} {} unique, {} states, depth {}, {:?} {}",
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        started.elapsed(),
        checker.is_done()
    );
    for (name, path) in checker.discoveries() {
        let always = ["S", "the store", "equal", "what is", "what counts", "a node stays"]
            .iter()
            .any(|p| name.starts_with(p));
        if always {
            println!("BROKEN {name}: {:#?}", path.into_actions());
        } else {
            println!("  {name}: {}", path.into_actions().len());
        }
    }
}
