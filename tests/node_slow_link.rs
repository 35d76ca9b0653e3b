//! A newcomer behind a narrow way gets in, though each frame of the log takes longer than a peer may be silent.

mod node;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use node::{Running, folder};

/// Bytes a second, to whoever dials.
const RATE: usize = 200_000;
const LINES: usize = 4_000;

/// Carries what comes at a listener to an address and back, the way back at that rate. It ends with the process.
fn narrow(listener: TcpListener, to: String) {
    thread::spawn(move || {
        for near in listener.incoming() {
            let (Ok(near), Ok(far)) = (near, TcpStream::connect(&to)) else { continue };
            let (from_near, to_far) = (near.try_clone().unwrap(), far.try_clone().unwrap());
            thread::spawn(move || carry(from_near, to_far, usize::MAX));
            thread::spawn(move || carry(far, near, RATE));
        }
    });
}

fn carry(mut from: TcpStream, mut to: TcpStream, rate: usize) {
    let mut piece = [0; 4 << 10];
    while let Ok(length @ 1..) = from.read(&mut piece) {
        thread::sleep(Duration::from_secs_f64(length as f64 / rate as f64));
        if to.write_all(&piece[..length]).is_err() {
            break;
        }
    }
    let _gone = to.shutdown(std::net::Shutdown::Both);
}

#[test]
fn a_newcomer_behind_a_narrow_way_gets_in() {
    let folder = folder();
    let narrows = TcpListener::bind("127.0.0.1:0").unwrap();
    let shown = narrows.local_addr().unwrap().to_string();
    let ann = ["--name", "ann", "--listen", "127.0.0.1:0", "--advertise", &shown, "--new"];
    let mut ann = Running::start(folder.path(), &ann);
    ann.wait_for("* you are");
    let padding = "x".repeat(100);
    for number in 0..LINES {
        ann.type_line(&format!("{number} {padding}"));
    }
    ann.wait_for(&format!("{} {padding}", LINES - 1));
    narrow(narrows, ann.address.clone());
    let join = ["--name", "bob", "--listen", "127.0.0.1:0", "--join", &shown];
    let bob = Running::start(folder.path(), &join);
    // Else the link is given up again and again, and it never comes that far.
    bob.wait_for("* you are bob");
}
