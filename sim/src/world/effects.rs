//! Which steps have shown their effect: a scenario must test what it says.

use std::collections::{BTreeMap, BTreeSet};

use ringchat::proto::event::Event;

use crate::scenario::NodeIndex;

/// What a step still owes, by its place in the scenario.
#[derive(Clone, Debug, Default)]
pub(super) struct Effects {
    awaited: BTreeMap<usize, Awaited>,
}

/// What shows that a step had an effect.
#[derive(Clone, Debug)]
enum Awaited {
    /// Something goes out over a link that it cut or made slow.
    Crossing,
    /// These nodes leave.
    Left(BTreeSet<NodeIndex>),
    /// This node goes on as a ring of its own.
    WentAlone(NodeIndex),
}

impl Effects {
    /// The step cut or slowed links: something must go out over one of them meanwhile.
    pub(super) fn await_crossing(&mut self, step: usize) {
        self.awaited.insert(step, Awaited::Crossing);
    }

    /// The step asked this node to leave.
    pub(super) fn await_leave(&mut self, step: usize, node: NodeIndex) {
        let awaited = self.awaited.entry(step).or_insert_with(|| Awaited::Left(BTreeSet::new()));
        if let Awaited::Left(nodes) = awaited {
            nodes.insert(node);
        }
    }

    /// The step asked this node to go on alone.
    pub(super) fn await_alone(&mut self, step: usize, node: NodeIndex) {
        self.awaited.insert(step, Awaited::WentAlone(node));
    }

    /// Something went out over a link that the step had hurt.
    pub(super) fn crossed(&mut self, step: usize) {
        self.awaited.remove(&step);
    }

    /// Something happened at a node.
    pub(super) fn observe(&mut self, node: NodeIndex, event: &Event) {
        let left = *event == Event::Left;
        let alone = matches!(event, Event::WentAlone { .. });
        if !left && !alone {
            return;
        }
        self.awaited.retain(|_, awaited| match awaited {
            Awaited::Crossing => true,
            Awaited::Left(nodes) => {
                if left {
                    nodes.remove(&node);
                }
                !nodes.is_empty()
            }
            Awaited::WentAlone(who) => !(alone && *who == node),
        });
    }

    /// The ring has let this node go, which is dead.
    pub(super) fn let_go(&mut self, node: NodeIndex) {
        self.observe(node, &Event::Left);
    }

    /// The first step that still owes its effect, and what is missing.
    pub(super) fn missing(&self) -> Option<(usize, &'static str)> {
        let (step, awaited) = self.awaited.first_key_value()?;
        let why = match awaited {
            Awaited::Crossing => "nothing was sent over these links meanwhile",
            Awaited::Left(_) => "the node never got out of its ring",
            Awaited::WentAlone(_) => "the node did not go on alone",
        };
        Some((*step, why))
    }
}
