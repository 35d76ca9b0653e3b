//! Questions for lines of the past: from memory where they are at hand, else from the archive.

use std::collections::BTreeMap;

use tokio::sync::oneshot;

use super::application::Application;
use super::carry::Carrier;
use super::store::{Store, Ticket, Told};
use crate::net::Net;
use crate::proto::archive::{Ask, Found};
use crate::proto::id::LinkId;
use crate::proto::input::Input;

/// Who wants to know.
#[derive(Debug)]
pub(super) enum Asker {
    /// The node, for the peer at the other end of this link.
    Node(LinkId),
    /// The person or program at this node, who may have stopped waiting.
    Person(oneshot::Sender<Found>),
}

/// Who waits for the archive. A node lets each link ask one question at a time, and each session does.
#[derive(Debug, Default)]
pub(super) struct Questions {
    waiting: BTreeMap<Ticket, Asker>,
    last: u64,
}

impl<N: Net + 'static, A: Application, S: Store> Carrier<N, A, S> {
    /// Looks for lines.
    pub(super) fn look_up(&mut self, asker: Asker, ask: Ask) {
        if let Some(found) = self.application.lines(ask) {
            return self.answer(asker, found);
        }
        self.questions.last += 1;
        let ticket = Ticket(self.questions.last);
        self.questions.waiting.insert(ticket, asker);
        self.store.read(ticket, ask);
    }

    /// Hears what the archive has to tell, and passes it on.
    pub(super) fn listen(&mut self) {
        while let Some(told) = self.store.told() {
            match told {
                Told::Lacks(missing) => self.answers.push_back(Input::ArchiveLacks { missing }),
                Told::Found(ticket, found) => {
                    if let Some(asker) = self.questions.waiting.remove(&ticket) {
                        self.answer(asker, found);
                    }
                }
            }
        }
    }

    fn answer(&mut self, asker: Asker, found: Found) {
        match asker {
            Asker::Node(link) => self.answers.push_back(Input::ArchiveRead { link, found }),
            Asker::Person(answer) => drop(answer.send(found)),
        }
    }
}
