//! Rings of real nodes on loopback: what one says, all hear, in the same order.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use ringchat::driver::application::Application;
use ringchat::driver::handle::Handle;
use ringchat::driver::run::{Driver, Exit, Settings};
use ringchat::net::{Net, TokioNet};
use ringchat::proto::config::Config;
use ringchat::proto::entry::Delivered;
use ringchat::proto::event::Event;
use ringchat::proto::id::Index;
use ringchat::proto::node::Start;
use ringchat::proto::time;
use tokio::task::{JoinHandle, LocalSet};

/// What a node has delivered, and how many members its view has.
#[derive(Debug, Default)]
struct Seen {
    lines: RefCell<Vec<String>>,
    members: Cell<usize>,
}

/// Notes what it sees; a newcomer takes over all lines.
struct Notes(Rc<Seen>);

impl Application for Notes {
    fn deliver(&mut self, _: time::Instant, delivered: &Delivered) {
        let text = String::from_utf8_lossy(&delivered.message.payload.bytes).into_owned();
        self.0.lines.borrow_mut().push(text);
    }

    fn snapshot(&self) -> Bytes {
        Bytes::from(self.0.lines.borrow().join("\n"))
    }

    fn install(&mut self, _: time::Instant, _: Index, state: &Bytes) -> Result<(), String> {
        let text = String::from_utf8(state.to_vec()).map_err(|error| error.to_string())?;
        *self.0.lines.borrow_mut() = text.lines().map(str::to_owned).collect();
        Ok(())
    }

    fn event(&mut self, _: time::Instant, event: &Event) {
        if let Event::ViewInstalled { view, .. } = event {
            self.0.members.set(view.members.len());
        }
    }
}

/// A node that runs.
struct Running {
    address: SocketAddr,
    handle: Handle,
    seen: Rc<Seen>,
    task: JoinHandle<Exit>,
}

impl Running {
    async fn start(seed: u64, listen: &str, contact: Option<SocketAddr>) -> Running {
        let listen = listen.parse().expect("an address");
        let listener = TokioNet.bind(listen).await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let start = contact.map_or(Start::Found, |contact| Start::Join(vec![contact]));
        let settings = Settings { seed, address, config: Config::default(), start };
        let seen = Rc::new(Seen::default());
        let (driver, handle) = Driver::new(TokioNet, listener, Notes(Rc::clone(&seen)), settings);
        let task = tokio::task::spawn_local(async move { driver.run().await.1 });
        Running { address, handle, seen, task }
    }

    async fn say(&self, text: String) {
        self.handle.submit(Bytes::from(text)).await.expect("the node runs");
    }

    fn lines(&self) -> usize {
        self.seen.lines.borrow().len()
    }
}

/// Runs the test beside the nodes that it starts.
fn on_loopback(test: impl Future<Output = ()>) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    LocalSet::new().block_on(&runtime, test);
}

/// Waits until it is so, but not for ever.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(10), "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// A ring of this many nodes, all of whom know of all.
async fn ring(count: u64) -> Vec<Running> {
    let mut nodes = vec![Running::start(100, "127.0.0.1:0", None).await];
    for seed in 101..100 + count {
        let contact = nodes.first().map(|founder| founder.address);
        nodes.push(Running::start(seed, "127.0.0.1:0", contact).await);
    }
    let all = nodes.len();
    until("all are members", || nodes.iter().all(|node| node.seen.members.get() == all)).await;
    nodes
}

fn assert_same_order(nodes: &[Running]) {
    for node in nodes {
        assert_eq!(node.seen.lines.borrow()[..], nodes[0].seen.lines.borrow()[..]);
    }
}

#[test]
fn two_nodes_hear_each_other() {
    on_loopback(async {
        let nodes = ring(2).await;
        nodes[0].say("hello".to_owned()).await;
        nodes[1].say("hello yourself".to_owned()).await;
        until("both lines are everywhere", || nodes.iter().all(|node| node.lines() == 2)).await;
        assert_same_order(&nodes);
    });
}

#[test]
fn three_nodes_that_all_speak_at_once_hear_one_order() {
    on_loopback(async {
        let nodes = ring(3).await;
        for number in 0..500 {
            for (who, node) in nodes.iter().enumerate() {
                node.say(format!("{who} says {number}")).await;
            }
        }
        until("all lines are everywhere", || nodes.iter().all(|node| node.lines() == 1_500)).await;
        assert_same_order(&nodes);
    });
}

#[test]
fn a_flood_at_one_node_waits_for_room_and_loses_nothing() {
    on_loopback(async {
        let nodes = ring(2).await;
        let flood = (0..50_000).map(|number| Bytes::from(number.to_string()));
        nodes[1].handle.submit_many(flood).await.expect("the node runs");
        until("all of it is everywhere", || nodes.iter().all(|node| node.lines() == 50_000)).await;
        assert_same_order(&nodes);
        assert_eq!(nodes[0].seen.lines.borrow().last().map(String::as_str), Some("49999"));
    });
}

#[test]
fn a_status_is_given_while_a_flood_waits() {
    on_loopback(async {
        let nodes = ring(2).await;
        let flooded = nodes[0].handle.clone();
        let flood = tokio::task::spawn_local(async move {
            loop {
                let more = (0..1_000).map(|_| Bytes::from_static(b"again"));
                if flooded.submit_many(more).await.is_err() {
                    return;
                }
            }
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        for _ in 0..10 {
            let status =
                tokio::time::timeout(Duration::from_millis(500), nodes[0].handle.status()).await;
            let status = status.expect("in time").expect("the node runs");
            assert_eq!(status.view.members.len(), 2);
        }
        flood.abort();
    });
}

#[test]
fn after_the_death_of_a_leader_the_others_go_on_and_a_new_node_takes_its_port() {
    on_loopback(async {
        let mut nodes = ring(3).await;
        nodes[1].say("before".to_owned()).await;
        until("the line is everywhere", || nodes.iter().all(|node| node.lines() == 1)).await;
        let founder = nodes.remove(0);
        founder.task.abort();
        let begin = Instant::now();
        nodes[0].say("after".to_owned()).await;
        until("the survivors go on", || nodes.iter().all(|node| node.lines() == 2)).await;
        assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
        let (port, contact) = (founder.address.to_string(), Some(nodes[1].address));
        nodes.push(Running::start(7, &port, contact).await);
        until("the new one has caught up", || nodes[2].lines() == 2).await;
        nodes[2].say("back".to_owned()).await;
        until("all hear it", || nodes.iter().all(|node| node.lines() == 3)).await;
        assert_same_order(&nodes);
    });
}

#[test]
fn a_node_that_leaves_ends_by_itself_and_the_others_go_on() {
    on_loopback(async {
        let mut nodes = ring(3).await;
        let leader = nodes.remove(0);
        leader.handle.leave().await.expect("the node runs");
        // Its wish is seen through even if nobody waits for it.
        drop(leader.handle);
        assert_eq!(leader.task.await.expect("no panic"), Exit::Left);
        nodes[0].say("still here".to_owned()).await;
        until("the others go on", || nodes.iter().all(|node| node.lines() == 1)).await;
        until("two are left", || nodes.iter().all(|node| node.seen.members.get() == 2)).await;
    });
}
