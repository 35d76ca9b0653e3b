//! x
use ringchat_model::bounds::{Bounds, Fault};
use ringchat_model::walk::Walk;
use stateright::{Checker, Model};

#[test]
fn small() {
    let started = std::time::Instant::now();
    let checker =
        Walk { bounds: Bounds::SMALL, fault: None }.checker().threads(2).spawn_dfs().join();
    println!(
        "{} unique, {} states, depth {}, {:?}",
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        started.elapsed()
    );
    for (name, path) in checker.discoveries() {
        println!("{name}: {:?}", path.into_actions());
    }
}
