//! What is on the simulated wires: how much was said over each link, what is cut, and the frames.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::rc::Rc;

use ringchat::proto::message::Message;
use ringchat::wire::frame::Decoder;
use ringchat::wire::preamble::{LENGTH, check};

use super::clock::now;
use crate::engine::{Frame, Way};
use crate::scenario::NodeIndex;

/// The wires, as all nodes and the world share them.
#[derive(Clone, Debug, Default)]
pub struct Traffic(Rc<RefCell<Wires>>);

#[derive(Debug, Default)]
struct Wires {
    hosts: BTreeMap<IpAddr, NodeIndex>,
    said: BTreeMap<Way, u64>,
    cut: BTreeSet<Way>,
    garbled: BTreeSet<Way>,
    frames: Option<Vec<Frame>>,
}

impl Traffic {
    /// Quiet wires. Frames are kept only if they are wanted: they are many.
    pub fn new(keep_frames: bool) -> Traffic {
        let frames = keep_frames.then(Vec::new);
        Traffic(Rc::new(RefCell::new(Wires { frames, ..Wires::default() })))
    }

    /// Tells whose address this is.
    pub fn add_host(&self, ip: IpAddr, node: NodeIndex) {
        self.0.borrow_mut().hosts.insert(ip, node);
    }

    /// Whose address this is.
    pub fn host(&self, ip: IpAddr) -> Option<NodeIndex> {
        self.0.borrow().hosts.get(&ip).copied()
    }

    /// Something goes out this way: a frame, a part of one, or a dial.
    pub fn say(&self, way: Way) {
        *self.0.borrow_mut().said.entry(way).or_default() += 1;
    }

    /// How often something went out this way, arrived or not.
    pub fn said(&self, way: Way) -> u64 {
        self.0.borrow().said.get(&way).copied().unwrap_or(0)
    }

    /// Nothing arrives this way from now on.
    pub fn cut(&self, way: Way) {
        self.0.borrow_mut().cut.insert(way);
    }

    /// Whatever goes out this way arrives again.
    pub fn mend(&self, way: Way) {
        self.0.borrow_mut().cut.remove(&way);
    }

    /// Whether something that goes out this way is lost.
    pub fn is_cut(&self, way: Way) -> bool {
        self.0.borrow().cut.contains(&way)
    }

    /// What goes out next this way is to arrive as garbage.
    pub(crate) fn garble(&self, way: Way) {
        self.0.borrow_mut().garbled.insert(way);
    }

    /// Whether what goes out next this way is to arrive as garbage.
    pub(crate) fn is_garbled(&self, way: Way) -> bool {
        self.0.borrow().garbled.contains(&way)
    }

    /// The garbage is on its way.
    pub(crate) fn was_garbled(&self, way: Way) {
        self.0.borrow_mut().garbled.remove(&way);
    }

    /// The frames since the last call.
    pub fn take_frames(&self) -> Vec<Frame> {
        self.0.borrow_mut().frames.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Reads along on one way of a new connection, if frames are wanted.
    pub(crate) fn tap(&self, way: Way) -> Option<Tap> {
        let wanted = self.0.borrow().frames.is_some();
        wanted.then(|| Tap { way, decoder: Decoder::new(), heard: Heard::Nothing })
    }

    fn keep(&self, way: Way, message: Message) {
        if let Some(frames) = &mut self.0.borrow_mut().frames {
            frames.push(Frame { at: now(), way, message });
        }
    }
}

/// Reads along on one way of one connection.
#[derive(Debug)]
pub(crate) struct Tap {
    way: Way,
    decoder: Decoder,
    heard: Heard,
}

#[derive(Debug, PartialEq, Eq)]
enum Heard {
    Nothing,
    Preamble,
    Hello,
    /// Bytes that are none of this protocol; what follows cannot be read either.
    Garbage,
}

impl Tap {
    /// These bytes went out.
    pub(crate) fn hear(&mut self, bytes: &[u8], traffic: &Traffic) {
        if self.heard == Heard::Garbage {
            return;
        }
        self.decoder.small_room().extend_from_slice(bytes);
        if self.heard == Heard::Nothing {
            match check(self.decoder.pending()) {
                Ok(true) => {
                    self.decoder.skip(LENGTH);
                    self.heard = Heard::Preamble;
                }
                Ok(false) => return,
                Err(_) => self.heard = Heard::Garbage,
            }
        }
        if self.heard == Heard::Preamble {
            match self.decoder.next_hello() {
                Ok(Some(_)) => self.heard = Heard::Hello,
                Ok(None) => return,
                Err(_) => self.heard = Heard::Garbage,
            }
        }
        while self.heard == Heard::Hello {
            match self.decoder.next_message() {
                Ok(Some(message)) => traffic.keep(self.way, message),
                Ok(None) => return,
                Err(_) => self.heard = Heard::Garbage,
            }
        }
    }
}
