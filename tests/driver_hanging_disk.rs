//! A disk that never answers is as good as one that fails, only later.

use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use ringchat::driver::application::Application;
use ringchat::driver::patience::{DISK_HANGS, Patience};
use ringchat::driver::run::{Driver, Exit, Settings};
use ringchat::driver::store::{Store, Ticket, Told};
use ringchat::net::{Net, TokioNet};
use ringchat::proto::archive::{Ask, Faded, Part};
use ringchat::proto::config::Config;
use ringchat::proto::entry::Delivered;
use ringchat::proto::event::Event;
use ringchat::proto::id::Index;
use ringchat::proto::input::WriteId;
use ringchat::proto::node::{Node, Start};
use ringchat::proto::output::Write;
use ringchat::proto::time::Instant;
use tokio::task::LocalSet;

struct Deaf;

impl Application for Deaf {
    fn deliver(&mut self, _: Instant, _: &Delivered) {
        panic!("nothing is delivered that no disk has");
    }

    fn snapshot(&self) -> Bytes {
        Bytes::new()
    }

    fn install(&mut self, _: Instant, _: Index, _: &Bytes) -> Result<(), String> {
        Ok(())
    }

    fn event(&mut self, _: Instant, _: &Event) {}
}

/// Takes everything, and never says that anything is written.
#[derive(Default)]
struct Hanging {
    abandoned: Rc<std::cell::Cell<bool>>,
}

impl Store for Hanging {
    fn begin(&mut self, _: Write, _: &Node, _: Option<Faded>) {}

    fn completed(&mut self) -> Option<Result<WriteId, String>> {
        None
    }

    fn read(&mut self, _: Ticket, _: Ask) {}

    fn keep(&mut self, _: Part) {}

    fn told(&mut self) -> Option<Told> {
        None
    }

    fn abandon(&mut self) {
        self.abandoned.set(true);
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

/// The clock is tokio's, and stands still but for what is waited for.
#[tokio::test(start_paused = true)]
async fn a_node_whose_disk_hangs_leaves_and_says_why() {
    let run = async {
        let listener = TokioNet.bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let settings =
            Settings { seed: 1, address, config: Config::default(), start: Start::Found };
        let store = Hanging::default();
        let abandoned = Rc::clone(&store.abandoned);
        let began = tokio::time::Instant::now();
        let (driver, handle) = Driver::with_store(TokioNet, listener, Deaf, store, settings);
        let (_, exit) = driver.run().await;
        drop(handle);
        let took = began.elapsed();
        let Exit::Unwritable { why } = exit else { panic!("ended by {exit:?}") };
        assert!(why.contains("completed nothing for 30 s"), "{why}");
        assert!(abandoned.get(), "the thread of the disk would be waited for");
        assert!(took >= DISK_HANGS && took < 2 * DISK_HANGS, "after {took:?}");
    };
    LocalSet::new().run_until(run).await;
}

/// Time passes by these steps; the node was given something to write at the beginning.
fn is_over_after(steps: &[Duration]) -> bool {
    let mut patience = Patience::default();
    patience.begins(WriteId(1));
    let mut now = Instant::START;
    steps.iter().any(|step| {
        now = now + *step;
        patience.is_over(now)
    })
}

#[test]
fn a_process_that_was_stopped_does_not_blame_its_disk() {
    let (tick, hour) = (Duration::from_millis(100), Duration::from_secs(3_600));
    assert!(!is_over_after(&[hour, tick, tick]));
    assert!(!is_over_after(&[tick; 299]));
    assert!(is_over_after(&[tick; 300]));
}

#[test]
fn a_disk_that_completes_something_now_and_then_is_slow_and_not_broken() {
    let mut patience = Patience::default();
    let mut now = Instant::START;
    for second in 1..100 {
        patience.begins(WriteId(second));
        if second % 29 == 0 {
            patience.completes(WriteId(second - 1));
        }
        now = now + Duration::from_secs(1);
        assert!(!patience.is_over(now), "after {second} s");
    }
}
