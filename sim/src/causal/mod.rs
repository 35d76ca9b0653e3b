//! The inputs that nodes handled, and which of them happened before another (Lamport, 1978).
//!
//! One input happened before another if a chain leads from it to the other, each link of which is
//! either the order within one life of a node, or a message: from the input whose handling sent it to
//! the input that it became. Everything else was concurrent, and cannot have had a part in it.

pub mod bisect;
pub mod report;
mod words;

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use ringchat::proto::input::Input;
use ringchat::proto::time::Instant;

use crate::history::{Happening, Incarnation};
use crate::scenario::NodeIndex;

/// Counts the inputs that were handled in a run, at whatever node, from 1 and in simulated order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InputNumber(NonZeroU32);

impl InputNumber {
    /// The input at this place of the log; none if no log has such a place.
    fn at(place: usize) -> Option<InputNumber> {
        u32::try_from(place + 1).ok().and_then(NonZeroU32::new).map(InputNumber)
    }

    fn place(self) -> usize {
        self.0.get() as usize - 1
    }
}

impl std::fmt::Display for InputNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// An input that a node handled.
#[derive(Clone, Debug)]
pub struct Handled {
    /// When, in simulated time.
    pub at: Instant,
    /// Which node.
    pub node: NodeIndex,
    /// In which of its lives.
    pub incarnation: Incarnation,
    /// What it was told.
    pub input: Input,
    /// The input at the sender whose handling sent it. None if no other node did: a clock, a disk,
    /// a person, or a kernel that answers for a process that is gone.
    pub cause: Option<InputNumber>,
    /// What the node said and delivered because of it, in this order.
    pub led_to: Vec<Happening>,
}

impl Handled {
    /// An input that has led to nothing yet.
    pub fn new(
        at: Instant,
        node: NodeIndex,
        incarnation: Incarnation,
        input: Input,
        cause: Option<InputNumber>,
    ) -> Handled {
        Handled { at, node, incarnation, input, cause, led_to: Vec::new() }
    }
}

/// All inputs of a run, in simulated order.
#[derive(Clone, Debug, Default)]
pub struct InputLog {
    inputs: Vec<Handled>,
}

impl InputLog {
    /// Adds an input at the end; gives its number.
    ///
    /// # Panics
    /// From four billion inputs on, which no memory holds.
    pub fn push(&mut self, handled: Handled) -> InputNumber {
        let number = InputNumber::at(self.inputs.len()).expect("fewer inputs than memory holds");
        self.inputs.push(handled);
        number
    }

    /// The last input led to this.
    pub fn led_to(&mut self, what: Happening) {
        if let Some(last) = self.inputs.last_mut() {
            last.led_to.push(what);
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.inputs.len()
    }

    /// The input with this number.
    pub fn get(&self, number: InputNumber) -> Option<&Handled> {
        self.inputs.get(number.place())
    }

    /// The last input of all.
    pub fn last(&self) -> Option<InputNumber> {
        self.inputs.len().checked_sub(1).and_then(InputNumber::at)
    }

    /// The last input that a node handled, in whichever life.
    pub fn last_of(&self, node: NodeIndex) -> Option<InputNumber> {
        self.inputs.iter().rposition(|it| it.node == node).and_then(InputNumber::at)
    }

    /// The input that led to the event or delivery which is the `count`th of the run, from 1.
    pub fn which_led_to(&self, count: usize) -> Option<InputNumber> {
        let mut so_far = 0;
        let place = self.inputs.iter().position(|it| {
            so_far += it.led_to.len();
            so_far >= count
        });
        place.and_then(InputNumber::at)
    }

    /// An input and all that happened before it, in simulated order.
    pub fn past(&self, of: InputNumber) -> Vec<InputNumber> {
        let end = (of.place() + 1).min(self.inputs.len());
        let mut belongs = vec![false; end];
        // What comes before an input stands before it in the log, so one walk back finds all. The
        // lives of which something belongs to it, for all that they handled earlier does, too.
        let mut lives = BTreeSet::new();
        for place in (0..end).rev() {
            let handled = &self.inputs[place];
            let life = (handled.node, handled.incarnation);
            if place + 1 != end && !belongs[place] && !lives.contains(&life) {
                continue;
            }
            belongs[place] = true;
            lives.insert(life);
            if let Some(cause) = handled.cause
                && let Some(earlier) = belongs.get_mut(cause.place())
            {
                *earlier = true;
            }
        }
        let places = belongs.iter().enumerate().filter(|(_, belongs)| **belongs);
        places.filter_map(|(place, _)| InputNumber::at(place)).collect()
    }
}
