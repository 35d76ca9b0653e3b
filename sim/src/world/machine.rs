//! One machine as the world sees it: what runs on it, in which life, and what it last said.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ringchat::proto::id::NodeId;
use ringchat::proto::node::Start;
use ringchat::proto::status::Status;

use crate::history::{Happening, Incarnation, NodeName};

/// What a machine is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Its node has not begun.
    Absent,
    /// Its node runs.
    Alive,
    /// Its node stands still.
    Paused,
    /// The process is dead.
    Killed,
    /// The whole machine is off.
    Off,
    /// Its node has left the ring, and ended.
    Left,
}

/// Why a disk takes nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unwritable {
    /// It fails, until the node is started again.
    Failing,
    /// There is no room on it, until somebody makes some.
    Full,
}

/// A machine and the last incarnation of its node.
pub(super) struct Machine {
    pub(super) name: NodeName,
    pub(super) address: SocketAddr,
    pub(super) phase: Phase,
    pub(super) incarnation: Incarnation,
    /// The identity of the last incarnation.
    pub(super) id: NodeId,
    /// Whom the last incarnation was told to ask; nobody, if it founded a ring.
    pub(super) contacts: Vec<SocketAddr>,
    /// What the node knew when it was asked last; none if it could not answer.
    pub(super) status: Option<Arc<Status>>,
    /// Whether the quiet phase leaves it paused.
    pub(super) stays_paused: bool,
    /// Whether something keeps it busy or its disk slow, and whether the quiet phase leaves it so.
    pub(super) hampered: Option<bool>,
    /// Since when it cannot reach enough others to decide anything.
    pub(super) undecided_since: Option<Duration>,
    /// When it delivered something last.
    pub(super) delivered_at: Duration,
    /// Whether its disk takes nothing more.
    pub(super) unwritable: Option<Unwritable>,
    /// Whether what its disk held was lost since it was started last.
    pub(super) amnesiac: bool,
    /// Whether it was asked to leave.
    pub(super) leaving: bool,
}

impl Machine {
    /// A machine on which nothing runs yet.
    pub(super) fn new(index: usize, name: &str, address: SocketAddr) -> Machine {
        Machine {
            name: NodeName::new(u32::try_from(index).unwrap_or(u32::MAX), name),
            address,
            phase: Phase::Absent,
            incarnation: Incarnation(0),
            id: NodeId(0),
            contacts: Vec::new(),
            status: None,
            stays_paused: false,
            hampered: None,
            undecided_since: None,
            delivered_at: Duration::ZERO,
            unwritable: None,
            amnesiac: false,
            leaving: false,
        }
    }

    /// Whether a process is there, standing still or not.
    pub(super) fn has_process(&self) -> bool {
        match self.phase {
            Phase::Alive | Phase::Paused => true,
            Phase::Absent | Phase::Killed | Phase::Off | Phase::Left => false,
        }
    }

    /// Begins an incarnation; gives what is to be noted about it.
    pub(super) fn begin(&mut self, life: u32, id: NodeId, start: &Start) -> Happening {
        self.contacts = match start {
            Start::Found => Vec::new(),
            Start::Join(contacts) => contacts.clone(),
            Start::Restore(restart) => restart.contacts.clone(),
        };
        self.id = id;
        self.incarnation = Incarnation(life);
        self.phase = Phase::Alive;
        self.leaving = false;
        Happening::Started { id, address: self.address }
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { name, phase, incarnation, id, .. } = self;
        write!(f, "{name} {phase:?} {incarnation:?} {id}")
    }
}
