//! The chat behind the driver: ordered messages in, news for the front end out.

use std::cell::{Ref, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use tokio::sync::Notify;

use super::door::News;
use super::mailbox::Mailbox;
use super::parts::{Person, nameless, unknown};
use super::past::{Past, at_hand};
use crate::chat::person::PersonId;
use crate::chat::state::Chat;
use crate::driver::application::Application;
use crate::proto::archive::{Ask, Faded, Found};
use crate::proto::entry::Delivered;
use crate::proto::event::Event;
use crate::proto::id::{Ballot, Index, NodeId};
use crate::proto::sequencer::before_life;
use crate::proto::time::Instant;
use crate::proto::view::{Member, View};
use crate::trace::describe;

/// How many of the lines that were said before it came a newcomer is shown.
pub const EARLIER_LINES: usize = 20;

/// What the front end may look up between two news.
#[derive(Debug, Default)]
pub struct Desk {
    /// The replicated state.
    pub chat: Chat,
    /// How many of this node's messages were taken by the node.
    pub taken: u64,
    /// How many of this node's messages were ordered or refused.
    pub settled: u64,
    /// Woken when one more is.
    pub settles: Rc<Notify>,
    /// The number of the view in force, as far as this node knows, and its members.
    pub here: (u64, Vec<NodeId>),
    /// Everything up to here was shown.
    pub shown: Index,
    /// Nothing is ordered for now.
    pub no_quorum: bool,
}

impl Desk {
    /// One more of this node's messages was ordered or refused.
    pub(super) fn settle(&mut self) {
        self.settled += 1;
        self.settles.notify_one();
    }
}

/// The chat of one node.
#[derive(Debug)]
pub struct ChatApplication {
    pub(super) me: Member,
    pub(super) desk: Rc<RefCell<Desk>>,
    pub(super) news: Mailbox,
    /// The greatest Lamport time delivered or given out; it leads every line of the log.
    lamport: Arc<AtomicU64>,
    /// The view in force, as far as this node knows.
    pub(super) view: View,
    /// Everything up to here was shown, or came before this node did.
    pub(super) shown: Index,
    /// What was said in the lobby from here on was shown here, whoever sat here.
    pub(super) lobby_from: Index,
    /// What its disk held is delivered again: nothing of it is shown before it is whole.
    pub(super) waking: bool,
    /// It has come back, and its log may hold what it has shown in an earlier life: until its own
    /// word that it is here again comes out of the order, private lines are left in the mailbox.
    pub(super) reading_up: bool,
    /// The nodes whose people were said to be here, this one's too, and not to be gone since.
    pub(super) greeted: BTreeSet<NodeId>,
    /// Numbers up to this one are of its earlier lives.
    before_life: u64,
    /// Whether this node is a member, and whether it ever was.
    pub(super) is_member: bool,
    pub(super) was_member: bool,
    /// No view up to this number takes this node in: it was evicted by it.
    pub(super) outside: u64,
    /// The round and the proposer of the ballot followed, as long as nobody could be told.
    pub(super) unannounced: Option<Ballot>,
    pub(super) no_quorum: Option<(usize, usize)>,
    /// What the archive is to get; none, if there is no archive.
    past: Option<Past>,
}

impl ChatApplication {
    /// The chat of the node `me`, which posts to `news`.
    pub fn new(me: Member, news: Mailbox, lamport: Arc<AtomicU64>) -> ChatApplication {
        ChatApplication {
            me,
            desk: Rc::default(),
            news,
            lamport,
            view: View::default(),
            shown: Index::ZERO,
            lobby_from: Index::ZERO,
            waking: false,
            reading_up: false,
            greeted: BTreeSet::new(),
            before_life: 0,
            is_member: false,
            was_member: false,
            outside: 0,
            unannounced: None,
            no_quorum: None,
            past: None,
        }
    }

    /// The same, of a node whose lines go into an archive.
    pub fn with_archive(self) -> ChatApplication {
        ChatApplication { past: Some(Past::default()), ..self }
    }

    /// The same, of a node that comes back, and has lived so often before.
    pub fn coming_back(self, life: u64) -> ChatApplication {
        ChatApplication { waking: true, reading_up: true, before_life: before_life(life), ..self }
    }

    /// What the front end may look up. It must not be held across an `await`.
    pub fn desk(&self) -> Rc<RefCell<Desk>> {
        Rc::clone(&self.desk)
    }

    /// The replicated state.
    pub fn chat(&self) -> Ref<'_, Chat> {
        Ref::map(self.desk.borrow(), |desk| &desk.chat)
    }

    pub(super) fn person(&self, id: NodeId) -> Person {
        let who = self.chat().who_at(id);
        let registered = who.is_some_and(|who| !who.person.is_guest());
        Person { id, name: self.name(id), registered }
    }

    pub(super) fn name(&self, id: NodeId) -> String {
        if let Some(name) = self.desk.borrow().chat.name(id) {
            return name.to_string();
        }
        let mut members = self.view.members.iter().chain([&self.me]);
        let address = members.find(|member| member.id == id).map(|member| member.address);
        address.map_or_else(|| unknown(id), nameless)
    }

    /// Who sits at this node.
    pub(super) fn own(&self) -> PersonId {
        let who = self.chat().who_at(self.me.id);
        who.map_or(PersonId::Guest(self.me.id), |who| who.person)
    }

    fn saw_lamport(&self, lamport: u64) {
        self.lamport.fetch_max(lamport, Ordering::Relaxed);
    }

    /// Everything up to here was shown, or is not for this node's person.
    pub(super) fn shown_up_to(&mut self, place: Index) {
        self.shown = self.shown.max(place);
        self.desk.borrow_mut().shown = self.shown;
    }
}

impl Application for ChatApplication {
    fn deliver(&mut self, _now: Instant, delivered: &Delivered) {
        let message = &delivered.message;
        let origin = message.origin;
        self.saw_lamport(message.lamport);
        let told = {
            let mut desk = self.desk.borrow_mut();
            if origin == self.me.id && message.seq > self.before_life {
                desk.settle();
            }
            desk.chat.apply(delivered.index, message.lamport, origin, &message.payload.bytes)
        };
        if let Some(past) = &mut self.past {
            past.applied(delivered.index, &told);
        }
        for told in told {
            self.hear(delivered.index, told);
        }
        if self.was_member {
            self.shown_up_to(delivered.index);
        }
    }

    fn snapshot(&self) -> Bytes {
        self.chat().snapshot().into()
    }

    fn install(&mut self, _now: Instant, index: Index, state: &Bytes) -> Result<(), String> {
        let chat = Chat::restore(state).map_err(|error| error.to_string())?;
        if self.was_member && chat.forgotten() > self.shown {
            self.news.post(News::Missed);
        }
        if let Some(past) = &mut self.past {
            past.installed(index, &chat);
        }
        let lamport = chat.history().map(|line| line.lamport).max();
        self.desk.borrow_mut().chat = chat;
        self.saw_lamport(lamport.unwrap_or(0));
        if self.was_member {
            self.catch_up(index);
        }
        Ok(())
    }

    fn event(&mut self, _now: Instant, event: &Event) {
        if let Event::Submitted { lamport, .. } = event {
            self.saw_lamport(*lamport);
        }
        tracing::info!("{}", describe(event, &|id| self.name(id)));
        self.tell(event);
    }

    fn fading(&mut self, index: Index) -> Faded {
        self.past.as_mut().map(|past| past.fading(index)).unwrap_or_default()
    }

    fn faded(&mut self, index: Index) {
        if let Some(past) = &mut self.past {
            past.faded(index);
        }
    }

    fn lines(&self, ask: Ask) -> Option<Found> {
        at_hand(self.past.as_ref(), &self.chat(), ask)
    }
}
