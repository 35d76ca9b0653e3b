//! A state that the application cannot read is left as it is: what it has instead must not take its place.

use std::cell::Cell;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use ringchat::driver::application::Application;
use ringchat::driver::run::{Driver, Exit, Settings};
use ringchat::driver::store::{Store, Ticket, Told};
use ringchat::net::{Net, TokioNet};
use ringchat::proto::archive::{Ask, Faded, Part};
use ringchat::proto::config::Config;
use ringchat::proto::entry::{Delivered, Snapshot, SnapshotHead};
use ringchat::proto::event::Event;
use ringchat::proto::id::{Ballot, Index, NodeId, RingId};
use ringchat::proto::input::WriteId;
use ringchat::proto::node::begin::Restart;
use ringchat::proto::node::{Node, Start};
use ringchat::proto::output::Write;
use ringchat::proto::recovered::Recovered;
use ringchat::proto::time::Instant;
use ringchat::proto::view::{Member, View};
use tokio::task::LocalSet;

/// Reads what it wrote, if that is not of a later release.
struct Of(&'static str);

impl Application for Of {
    fn deliver(&mut self, _: Instant, _: &Delivered) {}

    fn snapshot(&self) -> Bytes {
        Bytes::from_static(b"empty")
    }

    fn install(&mut self, _: Instant, _: Index, state: &Bytes) -> Result<(), String> {
        (state == self.0).then_some(()).ok_or_else(|| "a later release wrote it".to_owned())
    }

    fn event(&mut self, _: Instant, _: &Event) {}
}

/// Counts what it is given, and has it written at once.
#[derive(Default)]
struct Counting {
    begun: Rc<Cell<usize>>,
    completed: Option<WriteId>,
}

impl Store for Counting {
    fn begin(&mut self, write: Write, _: &Node, _: Option<Faded>) {
        self.begun.set(self.begun.get() + 1);
        self.completed = Some(write.id);
    }

    fn completed(&mut self) -> Option<Result<WriteId, String>> {
        self.completed.take().map(Ok)
    }

    fn read(&mut self, _: Ticket, _: Ask) {}

    fn keep(&mut self, _: Part) {}

    fn told(&mut self) -> Option<Told> {
        None
    }

    fn abandon(&mut self) {}

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<()> {
        if self.completed.is_some() { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// A node that was the only one of its ring comes back, and is asked to leave at once. Why it ended, and how
/// often it wrote.
async fn comes_back(application: Of, alone: bool) -> (Exit, usize) {
    let me = NodeId(7);
    let listener = TokioNet.bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let members = [Member { id: me, address }].into();
    let view = View { number: 1, members, tie_breaker: me, changes: vec![] };
    let ballot = Ballot { round: 1, proposer: me };
    let index = Index(5);
    let (sessions, exiles) = (vec![(me, 4)], vec![]);
    let head = SnapshotHead { index, ballot, view, sessions, lamport: 5, exiles };
    let snapshot = Snapshot { head, application: Bytes::from_static(b"a chat") };
    let (life, ring, entries) = (2, RingId(3), vec![]);
    let disk =
        Recovered { node: me, life, ring, promised: ballot, committed: index, snapshot, entries };
    let start = Start::Restore(Box::new(Restart { disk, contacts: vec![], alone }));
    let settings = Settings { seed: 1, address, config: Config::default(), start };
    let store = Counting::default();
    let begun = Rc::clone(&store.begun);
    let (driver, handle) = Driver::with_store(TokioNet, listener, application, store, settings);
    handle.leave().await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(600), driver.run()).await;
    let (_, exit) = ended.expect("it ends at last");
    (exit, begun.get())
}

/// The clock is tokio's, and stands still but for what is waited for.
#[tokio::test(start_paused = true)]
async fn nothing_is_written_over_a_state_that_cannot_be_read() {
    let run = async {
        for alone in [false, true] {
            let (exit, begun) = comes_back(Of("a chat"), alone).await;
            assert!((begun > 0 || !alone) && exit == Exit::Left, "{alone}: {exit:?} after {begun}");
            let (exit, begun) = comes_back(Of("another"), alone).await;
            let why = "a later release wrote it".to_owned();
            assert_eq!((exit, begun), (Exit::Unreadable { index: Index(5), why }, 0), "{alone}");
        }
    };
    LocalSet::new().run_until(run).await;
}
