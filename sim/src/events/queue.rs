//! The heap of timed inputs: whatever is due earliest comes first, and what was put in first among
//! those of one moment.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ringchat::proto::time::Instant;

/// Things that are due, each at its moment.
#[derive(Debug)]
pub(super) struct Queue<T> {
    heap: BinaryHeap<Reverse<(Instant, u64, u32)>>,
    /// The things themselves, so that the heap moves small keys only.
    slots: Vec<Option<T>>,
    free: Vec<u32>,
    counter: u64,
}

impl<T> Queue<T> {
    /// Nothing is due.
    pub(super) fn new() -> Queue<T> {
        Queue { heap: BinaryHeap::new(), slots: Vec::new(), free: Vec::new(), counter: 0 }
    }

    /// Puts a thing in.
    pub(super) fn push(&mut self, at: Instant, thing: T) {
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = Some(thing);
                slot
            }
            None => {
                self.slots.push(Some(thing));
                // A world with four billion things under way does not fit into memory.
                (self.slots.len() - 1) as u32
            }
        };
        self.counter += 1;
        self.heap.push(Reverse((at, self.counter, slot)));
    }

    /// When the first thing is due.
    pub(super) fn next_at(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((at, ..))| *at)
    }

    /// Takes the first thing out, if it is due by `until`.
    pub(super) fn pop(&mut self, until: Instant) -> Option<(Instant, T)> {
        if self.next_at()? > until {
            return None;
        }
        let Reverse((at, _, slot)) = self.heap.pop()?;
        self.free.push(slot);
        self.slots[slot as usize].take().map(|thing| (at, thing))
    }
}
