//! What of a node's events the person at it should see: who came and went, who leads, what waits.

use bytes::Bytes;

use super::answers::quoted;
use super::application::{ChatApplication, EARLIER_LINES};
use super::door::News;
use super::parts::{Admission, Departure, nameless};
use crate::chat::command::{Action, Body, Command};
use crate::chat::text::strip;
use crate::proto::event::{Event, Refusal};
use crate::proto::id::{Ballot, Index, NodeId};
use crate::proto::view::{Change, View};

impl ChatApplication {
    /// What of an event the person at this node should see.
    pub(super) fn tell(&mut self, event: &Event) {
        match event {
            Event::ViewInstalled { view, .. } | Event::SnapshotInstalled { view, .. } => {
                self.see_view(view);
            }
            Event::Restored { view, .. } => {
                self.waking = false;
                self.see_view(view);
            }
            Event::Submitted { payload, .. } => self.submitted(payload),
            Event::Refused { why } => self.refused(*why),
            Event::Leads { ballot, .. } | Event::Follows { ballot } => {
                self.unannounced = Some(*ballot);
                self.announce_leader();
            }
            Event::NoQuorum { reachable, members } => {
                let found = (*reachable, *members);
                self.desk.borrow_mut().no_quorum = true;
                if self.no_quorum.replace(found) != Some(found) {
                    self.news.post(News::NoQuorum { reachable: found.0, members: found.1 });
                }
            }
            Event::QuorumBack => {
                self.desk.borrow_mut().no_quorum = false;
                if self.no_quorum.take().is_some() {
                    self.news.post(News::QuorumBack);
                }
            }
            Event::Evicted { view } => {
                self.is_member = false;
                self.outside = *view;
                self.greeted.remove(&self.me.id);
                self.news.post(News::Evicted);
            }
            Event::WentAlone { dropped, .. } => {
                self.no_quorum = None;
                self.desk.borrow_mut().no_quorum = false;
                self.is_member = false;
                self.news.post(News::WentAlone { dropped: *dropped });
            }
            Event::Left => self.news.post(News::Left),
            Event::LinkUp { .. }
            | Event::LinkDown { .. }
            | Event::Suspected { .. }
            | Event::Cleared { .. }
            | Event::Successor { .. }
            | Event::Joining { .. }
            | Event::Sponsors { .. }
            | Event::CaughtUp { .. }
            | Event::SnapshotSent { .. }
            | Event::ElectionStarted { .. }
            | Event::TokenReplaced { .. }
            | Event::TokenSwallowed { .. }
            | Event::TokenStopped { .. }
            | Event::ElectionWon { .. }
            | Event::Promised { .. }
            | Event::PromiseWithheld { .. }
            | Event::SteppedDown { .. }
            | Event::HandedOver { .. }
            | Event::ViewProposed { .. }
            | Event::Truncated { .. }
            | Event::Resubmitted { .. }
            | Event::DuplicateSuppressed { .. }
            | Event::GapRefused { .. }
            | Event::HistoryLacks { .. }
            | Event::HistoryWhole
            | Event::Ignored { .. } => {}
        }
    }

    /// A view is in force: who came, who went, and whether this node is in it.
    fn see_view(&mut self, view: &View) {
        let before = std::mem::replace(&mut self.view, view.clone());
        let members = view.members.iter().map(|member| member.id).collect();
        self.desk.borrow_mut().here = (view.number, members);
        if self.waking {
            return;
        }
        let is_member = view.contains(self.me.id) && view.number > self.outside;
        if is_member && !self.is_member {
            self.admitted();
        } else if self.is_member {
            for change in &view.changes {
                match *change {
                    Change::Left(id) => self.went(&before, id, Departure::Left),
                    Change::Evicted(id) => self.went(&before, id, Departure::Evicted),
                    Change::Founded(_)
                    | Change::Joined(_)
                    | Change::Moved(_)
                    | Change::TieBreaker(_) => {}
                }
            }
        }
        self.is_member = is_member;
    }

    fn went(&mut self, before: &View, id: NodeId, how: Departure) {
        if id == self.me.id {
            return;
        }
        self.greeted.remove(&id);
        let mut who = self.person(id);
        let address = before.members.iter().find(|member| member.id == id);
        if let Some(member) = address.filter(|_| self.desk.borrow().chat.name(id).is_none()) {
            who.name = nameless(member.address);
        }
        self.news.post(News::Went { who, how });
    }

    /// Who comes for the first time in this life is shown what was said before. Who is logged in
    /// here still is shown what they missed, a little later.
    fn admitted(&mut self) {
        let back = std::mem::replace(&mut self.was_member, true);
        let own = self.own();
        let earlier =
            if back || !own.is_guest() { Vec::new() } else { self.earlier(EARLIER_LINES) };
        let last = self.chat().history().next_back().map(|line| line.place);
        if !back {
            let next = last.map_or(Index::ZERO, Index::next);
            self.lobby_from = earlier.first().map_or(next, |line| line.place);
        }
        let earlier = earlier.into_iter().map(|line| quoted(&self.chat(), line)).collect();
        let present = self.view.members.iter().map(|member| self.person(member.id)).collect();
        let view = self.view.number;
        self.news.post(News::Admitted(Admission { view, present, back, earlier }));
        if !back {
            self.shown_up_to(last.unwrap_or_default());
        }
        self.announce_leader();
    }

    /// A newcomer learns who leads once it is in the ring, and knows the names.
    fn announce_leader(&mut self) {
        if !self.was_member {
            return;
        }
        if let Some(Ballot { round, proposer }) = self.unannounced.take() {
            let own = proposer == self.me.id;
            self.news.post(News::Leader { who: self.person(proposer), round, own });
        }
    }

    fn submitted(&self, payload: &Bytes) {
        self.desk.borrow_mut().taken += 1;
        let (group, to, text) = match Command::decode(payload) {
            Ok(Command::Say { text, .. }) => (None, None, text),
            Ok(Command::Act { action: Action::Post { group, text, .. }, .. }) => {
                (group, None, text)
            }
            Ok(Command::Act {
                action: Action::Private { to, body: Body::Plain(text) }, ..
            }) => (None, Some(to), text),
            Ok(Command::Hello { .. } | Command::Act { .. }) | Err(_) => return,
        };
        self.news.post(News::Pending { group, to, text: strip(&text) });
    }

    fn refused(&self, why: Refusal) {
        match why {
            // Only messages are refused for this; the others are about a wish to leave or be alone.
            Refusal::Full | Refusal::TooLarge | Refusal::Leaving => {
                self.desk.borrow_mut().settle();
            }
            Refusal::HasQuorum | Refusal::NoRing => {}
        }
        self.news.post(News::Refused { why });
    }
}
