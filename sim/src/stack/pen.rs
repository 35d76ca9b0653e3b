//! How one life of a node writes to its machine's disk: the driver's store under simulated time.

use std::pin::Pin;
use std::task::{Context, Poll};

use ringchat::driver::store::{Store, Ticket, Told};
use ringchat::proto::archive::{Ask, Faded, Part};
use ringchat::proto::input::WriteId;
use ringchat::proto::node::Node;
use ringchat::proto::output::Write;
use tokio::time::{Sleep, sleep_until};

use super::disk::{Cut, Disk};

/// The store of one life. Once that is over it moves nothing any more.
#[derive(Debug)]
pub(super) struct Pen {
    disk: Disk,
    life: u64,
    abandoned: bool,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Pen {
    /// For this life of the nodes that write to `disk`.
    pub(super) fn new(disk: Disk, life: u64) -> Pen {
        Pen { disk, life, abandoned: false, alarm: None }
    }
}

impl Store for Pen {
    fn begin(&mut self, write: Write, node: &Node, faded: Option<Faded>) {
        self.disk.0.borrow_mut().push(write, node, faded);
    }

    fn completed(&mut self) -> Option<Result<WriteId, String>> {
        self.disk.0.borrow_mut().completed()
    }

    fn read(&mut self, ticket: Ticket, ask: Ask) {
        self.disk.0.borrow_mut().read(ticket, ask);
    }

    fn keep(&mut self, part: Part) {
        self.disk.0.borrow_mut().keep(&part);
    }

    fn told(&mut self) -> Option<Told> {
        self.disk.0.borrow_mut().told()
    }

    fn abandon(&mut self) {
        self.abandoned = true;
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut spindle = self.disk.0.borrow_mut();
        spindle.wakes(cx);
        loop {
            let due = spindle.turn();
            if spindle.has_news() {
                return Poll::Ready(());
            }
            let Some(due) = due else { return Poll::Pending };
            let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(due)));
            if alarm.deadline() != due {
                alarm.as_mut().reset(due);
            }
            if alarm.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
        }
    }
}

impl Drop for Pen {
    /// A process that ends by itself writes what it has begun. One that was killed is not asked.
    fn drop(&mut self) {
        let mut spindle = self.disk.0.borrow_mut();
        if spindle.serves(self.life) {
            match self.abandoned {
                true => spindle.cut(Cut::PowerLost),
                false => spindle.finish(),
            }
        }
    }
}
