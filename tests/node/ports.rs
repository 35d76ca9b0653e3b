//! Ports that belong to one test, whatever else runs on the machine.
//!
//! To find a port free by binding it, to let it go and to use it later is a race twice over: the system
//! may lend it to any socket in between; and a process that a test beside starts just then inherits the
//! socket, until it becomes the program it is to run, and keeps the port that long. So a test takes a
//! block of ports below those that the system lends, and keeps it by a socket at the block's last port,
//! for as long as its process lives: another that wants the block finds that port taken. The others are
//! only knocked at.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Mutex;

/// Ports of a block for nodes: as many as a node looks at with `--ports`.
const NODES: u16 = 16;

/// Where the blocks begin and end. Linux lends ports from 32768 on, other systems from 49152 on.
const FIRST: u16 = 12_000;
const BLOCKS: u16 = (32_000 - FIRST) / (NODES + 1);

/// What keeps the blocks of this process.
static KEPT: Mutex<Vec<TcpListener>> = Mutex::new(Vec::new());

/// Whether another program listens there.
fn is_in_use(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// The first of 16 ports in a row that are free, and that no other test is given.
pub fn free_ports() -> u16 {
    // Processes that run side by side begin at different places.
    let begin = std::process::id().wrapping_mul(37) % u32::from(BLOCKS);
    for block in (begin..).take(usize::from(BLOCKS)) {
        let block = u16::try_from(block % u32::from(BLOCKS)).unwrap();
        let first = FIRST + block * (NODES + 1);
        let Ok(mark) = TcpListener::bind(("127.0.0.1", first + NODES)) else { continue };
        if !(first..first + NODES).any(is_in_use) {
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
