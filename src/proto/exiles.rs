//! Members that were evicted: the others try them now and then, for they may know nobody else.

use std::collections::VecDeque;
use std::time::Duration;

use super::id::NodeId;
use super::time::Instant;
use super::view::{Change, Member, View};

/// How many are remembered; the oldest go first.
const AT_MOST: usize = 64;

#[derive(Debug)]
struct Exile {
    member: Member,
    due_at: Instant,
    wait: Duration,
}

/// Who was evicted, and may still live.
#[derive(Debug, Default)]
pub struct Exiles {
    all: VecDeque<Exile>,
}

impl Exiles {
    /// `after` takes the place of `before`: those it evicts are to be tried, first after `wait`. Those
    /// who are back, or whose address another has, are not.
    pub fn installed(&mut self, now: Instant, before: &View, after: &View, wait: Duration) {
        let evicted = |id: NodeId| after.changes.contains(&Change::Evicted(id));
        let gone = before.members.iter().filter(|member| evicted(member.id));
        self.add(now, gone.copied(), after, wait);
    }

    /// Those that another node knew of when `view` was in force.
    pub fn add(
        &mut self,
        now: Instant,
        members: impl IntoIterator<Item = Member>,
        view: &View,
        wait: Duration,
    ) {
        for member in members {
            self.forget(member.id);
            self.all.push_back(Exile { member, due_at: now + wait, wait });
        }
        let taken = |exile: &Exile| {
            view.members.iter().any(|member| member.address == exile.member.address)
        };
        self.all.retain(|exile| !taken(exile));
        while self.all.len() > AT_MOST {
            self.all.pop_front();
        }
    }

    /// Whether nobody is remembered.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// For a snapshot.
    pub fn members(&self) -> impl Iterator<Item = Member> {
        self.all.iter().map(|exile| exile.member)
    }

    /// This one is known to be dead.
    pub fn forget(&mut self, id: NodeId) {
        self.all.retain(|exile| exile.member.id != id);
    }

    /// Who is to be tried now; each time the wait doubles, to `most`.
    pub fn due(&mut self, now: Instant, most: Duration) -> Vec<Member> {
        let mut due = Vec::new();
        for exile in self.all.iter_mut().filter(|exile| exile.due_at <= now) {
            exile.wait = (exile.wait * 2).min(most);
            exile.due_at = now + exile.wait;
            due.push(exile.member);
        }
        due
    }
}
