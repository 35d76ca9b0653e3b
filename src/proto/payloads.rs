//! Which payloads a message holds: their bytes travel behind its header.

use super::archive::ArchivedLine;
use super::entry::{Body, Entry, Payload, Submission};
use super::message::{Message, Request};

impl Message {
    /// The payloads whose bytes travel behind the header, in the order of the header.
    pub fn payloads(&self) -> impl Iterator<Item = &Payload> {
        let (mut entries, mut submissions): (&[Entry], &[Submission]) = (&[], &[]);
        let (mut chunk, mut lines): (Option<&Payload>, &[ArchivedLine]) = (None, &[]);
        match self {
            Message::Append(append) => entries = &append.entries,
            Message::ToLeader { request: Request::Submit(messages), .. } => submissions = messages,
            Message::SnapshotChunk(part) => chunk = Some(&part.bytes),
            Message::ArchivePart(part) => lines = &part.lines,
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
            | Message::TakeOver { .. }
            | Message::Answer(_)
            | Message::Nominate { .. }
            | Message::ArchiveAsk(_) => {}
        }
        let in_entries = entries.iter().filter_map(|entry| match &entry.body {
            Body::Message(message) => Some(&message.payload),
            Body::Empty | Body::View(_) => None,
        });
        let in_submissions = submissions.iter().map(|message| &message.payload);
        let in_lines = lines.iter().map(|line| &line.bytes);
        in_entries.chain(in_submissions).chain(chunk).chain(in_lines)
    }

    /// The same payloads, to be filled in by the codec.
    pub fn payloads_mut(&mut self) -> impl Iterator<Item = &mut Payload> {
        let (mut entries, mut submissions): (&mut [Entry], &mut [Submission]) = (&mut [], &mut []);
        let (mut chunk, mut lines): (Option<&mut Payload>, &mut [ArchivedLine]) = (None, &mut []);
        match self {
            Message::Append(append) => entries = &mut append.entries,
            Message::ToLeader { request: Request::Submit(messages), .. } => submissions = messages,
            Message::SnapshotChunk(part) => chunk = Some(&mut part.bytes),
            Message::ArchivePart(part) => lines = &mut part.lines,
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
            | Message::TakeOver { .. }
            | Message::Answer(_)
            | Message::Nominate { .. }
            | Message::ArchiveAsk(_) => {}
        }
        let in_entries = entries.iter_mut().filter_map(|entry| match &mut entry.body {
            Body::Message(message) => Some(&mut message.payload),
            Body::Empty | Body::View(_) => None,
        });
        let in_submissions = submissions.iter_mut().map(|message| &mut message.payload);
        let in_lines = lines.iter_mut().map(|line| &mut line.bytes);
        in_entries.chain(in_submissions).chain(chunk).chain(in_lines)
    }
}
