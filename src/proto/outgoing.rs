//! What this node's own person or program has said, until it is delivered.

use std::collections::VecDeque;
use std::time::Duration;

use super::entry::{Payload, Submission};
use super::id::NodeId;
use super::sequencer::before_life;
use super::time::Instant;

/// The origin's half of exactly-once: kept until seen delivered, sent again after every change of
/// leader, told apart by number.
#[derive(Debug, Default)]
pub struct Outgoing {
    pending: VecDeque<Submission>,
    pending_bytes: usize,
    under_way: usize,
    under_way_bytes: usize,
    next_seq: u64,
    progress_at: Instant,
    patience: u32,
}

impl Outgoing {
    /// Of an identity that has lived before, so many times.
    pub fn in_life(life: u64) -> Outgoing {
        Outgoing { next_seq: before_life(life), ..Outgoing::default() }
    }

    /// How many wait to be delivered.
    pub fn waiting(&self) -> usize {
        self.pending.len()
    }

    /// Whether another one may wait, within these bounds.
    pub fn has_room(&self, waiting: usize, bytes: usize) -> bool {
        self.pending.len() < waiting && self.pending_bytes < bytes
    }

    /// Takes a message, and gives it its number.
    pub fn push(&mut self, origin: NodeId, lamport: u64, payload: Payload) -> u64 {
        self.next_seq += 1;
        self.pending_bytes += payload.bytes.len();
        self.pending.push_back(Submission { origin, seq: self.next_seq, lamport, payload });
        self.next_seq
    }

    /// What to send to the leader now, within these bounds on what may be under way.
    pub fn offer(&mut self, now: Instant, count: usize, bytes: usize) -> Vec<Submission> {
        if self.under_way == 0 {
            self.progress_at = now;
        }
        let start = self.under_way;
        while self.under_way < self.pending.len().min(count)
            && (self.under_way == 0 || self.under_way_bytes < bytes)
        {
            self.under_way_bytes += self.pending[self.under_way].payload.bytes.len();
            self.under_way += 1;
        }
        self.pending.range(start..self.under_way).cloned().collect()
    }

    /// Whether [`Self::offer`] would give something.
    pub fn has_offer(&self, count: usize, bytes: usize) -> bool {
        self.under_way < self.pending.len().min(count)
            && (self.under_way == 0 || self.under_way_bytes < bytes)
    }

    /// The message with this number was delivered, and with it all before it.
    pub fn delivered(&mut self, now: Instant, seq: u64) {
        while let Some(first) = self.pending.front()
            && first.seq <= seq
        {
            let bytes = first.payload.bytes.len();
            self.pending_bytes -= bytes;
            if self.under_way > 0 {
                self.under_way -= 1;
                self.under_way_bytes -= bytes;
            }
            self.pending.pop_front();
        }
        self.progress_at = now;
        self.patience = 0;
    }

    /// Everything counts as unsent again. How many were under way.
    pub fn rewind(&mut self) -> usize {
        self.under_way_bytes = 0;
        std::mem::take(&mut self.under_way)
    }

    /// Whether anything was sent that is not known delivered.
    pub fn is_under_way(&self) -> bool {
        self.under_way > 0
    }

    /// Nothing was delivered for `after`, and twice as long each further time: then
    /// [`Self::rewind`] is due, and this says so once.
    pub fn is_overdue(&mut self, now: Instant, after: Duration) -> bool {
        let wait = after * (1 << self.patience);
        if self.under_way == 0 || now.since(self.progress_at) < wait {
            return false;
        }
        self.patience = (self.patience + 1).min(4);
        self.progress_at = now;
        true
    }
}
