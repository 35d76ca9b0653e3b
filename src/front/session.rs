//! One front end's way to its node: requests in, what they come to out.

use std::cell::{Ref, RefCell};
use std::collections::VecDeque;
use std::future::pending;
use std::rc::Rc;

use bytes::Bytes;

use super::answers;
use super::application::Desk;
use super::door::{News, Request};
use super::history;
use super::journal::State;
use super::parts::{Past, Roster};
use super::request_error::RequestError;
use super::wall_clock;
use crate::chat::command::{Action, Command};
use crate::chat::name::Name;
use crate::chat::person::{PersonId, Who};
use crate::chat::state::Chat;
use crate::driver::handle::{Handle, Stopped};
use crate::proto::id::{Index, NodeId};

/// How many lines wait here before the front end should read no more.
const QUEUE_MAX: usize = 64;

/// A front end's way to its node.
#[derive(Debug)]
pub struct Session {
    pub(super) handle: Handle,
    pub(super) desk: Rc<RefCell<Desk>>,
    pub(super) me: NodeId,
    name: Name,
    /// Lines said before this node is in a ring wait here, so that its name comes first.
    admitted: bool,
    /// Messages that the node did not have room for yet.
    queue: VecDeque<Bytes>,
    /// Up to here private lines were shown, which nobody was told yet.
    seen: Option<Index>,
    /// Up to here this person was shown private lines here, whether or not the order knows yet.
    shown: Option<(PersonId, Index)>,
    /// How many messages the driver was handed.
    handed: u64,
}

impl Session {
    /// A session at the node `me`, of somebody who wants to be called `name`.
    pub fn new(handle: Handle, desk: Rc<RefCell<Desk>>, me: NodeId, name: Name) -> Session {
        Session {
            handle,
            desk,
            me,
            name,
            admitted: false,
            queue: VecDeque::new(),
            seen: None,
            shown: None,
            handed: 0,
        }
    }

    /// Asks the node for something. An answer comes at once, as news; what it leads to comes later.
    ///
    /// # Errors
    /// [`RequestError`]; nothing was done then.
    pub async fn request(&mut self, request: Request) -> Result<Option<News>, RequestError> {
        match request {
            Request::Act(action) => {
                let action = self.ready(action).await?;
                self.order(action);
                Ok(None)
            }
            Request::Rename(name) => {
                let (view, present) = self.here();
                self.order(Action::Rename { view, present, name });
                Ok(None)
            }
            Request::Register(name, password) => self.register(name, password).await,
            Request::Login(name, password) => self.login(name, password).await,
            Request::DeleteAccount(password) => self.delete_account(password).await,
            Request::Who => Ok(Some(News::Members(Box::new(self.roster().await?)))),
            Request::State => Ok(Some(News::State(Box::new(self.roster().await?)))),
            Request::History { group, count, before } => {
                Ok(Some(News::History(self.history(group, count, before).await?)))
            }
            Request::SetLimit { name, value } => {
                let limits = self.chat().limits().with(&name, value);
                self.order(Action::SetLimits(limits.ok_or(RequestError::NoLimit(name))?));
                Ok(None)
            }
            Request::Deliver => {
                let chat = self.chat();
                let mail = chat.mail(self.person()).filter(|line| !self.has_shown(line.place));
                let mail: Vec<_> = mail.cloned().collect();
                drop(chat);
                self.saw(mail.last().map(|line| line.place));
                Ok(Some(News::Mail(mail)))
            }
            Request::Members(name) => {
                let (_, here) = self.here();
                let group = answers::group(&self.chat(), self.person(), &name, &here);
                Ok(Some(News::Group(Box::new(group.ok_or(RequestError::NoGroup(name))?))))
            }
            Request::Groups => {
                let (_, here) = self.here();
                Ok(Some(News::Groups(answers::groups(&self.chat(), self.person(), &here))))
            }
            Request::List(pattern) => Ok(Some(answers::list(&self.chat(), pattern))),
            Request::Search { text, group } => {
                Ok(Some(answers::search(&self.chat(), self.person(), text, group.as_ref())))
            }
            Request::Limits => Ok(Some(News::Limits(*self.chat().limits()))),
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

    pub(super) fn order(&mut self, action: Action) {
        let command = Command::Act { second: wall_clock::second(), action };
        self.queue.push_back(command.encode().into());
    }

    /// What this node knows and its chat holds, for machines.
    ///
    /// # Errors
    /// If the node has stopped.
    pub async fn state(&self) -> Result<State, Stopped> {
        let status = self.handle.status().await?;
        let chat = self.chat();
        let lines = chat.history().len() as u64;
        Ok(State { status, lines, digest: format!("{:016x}", chat.digest()) })
    }

    /// The last `count` lines of a group before a place, or before now.
    ///
    /// # Errors
    /// If the node has stopped, or there is no such group.
    pub async fn history(
        &self,
        group: Option<Name>,
        count: u32,
        before: Option<Index>,
    ) -> Result<Past, RequestError> {
        let wanted = history::Wanted { person: self.person(), group, count, before };
        let id = answers::group_id(&self.chat(), wanted.group.as_ref());
        let id = id.ok_or_else(|| {
            RequestError::NoGroup(wanted.group.clone().unwrap_or_else(Name::lobby))
        })?;
        Ok(history::look(&self.handle, &self.desk, wanted, id).await?)
    }

    /// Up to which place every member's node has what was said.
    ///
    /// # Errors
    /// If the node has stopped.
    pub async fn at_all(&self) -> Result<Index, Stopped> {
        Ok(self.handle.status().await?.stored_by_all)
    }

    /// To be told all news before they are shown: a node that came in says its name, and private
    /// lines that are shown need not wait any more.
    pub fn on_news(&mut self, news: &News) {
        match news {
            News::Admitted(admission) => {
                self.admitted = true;
                let present = admission.present.iter().map(|person| person.id).collect();
                let (view, name) = (admission.view, self.name.clone());
                let hello = Command::Hello { view, present, name };
                self.queue.push_front(hello.encode().into());
            }
            News::Private { line, own: _, waits: _ } if line.to.person == self.person() => {
                self.saw(Some(line.place));
            }
            News::WhileAway { mail, .. } => self.saw(mail.last().map(|line| line.place)),
            News::Private { .. }
            | News::Pending { .. }
            | News::AtAll { .. }
            | News::Said { .. }
            | News::Changed(_)
            | News::Chat { .. }
            | News::Arrived { .. }
            | News::Went { .. }
            | News::Leader { .. }
            | News::NoQuorum { .. }
            | News::QuorumBack
            | News::Evicted
            | News::WentAlone { .. }
            | News::Left
            | News::Refused { .. }
            | News::Unreadable { .. }
            | News::Missed
            | News::Skipped { .. }
            | News::Members(_)
            | News::State(_)
            | News::History(_)
            | News::Mail(_)
            | News::Group(_)
            | News::Groups(_)
            | News::Found { .. }
            | News::Lines { .. }
            | News::Limits(_) => {}
        }
    }

    /// What was shown is to be told to all, so that it is shown at no other node and at no other
    /// time.
    fn saw(&mut self, place: Option<Index>) {
        let Some(place) = place else { return };
        self.seen = self.seen.max(Some(place));
        let person = self.person();
        let before = self.shown.filter(|(of, _)| *of == person).map(|(_, up_to)| up_to);
        self.shown = Some((person, before.max(Some(place)).unwrap_or(place)));
    }

    fn has_shown(&self, place: Index) -> bool {
        let person = self.person();
        self.shown.is_some_and(|(of, up_to)| of == person && place <= up_to)
    }

    /// The replicated state. It must not be held across an `await`.
    pub fn chat(&self) -> Ref<'_, Chat> {
        Ref::map(self.desk.borrow(), |desk| &desk.chat)
    }

    /// Who sits at this node; none, as long as it has said no name.
    pub fn who(&self) -> Option<Who> {
        self.chat().who_at(self.me)
    }

    /// The number of the view that this node knows, and its members.
    pub fn here(&self) -> (u64, Vec<NodeId>) {
        self.desk.borrow().here.clone()
    }

    fn person(&self) -> PersonId {
        self.who().map_or(PersonId::Guest(self.me), |who| who.person)
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
        if self.queue.is_empty()
            && let Some(up_to) = self.seen.take()
        {
            self.order(Action::Seen { up_to });
        }
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
        let people = answers::mentioned(&self.chat(), &status);
        Ok(Roster { status, people })
    }
}
