//! A short soak of real processes with disks; `make soak` runs a long one.

use std::path::Path;
use std::time::Duration;

use ringchat_sim::processes;
use ringchat_sim::soak::{Soak, run};

#[test]
fn nothing_acknowledged_is_lost_doubled_or_reordered_while_nodes_are_killed_and_stopped() {
    assert_eq!(processes::binary().unwrap(), Path::new(env!("CARGO_BIN_EXE_node")));
    let soak = Soak {
        nodes: 3,
        writers: 3,
        seed: 4,
        // It ends with the kills; a machine that is too busy for them is given up on after this.
        length: Duration::from_secs(120),
        kills: Some(4),
        every: Duration::from_millis(800),
        line_every: Duration::from_millis(20),
    };
    let tally = run(&soak, |news| println!("{news}")).unwrap_or_else(|why| panic!("{why}"));
    println!("{tally}");
    assert!(tally.is_clean(), "{tally}");
    // Those of the end, when the power of all goes, come on top.
    assert!(tally.kills >= 4 + 3 && tally.acknowledged > 0, "{tally}");
    assert_eq!(tally.found, tally.acknowledged);
}
