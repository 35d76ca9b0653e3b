//! The network between the processes: every link runs through here, where it can be hurt.
//!
//! Each node tells the others an address of the proxy as its own. Whoever dials it says in its first frame
//! who it is, so each way between two nodes is known, and can be cut, held, delayed, narrowed and reset by
//! itself. The proxy stands in a thread of its own, and does as it is told before the teller goes on.

mod connection;
mod frames;
mod net;

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::PoisonError;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, LocalSet};

use self::net::{Direction, Machine, Net, Piece};
use self::net::{Shared, Traffic};
use crate::net::{Net as _, TokioNet};
use crate::proto::message::Message;

/// One direction of a link: from the first node to the second, by their numbers from 0.
pub type Way = (usize, usize);

/// How the network is where nobody hurts it.
pub struct Manners {
    /// How long the next frame takes.
    pub latency: Box<dyn FnMut() -> Duration + Send>,
    /// Whether frames wait where their way is cut, and go on once it is whole again. Otherwise they are
    /// lost, and nobody is told.
    pub stalls: bool,
    /// Whether [`Proxy::take_frames`] is to give all frames.
    pub keeps_frames: bool,
}

impl Default for Manners {
    /// Nothing takes any time, and what is cut is lost.
    fn default() -> Manners {
        Manners { latency: Box::new(|| Duration::ZERO), stalls: false, keeps_frames: false }
    }
}

/// What the proxy can be told.
#[derive(Clone, Copy, Debug)]
pub enum Order {
    /// The node listens.
    Up(usize),
    /// No process is there any more: whoever dials it is refused.
    Down(usize),
    /// The machine falls silent.
    Off(usize),
    /// Nothing arrives this way any more.
    Cut(Way),
    /// This way is whole again.
    Mend(Way),
    /// Frames take this long, both ways; none: as long as others.
    Slow(Way, Option<Duration>),
    /// So many bytes a second pass, both ways; none: as many as there are.
    Limit(Way, Option<f64>),
    /// All connections between two nodes are reset.
    Reset(Way),
    /// What goes next this way arrives as garbage.
    Garbage(Way),
    /// The last frames of this way arrive once more.
    Replay(Way),
}

/// Why the proxy cannot do what it is told.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    /// The system gives no event loop. Nothing was started.
    #[error("the proxy has no event loop: {0}; close other programs and try again")]
    NoLoop(#[source] io::Error),
    /// Its thread is gone, and all links with it.
    #[error("the proxy has ended, and all links with it; start again")]
    Ended,
    /// Somebody else listens where it should.
    #[error("the proxy cannot listen at {address}: {error}; end what listens there")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        #[source]
        error: io::Error,
    },
}

/// The answer to an order: whether there was anything to do it to.
type Done = Result<bool, ProxyError>;

/// A frame that went out: when, over which way, and what it says.
pub type Sent = (tokio::time::Instant, Way, Message);

/// A way to the proxy's thread, which ends when this is dropped.
#[derive(Debug)]
pub struct Proxy {
    orders: Option<mpsc::UnboundedSender<(Order, Sender<Done>)>>,
    thread: Option<std::thread::JoinHandle<()>>,
    traffic: Shared,
}

impl Proxy {
    /// A proxy that accepts at the first of these addresses for nodes that listen at the second. Its
    /// thread calls `began` first.
    ///
    /// # Errors
    /// [`ProxyError::NoLoop`].
    pub fn start(
        addresses: (Vec<SocketAddr>, Vec<SocketAddr>),
        manners: Manners,
        began: impl FnOnce() + Send + 'static,
    ) -> Result<Proxy, ProxyError> {
        let frames = manners.keeps_frames.then(Vec::new);
        let traffic = Shared::new(Traffic { frames, ..Traffic::default() }.into());
        let shared = traffic.clone();
        let (orders, mut waiting) = mpsc::unbounded_channel::<(Order, Sender<Done>)>();
        let mut builder = runtime::Builder::new_current_thread();
        let runtime = builder.enable_all().build().map_err(ProxyError::NoLoop)?;
        let thread = std::thread::spawn(move || {
            began();
            let net = Rc::new(Net::new(addresses, manners, shared));
            let mut listeners = Listeners::new(net);
            let run = async move {
                while let Some((order, done)) = waiting.recv().await {
                    // Whoever gave the order may have gone.
                    let _gone = done.send(listeners.carry_out(order).await);
                }
            };
            LocalSet::new().block_on(&runtime, run);
        });
        Ok(Proxy { orders: Some(orders), thread: Some(thread), traffic })
    }

    /// Carries out an order, and waits until that is done. Tells whether there was anything to do.
    ///
    /// # Errors
    /// [`ProxyError`]: what else the proxy was told still holds then.
    pub fn tell(&self, order: Order) -> Result<bool, ProxyError> {
        let (done, answer) = channel();
        let orders = self.orders.as_ref().ok_or(ProxyError::Ended)?;
        orders.send((order, done)).map_err(|_| ProxyError::Ended)?;
        answer.recv().map_err(|_| ProxyError::Ended)?
    }

    /// How often something went out this way, arrived or not.
    pub fn said(&self, way: Way) -> u64 {
        let traffic = self.traffic.lock().unwrap_or_else(PoisonError::into_inner);
        traffic.said.get(&way).copied().unwrap_or(0)
    }

    /// The frames since the last call, if they are kept.
    pub fn take_frames(&self) -> Vec<Sent> {
        let mut traffic = self.traffic.lock().unwrap_or_else(PoisonError::into_inner);
        traffic.frames.as_mut().map(std::mem::take).unwrap_or_default()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // A panic there was seen by whoever told it something.
            let _panicked = thread.join();
        }
    }
}

/// The addresses at which the proxy accepts, and what is done to the wires behind them.
struct Listeners {
    net: Rc<Net>,
    open: Vec<Option<JoinHandle<()>>>,
}

impl Listeners {
    fn new(net: Rc<Net>) -> Listeners {
        let open = net.advertised.iter().map(|_| None).collect();
        Listeners { net, open }
    }

    async fn carry_out(&mut self, order: Order) -> Done {
        let net = Rc::clone(&self.net);
        let both = |(a, b): Way| [(a, b), (b, a)];
        let mut any = true;
        match order {
            Order::Up(node) => net.machines.borrow_mut()[node] = Machine::Up,
            Order::Down(node) => net.machines.borrow_mut()[node] = Machine::Down,
            Order::Off(node) => net.machines.borrow_mut()[node] = Machine::Off,
            Order::Cut(way) => any = net.cut.borrow_mut().insert(way),
            Order::Mend(way) => any = net.cut.borrow_mut().remove(&way),
            Order::Slow(link, latency) => {
                let mut slow = net.slow.borrow_mut();
                both(link).into_iter().for_each(|way| put(&mut slow, way, latency));
            }
            Order::Limit(link, limit) => {
                let mut limits = net.limits.borrow_mut();
                both(link).into_iter().for_each(|way| put(&mut limits, way, limit));
            }
            Order::Reset(link) => {
                let connections = net.connections.borrow();
                let ends = both(link);
                let between =
                    connections.values().filter(|it| ends.contains(&it.directions[0].way));
                any = false;
                for connection in between {
                    any = true;
                    connection.reset.send_replace(true);
                }
            }
            Order::Garbage(way) => any = each(&net, way, |direction| direction.garbled.set(true)),
            Order::Replay(way) => {
                any = each(&net, way, |direction| {
                    let frames = direction.remembered.borrow().clone();
                    frames.into_iter().for_each(|it| direction.push(&net, Piece::Frame(it)));
                });
            }
        }
        net.changed.notify_waiters();
        self.settle().await?;
        Ok(any)
    }

    /// Accepts where somebody listens, or where a dial may have to hang: a machine without power, or
    /// a way that is cut. Everybody else who dials is refused.
    async fn settle(&mut self) -> Result<(), ProxyError> {
        for node in 0..self.open.len() {
            let wanted = self.net.machine(node) != Machine::Down || self.net.is_cut_at(node);
            match (wanted, self.open[node].take()) {
                (true, None) => {
                    let address = self.net.advertised[node];
                    let failed = |error| ProxyError::Listen { address, error };
                    let listener = TokioNet.bind(address).await.map_err(failed)?;
                    self.open[node] = Some(spawn(accept(Rc::clone(&self.net), listener, node)));
                }
                (false, Some(task)) => {
                    task.abort();
                    // It ends as cancelled, and then nobody listens any more.
                    let _cancelled = task.await;
                }
                (_, as_it_was) => self.open[node] = as_it_was,
            }
        }
        Ok(())
    }
}

fn put<T>(map: &mut std::collections::BTreeMap<Way, T>, way: Way, value: Option<T>) {
    match value {
        Some(value) => drop(map.insert(way, value)),
        None => drop(map.remove(&way)),
    }
}

/// Does something to this way of all connections. Tells whether there is any.
fn each(net: &Net, way: Way, act: impl Fn(&Direction)) -> bool {
    let connections = net.connections.borrow();
    let directions = connections.values().flat_map(|connection| &connection.directions);
    let mut these = directions.filter(|direction| direction.way == way).peekable();
    let any = these.peek().is_some();
    these.for_each(|direction| act(direction));
    any
}

async fn accept(net: Rc<Net>, listener: TcpListener, node: usize) {
    // An error of accepting is that of a dialer that is gone again.
    loop {
        if let Ok((stream, _)) = TokioNet.accept(&listener).await {
            let number = net.count();
            drop(spawn(connection::serve(Rc::clone(&net), number, stream, node)));
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "no node runs in this thread, only its network")]
fn spawn(task: impl Future<Output = ()> + 'static) -> JoinHandle<()> {
    tokio::task::spawn_local(task)
}
