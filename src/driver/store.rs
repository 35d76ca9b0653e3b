//! Where the node's writes go: in memory mode nowhere, and so they are complete at once.
//!
//! A disk takes this place with one more future for the driver to wait on; the node does not notice.

use std::task::{Context, Poll};

use crate::proto::archive::{Ask, Faded, Found, Part, Stretches};
use crate::proto::input::WriteId;
use crate::proto::node::Node;
use crate::proto::output::Write;

/// Which question an answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// What the archive has to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// What was found for a question.
    Found(Ticket, Found),
    /// What it lacks now.
    Lacks(Stretches),
}

/// Carries out the node's writes, in the order in which they are begun, while the node goes on.
pub trait Store {
    /// Begins a write of what `node` holds now. With a snapshot come the lines that the archive is to
    /// have before the write is durable.
    fn begin(&mut self, write: Write, node: &Node, faded: Option<Faded>);

    /// The last write that was completed since this was asked last: all before it are, too. Or why no
    /// further one ever will be.
    fn completed(&mut self) -> Option<Result<WriteId, String>>;

    /// Looks for lines in the archive, beside the writes. Answered by [`Self::told`].
    fn read(&mut self, ticket: Ticket, ask: Ask);

    /// Puts lines of another archive into the own one, beside the writes. Answered by [`Self::told`] with
    /// what it lacks then.
    fn keep(&mut self, part: Part);

    /// What the archive has to tell next.
    fn told(&mut self) -> Option<Told>;

    /// What was begun may never end, and nobody waits for that any more.
    fn abandon(&mut self);

    /// Ready as soon as [`Self::completed`] or [`Self::told`] has something to tell.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}

/// Keeps nothing beyond the process, and has no archive.
#[derive(Debug, Default)]
pub struct Memory {
    completed: Option<WriteId>,
    told: Vec<Told>,
}

impl Store for Memory {
    fn begin(&mut self, write: Write, _: &Node, _: Option<Faded>) {
        self.completed = Some(write.id);
    }

    fn completed(&mut self) -> Option<Result<WriteId, String>> {
        self.completed.take().map(Ok)
    }

    fn read(&mut self, ticket: Ticket, ask: Ask) {
        self.told.push(Told::Found(ticket, Found::nothing(ask)));
    }

    fn keep(&mut self, _: Part) {}

    fn told(&mut self) -> Option<Told> {
        self.told.pop()
    }

    fn abandon(&mut self) {}

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<()> {
        // What was begun is asked for before anybody waits.
        Poll::Pending
    }
}
