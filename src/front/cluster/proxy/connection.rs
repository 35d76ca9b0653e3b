//! One connection through the proxy: from the dial to its end, each direction by itself.

use std::io;
use std::rc::Rc;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::{Duration, Instant, sleep, sleep_until};

use super::Way;
use super::frames::{Frames, hello};
use super::net::{Connection, Direction, Fate, Machine, Net, Piece};

/// What arrives instead of a frame: a length that no frame has, and more of the same.
const GARBAGE: [u8; 64] = [0xff; 64];

type Queue = mpsc::UnboundedReceiver<(Instant, Piece)>;

/// Serves a connection that somebody made to the address of `to`, until it is over.
pub(super) async fn serve(net: Rc<Net>, number: u64, mut dialer: TcpStream, to: usize) {
    let mut frames = Frames::default();
    let Some((from, first)) = introduce(&net, &mut dialer, &mut frames).await else { return };
    net.say((from, to), None);
    let reached = match reach(&net, &mut dialer, (from, to)).await {
        Reached::Connected(stream) => stream,
        Reached::Nobody => {
            // Nobody is there: what a connection to a dead process gives.
            let _gone = dialer.set_zero_linger();
            return;
        }
        Reached::GaveUp => return,
    };
    let (there, there_queue) = mpsc::unbounded_channel();
    let (back, back_queue) = mpsc::unbounded_channel();
    let directions =
        [Rc::new(Direction::new((from, to), there)), Rc::new(Direction::new((to, from), back))];
    let (reset, mut is_reset) = watch::channel(false);
    let connection = Connection { directions: directions.clone(), reset: reset.clone() };
    net.connections.borrow_mut().insert(number, connection);
    directions[0].push(&net, Piece::Frame(first));
    let (mut dialer_reads, mut dialer_writes) = dialer.into_split();
    let (mut target_reads, mut target_writes) = reached.into_split();
    let both = async {
        tokio::join!(
            take(&net, &directions[0], &mut dialer_reads, frames),
            give(&net, &directions[0], &mut target_writes, there_queue, &reset),
            take(&net, &directions[1], &mut target_reads, Frames::default()),
            give(&net, &directions[1], &mut dialer_writes, back_queue, &reset),
        )
    };
    let was_reset = tokio::select! {
        biased;
        _ = is_reset.wait_for(|reset| *reset) => true,
        _ = both => false,
    };
    net.connections.borrow_mut().remove(&number);
    if was_reset {
        for writes in [dialer_writes, target_writes] {
            let _gone = writes.as_ref().set_zero_linger();
            writes.forget();
        }
    }
}

/// Hears who dials.
async fn introduce(
    net: &Net,
    dialer: &mut TcpStream,
    frames: &mut Frames,
) -> Option<(usize, Bytes)> {
    loop {
        if let Some(first) = frames.next() {
            let address = hello(&first)?.member.address;
            let from = net.advertised.iter().position(|known| *known == address)?;
            return Some((from, first));
        }
        if dialer.read_buf(frames.room()).await.ok()? == 0 {
            return None;
        }
    }
}

enum Reached {
    Connected(TcpStream),
    Nobody,
    /// The dialer did not wait any longer.
    GaveUp,
}

/// Connects to the one who was dialed, once the ways there and back are whole: a dial takes both.
async fn reach(net: &Net, dialer: &mut TcpStream, (from, to): Way) -> Reached {
    loop {
        let changed = net.changed.notified();
        let arrives = !net.is_cut((from, to)) && !net.is_off((from, to));
        if arrives && net.is_cut((to, from)) {
            // The answer is what gets lost.
            net.say((to, from), None);
        }
        if arrives && !net.is_cut((to, from)) {
            let refused = net.machine(to) == Machine::Down;
            let stream = TcpStream::connect(net.listened[to]).await;
            return match stream {
                Ok(stream) if !refused && stream.set_nodelay(true).is_ok() => {
                    Reached::Connected(stream)
                }
                Ok(_) | Err(_) => Reached::Nobody,
            };
        }
        let mut scratch = [0; 1];
        tokio::select! {
            biased;
            () = changed => {}
            // It says nothing more before it is answered, so this is its end.
            _ = dialer.peek(&mut scratch) => return Reached::GaveUp,
        }
    }
}

/// Reads what one end sends, and puts it on its way.
async fn take(net: &Net, direction: &Direction, reads: &mut OwnedReadHalf, mut frames: Frames) {
    loop {
        while let Some(frame) = frames.next() {
            net.say(direction.way, Some(&frame));
            direction.remember(&frame);
            direction.push(net, Piece::Frame(frame));
        }
        direction.has_room().await;
        match reads.read_buf(frames.room()).await {
            Ok(0) => return direction.push(net, Piece::Closed),
            Ok(_) => {}
            Err(_) => return direction.push(net, Piece::Broken),
        }
    }
}

/// Why nothing arrives any more over this direction of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Silence {
    /// A frame was lost: what comes behind it means nothing to the receiver.
    Lost,
    /// One end had lost its power. Once it has it again, it knows nothing of the connection.
    Off,
}

/// Lets pieces arrive at the other end, as long as the way lets them. Over, once nothing more comes.
async fn give(
    net: &Net,
    direction: &Direction,
    writes: &mut OwnedWriteHalf,
    mut queue: Queue,
    reset: &watch::Sender<bool>,
) {
    let mut silence = None;
    while let Some((due, piece)) = queue.recv().await {
        // The timer counts whole milliseconds, and what is due need not wait for the next one.
        if due > Instant::now() {
            sleep_until(due).await;
        }
        let fate = settled_fate(net, direction).await;
        if silence == Some(Silence::Off) && fate == Fate::Passes {
            reset.send_replace(true);
        }
        if fate == Fate::Lost {
            let off = net.is_off(direction.way);
            silence.get_or_insert(if off { Silence::Off } else { Silence::Lost });
        }
        let is_last = !matches!(piece, Piece::Frame(_));
        direction.left(&piece);
        let written = match piece {
            _ if silence.is_some() => Ok(()),
            Piece::Frame(frame) => write(net, direction, writes, frame).await,
            Piece::Closed => writes.shutdown().await,
            Piece::Broken => Err(io::ErrorKind::ConnectionReset.into()),
        };
        let (from, to) = direction.way;
        match written {
            // The receiver is gone, and the sender hears of that, if it can.
            Err(_) if net.fate((to, from)) == Fate::Passes => {
                reset.send_replace(true);
            }
            Err(_) => silence = Some(Silence::Lost),
            Ok(()) => {}
        }
        if is_last {
            return;
        }
    }
}

/// What becomes of a frame, once it has waited for as long as it has to.
async fn settled_fate(net: &Net, direction: &Direction) -> Fate {
    loop {
        let changed = net.changed.notified();
        match net.fate(direction.way) {
            Fate::Waits => changed.await,
            fate @ (Fate::Passes | Fate::Lost) => return fate,
        }
    }
}

async fn write(
    net: &Net,
    direction: &Direction,
    writes: &mut OwnedWriteHalf,
    frame: Bytes,
) -> io::Result<()> {
    if direction.garbled.take() {
        return writes.write_all(&GARBAGE).await;
    }
    let mut rest = &frame[..];
    while let (Some(limit), false) = (net.limit(direction.way), rest.is_empty()) {
        // As much as passes in a twentieth of a second, so that a limit can be lifted meanwhile.
        let count = ((limit / 20.0) as usize).clamp(1, rest.len());
        sleep(Duration::from_secs_f64(count as f64 / limit)).await;
        writes.write_all(&rest[..count]).await?;
        rest = &rest[count..];
    }
    writes.write_all(rest).await
}
