//! What a node vouches for in front of others is on its disk.
//!
//! A power cut takes a whole identity along, so no schedule shows a word that was given too early: the
//! one who gave it is never seen again. With a store that is read again it would be; here it shows at
//! once.

use std::collections::VecDeque;

use ringchat::proto::id::{Ballot, Index, NodeId};
use ringchat::proto::input::WriteId;
use ringchat::proto::message::Message;
use ringchat::proto::output::Write;
use ringchat::proto::recovered::Recovered;

/// What the disk of one node has, and what it is writing.
#[derive(Debug, Default)]
pub(super) struct Disk {
    index: Index,
    promised: Ballot,
    writes: VecDeque<Write>,
    /// Whether a promise can have been lost of which its node has spoken, or will.
    forgets: bool,
}

impl Disk {
    /// The disk of a node that comes back.
    pub(super) fn of(disk: &Recovered) -> Disk {
        let index = Index(disk.snapshot.head.index.0 + disk.entries.len() as u64);
        Disk { index, promised: disk.promised, writes: VecDeque::new(), forgets: true }
    }

    /// The node wants this written.
    pub(super) fn begins(&mut self, write: Write) {
        // What is replaced is gone as soon as that begins.
        self.index = self.index.min(write.behind);
        self.writes.push_back(write);
    }

    /// Nothing is written any more: what its node promises from now on is lost.
    pub(super) fn fails(&mut self) {
        self.forgets = true;
    }

    /// The last write that is under way.
    pub(super) fn last_begun(&self) -> Option<WriteId> {
        self.writes.back().map(|write| write.id)
    }

    /// A write is done, and with it all before it.
    pub(super) fn is_done(&mut self, id: WriteId) {
        while let Some(write) = self.writes.front().filter(|write| write.id <= id) {
            self.index = self.index.max(write.last);
            self.promised = self.promised.max(write.promised);
            self.writes.pop_front();
        }
    }

    /// Whether this disk has less than so much of the log of that ballot. A node that has promised a
    /// greater one may have dropped what it held.
    pub(super) fn lacks(&self, ballot: Ballot, index: Index) -> bool {
        let promised = self.writes.back().map_or(self.promised, |last| last.promised);
        if promised < ballot {
            // What it holds it holds all the same, and nothing of that ballot is among it, since no entry is
            // written without its promise.
            return !self.forgets || self.index < index;
        }
        promised == ballot && self.index < index
    }

    /// What `me` vouches for in this message though it may be lost; nothing if all is well.
    pub(super) fn too_early(&self, me: NodeId, message: &Message) -> Option<String> {
        match message {
            Message::Elected(token)
                if token.promised_by.contains(&me) && token.ballot > self.promised =>
            {
                Some(format!("promises {} before its disk has that", token.ballot))
            }
            Message::AppendAck(ack) => {
                let own = ack.stored.index_of(me);
                let early = own > self.index;
                early.then(|| {
                    format!("says that it holds {own}, but its disk ends at {}", self.index)
                })
            }
            _ => None,
        }
    }
}
