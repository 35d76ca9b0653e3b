//! All that looks at what nodes say and tell, where no guarantee does.

use ringchat::proto::event::Event;
use ringchat::proto::id::LinkId;
use ringchat::proto::message::Message;

use super::Events;
use crate::scenario::NodeIndex;

impl Events {
    /// A node is about to say this to another.
    pub(super) fn look_at_message(&mut self, host: NodeIndex, link: LinkId, message: &Message) {
        match message {
            // By far the most are these, and few eyes are for them.
            Message::Ping { .. } | Message::Pong { .. } => {}
            Message::AppendAck(_) => self.check_words(host, message),
            Message::Append(_) => {
                self.check_words(host, message);
                self.check_lag(host, message);
            }
            _ => {
                let to = self.peer(host, link);
                self.check_words(host, message);
                self.check_answer(host, to, message);
                self.check_detour(host, to, message);
                self.check_passing(host, message);
                if let Message::Join { .. } = message {
                    self.asks(host);
                }
            }
        }
    }

    /// A node tells of this.
    pub(super) fn look_at_event(&mut self, host: NodeIndex, event: &Event) {
        self.check_view(host, event);
        self.check_retries(host, event);
        self.check_unrest(host, event);
        self.check_lag_anew(host, event);
        self.check_manners(host, event);
        self.check_tries(host, event);
        self.check_solitude(host, event);
        self.check_asking(host, event);
    }
}
