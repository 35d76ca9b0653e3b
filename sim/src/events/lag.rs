//! Whoever holds the ring up for too long is evicted: a slow link or disk slows it only up to a bound.
//!
//! No guarantee breaks while a member lags, and at the end of a run, when its disk is swift again, it has
//! caught up. So the leader is watched while it leads.

use std::time::Duration;

use ringchat::proto::event::Event;
use ringchat::proto::id::{Index, NodeId};
use ringchat::proto::message::{Append, Message};
use ringchat::proto::time::Instant;

use super::Events;
use crate::scenario::NodeIndex;

/// A leader that sends nothing, or commits nothing, or whose pulse is not back, for so long does not see who
/// lags, or cannot do much about it.
const STILL: Duration = Duration::from_millis(500);

/// How long the view without a laggard may take.
const VIEW: Duration = Duration::from_secs(1);

/// What a leader shows of those who are behind, by the world's clock.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lag {
    /// The first in the ring who is far behind, and since when.
    first: Option<(NodeId, Instant)>,
    sent_at: Instant,
    commit: Index,
    committed_at: Instant,
    /// A view is on its way: no other can be decided before it is in force.
    pending: bool,
}

impl Lag {
    /// The leader sends this; the nearest of the others that is too far behind is `first`. Gives it back
    /// with the moment since when it is. `answered`: a quorum has seen a pulse of late.
    fn sends(
        &mut self,
        now: Instant,
        commit: Index,
        first: Option<NodeId>,
        answered: bool,
    ) -> Option<(NodeId, Instant)> {
        if now.since(self.sent_at) >= STILL {
            self.first = None;
        }
        self.sent_at = now;
        if commit > self.commit {
            (self.commit, self.committed_at) = (commit, now);
        }
        let moves = now.since(self.committed_at) < STILL && answered && !self.pending;
        let before = self.first.take();
        self.first = first.filter(|_| moves).map(|id| match before {
            Some((known, since)) if known == id => (id, since),
            Some(_) | None => (id, now),
        });
        self.first
    }
}

impl Events {
    /// Each change of the view is a new beginning.
    pub(super) fn check_lag_anew(&mut self, host: NodeIndex, event: &Event) {
        if matches!(
            event,
            Event::ViewProposed { .. } | Event::ViewInstalled { .. } | Event::Leads { .. }
        ) {
            let here = &mut self.hosts[host.0];
            let pending = here.node.as_ref().is_some_and(|it| it.standing().pending_view.is_some());
            here.lag = Lag { pending, ..Lag::default() };
        }
    }

    /// A node is about to say this to another: if it leads, that tells who is behind.
    pub(super) fn check_lag(&mut self, host: NodeIndex, message: &Message) {
        let Message::Append(append) = message else { return };
        let limit = self.config.lag_entries;
        let here = &mut self.hosts[host.0];
        if here.id != Some(append.ballot.proposer) || append.commit.0 <= limit {
            return;
        }
        let (Some(me), Some(view)) = (here.id, &here.view) else { return };
        let behind = |id: &NodeId| held(append, *id).0 + limit < append.commit.0;
        let first = view.after(me).map(|member| member.id).find(behind);
        let bound = self.config.lag_timeout * 2 + VIEW;
        // No view is proposed before a pulse is back from a quorum of it. At a busy process it waits long.
        let recent = STILL.as_micros() / self.config.pulse.as_micros().max(1);
        let late = append.pulse.saturating_sub(u64::try_from(recent).unwrap_or(u64::MAX));
        let answered = view.is_election_quorum(|id| append.stored.of(id).pulse >= late);
        let lags = here.lag.sends(self.now, append.commit, first, answered);
        if let Some((id, since)) = lags
            && self.now.since(since) >= bound
        {
            let words = format!("bears for {bound:?} that {id} is over {limit} entries behind");
            self.crashed.get_or_insert((host, words));
        }
    }
}

fn held(append: &Append, id: NodeId) -> Index {
    append.stored.of(id).index
}
