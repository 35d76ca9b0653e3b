//! What the proxy knows: which ways are cut, slow or narrow, which machines are there, which connections.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::Instant;

use super::{Manners, Way};
use crate::proto::message::Message;

/// How many bytes may be on their way in one direction before no more are read.
const BYTES_MAX: usize = 1 << 20;

/// How many frames of each direction are kept for a replay.
const REMEMBERED: usize = 4;

/// What went out over the wires, for whoever looks.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    /// How many frames and dials went out each way, arrived or not.
    pub(super) said: BTreeMap<Way, u64>,
    /// The frames, if they are kept.
    pub(super) frames: Option<Vec<(Instant, Way, Message)>>,
}

/// Traffic, as the proxy's thread and whoever looks share it.
pub(super) type Shared = Arc<Mutex<Traffic>>;

/// What a machine is to those who dial it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Machine {
    /// Its node listens.
    Up,
    /// No process is there: dials are refused.
    Down,
    /// It has no power: nothing answers, and nothing is closed.
    Off,
}

/// What is to become of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It arrives.
    Passes,
    /// It waits until the way is whole again.
    Waits,
    /// It is lost.
    Lost,
}

/// A piece on its way.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    Frame(Bytes),
    /// Nothing more comes: the sender closed its side, or reset the connection.
    Closed,
    Broken,
}

impl Piece {
    fn size(&self) -> usize {
        match self {
            Piece::Frame(frame) => frame.len(),
            Piece::Closed | Piece::Broken => 0,
        }
    }
}

/// One direction of a connection.
#[derive(Debug)]
pub(super) struct Direction {
    pub(super) way: Way,
    pub(super) queue: mpsc::UnboundedSender<(Instant, Piece)>,
    pub(super) remembered: RefCell<VecDeque<Bytes>>,
    pub(super) garbled: Cell<bool>,
    /// When the last piece is due: none may overtake another.
    due: Cell<Option<Instant>>,
    /// How many bytes are on their way, and whether they have become fewer.
    bytes: Cell<usize>,
    fewer: Notify,
}

/// A connection between two nodes.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) directions: [Rc<Direction>; 2],
    /// Set once it is to be reset.
    pub(super) reset: watch::Sender<bool>,
}

/// Everything that tasks of the proxy share.
pub(super) struct Net {
    pub(super) advertised: Vec<SocketAddr>,
    pub(super) listened: Vec<SocketAddr>,
    pub(super) machines: RefCell<Vec<Machine>>,
    pub(super) cut: RefCell<BTreeSet<Way>>,
    pub(super) slow: RefCell<BTreeMap<Way, Duration>>,
    pub(super) limits: RefCell<BTreeMap<Way, f64>>,
    pub(super) connections: RefCell<BTreeMap<u64, Connection>>,
    pub(super) changed: Notify,
    pub(super) traffic: Shared,
    manners: RefCell<Manners>,
    counted: Cell<u64>,
}

impl Net {
    pub(super) fn new(
        addresses: (Vec<SocketAddr>, Vec<SocketAddr>),
        manners: Manners,
        traffic: Shared,
    ) -> Net {
        let (advertised, listened) = addresses;
        Net {
            machines: RefCell::new(vec![Machine::Down; advertised.len()]),
            advertised,
            listened,
            cut: RefCell::default(),
            slow: RefCell::default(),
            limits: RefCell::default(),
            connections: RefCell::default(),
            changed: Notify::new(),
            traffic,
            manners: RefCell::new(manners),
            counted: Cell::new(0),
        }
    }

    /// The number of the next connection.
    pub(super) fn count(&self) -> u64 {
        self.counted.replace(self.counted.get() + 1)
    }

    pub(super) fn machine(&self, node: usize) -> Machine {
        self.machines.borrow()[node]
    }

    pub(super) fn is_off(&self, (from, to): Way) -> bool {
        self.machine(from) == Machine::Off || self.machine(to) == Machine::Off
    }

    pub(super) fn is_cut(&self, way: Way) -> bool {
        self.cut.borrow().contains(&way)
    }

    /// Whether anything is cut from or to this node.
    pub(super) fn is_cut_at(&self, node: usize) -> bool {
        self.cut.borrow().iter().any(|(from, to)| *from == node || *to == node)
    }

    /// What becomes of a frame that is on this way now.
    pub(super) fn fate(&self, way: Way) -> Fate {
        match (self.is_off(way), self.is_cut(way), self.manners.borrow().stalls) {
            (true, _, _) | (false, true, false) => Fate::Lost,
            (false, true, true) => Fate::Waits,
            (false, false, _) => Fate::Passes,
        }
    }

    /// How long a frame takes on this way.
    fn latency(&self, way: Way) -> Duration {
        let slow = self.slow.borrow().get(&way).copied();
        slow.unwrap_or_else(|| (self.manners.borrow_mut().latency)())
    }

    /// How many bytes a second go this way; none, if as many as there are.
    pub(super) fn limit(&self, way: Way) -> Option<f64> {
        self.limits.borrow().get(&way).copied()
    }

    /// Something goes out this way.
    pub(super) fn say(&self, way: Way, frame: Option<&[u8]>) {
        let mut traffic = self.traffic.lock().unwrap_or_else(PoisonError::into_inner);
        *traffic.said.entry(way).or_default() += 1;
        if let Some(frames) = &mut traffic.frames
            && let Some(message) = frame.and_then(super::frames::message)
        {
            frames.push((Instant::now(), way, message));
        }
    }
}

impl Direction {
    pub(super) fn new(way: Way, queue: mpsc::UnboundedSender<(Instant, Piece)>) -> Direction {
        let (remembered, garbled, due, bytes) = Default::default();
        Direction { way, queue, remembered, garbled, due, bytes, fewer: Notify::new() }
    }

    /// Sends a piece on its way; it arrives when its latency has passed.
    pub(super) fn push(&self, net: &Net, piece: Piece) {
        let now = Instant::now() + net.latency(self.way);
        let due = self.due.get().map_or(now, |last| last.max(now));
        self.due.set(Some(due));
        self.bytes.set(self.bytes.get() + piece.size());
        // Without a receiver the connection is over, and so is everything on it.
        let _over = self.queue.send((due, piece));
    }

    /// A piece has arrived, or was lost.
    pub(super) fn left(&self, piece: &Piece) {
        self.bytes.set(self.bytes.get().saturating_sub(piece.size()));
        self.fewer.notify_one();
    }

    /// Waits until no more is on its way than the buffers of a connection hold.
    pub(super) async fn has_room(&self) {
        while self.bytes.get() > BYTES_MAX {
            self.fewer.notified().await;
        }
    }

    /// Keeps a frame for a replay.
    pub(super) fn remember(&self, frame: &Bytes) {
        let mut remembered = self.remembered.borrow_mut();
        if remembered.len() == REMEMBERED {
            remembered.pop_front();
        }
        remembered.push_back(frame.clone());
    }
}
