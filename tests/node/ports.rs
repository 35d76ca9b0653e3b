//! Ports that belong to one test, whatever else runs on the machine.
//!
//! To find a free port, to let it go and to use it later is a race: in between the system may lend it
//! to any socket, such as one that dials for the test beside. So a test takes a block of ports below
//! those that the system lends, and keeps it by a socket at the block's last port, for as long as the
//! process lives; another process that wants the block finds that port taken.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Mutex;

/// Ports of a block for nodes: as many as a node looks at with `--ports`.
const NODES: u16 = 16;

/// Where the blocks begin and end. Linux lends ports from 32768 on, other systems from 49152 on.
const FIRST: u16 = 12_000;
const BLOCKS: u16 = (32_000 - FIRST) / (NODES + 1);

/// What keeps the blocks of this process.
static KEPT: Mutex<Vec<TcpListener>> = Mutex::new(Vec::new());

fn bound(port: u16) -> Option<TcpListener> {
    TcpListener::bind(("127.0.0.1", port)).ok()
}

/// The first of 16 ports in a row that are free, and that no other test is given.
pub fn free_ports() -> u16 {
    // Processes that run side by side begin at different places.
    let begin = std::process::id().wrapping_mul(37) % u32::from(BLOCKS);
    for block in (begin..).take(usize::from(BLOCKS)) {
        let block = u16::try_from(block % u32::from(BLOCKS)).unwrap();
        let first = FIRST + block * (NODES + 1);
        let Some(mark) = bound(first + NODES) else { continue };
        if (first..first + NODES).all(|port| bound(port).is_some()) {
            KEPT.lock().unwrap().push(mark);
            return first;
        }
    }
    panic!("expected 16 free ports in a row from {FIRST} on, found none");
}

/// An address for one node, which is still free when that node is killed and comes back.
pub fn free_address() -> String {
    format!("127.0.0.1:{}", free_ports())
}

/// What a node is told to listen at that keeps its data here: a new one at such an address; one that
/// comes back knows its own.
pub fn address_in(data: &Path) -> String {
    let comes_back = data.join("node.redb").exists();
    if comes_back { "127.0.0.1:0".to_owned() } else { free_address() }
}
