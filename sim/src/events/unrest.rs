//! Nobody calls an election while it hears the leader.
//!
//! Such an election comes to nothing, since others hear the leader too and stop the token; but whoever
//! takes a broken connection for a death calls one each time.

use std::time::Duration;

use ringchat::proto::event::Event;
use ringchat::proto::id::Ballot;
use ringchat::proto::message::Message;
use ringchat::proto::status::Role;
use ringchat::proto::time::Instant;

use super::Events;
use super::host::Running;
use crate::scenario::NodeIndex;

/// What a node last heard of a leader, by its own clock.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Heard {
    ballot: Ballot,
    pulse: u64,
    at: Instant,
    /// Since when its pulses have come without a gap.
    since: Instant,
    /// When it last sent on a token with its own name for another's.
    replaced_at: Option<Instant>,
    /// When a dial was cut short last: that is what a death looks like, too.
    misled_at: Option<Instant>,
}

/// For how long a node may believe somebody dead who is not.
const BELIEVED: Duration = Duration::from_secs(1);

impl Heard {
    /// A dial was refused or cut short.
    pub(super) fn misled(&mut self, now: Instant) {
        self.misled_at = Some(now);
    }

    /// A frame has come in.
    pub(super) fn message(&mut self, now: Instant, quiet: Duration, message: &Message) {
        if let Message::Append(append) = message
            && (append.ballot, append.pulse) > (self.ballot, self.pulse)
        {
            if append.ballot != self.ballot || now.since(self.at) >= quiet {
                self.since = now;
            }
            (self.ballot, self.pulse, self.at) = (append.ballot, append.pulse, now);
        }
    }

    /// Whether a leader is heard for a while, with nothing between that could make this node believe
    /// it dead.
    fn steadily(&self, now: Instant, quiet: Duration) -> bool {
        let misled = self.misled_at.is_some_and(|at| now.since(at) < BELIEVED);
        now.since(self.at) < quiet && now.since(self.since) >= BELIEVED && !misled
    }
}

impl Events {
    /// Takes in what a node tells of its elections.
    pub(super) fn check_unrest(&mut self, host: NodeIndex, event: &Event) {
        let here = &mut self.hosts[host.0];
        let now = here.clock.read(self.now);
        match event {
            Event::TokenReplaced { .. } => here.heard.replaced_at = Some(now),
            // The ring that it belonged to is none of its own any more, nor is that one's leader.
            Event::Evicted { .. } => here.heard.since = now,
            Event::ViewInstalled { view, .. } if here.id.is_some_and(|id| !view.contains(id)) => {
                here.heard.since = now;
            }
            Event::ElectionStarted { .. } if here.heard.replaced_at != Some(now) => {
                let heard = here.heard;
                let steadily = heard.steadily(now, self.config.leader_quiet);
                if steadily && self.still_leads(host, heard.ballot) {
                    let words =
                        format!("calls an election, though it hears that of {}", heard.ballot);
                    self.crashed.get_or_insert((host, words));
                }
            }
            _ => {}
        }
    }

    /// A node says this: if it is another's token, it does not hear a leader itself.
    pub(super) fn check_passing(&mut self, host: NodeIndex, message: &Message) {
        let Message::Elect(token) = message else { return };
        let here = &self.hosts[host.0];
        let (heard, now) = (here.heard, here.clock.read(self.now));
        // One that was removed has no leader any more, whatever comes from there.
        let role = here.node.as_ref().map(|node| node.status().role);
        if role == Some(Role::Follower)
            && here.id != Some(token.candidate)
            && heard.steadily(now, self.config.leader_quiet)
            && self.still_leads(host, heard.ballot)
        {
            let words = format!("passes a token on, though it hears that of {}", heard.ballot);
            self.crashed.get_or_insert((host, words));
        }
    }

    /// Whether that leader lives and leads, and this node, which is another, follows nobody else. Where a cut
    /// way refuses dials nobody can know it.
    fn still_leads(&self, host: NodeIndex, ballot: Ballot) -> bool {
        if self.hosts[host.0].id == Some(ballot.proposer) {
            // Whether a quorum hears it, too, is another question.
            return false;
        }
        let follows = |node: &ringchat::proto::node::Node| node.status().promised == ballot;
        let leader = self.host_of(ballot.proposer);
        let leads = leader.is_some_and(|leader| {
            let status = leader.node.as_ref().map(|node| node.status());
            leader.running == Running::Alive
                && status.is_some_and(|it| it.role == Role::Leader && it.leading == Some(ballot))
        });
        leads
            && !self.weather.network().rejects
            && self.hosts[host.0].node.as_ref().is_some_and(follows)
    }
}
