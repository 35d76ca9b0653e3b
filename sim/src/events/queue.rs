//! The heap of timed inputs: whatever is due earliest comes first, and what was put in first among
//! those of one moment.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ringchat::proto::time::Instant;

/// When a thing is due, the how-manieth it was, and its slot, from the highest bits down: so one
/// comparison of numbers tells which comes first.
type Key = u128;

/// How many bits tell the slot, and how many the count of things before it.
const SLOT_BITS: u32 = 24;
const COUNT_BITS: u32 = 40;

/// Things that are due, each at its moment.
#[derive(Debug)]
pub(super) struct Queue<T> {
    heap: BinaryHeap<Reverse<Key>>,
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
    // Without a call it is moved once less, and things are large.
    #[inline(always)]
    pub(super) fn push(&mut self, at: Instant, thing: T) {
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = Some(thing);
                slot
            }
            None => {
                self.slots.push(Some(thing));
                (self.slots.len() - 1) as u32
            }
        };
        self.counter += 1;
        // Sixteen million things under way fill a machine's memory, a trillion take it a week.
        assert!(slot >> SLOT_BITS == 0 && self.counter >> COUNT_BITS == 0, "a world too large");
        let place = (self.counter << SLOT_BITS) | u64::from(slot);
        self.heap.push(Reverse((Key::from(at.as_micros()) << u64::BITS) | Key::from(place)));
    }

    /// When the first thing is due.
    pub(super) fn next_at(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse(key)| moment(*key))
    }

    /// Takes the first thing out, if it is due by `until`.
    pub(super) fn pop(&mut self, until: Instant) -> Option<(Instant, T)> {
        if self.next_at()? > until {
            return None;
        }
        let Reverse(key) = self.heap.pop()?;
        let slot = key as u32 & ((1 << SLOT_BITS) - 1);
        self.free.push(slot);
        self.slots[slot as usize].take().map(|thing| (moment(key), thing))
    }
}

fn moment(key: Key) -> Instant {
    Instant::from_micros((key >> u64::BITS) as u64)
}
