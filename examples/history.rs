//! Measures long histories on real nodes: `cargo run --example history -- NODE_BINARY [LINES]`.
//!
//! A ring of one orders so many lines; it is killed, and comes back; somebody new joins it, and gets them
//! all. Prints times, peak memory and bytes on the disk.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Instant;

/// What is said, but for its number: 60 bytes together.
const TEXT: &str = "and so we went on talking until the sun had come up";

/// A node, and what it prints.
struct Node {
    process: Child,
    printed: Receiver<String>,
    address: String,
    began: Instant,
}

impl Node {
    fn start(binary: &str, folder: &Path, arguments: &[&str]) -> Result<Node, Box<dyn Error>> {
        let name = arguments.first().copied().unwrap_or_default();
        let data = folder.join(name);
        let began = Instant::now();
        let mut process = Command::new(binary)
            .current_dir(folder)
            .args(["--name"])
            .args(arguments)
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (lines, printed) = channel();
        let output = process.stdout.take().ok_or("expected an output")?;
        thread::spawn(move || {
            for line in BufReader::with_capacity(1 << 20, output).lines().map_while(Result::ok) {
                if lines.send(line).is_err() {
                    return;
                }
            }
        });
        let mut node = Node { process, printed, address: String::new(), began };
        let line = node.wait_for("* listening at ")?;
        let rest = line.trim_start_matches("* listening at ");
        node.address = rest.split(',').next().unwrap_or_default().to_owned();
        Ok(node)
    }

    /// Waits until it has printed a line that holds this.
    fn wait_for(&self, part: &str) -> Result<String, Box<dyn Error>> {
        for line in &self.printed {
            if line.contains(part) {
                return Ok(line);
            }
        }
        Err(format!("expected {part:?} of the node, found its end").into())
    }

    /// The most memory that it ever had, in KiB.
    fn peak(&self) -> Result<u64, Box<dyn Error>> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        Ok(number.ok_or("expected VmHWM, found none")?.parse()?)
    }

    fn kill_9(&mut self) -> Result<(), Box<dyn Error>> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Types a line, and waits until what the answer must hold was printed.
    fn ask(&mut self, line: &str, part: &str) -> Result<String, Box<dyn Error>> {
        let input = self.process.stdin.as_mut().ok_or("expected an input")?;
        writeln!(input, "{line}")?;
        self.wait_for(part)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.kill_9();
    }
}

/// Says all the lines, and waits until the last of them is ordered.
fn say(node: &mut Node, count: u64) -> Result<(), Box<dyn Error>> {
    let input = node.process.stdin.take().ok_or("expected an input")?;
    let typist = thread::spawn(move || {
        let mut input = BufWriter::new(input);
        for number in 1..=count {
            writeln!(input, "{number:8} {TEXT}")?;
        }
        input.flush()?;
        input.into_inner().map_err(|error| error.into_error())
    });
    node.wait_for(&format!(": {count:8} {TEXT}"))?;
    let input = typist.join().map_err(|_| "expected the typist to end well")??;
    node.process.stdin = Some(input);
    Ok(())
}

/// Says a line, waits until it is ordered, and so on. How long that takes.
fn talk(node: &mut Node, mut goes_on: impl FnMut(usize) -> bool) -> Result<String, Box<dyn Error>> {
    let mut waits = Vec::new();
    while goes_on(waits.len()) {
        let began = Instant::now();
        let said = format!("and line {} of the talk", waits.len());
        node.ask(&said, &format!(": {said}"))?;
        waits.push(began.elapsed());
    }
    waits.sort_unstable();
    let at = |part: usize| waits.get(waits.len() * part / 100).copied().unwrap_or_default();
    let most = waits.last().copied().unwrap_or_default();
    let (half, nearly_all) = (at(50), at(99));
    Ok(format!("{half:.1?} (half), {nearly_all:.1?} (99%), {most:.1?} (all {})", waits.len()))
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |file| file.len())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let binary = arguments.next().ok_or("expected the path of the node's binary")?;
    let count: u64 = arguments.next().map_or(Ok(1_000_000), |count| count.parse())?;
    let binary = fs::canonicalize(binary)?.to_string_lossy().into_owned();
    let folder = tempfile::tempdir()?;
    let mut ann = Node::start(&binary, folder.path(), &["ann", "--new"])?;
    ann.wait_for("* you are ann")?;
    let began = Instant::now();
    say(&mut ann, count)?;
    println!("{count} lines ordered and kept by one node: {:.1?}", began.elapsed());
    println!("  its peak memory: {} KiB", ann.peak()?);
    let (node, history) = ("ann/node.redb", "ann/history.redb");
    let [node, history] = [node, history].map(|file| size(&folder.path().join(file)));
    println!("  on its disk: {history} bytes of history, {node} bytes besides");
    println!("  bytes of history for each line: {:.1}", history as f64 / count as f64);
    ann.kill_9()?;
    let mut ann = Node::start(&binary, folder.path(), &["ann"])?;
    ann.wait_for("* you are ann again")?;
    println!("killed, started again, and back: {:.1?}", ann.began.elapsed());
    let began = Instant::now();
    ann.ask("/history 20 before 1000", "* (")?;
    println!("  20 lines of long ago: {:.1?}", began.elapsed());
    let address = ann.address.clone();
    let mut bob = Node::start(&binary, folder.path(), &["bob", "--join", &address])?;
    bob.wait_for("* you are bob")?;
    println!("a newcomer is in: {:.1?}, with {} KiB", bob.began.elapsed(), bob.peak()?);
    let port = bob.address.rsplit(':').next().unwrap_or_default();
    let log = folder.path().join(format!("chat_{port}.log"));
    // The talk goes on meanwhile: each line needs both disks.
    let has_all = || fs::read_to_string(&log).is_ok_and(|log| log.contains("has all lines of the"));
    let waits = talk(&mut ann, |_| !has_all())?;
    println!("  it has every line: {:.1?}, with {} KiB", bob.began.elapsed(), bob.peak()?);
    println!("  a line of the other was ordered meanwhile within {waits}");
    let waits = talk(&mut ann, |said| said < 500)?;
    println!("  and afterwards within {waits}");
    println!("  the peak memory of the node that it has them from: {} KiB", ann.peak()?);
    let last = bob.ask("/history 1 before 1000", "[999·")?;
    println!("  and shows them: {last}");
    Ok(())
}
