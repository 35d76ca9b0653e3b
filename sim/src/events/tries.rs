//! Elections that come to nothing are tried again at random, seldom, and not in silence.
//!
//! Delays that are all alike make rivals meet again and again, but only where nothing else keeps them
//! apart; and whoever waits without a word is found out only by a person. So the tries are watched.

use ringchat::proto::event::Event;
use ringchat::proto::input::Input;
use ringchat::proto::message::Message;
use ringchat::proto::time::Instant;

use super::Events;
use crate::scenario::NodeIndex;

/// So many waits in a row that are whole multiples of their bound are no chance.
const ALIKE: u32 = 3;

/// Whoever tries this often without having heard of a leader says that lines wait.
const IN_VAIN: u32 = 3;

/// How a node has called elections in this life, by its own clock.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tries {
    last_at: Option<Instant>,
    /// The number of the input at which it replaced another's token.
    replaced: Option<u64>,
    /// How many waits in a row were not random.
    alike: u32,
    /// How many tries there were since a leader, or a lost neighbour, was last heard.
    in_vain: u32,
    /// Since when, by the world's clock and its own.
    since: Option<(Instant, Instant)>,
}

impl Tries {
    /// A node is about to be told this: if it comes from a leader, tries begin anew.
    pub(super) fn hear(&mut self, input: &Input) {
        let Input::Message { message, .. } = input else { return };
        if matches!(
            message,
            Message::Append(_) | Message::SnapshotChunk(_) | Message::Ping { leading: Some(_), .. }
        ) {
            self.in_vain = 0;
        }
    }

    /// Since when it has tried, and heard of no leader since.
    pub(super) fn in_vain_since(&self) -> Option<(Instant, Instant)> {
        self.since.filter(|_| self.in_vain > 0)
    }
}

impl Events {
    /// Takes in what a node tells of its elections.
    pub(super) fn check_tries(&mut self, host: NodeIndex, event: &Event) {
        let (handled, retry) = (self.handled, self.config.election_retry);
        let here = &mut self.hosts[host.0];
        let now = here.clock.read(self.now);
        let tries = &mut here.tries;
        match event {
            Event::Cleared { .. } | Event::Follows { .. } | Event::Leads { .. } => {
                tries.in_vain = 0;
            }
            Event::TokenReplaced { .. } => tries.replaced = Some(handled),
            Event::ElectionStarted { .. } => {
                let wait = tries.last_at.replace(now).map(|before| now.since(before).as_micros());
                let whole = wait.is_some_and(|it| it > 0 && it % retry.as_micros() == 0);
                tries.alike = if whole { tries.alike + 1 } else { 0 };
                if tries.replaced != Some(handled) {
                    if tries.in_vain == 0 {
                        tries.since = Some((self.now, now));
                    }
                    tries.in_vain += 1;
                }
                let status = here.node.as_ref().map(|node| node.status());
                let silent =
                    status.is_some_and(|it| it.leading.is_none() && it.no_quorum.is_none());
                let words = if tries.alike >= ALIKE {
                    let ms = wait.unwrap_or_default() / 1_000;
                    format!(
                        "waits {ms} ms to the dot between its elections, {ALIKE} times in a row"
                    )
                } else if tries.in_vain >= IN_VAIN && silent {
                    format!("calls its election number {} in vain without a word", tries.in_vain)
                } else {
                    return;
                };
                self.crashed.get_or_insert((host, words));
            }
            _ => {}
        }
    }
}
