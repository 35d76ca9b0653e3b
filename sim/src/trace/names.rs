//! What traces call a node: its name, and which of its lives it is in.

use std::collections::BTreeMap;

use ringchat::proto::id::NodeId;

use crate::history::{Happening, History, Incarnation, Record};

/// The names of all incarnations of a run: `n2`, then `n2#2`.
#[derive(Debug, Default)]
pub struct Names {
    lives: BTreeMap<(u32, Incarnation), String>,
    by_id: BTreeMap<NodeId, String>,
}

impl Names {
    /// The names of everybody who ever started.
    pub fn of(history: &History) -> Names {
        let mut names = Names::default();
        let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
        for record in history.records() {
            if let Happening::Started { id, .. } = &record.what {
                let count = counts.entry(record.node.index()).or_insert(0);
                *count += 1;
                let name = match *count {
                    1 => record.node.to_string(),
                    life => format!("{}#{life}", record.node),
                };
                names.by_id.insert(*id, name.clone());
                names.lives.insert((record.node.index(), record.incarnation), name);
            }
        }
        names
    }

    /// The name of a node's life, by the node's place.
    pub fn life(&self, node: u32, incarnation: Incarnation) -> String {
        let known = self.lives.get(&(node, incarnation)).cloned();
        known.unwrap_or_else(|| format!("node {node}"))
    }

    /// Whose record it is.
    pub fn whose(&self, record: &Record) -> String {
        let life = (record.node.index(), record.incarnation);
        self.lives.get(&life).cloned().unwrap_or_else(|| record.node.to_string())
    }

    /// The name of an incarnation.
    pub fn id(&self, id: NodeId) -> String {
        self.by_id.get(&id).cloned().unwrap_or_else(|| "nobody known".to_owned())
    }
}
