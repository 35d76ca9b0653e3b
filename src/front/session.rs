//! One front end's way to its node: requests in, what they come to out.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::pending;
use std::rc::Rc;

use bytes::Bytes;

use super::application::Desk;
use super::door::{News, Past, Request, Roster};
use super::history;
use super::journal::State;
use super::wall_clock;
use crate::chat::command::Command;
use crate::chat::name::Name;
use crate::chat::text::{LineError, line};
use crate::driver::handle::{Handle, Stopped};
use crate::proto::event::Refusal;
use crate::proto::id::Index;

/// How many lines wait here before the front end should read no more.
const QUEUE_MAX: usize = 64;

/// Why a request came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The line cannot be said.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The node has stopped.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// A front end's way to its node.
#[derive(Debug)]
pub struct Session {
    handle: Handle,
    desk: Rc<RefCell<Desk>>,
    name: Name,
    /// Lines said before this node is in a ring wait here, so that its name comes first.
    admitted: bool,
    /// Messages that the node did not have room for yet.
    queue: VecDeque<Bytes>,
    /// How many messages the driver was handed.
    handed: u64,
}

impl Session {
    /// A session of somebody who wants to be called `name`.
    pub fn new(handle: Handle, desk: Rc<RefCell<Desk>>, name: Name) -> Session {
        Session { handle, desk, name, admitted: false, queue: VecDeque::new(), handed: 0 }
    }

    /// Asks the node for something. An answer comes at once, as news; what it leads to comes later.
    ///
    /// # Errors
    /// [`RequestError`]; nothing was done then.
    pub async fn request(&mut self, request: Request) -> Result<Option<News>, RequestError> {
        match request {
            Request::Say(text) => {
                let say = Command::Say { minute: wall_clock::minute(), text: line(&text)? };
                self.queue.push_back(say.encode().into());
                Ok(None)
            }
            Request::Who => Ok(Some(News::Members(Box::new(self.roster().await?)))),
            Request::State => Ok(Some(News::State(Box::new(self.roster().await?)))),
            Request::History { count, before } => {
                Ok(Some(News::History(self.history(count, before).await?)))
            }
            Request::Alone => {
                self.handle.alone().await?;
                Ok(None)
            }
            Request::Leave => {
                self.handle.leave().await?;
                Ok(None)
            }
        }
    }

    /// What this node knows and its chat holds, for machines.
    ///
    /// # Errors
    /// If the node has stopped.
    pub async fn state(&self) -> Result<State, Stopped> {
        let status = self.handle.status().await?;
        let desk = self.desk.borrow();
        let lines = desk.chat.history().len() as u64;
        Ok(State { status, lines, digest: format!("{:016x}", desk.chat.digest()) })
    }

    /// The last `count` lines before a place, or before now.
    ///
    /// # Errors
    /// If the node has stopped.
    pub async fn history(&self, count: u32, before: Option<Index>) -> Result<Past, Stopped> {
        history::look(&self.handle, count, before).await
    }

    /// Whether going on alone would be refused now, and why.
    ///
    /// # Errors
    /// If the node has stopped.
    pub async fn may_go_alone(&self) -> Result<Option<Refusal>, Stopped> {
        let status = self.handle.status().await?;
        Ok(match (status.ring, status.no_quorum) {
            (None, _) => Some(Refusal::NoRing),
            (Some(_), None) => Some(Refusal::HasQuorum),
            (Some(_), Some(_)) => None,
        })
    }

    /// To be told all news before they are shown: a node that came in says its name.
    pub fn on_news(&mut self, news: &News) {
        if let News::Admitted(admission) = news {
            self.admitted = true;
            let present = admission.present.iter().map(|person| person.id).collect();
            let name = self.name.clone();
            let hello = Command::Hello { view: admission.view, present, name };
            self.queue.push_front(hello.encode().into());
        }
    }

    /// Whether the front end may read on.
    pub fn has_room(&self) -> bool {
        self.queue.len() < QUEUE_MAX
    }

    /// Whether this node is, or was, in a ring.
    pub fn is_admitted(&self) -> bool {
        self.admitted
    }

    /// How many messages of this node are not ordered yet.
    pub fn waiting(&self) -> u64 {
        let settled = self.desk.borrow().settled;
        self.queue.len() as u64 + self.handed.saturating_sub(settled)
    }

    /// Hands the next message that waits to the node; waits for one, and for room. May be dropped at
    /// any time: a message is handed over wholly, or still waits.
    ///
    /// # Errors
    /// If the node has stopped.
    pub async fn hand_over(&mut self) -> Result<(), Stopped> {
        let Some(message) = self.queue.front().filter(|_| self.admitted) else {
            return pending().await;
        };
        self.handle.submit(message.clone()).await?;
        self.queue.pop_front();
        self.handed += 1;
        Ok(())
    }

    async fn roster(&self) -> Result<Roster, Stopped> {
        let status = self.handle.status().await?;
        let desk = self.desk.borrow();
        let mentioned = status
            .view
            .members
            .iter()
            .map(|member| member.id)
            .chain(status.suspects.iter().copied())
            .chain([status.me.id, status.promised.proposer])
            .chain(status.leading.map(|ballot| ballot.proposer));
        let names =
            mentioned.filter_map(|id| Some((id, desk.chat.name(id)?.to_string()))).collect();
        drop(desk);
        Ok(Roster { status, names })
    }
}
