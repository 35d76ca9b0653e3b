//! One process of the imagined network: a node, its links, its disk and its application.

use std::collections::{BTreeMap, BTreeSet};

use ringchat::proto::entry::Delivered;
use ringchat::proto::event::Event;
use ringchat::proto::id::LinkId;
use ringchat::proto::node::Node;
use ringchat::proto::time::Instant;

use super::{End, What};

pub struct Host {
    pub node: Node,
    pub alive: bool,
    /// It is gone without a word, and nobody answers for it.
    pub vanished: bool,
    /// It does nothing; what comes in waits.
    pub paused: bool,
    /// What was delivered since the last snapshot that it took over.
    pub delivered: Vec<Delivered>,
    /// The state of its application: a line for each message, those out of snapshots included.
    pub lines: Vec<String>,
    pub events: Vec<(Instant, Event)>,
    pub(super) accepted: u64,
    pub(super) ends: BTreeMap<LinkId, End>,
    pub(super) dialing: BTreeSet<LinkId>,
    pub(super) backlog: Vec<(Option<LinkId>, What)>,
    pub(super) written_at: Instant,
    pub(super) wake: Option<Instant>,
}

impl Host {
    pub(super) fn new(node: Node) -> Host {
        Host {
            node,
            alive: true,
            vanished: false,
            paused: false,
            delivered: Vec::new(),
            lines: Vec::new(),
            events: Vec::new(),
            accepted: 0,
            ends: BTreeMap::new(),
            dialing: BTreeSet::new(),
            backlog: Vec::new(),
            written_at: Instant::START,
            wake: None,
        }
    }
}
