//! How many messages a second a ring of three processes acknowledges, beside a bare TCP ring.
//!
//! `cargo bench --bench ring` starts itself as three processes on loopback, twice: as members of a
//! ring, and as three programs that do no more than pass the same bytes round. One of them keeps
//! 256 messages of 64 bytes under way; a message counts once its origin has it back: from the bare
//! ring as bytes, from the members as delivered, which is known committed and in order.
//!
//! The bare ring does nothing but wake the next process, so its rate changes severalfold with where
//! the system lets the three run: on one core, a wake-up is cheap. Compare rates before ratios.
//!
//! `RINGCHAT_BENCH_SECONDS` sets how long each part of a round is measured.

mod bare;
mod member;

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The size of a message, in bytes.
const MESSAGE_BYTES: usize = 64;

/// How many messages are under way at once.
const IN_FLIGHT: usize = 256;

/// How many processes there are.
const PROCESSES: usize = 3;

/// How often everything is measured.
const ROUNDS: usize = 3;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["bare-origin", listen, next] => bare::origin(listen.parse()?, next.parse()?, seconds()),
        ["bare-relay", listen, next] => bare::relay(listen.parse()?, next.parse()?),
        ["member", listen, contact, origin] => {
            let contact = if contact == "-" { None } else { Some(contact.parse()?) };
            member::run(listen.parse()?, contact, (origin == "origin").then(seconds))
        }
        // Whatever cargo passes on, such as `--bench`.
        _ => compare(),
    }
}

/// How long each part is measured.
fn seconds() -> Duration {
    let asked = std::env::var("RINGCHAT_BENCH_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(asked.unwrap_or(2))
}

fn compare() -> Result<()> {
    println!(
        "{PROCESSES} processes on loopback, {MESSAGE_BYTES}-byte messages, {IN_FLIGHT} in flight, \
         messages/s:"
    );
    println!("  bare TCP ring   ring, leader submits   ring, follower submits");
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        // Side by side in time, as the machine may have other things to do now and then.
        let round = [bare_ring()?, ring(0)?, ring(2)?];
        println!("  {:>13}   {:>20}   {:>22}", round[0], round[1], round[2]);
        rounds.push(round);
    }
    let [bare, leader, follower] = [0, 1, 2].map(|column| median(&rounds, column));
    println!("median of {ROUNDS}: {bare} bare, {leader} and {follower} acknowledged in order");
    for (who, rate) in [("leader", leader), ("follower", follower)] {
        // Both fit a float exactly: they are far below 2^53.
        let percent = 100.0 * rate as f64 / bare.max(1) as f64;
        println!("  from the {who}: {percent:.1} % of the bare ring");
    }
    Ok(())
}

fn median(rounds: &[[u64; 3]], column: usize) -> u64 {
    let mut rates: Vec<u64> = rounds.iter().map(|round| round[column]).collect();
    rates.sort_unstable();
    rates[rates.len() / 2]
}

fn bare_ring() -> Result<u64> {
    let ports = free_addresses()?;
    let words = |role: &str, at: usize| {
        [role.to_owned(), ports[at].to_string(), ports[(at + 1) % PROCESSES].to_string()]
    };
    let _relays = [start(&words("bare-relay", 1))?, start(&words("bare-relay", 2))?];
    start(&words("bare-origin", 0))?.rate()
}

fn ring(origin: usize) -> Result<u64> {
    let ports = free_addresses()?;
    let mut members = Vec::new();
    for at in 0..PROCESSES {
        let contact = if at == 0 { "-".to_owned() } else { ports[0].to_string() };
        let role = if at == origin { "origin" } else { "other" };
        let words = ["member".to_owned(), ports[at].to_string(), contact, role.to_owned()];
        members.push(start(&words)?);
    }
    members[origin].rate()
}

/// Addresses that were free a moment ago.
fn free_addresses() -> Result<Vec<SocketAddr>> {
    let listeners: Vec<TcpListener> =
        (0..PROCESSES).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<std::io::Result<_>>()?;
    Ok(listeners.iter().map(TcpListener::local_addr).collect::<std::io::Result<_>>()?)
}

/// A process that ends by itself once its standard input is closed, so none outlives this one.
struct Process(Child);

fn start(words: &[String]) -> Result<Process> {
    let child = Command::new(std::env::current_exe()?)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    Ok(Process(child))
}

impl Process {
    /// What the process prints: how many messages a second it got back.
    fn rate(&mut self) -> Result<u64> {
        let output = self.0.stdout.take().ok_or("the process was asked before")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        line.trim().parse().map_err(|_| format!("expected a rate, found {line:?}").into())
    }
}

impl Drop for Process {
    /// Lets the process end: dropping its standard input closes it.
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // An error means that it has ended already.
        let _ended = self.0.wait();
    }
}
