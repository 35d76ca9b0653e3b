//! Writes down everything that the driver gives to its application, with the simulated time.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use ringchat::driver::application::Application;
use ringchat::proto::archive::{Ask, Faded, Found};
use ringchat::proto::entry::Delivered;
use ringchat::proto::event::Event;
use ringchat::proto::id::Index;
use ringchat::proto::time::Instant;

use super::clock::now;
use super::past::Past;
use crate::engine::Note;
use crate::history::{Happening, Incarnation};
use crate::ledger::Ledger;
use crate::scenario::NodeIndex;

/// What happened within a step of the simulated clock, at all nodes. Nodes run one after the other
/// within a step, so this is not in simulated order yet.
pub(crate) type Notes = Rc<RefCell<Vec<Note>>>;

/// The application of one incarnation.
#[derive(Debug)]
pub(crate) struct Recorder {
    pub(crate) node: NodeIndex,
    pub(crate) incarnation: Incarnation,
    pub(crate) notes: Notes,
    /// Shared with the world, which looks at it in the end.
    pub(crate) ledger: Rc<RefCell<Ledger>>,
    /// What the archive does not have yet, where there is one.
    pub(super) past: Option<Past>,
}

impl Recorder {
    fn note(&self, what: Happening) {
        let Recorder { node, incarnation, notes, .. } = self;
        let note = Note { at: now(), node: *node, incarnation: *incarnation, what };
        notes.borrow_mut().push(note);
    }
}

impl Application for Recorder {
    fn deliver(&mut self, _: Instant, delivered: &Delivered) {
        self.ledger.borrow_mut().append(&delivered.message);
        if let Some(past) = &mut self.past {
            past.append(delivered);
        }
        self.note(Happening::Delivered(delivered.clone()));
    }

    fn snapshot(&self) -> Bytes {
        self.ledger.borrow().snapshot()
    }

    fn install(&mut self, _: Instant, index: Index, state: &Bytes) -> Result<(), String> {
        *self.ledger.borrow_mut() = Ledger::restore(state)?;
        if let Some(past) = &mut self.past {
            past.skip_to(index);
        }
        Ok(())
    }

    fn event(&mut self, _: Instant, event: &Event) {
        self.note(Happening::Event(event.clone()));
    }

    fn fading(&mut self, index: Index) -> Faded {
        self.past.as_ref().map_or_else(Faded::default, |past| past.fading(index))
    }

    fn faded(&mut self, index: Index) {
        if let Some(past) = &mut self.past {
            past.faded(index);
        }
    }

    fn lines(&self, ask: Ask) -> Option<Found> {
        self.past.as_ref()?.at_hand(ask)
    }
}
