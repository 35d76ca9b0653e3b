//! What a simulated world stands on: machines, their nodes, and the network between them.
//!
//! Two engines do this: [`crate::stack`] runs the whole product (driver, wire code, node) on turmoil's
//! network, [`crate::events`] runs bare nodes on one heap of timed inputs. The world above gives both
//! the same scenario and holds both against the same guarantees.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use ringchat::proto::input::Command;
use ringchat::proto::message::Message;
use ringchat::proto::node::Start;
use ringchat::proto::recovered::Recovered;
use ringchat::proto::status::Status;
use ringchat::proto::time::Instant;

use crate::causal::InputLog;
use crate::history::{Happening, Incarnation};
use crate::scenario::NodeIndex;

/// One direction of a link.
pub type Way = (NodeIndex, NodeIndex);

/// One thing that happened at a node.
#[derive(Clone, Debug)]
pub struct Note {
    /// When, in simulated time.
    pub at: Instant,
    /// At which node.
    pub node: NodeIndex,
    /// In which of its lives.
    pub incarnation: Incarnation,
    /// What.
    pub what: Happening,
}

/// A frame that a node handed to the network, whether it arrived or not.
#[derive(Clone, Debug)]
pub struct Frame {
    /// When it was handed over.
    pub at: Instant,
    /// From whom to whom.
    pub way: Way,
    /// What it says.
    pub message: Message,
}

/// A life of a node that is about to begin.
#[derive(Clone, Debug)]
pub struct Birth {
    /// Which life it is.
    pub incarnation: Incarnation,
    /// Its identity and all its lots follow from this.
    pub seed: u64,
    /// As founder or newcomer.
    pub start: Start,
}

/// What can be done to machines and links besides cutting, killing and pausing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tamper {
    /// All connections between two nodes are reset.
    Reset(NodeIndex, NodeIndex),
    /// So many bytes a second go each way between two nodes; none: as many as there are.
    Limit(NodeIndex, NodeIndex, Option<u64>),
    /// Each input costs the node this much time.
    Sluggish(NodeIndex, Duration),
    /// Each write takes this long; none: as long as the scenario says.
    Disk(NodeIndex, Option<Duration>),
    /// The machine loses its power while its disk writes: so many of the writes are whole.
    Tear(NodeIndex, u64),
    /// Each write fails from now on, or none does any more.
    Unwritable(NodeIndex, bool),
    /// What the disk held is gone.
    Lose(NodeIndex),
    /// The node's clock jumps ahead.
    Clock(NodeIndex, Duration),
    /// The node's clock is fast by so many parts in a million.
    Drift(NodeIndex, i64),
    /// The last frames from one to the other arrive once more.
    Replay(NodeIndex, NodeIndex),
    /// What the one sends next to the other arrives as bytes that are no frame.
    Garbage(NodeIndex, NodeIndex),
}

/// The machine itself let somebody wait for longer than nodes bear, in real time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standstill {
    /// Who did not get its turn.
    pub who: String,
    /// For how long.
    pub length: Duration,
}

/// The ground of a simulated world.
pub trait Engine: fmt::Debug {
    /// How much time has passed in the world.
    fn elapsed(&self) -> Duration;

    /// Lets time pass, to `until` at most, and tells what happened, in simulated order. It may stop
    /// earlier to do so, and says whether all that is due by then has happened. If `ask`, nodes can be asked for their [`Engine::status`] at `until`.
    ///
    /// # Errors
    /// If a node crashed; says which and how.
    fn advance(
        &mut self,
        until: Duration,
        ask: bool,
        notes: &mut Vec<Note>,
    ) -> Result<bool, String>;

    /// Tells what happened since, though no time passed: because of a command, say.
    fn take_notes(&mut self, _notes: &mut Vec<Note>) {}

    /// Where a node listens.
    fn address(&self, node: NodeIndex) -> SocketAddr;

    /// A life of a node begins.
    fn start(&mut self, node: NodeIndex, birth: Birth);

    /// What a node finds on its disk that starts again now; none, if this engine keeps nothing for it.
    fn wake(&mut self, _node: NodeIndex) -> Option<Recovered> {
        None
    }

    /// Whether a disk that is read again is being written.
    fn is_writing(&self, _node: NodeIndex) -> bool {
        false
    }

    /// How many writes that were under way were lost with their process, or their machine's power, since
    /// the last call.
    fn take_torn(&mut self) -> u64 {
        0
    }

    /// The process dies. Its machine goes on, and refuses connections.
    fn kill(&mut self, node: NodeIndex);

    /// The machine loses its power: its connections are not closed, they fall silent.
    fn power_off(&mut self, node: NodeIndex);

    /// A machine without power has it again. No process runs on it.
    fn power_on(&mut self, node: NodeIndex);

    /// The process stands still, or goes on.
    fn pause(&mut self, node: NodeIndex, paused: bool);

    /// Gives a command to a node.
    ///
    /// # Errors
    /// Why it could not be given; nothing was done.
    fn command(&mut self, node: NodeIndex, command: Command) -> Result<(), &'static str>;

    /// Somebody types a line at a node. It waits there as long as the node has no room. Tells
    /// whether anybody is there to take it.
    fn say(&mut self, node: NodeIndex, text: String) -> bool;

    /// Whether no line waits in front of a node any more.
    fn has_said_all(&self, node: NodeIndex) -> bool;

    /// Whether a node has to be told beforehand that it will be asked for its status.
    fn asks_ahead(&self) -> bool {
        false
    }

    /// What a node knows; none if it cannot answer.
    fn status(&mut self, node: NodeIndex) -> Option<Status>;

    /// How many messages the application of the node's last life holds, and a hash of them.
    fn content(&self, node: NodeIndex) -> (u64, u64);

    /// Nothing arrives this way from now on.
    fn cut(&mut self, way: Way);

    /// What goes out this way arrives again.
    fn mend(&mut self, way: Way);

    /// Frames between these two take this long, both ways; none: as long as others.
    fn slow(&mut self, a: NodeIndex, b: NodeIndex, latency: Option<Duration>);

    /// Does something to machines or links.
    ///
    /// # Errors
    /// Why it had no effect, or that this engine cannot do it.
    fn tamper(&mut self, what: Tamper) -> Result<(), String>;

    /// The worst standstill of the ground itself since the last call, with some or all nodes on it,
    /// longer than nodes bear. Simulated ground never stands still.
    fn take_standstill(&mut self) -> Option<Standstill> {
        None
    }

    /// How many inputs the nodes have handled, if this engine counts them.
    fn handled(&self) -> u64 {
        0
    }

    /// How often something went out this way, arrived or not.
    fn said(&self, way: Way) -> u64;

    /// The inputs since the last call, if this engine can keep them, and does.
    fn take_inputs(&mut self) -> InputLog {
        InputLog::default()
    }

    /// The frames since the last call, if they are kept.
    fn take_frames(&mut self) -> Vec<Frame>;
}
