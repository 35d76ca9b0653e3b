//! The bare ring: three programs that pass bytes round, and nothing else.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use super::{IN_FLIGHT, MESSAGE_BYTES, Result};

const BUFFER_BYTES: usize = 64 << 10;

/// Keeps messages under way for a while, and prints how many a second came back.
pub fn origin(listen: SocketAddr, next: SocketAddr, time: Duration) -> Result<()> {
    let (mut input, mut output) = neighbours(listen, next)?;
    let message = [7; MESSAGE_BYTES * IN_FLIGHT];
    output.write_all(&message)?;
    let mut buffer = vec![0; BUFFER_BYTES];
    let (begin, mut back, mut partial) = (Instant::now(), 0_u64, 0);
    while begin.elapsed() < time {
        partial += input.read(&mut buffer)?;
        let whole = partial / MESSAGE_BYTES;
        partial %= MESSAGE_BYTES;
        back += whole as u64;
        output.write_all(&message[..whole * MESSAGE_BYTES])?;
    }
    println!("{:.0}", back as f64 / begin.elapsed().as_secs_f64());
    Ok(())
}

/// Passes on what comes, until nothing does.
pub fn relay(listen: SocketAddr, next: SocketAddr) -> Result<()> {
    let (mut input, mut output) = neighbours(listen, next)?;
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let read = input.read(&mut buffer)?;
        // The one behind may have gone first: then it is over, too.
        if read == 0 || output.write_all(&buffer[..read]).is_err() {
            return Ok(());
        }
    }
}

/// The connections from the one before, and to the one behind.
fn neighbours(listen: SocketAddr, next: SocketAddr) -> Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind(listen)?;
    let output = loop {
        match TcpStream::connect(next) {
            Ok(stream) => break stream,
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(error.into()),
        }
    };
    output.set_nodelay(true)?;
    let (input, _) = listener.accept()?;
    Ok((input, output))
}
