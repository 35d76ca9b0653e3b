//! Connections as TCP has them: in order, stalled in silence, reset, closed, refused, or hanging.

use std::collections::VecDeque;

use ringchat::proto::id::LinkId;
use ringchat::proto::input::Disconnect;
use ringchat::proto::message::Message;
use ringchat::proto::time::Instant;
use ringchat::wire::frame;

use super::Events;
use super::host::Running;
use super::narrow::QUEUED;
use super::thing::{Item, Thing};
use crate::causal::InputNumber;
use crate::engine::Way;
use crate::history::Incarnation;
use crate::scenario::{Cuts, NodeIndex};

/// A connection, by its place in the engine's table.
pub(super) type ConnectionId = usize;
/// How many bytes may wait behind a cut or a narrow way before the sender gives the link up: as the
/// driver does.
const WAITING_MAX: u64 = 16 << 20;

/// One side of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Who dialed.
    Dialer,
    /// Who was dialed.
    Acceptor,
}

impl Side {
    pub(super) fn other(self) -> Side {
        match self {
            Side::Dialer => Side::Acceptor,
            Side::Acceptor => Side::Dialer,
        }
    }
}

/// A connection, whatever has become of it.
#[derive(Debug)]
pub(super) struct Connection {
    ends: [End; 2],
}

/// What one side knows, and what it sends.
#[derive(Debug)]
pub(super) struct End {
    pub(super) host: NodeIndex,
    /// Which life of the node has it; none before the kernel has taken it.
    pub(super) life: Option<Incarnation>,
    /// What the node calls it, once it does.
    pub(super) link: Option<LinkId>,
    pub(super) closed: bool,
    /// Whether the other side's first word has come.
    pub(super) greeted: bool,
    /// What it sends is lost for good: something was sent while its way was cut.
    broken: bool,
    /// The next frame it sends is garbage.
    garbled: bool,
    /// When the last thing it sent arrives: nothing overtakes.
    pub(super) last: Instant,
    /// What waits in front of a narrow way, and when each thing is through.
    pub(super) waiting: VecDeque<(Instant, Item, Option<InputNumber>)>,
    /// What waits behind a cut, and how many bytes that is.
    held: VecDeque<(Item, Option<InputNumber>)>,
    held_bytes: u64,
    pub(super) remembered: VecDeque<(Message, Option<InputNumber>)>,
}

impl Connection {
    /// A connection that `from` asks `to` for.
    pub(super) fn new(from: (NodeIndex, Incarnation, LinkId), to: NodeIndex) -> Connection {
        let end = |host, life, link| End {
            host,
            life,
            link,
            closed: false,
            greeted: false,
            broken: false,
            garbled: false,
            last: Instant::START,
            waiting: VecDeque::new(),
            held: VecDeque::new(),
            held_bytes: 0,
            remembered: VecDeque::new(),
        };
        Connection { ends: [end(from.0, Some(from.1), Some(from.2)), end(to, None, None)] }
    }

    pub(super) fn end(&self, side: Side) -> &End {
        &self.ends[side as usize]
    }

    pub(super) fn end_mut(&mut self, side: Side) -> &mut End {
        &mut self.ends[side as usize]
    }

    /// The way of what this side sends.
    pub(super) fn way(&self, from: Side) -> Way {
        (self.end(from).host, self.end(from.other()).host)
    }

    fn is_open(&self) -> bool {
        self.ends.iter().any(|end| !end.closed)
    }
}

impl Events {
    /// Sends something from one side to the other, as its process wants.
    pub(super) fn transmit(&mut self, id: ConnectionId, from: Side, item: Item) {
        let host = self.connections[id].end(from).host;
        self.transmit_for(id, from, item, self.hosts[host.0].last_input);
    }

    /// Sends something that this input caused; none, if a kernel sends it.
    pub(super) fn transmit_for(
        &mut self,
        id: ConnectionId,
        from: Side,
        item: Item,
        cause: Option<InputNumber>,
    ) {
        self.pass_on(id, from, item, cause);
    }

    /// The same for a frame, which is moved less often without a call.
    #[inline(always)]
    fn pass_on(&mut self, id: ConnectionId, from: Side, item: Item, cause: Option<InputNumber>) {
        let connection = &mut self.connections[id];
        let way = connection.way(from);
        let end = connection.end_mut(from);
        if end.broken {
            return self.weather.say(way);
        }
        let Some(at) = self.weather.pass(self.now, way, || size(&item)) else {
            match self.weather.network().cuts {
                Cuts::Break => end.broken = true,
                Cuts::Stall => {
                    end.held_bytes += size(&item);
                    end.held.push_back((item, cause));
                }
            }
            return;
        };
        let at = at.max(Instant::from_micros(end.last.as_micros() + 1));
        end.last = at;
        if at > self.now + QUEUED && self.weather.is_narrow(way) {
            end.waiting.push_back((at, item, cause));
            return self.queue.push(at, Thing::Through(id, from));
        }
        self.queue.push(at, Thing::Arrive(id, from.other(), item, cause));
    }

    /// Sends a frame. False, if more waits by now than a sender bears: then the link is closed.
    pub(super) fn send(&mut self, id: ConnectionId, from: Side, message: Message) -> bool {
        let connection = &mut self.connections[id];
        let way = connection.way(from);
        let end = connection.end_mut(from);
        let waiting = end.held_bytes;
        if std::mem::take(&mut end.garbled) {
            let why = Disconnect::Malformed("expected a frame, found garbage".to_owned());
            self.transmit(id, from, Item::End(why));
        } else {
            self.pass_on(id, from, Item::Message(message), self.hosts[way.0.0].last_input);
        }
        waiting <= WAITING_MAX && self.weather.is_passable(self.now, way)
    }

    /// A side closes. The other is told, behind all that was sent.
    pub(super) fn close(&mut self, id: ConnectionId, side: Side, why: Disconnect) {
        let end = self.connections[id].end_mut(side);
        if !std::mem::replace(&mut end.closed, true) {
            self.transmit(id, side, Item::End(why));
        }
    }

    /// Somebody's kernel is asked for a connection.
    pub(super) fn on_dial(&mut self, id: ConnectionId) {
        let to = self.connections[id].end(Side::Acceptor).host;
        let host = &self.hosts[to.0];
        match host.running {
            Running::Off => {}
            Running::Idle => {
                self.connections[id].end_mut(Side::Acceptor).closed = true;
                self.transmit_for(id, Side::Acceptor, Item::End(Disconnect::Refused), None);
            }
            Running::Alive | Running::Paused => {
                self.connections[id].end_mut(Side::Acceptor).life = Some(host.incarnation);
                self.transmit_for(id, Side::Acceptor, Item::Established, None);
            }
        }
    }

    /// Something has come to a machine: its kernel answers where no process can.
    pub(super) fn on_arrival(
        &mut self,
        id: ConnectionId,
        to: Side,
        item: Item,
        cause: Option<InputNumber>,
    ) {
        let end = self.connections[id].end(to);
        let node = end.host;
        let host = &mut self.hosts[node.0];
        if host.running == Running::Off {
            return;
        }
        let alive = host.has_process() && end.life == Some(host.incarnation) && !end.closed;
        if !alive {
            if !matches!(item, Item::End(_)) {
                let end = self.connections[id].end_mut(to);
                end.closed = true;
                self.transmit_for(id, to, Item::End(Disconnect::Reset), None);
            }
            return;
        }
        if host.takes(self.now) {
            // Nearly always: so it is not put together again as a thing that waits.
            self.take(node, id, to, item, cause);
            return self.settle(node);
        }
        self.give(node, Thing::Arrive(id, to, item, cause));
    }

    /// What waited behind a cut goes on.
    pub(super) fn release(&mut self, way: Way) {
        let resumes = self.weather.resumes(self.now, way);
        for id in 0..self.connections.len() {
            for side in [Side::Dialer, Side::Acceptor] {
                let connection = &mut self.connections[id];
                if connection.way(side) != way || connection.end(side).held.is_empty() {
                    continue;
                }
                let end = connection.end_mut(side);
                end.held_bytes = 0;
                end.last = end.last.max(resumes);
                for (item, cause) in std::mem::take(&mut end.held) {
                    self.transmit_for(id, side, item, cause);
                }
            }
        }
    }

    /// All connections between two machines, open at one side at least, and who dialed.
    pub(super) fn between(&self, a: NodeIndex, b: NodeIndex) -> Vec<(ConnectionId, Side)> {
        let all = self.connections.iter().enumerate();
        let open = all.filter(|(_, connection)| connection.is_open());
        open.filter_map(|(id, connection)| match connection.way(Side::Dialer) {
            way if way == (a, b) => Some((id, Side::Dialer)),
            way if way == (b, a) => Some((id, Side::Acceptor)),
            _another => None,
        })
        .collect()
    }

    /// The next frame from `a` to `b` is garbage. Tells whether there is a connection for it.
    pub(super) fn garble(&mut self, a: NodeIndex, b: NodeIndex) -> bool {
        let links = self.between(a, b);
        for (id, side) in &links {
            self.connections[*id].end_mut(*side).garbled = true;
        }
        !links.is_empty()
    }
}

/// How many bytes it takes on a wire. Seldom needed, since few ways are narrow.
#[inline(never)]
fn size(item: &Item) -> u64 {
    let Item::Message(message) = item else { return 64 };
    let mut bytes = bytes::BytesMut::new();
    // What has no frame is never sent.
    let _ = frame::encode(message, &mut bytes);
    bytes.len() as u64
}
