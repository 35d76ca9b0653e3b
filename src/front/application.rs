//! The chat behind the driver: ordered messages in, news for the front end out.

use std::cell::{Ref, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use super::door::{News, Person, nameless, unknown};
use super::mailbox::Mailbox;
use super::past::{Past, at_hand};
use crate::chat::lines::Line;
use crate::chat::outcome::{Outcome, Told};
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
    /// What its disk held is delivered again: nothing of it is shown before it is whole.
    pub(super) waking: bool,
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
            waking: false,
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
        ChatApplication { waking: true, before_life: before_life(life), ..self }
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
        Person { id, name: self.name(id) }
    }

    fn name(&self, id: NodeId) -> String {
        if let Some(name) = self.desk.borrow().chat.name(id) {
            return name.to_string();
        }
        let mut members = self.view.members.iter().chain([&self.me]);
        let address = members.find(|member| member.id == id).map(|member| member.address);
        address.map_or_else(|| unknown(id), nameless)
    }

    fn saw_lamport(&self, lamport: u64) {
        self.lamport.fetch_max(lamport, Ordering::Relaxed);
    }

    /// Something happened at this place: it goes into the log, and to the person here if they may know.
    fn hear(&mut self, place: Index, told: Told) {
        let mine = self.desk.borrow().chat.reaches(&told.to, self.me.id);
        match told.what {
            Outcome::Said(line) => {
                let name = self.name(line.origin);
                tracing::info!("{name}[{}·{}]: {}", line.place, line.lamport, line.text);
                if mine {
                    self.show(line);
                }
            }
            Outcome::Arrived { origin, wanted, back, .. } => {
                let who = self.person(origin);
                tracing::info!("{} is {}", nameless_or_id(&self.view, origin), who.name);
                if self.was_member {
                    let wanted = wanted.map(|name| name.to_string());
                    let own = origin == self.me.id;
                    self.news.post(News::Arrived { who, wanted, back, own });
                }
            }
            Outcome::Unreadable { origin, why } => {
                let who = self.person(origin);
                tracing::warn!("entry {place} of {} is not shown: {why}", who.name);
                self.news.post(News::Unreadable { who, why });
            }
            _ => {}
        }
    }

    /// A line is shown once, and to a newcomer not before it is in the ring.
    fn show(&mut self, line: Line) {
        if self.was_member && line.place > self.shown {
            self.shown = line.place;
            let own = line.origin == self.me.id;
            let name = line.name.as_ref().map(ToString::to_string);
            let name = name.unwrap_or_else(|| self.name(line.origin));
            let who = Person { id: line.origin, name };
            self.news.post(News::Said { line, who, own });
        }
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
                desk.settled += 1;
            }
            desk.chat.apply(delivered.index, message.lamport, origin, &message.payload.bytes)
        };
        if let Some(past) = &mut self.past {
            past.applied(delivered.index, &told);
        }
        for told in told {
            self.hear(delivered.index, told);
        }
    }

    fn snapshot(&self) -> Bytes {
        self.chat().snapshot().into()
    }

    fn install(&mut self, _now: Instant, index: Index, state: &Bytes) -> Result<(), String> {
        let chat = Chat::restore(state).map_err(|error| error.to_string())?;
        let missed: Vec<Line> = chat.history().cloned().collect();
        if self.was_member && chat.forgotten() > self.shown {
            self.news.post(News::Missed);
        }
        if let Some(past) = &mut self.past {
            past.installed(index, &chat);
        }
        self.desk.borrow_mut().chat = chat;
        for line in missed {
            self.saw_lamport(line.lamport);
            self.show(line);
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

    fn fading(&self, index: Index) -> Faded {
        self.past.as_ref().map(|past| past.fading(index)).unwrap_or_default()
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

fn nameless_or_id(view: &View, id: NodeId) -> String {
    let member = view.members.iter().find(|member| member.id == id);
    member.map_or_else(|| unknown(id), |member| nameless(member.address))
}
