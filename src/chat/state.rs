//! Names and history: a function of the ordered commands alone, so the same at every node.
//!
//! Who is called what: a node keeps the name that it once got, also while it is away. The name of
//! a node that left or was evicted is freed when somebody else asks for it. Whether it is away is
//! decided by what the asker's [`Command::Hello`] says of its view, not by what this node saw.

use std::collections::{BTreeMap, VecDeque};

use super::bytes::Malformed;
use super::command::Command;
use super::name::Name;
use crate::proto::id::{Index, NodeId};

/// How many lines are remembered.
pub const HISTORY_LINES_MAX: usize = 1_000;

/// How many bytes of lines are remembered, if they are more than one line.
pub const HISTORY_BYTES_MAX: usize = 4 << 20;

/// How many names are remembered; the names of members always are.
pub const NAMES_MAX: usize = 4_096;

/// A line of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its place in the order.
    pub place: Index,
    /// Its Lamport time.
    pub lamport: u64,
    /// Who said it.
    pub origin: NodeId,
    /// What the origin was called by then; none, if it said nothing about that.
    pub name: Option<Name>,
    /// The origin's clock in minutes since 1970 (UTC).
    pub minute: u64,
    /// What was said.
    pub text: String,
}

/// What a node is called, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naming {
    /// The name.
    pub name: Name,
    /// The number of the last view that took the node in.
    pub view: u64,
}

/// What an ordered command did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Somebody said something.
    Said(Line),
    /// A node is here, with this name.
    Arrived {
        /// Who.
        origin: NodeId,
        /// What it is called from here on.
        name: Name,
        /// What it wanted to be called, if somebody else is called so.
        wanted: Option<Name>,
        /// Whether it had been here before.
        back: bool,
    },
    /// The command means nothing to this release. Nothing changed.
    Unreadable {
        /// Who submitted it.
        origin: NodeId,
        /// What was expected and what was found.
        why: Malformed,
    },
}

/// The replicated state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chat {
    pub(super) names: BTreeMap<NodeId, Naming>,
    pub(super) history: VecDeque<Line>,
    pub(super) history_bytes: usize,
    pub(super) forgotten: Index,
}

impl Chat {
    /// A chat in which nothing was said.
    pub fn new() -> Chat {
        Chat::default()
    }

    /// Takes the next command of the order.
    pub fn apply(&mut self, place: Index, lamport: u64, origin: NodeId, bytes: &[u8]) -> Outcome {
        match Command::decode(bytes) {
            Ok(Command::Say { minute, text }) => {
                let name = self.name(origin).cloned();
                let line = Line { place, lamport, origin, name, minute, text };
                self.remember(line.clone());
                Outcome::Said(line)
            }
            Ok(Command::Hello { view, present, name }) => self.hello(origin, view, &present, name),
            Err(why) => Outcome::Unreadable { origin, why },
        }
    }

    /// What a node is called; none, if it has not said so.
    pub fn name(&self, id: NodeId) -> Option<&Name> {
        self.names.get(&id).map(|naming| &naming.name)
    }

    /// The lines that are remembered, the oldest first.
    pub fn history(&self) -> impl DoubleEndedIterator<Item = &Line> + ExactSizeIterator {
        self.history.iter()
    }

    /// The place of the last line that is not remembered any more; 0 if all are.
    pub fn forgotten(&self) -> Index {
        self.forgotten
    }

    /// Whoever is registered with a view up to `view` was in it or in one before; so if it is not
    /// among `present`, it is gone. (Who came later may be missing there, and is not gone.)
    fn hello(&mut self, origin: NodeId, view: u64, present: &[NodeId], wanted: Name) -> Outcome {
        let away = |id: NodeId, naming: &Naming| naming.view <= view && !present.contains(&id);
        if let Some(naming) = self.names.get_mut(&origin) {
            naming.view = naming.view.max(view);
            let name = naming.name.clone();
            return Outcome::Arrived { origin, name, wanted: None, back: true };
        }
        let name = self.free_name(&wanted, away);
        self.names.retain(|id, naming| !(naming.name.resembles(&name) && away(*id, naming)));
        self.names.insert(origin, Naming { name: name.clone(), view });
        self.forget_names(origin, away);
        let wanted = (wanted != name).then_some(wanted);
        Outcome::Arrived { origin, name, wanted, back: false }
    }

    /// The name itself if nobody who is here has it, else the first number that is free. There are
    /// more numbers than names, so one is.
    fn free_name(&self, wanted: &Name, away: impl Fn(NodeId, &Naming) -> bool) -> Name {
        let taken = |name: &Name| {
            self.names.iter().any(|(id, naming)| naming.name.resembles(name) && !away(*id, naming))
        };
        let numbered = (2..).map(|number| wanted.numbered(number));
        std::iter::once(wanted.clone())
            .chain(numbered)
            .find(|name| !taken(name))
            .unwrap_or_else(|| wanted.clone())
    }

    /// Drops the names of those who are away, the longest ago first, until few enough are left.
    fn forget_names(&mut self, origin: NodeId, away: impl Fn(NodeId, &Naming) -> bool) {
        while self.names.len() > NAMES_MAX {
            let oldest = self
                .names
                .iter()
                .filter(|(id, naming)| **id != origin && away(**id, naming))
                .min_by_key(|(id, naming)| (naming.view, **id))
                .map(|(id, _)| *id);
            let Some(oldest) = oldest else { return };
            self.names.remove(&oldest);
        }
    }

    /// Adds a line, and forgets the oldest beyond the bounds.
    pub(super) fn remember(&mut self, line: Line) {
        self.history_bytes += line.text.len();
        self.history.push_back(line);
        while self.history.len() > HISTORY_LINES_MAX
            || (self.history_bytes > HISTORY_BYTES_MAX && self.history.len() > 1)
        {
            let Some(oldest) = self.history.pop_front() else { return };
            self.history_bytes -= oldest.text.len();
            self.forgotten = oldest.place;
        }
    }
}
