//! Carries out what the node wants, and keeps what it is to be told next.

use std::collections::VecDeque;

use super::application::Application;
use super::history::{Asker, Questions};
use super::links::Links;
use super::patience::{DISK_HANGS, Patience};
use super::run::Exit;
use super::store::Store;
use crate::net::Net;
use crate::proto::event::Event;
use crate::proto::id::{Index, LinkId};
use crate::proto::input::{Disconnect, Input, WriteId};
use crate::proto::node::Node;
use crate::proto::output::Output;
use crate::proto::time::Instant;

/// Everything outside the node that its outputs reach.
#[derive(Debug)]
pub(super) struct Carrier<N: Net, A, S> {
    pub(super) links: Links<N>,
    pub(super) application: A,
    /// What happened, and the node was not told yet.
    pub(super) inputs: VecDeque<Input>,
    /// Why the driver is to end, once the outputs at hand are carried out.
    pub(super) exit: Option<Exit>,
    /// What the node is to be told before anything else: the answers to its outputs.
    pub(super) answers: VecDeque<Input>,
    pub(super) store: S,
    patience: Patience,
    /// Why nothing is written any more.
    failed: Option<String>,
    /// The last index that the application's state covers.
    covered: Index,
    /// The snapshots that are being written: once they are, the archive has the lines before them.
    fading: VecDeque<(WriteId, Index)>,
    pub(super) questions: Questions,
}

impl<N: Net + 'static, A: Application, S: Store> Carrier<N, A, S> {
    /// Nothing has happened yet.
    pub(super) fn new(links: Links<N>, application: A, store: S) -> Carrier<N, A, S> {
        Carrier {
            links,
            application,
            inputs: VecDeque::new(),
            exit: None,
            answers: VecDeque::new(),
            store,
            patience: Patience::default(),
            failed: None,
            covered: Index::ZERO,
            fading: VecDeque::new(),
            questions: Questions::default(),
        }
    }

    /// The application could not read its state, so what it has is another: nothing of that may be written.
    fn has_lost_its_state(&self) -> bool {
        matches!(self.exit, Some(Exit::Unreadable { .. }))
    }

    /// What to tell the node next. A completed write comes before all that came from outside, as
    /// nothing that depends on it can be sent before the node knows.
    pub(super) fn next_input(&mut self) -> Option<Input> {
        match self.store.completed() {
            Some(Ok(write)) => {
                self.patience.completes(write);
                while let Some((_, index)) = self.fading.pop_front_if(|(id, _)| *id <= write) {
                    self.application.faded(index);
                }
                return Some(Input::Persisted { write });
            }
            Some(Err(why)) => {
                self.fails(why);
                return Some(Input::Unwritable);
            }
            None => {}
        }
        self.listen();
        self.answers.pop_front().or_else(|| self.inputs.pop_front())
    }

    /// A disk that does not answer is as good as one that fails: it would hold up all that waits for it, and
    /// the elections of the others.
    pub(super) fn mind_disk(&mut self, now: Instant) {
        if self.failed.is_none() && self.patience.is_over(now) {
            self.store.abandon();
            self.fails(format!(
                "the disk was given something to write and has completed nothing for {} s. Whether it ever \
                 will is not known; what was ordered before is not lost by that. Look at the disk, and at \
                 the network if the folder lies there, then start the node again",
                DISK_HANGS.as_secs()
            ));
            self.answers.push_back(Input::Unwritable);
        }
    }

    fn fails(&mut self, why: String) {
        tracing::error!("{why}; the node leaves the ring");
        self.failed = Some(why);
    }

    /// Carries out one wish.
    pub(super) fn carry_out(&mut self, now: Instant, node: &Node, output: Output) {
        if self.has_lost_its_state() {
            return;
        }
        match output {
            Output::Dial { link, address } => self.links.dial(link, address),
            Output::HangUp { link } => {
                self.links.hang_up(link);
                self.forget(link);
            }
            Output::Send { link, message } => {
                if let Some(why) = self.links.send(link, &message) {
                    self.closed(link, why);
                }
            }
            Output::Persist(write) => {
                let place = write.snapshot.as_ref().map(|snapshot| snapshot.head.index);
                let faded = place.map(|index| self.application.fading(index));
                self.fading.extend(place.map(|index| (write.id, index)));
                self.patience.begins(write.id);
                self.store.begin(write, node, faded);
            }
            Output::Deliver(delivered) => {
                self.application.deliver(now, &delivered);
                self.covered = delivered.index;
            }
            Output::TakeSnapshot => {
                let application = self.application.snapshot();
                self.answers.push_back(Input::SnapshotTaken { index: self.covered, application });
            }
            Output::InstallSnapshot { index, application } => {
                if let Err(why) = self.application.install(now, index, &application) {
                    tracing::error!(%index, why, "a snapshot cannot be read; the node stops");
                    self.exit.get_or_insert(Exit::Unreadable { index, why });
                }
                self.covered = index;
            }
            Output::ReadArchive { link, ask } => self.look_up(Asker::Node(link), ask),
            Output::KeepArchive(part) => self.store.keep(part),
            Output::Event(event) => {
                self.application.event(now, &event);
                if event == Event::Left {
                    let failed = self.failed.take().map(|why| Exit::Unwritable { why });
                    self.exit.get_or_insert(failed.unwrap_or(Exit::Left));
                }
            }
        }
    }

    /// The driver itself has closed a link.
    fn closed(&mut self, link: LinkId, why: Disconnect) {
        self.forget(link);
        self.answers.push_back(Input::Disconnected { link, why });
    }

    /// What came over a link before its end, and was not told yet, must not be told after it.
    fn forget(&mut self, link: LinkId) {
        let of_another = |input: &Input| match input {
            Input::Connected { link: other, .. }
            | Input::Disconnected { link: other, .. }
            | Input::Message { link: other, .. }
            | Input::Arriving { link: other } => *other != link,
            Input::Timeout
            | Input::Command(_)
            | Input::Persisted { .. }
            | Input::Unwritable
            | Input::SnapshotTaken { .. }
            | Input::ArchiveRead { .. }
            | Input::ArchiveLacks { .. } => true,
        };
        self.inputs.retain(of_another);
        self.answers.retain(of_another);
    }
}
