//! Which payloads a message holds: their bytes travel behind its header.

use super::entry::{Body, Entry, Payload, Submission};
use super::message::{Message, Request};

impl Message {
    /// The payloads whose bytes travel behind the header, in the order of the header.
    pub fn payloads(&self) -> impl Iterator<Item = &Payload> {
        let (entries, submissions, chunk): (&[Entry], &[Submission], Option<&Payload>) = match self
        {
            Message::Append(append) => (&append.entries, &[], None),
            Message::ToLeader { request: Request::Submit(messages), .. } => (&[], messages, None),
            Message::SnapshotChunk(chunk) => (&[], &[], Some(&chunk.bytes)),
            Message::Ping { .. }
            | Message::Pong { .. }
            | Message::AppendAck(_)
            | Message::Elect(_)
            | Message::Elected(_)
            | Message::TokenAck { .. }
            | Message::LeaderAlive { .. }
            | Message::TooFew { .. }
            | Message::Join { .. }
            | Message::Welcome { .. }
            | Message::ToLeader { .. }
            | Message::SnapshotAck { .. }
            | Message::TakeOver { .. } => (&[], &[], None),
        };
        let in_entries = entries.iter().filter_map(|entry| match &entry.body {
            Body::Message(message) => Some(&message.payload),
            Body::Empty | Body::View(_) => None,
        });
        in_entries.chain(submissions.iter().map(|message| &message.payload)).chain(chunk)
    }

    /// The same payloads, to be filled in by the codec.
    pub fn payloads_mut(&mut self) -> impl Iterator<Item = &mut Payload> {
        let (entries, submissions, chunk): (&mut [Entry], &mut [Submission], Option<&mut Payload>) =
            match self {
                Message::Append(append) => (&mut append.entries, &mut [], None),
                Message::ToLeader { request: Request::Submit(messages), .. } => {
                    (&mut [], messages, None)
                }
                Message::SnapshotChunk(chunk) => (&mut [], &mut [], Some(&mut chunk.bytes)),
                Message::Ping { .. }
                | Message::Pong { .. }
                | Message::AppendAck(_)
                | Message::Elect(_)
                | Message::Elected(_)
                | Message::TokenAck { .. }
                | Message::LeaderAlive { .. }
                | Message::TooFew { .. }
                | Message::Join { .. }
                | Message::Welcome { .. }
                | Message::ToLeader { .. }
                | Message::SnapshotAck { .. }
                | Message::TakeOver { .. } => (&mut [], &mut [], None),
            };
        let in_entries = entries.iter_mut().filter_map(|entry| match &mut entry.body {
            Body::Message(message) => Some(&mut message.payload),
            Body::Empty | Body::View(_) => None,
        });
        in_entries.chain(submissions.iter_mut().map(|message| &mut message.payload)).chain(chunk)
    }
}
