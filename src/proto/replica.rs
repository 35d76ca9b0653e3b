//! How far one neighbour (the successor, or a learner) is known to follow, and what to send next.

use std::collections::VecDeque;

use super::id::{Index, LinkId};
use super::message::AppendAck;
use super::tally::Tally;

/// The sending half of the log's way to one neighbour, for one link and one ballot.
#[derive(Debug)]
pub struct Replica {
    /// The link it goes over.
    pub link: LinkId,
    /// The next entry to send.
    pub next: Index,
    /// What the neighbour has acknowledged under this ballot.
    pub acked: Index,
    /// The commit index it was told last.
    pub sent_commit: Index,
    /// The pulse it was sent last.
    pub sent_pulse: u64,
    /// The acknowledgements it was sent last, as far as they went beyond what was committed.
    pub sent_tally: Tally,
    /// Its place in the log is not known: one frame goes out, and its answer tells.
    probing: bool,
    probe_out: bool,
    refused: bool,
    under_way: VecDeque<(Index, usize)>,
    bytes_under_way: usize,
}

impl Replica {
    /// A neighbour of whom nothing is known: tried from `next` on.
    pub fn new(link: LinkId, next: Index) -> Replica {
        Replica {
            link,
            next,
            acked: Index::ZERO,
            sent_commit: Index::ZERO,
            sent_pulse: 0,
            sent_tally: Tally::default(),
            probing: true,
            probe_out: false,
            refused: false,
            under_way: VecDeque::new(),
            bytes_under_way: 0,
        }
    }

    /// Whether anything may be sent: not while the answer to a probe is awaited.
    pub fn may_speak(&self) -> bool {
        !(self.probing && self.probe_out)
    }

    /// Whether entries may be sent, given the bounds on what may be under way.
    pub fn may_send(&self, window_bytes: usize, window_entries: u64) -> bool {
        let entries = self.next.previous().0.saturating_sub(self.acked.0);
        let within = self.bytes_under_way < window_bytes && entries < window_entries;
        self.may_speak() && (self.probing || within)
    }

    /// A frame was sent; with entries up to `last`, of so many payload bytes, if it held any.
    pub fn sent(&mut self, last: Option<Index>, bytes: usize) {
        self.probe_out = self.probing;
        if let Some(last) = last {
            self.next = last.next();
            self.under_way.push_back((last, bytes));
            self.bytes_under_way += bytes;
        }
    }

    /// The neighbour has answered, under the ballot of this replica.
    pub fn acknowledged(&mut self, ack: &AppendAck) {
        self.acked = self.acked.max(ack.verified);
        if self.probing || ack.mismatch {
            // A probe's answer is the neighbour's place. A mismatch without a probe means that
            // frames are missing: what is under way is in vain too, so ask again.
            self.probing = !self.probing;
            self.probe_out = false;
            self.skip_to(ack.verified.next());
            return;
        }
        if self.next <= ack.verified {
            // It learned more than this node sent it, by another way.
            return self.skip_to(ack.verified.next());
        }
        while let Some((last, bytes)) = self.under_way.front()
            && *last <= ack.verified
        {
            self.bytes_under_way -= bytes;
            self.under_way.pop_front();
        }
    }

    /// Whether the neighbour was not told of this pulse, or that so much is committed.
    pub fn lacks(&self, pulse: u64, commit: Index) -> bool {
        self.sent_pulse < pulse || self.sent_commit < commit
    }

    /// The neighbour has promised a greater ballot: it takes nothing under that of this replica.
    pub fn refused(&mut self) {
        self.refused = true;
    }

    /// After a refusal its place is asked for again: whoever could have helped may not know of it.
    pub fn ask_again_if_refused(&mut self) {
        if std::mem::take(&mut self.refused) {
            self.probing = true;
            self.probe_out = false;
        }
    }

    /// Goes on from `next`, whatever was under way.
    pub fn skip_to(&mut self, next: Index) {
        self.next = next;
        self.under_way.clear();
        self.bytes_under_way = 0;
    }
}
