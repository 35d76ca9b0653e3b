//! A member of the measured ring: the product's own driver and node, without a chat on top.

use std::cell::Cell;
use std::io::Read;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ringchat::driver::application::Application;
use ringchat::driver::handle::Handle;
use ringchat::driver::run::{Driver, Settings};
use ringchat::net::{Net, TokioNet};
use ringchat::proto::config::Config;
use ringchat::proto::entry::Delivered;
use ringchat::proto::event::Event;
use ringchat::proto::id::Index;
use ringchat::proto::node::Start;
use ringchat::proto::time;
use tokio::sync::{Notify, oneshot};

use super::{IN_FLIGHT, MESSAGE_BYTES, PROCESSES, Result};

/// How long the ring runs before it is measured.
const WARM_UP: Duration = Duration::from_secs(1);

/// How long the ring may take to form.
const FORMING: Duration = Duration::from_secs(10);

/// What the application sees, for the one who submits.
#[derive(Debug, Default)]
struct Seen {
    /// How many messages were delivered here.
    delivered: Cell<u64>,
    /// How many members the view in force has.
    members: Cell<usize>,
    /// How many views were installed.
    views: Cell<u64>,
    changed: Notify,
}

/// Counts what is delivered, and insists that it is in order.
struct Counter(Rc<Seen>);

impl Application for Counter {
    fn deliver(&mut self, _: time::Instant, delivered: &Delivered) {
        let number = self.0.delivered.get() + 1;
        assert_eq!(delivered.message.seq, number, "lost, twice, or out of order");
        assert_eq!(delivered.message.payload.bytes.len(), MESSAGE_BYTES);
        self.0.delivered.set(number);
        self.0.changed.notify_one();
    }

    fn snapshot(&self) -> Bytes {
        Bytes::copy_from_slice(&self.0.delivered.get().to_le_bytes())
    }

    fn install(
        &mut self,
        _: time::Instant,
        _: Index,
        state: &Bytes,
    ) -> std::result::Result<(), String> {
        let state = state.first_chunk().ok_or("expected 8 bytes")?;
        self.0.delivered.set(u64::from_le_bytes(*state));
        Ok(())
    }

    fn event(&mut self, _: time::Instant, event: &Event) {
        if let Event::ViewInstalled { view, .. } = event {
            self.0.members.set(view.members.len());
            self.0.views.set(self.0.views.get() + 1);
            self.0.changed.notify_one();
        }
    }
}

/// Runs a member until standard input is closed. With a time it submits, and prints its rate.
pub fn run(
    listen: SocketAddr,
    contact: Option<SocketAddr>,
    origin: Option<Duration>,
) -> Result<()> {
    let (gone, parent_gone) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _end = std::io::stdin().read(&mut [0]);
        drop(gone);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async move {
        let listener = TokioNet.bind(listen).await?;
        let start = contact.map_or(Start::Found, |contact| Start::Join(vec![contact]));
        let seed = u64::from(listen.port());
        let settings = Settings { seed, address: listen, config: Config::default(), start };
        let seen = Rc::new(Seen::default());
        let counter = Counter(Rc::clone(&seen));
        // Held until the end: a driver without handles ends.
        let (driver, handle) = Driver::new(TokioNet, listener, counter, settings);
        // Beside the driver, not within its future, as a program that uses it would.
        let submitter = handle.clone();
        let submits = tokio::task::spawn_local(async move {
            if let Some(time) = origin {
                println!("{}", submit(&submitter, &seen, time).await?);
            }
            Ok::<(), &str>(())
        });
        tokio::select! {
            biased;
            (_, exit) = driver.run() => Err(format!("the driver ended: {exit:?}").into()),
            _closed = parent_gone => Ok(()),
            Ok(Err(why)) = submits => Err(why.into()),
        }
    })
}

/// Keeps messages under way; how many a second were delivered here.
async fn submit(
    handle: &Handle,
    seen: &Seen,
    time: Duration,
) -> std::result::Result<u64, &'static str> {
    let formed = async {
        while seen.members.get() < PROCESSES {
            seen.changed.notified().await;
        }
    };
    let in_time = tokio::time::timeout(FORMING, formed).await;
    in_time.map_err(|_| "the ring did not form in time")?;
    let views = seen.views.get();
    let mut submitted = 0_u64;
    let begin = Instant::now();
    let mut measured: Option<(Instant, u64)> = None;
    while measured.is_none_or(|(begin, _)| begin.elapsed() < time) {
        if measured.is_none() && begin.elapsed() > WARM_UP {
            measured = Some((Instant::now(), seen.delivered.get()));
        }
        let under_way = submitted - seen.delivered.get();
        let free = IN_FLIGHT.saturating_sub(usize::try_from(under_way).unwrap_or(IN_FLIGHT));
        if free == 0 {
            seen.changed.notified().await;
            continue;
        }
        let payloads = (0..free).map(|_| payload(&mut submitted));
        handle.submit_many(payloads).await.map_err(|_| "the node stopped")?;
    }
    let (begin, before) = measured.ok_or("nothing was measured")?;
    if seen.views.get() != views {
        return Err("the ring changed while it was measured");
    }
    let delivered = seen.delivered.get() - before;
    Ok((delivered as f64 / begin.elapsed().as_secs_f64()) as u64)
}

/// The next message: its number, and the rest of it.
fn payload(number: &mut u64) -> Bytes {
    *number += 1;
    let mut bytes = [b'.'; MESSAGE_BYTES];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    Bytes::copy_from_slice(&bytes)
}
