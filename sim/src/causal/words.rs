//! Inputs in words, and which of them are routine.

use ringchat::proto::event::{Event, LinkLoss};
use ringchat::proto::id::NodeId;
use ringchat::proto::input::{Command, Input};
use ringchat::proto::message::Message;
use ringchat::trace::{describe, describe_loss};

use super::{Handled, InputLog};
use crate::history::Happening;
use crate::trace::names::Names;
use crate::trace::wording::Wording;

/// Whether an input tells nothing unless it led to something: a sign of life, or a clock that ran
/// out.
pub(super) fn is_routine(input: &Input) -> bool {
    match input {
        Input::Timeout
        | Input::Arriving { .. }
        | Input::Persisted { .. }
        | Input::SnapshotTaken { .. }
        | Input::ArchiveRead { .. } => true,
        Input::Connected { .. }
        | Input::Disconnected { .. }
        | Input::Command(_)
        | Input::Unwritable
        | Input::ArchiveLacks { .. } => false,
        Input::Message { message, .. } => match message {
            Message::Ping { .. }
            | Message::Pong { .. }
            | Message::TokenAck { .. }
            | Message::SnapshotAck { .. }
            | Message::ArchiveAsk(_)
            | Message::ArchivePart(_) => true,
            Message::Append(append) => append.entries.is_empty(),
            Message::AppendAck(ack) => !ack.mismatch && ack.promised <= ack.ballot,
            Message::SnapshotChunk(chunk) => chunk.head.is_none(),
            Message::Elect(_)
            | Message::Elected(_)
            | Message::LeaderAlive { .. }
            | Message::TooFew { .. }
            | Message::Join { .. }
            | Message::Welcome { .. }
            | Message::ToLeader { .. }
            | Message::Answer(_)
            | Message::Nominate { .. }
            | Message::TakeOver { .. } => false,
        },
    }
}

/// How inputs are told: with the names of those who sent them.
pub(super) struct Words<'a> {
    pub(super) names: &'a Names,
    pub(super) inputs: &'a InputLog,
}

impl Words<'_> {
    /// The name of the life that handled it.
    pub(super) fn whose(&self, handled: &Handled) -> String {
        // A node's place is small.
        self.names.life(handled.node.0 as u32, handled.incarnation)
    }

    fn wording(&self) -> Wording<'_> {
        Wording { names: self.names }
    }

    fn id(&self, id: NodeId) -> String {
        self.names.id(id)
    }

    /// What came, and what it led to, on one line.
    pub(super) fn line(&self, handled: &Handled) -> String {
        let mut line = self.input(handled);
        for (place, what) in self.led_to(handled).into_iter().enumerate() {
            line.push_str(if place == 0 { " => " } else { "; " });
            line.push_str(&what);
        }
        line
    }

    fn input(&self, handled: &Handled) -> String {
        match &handled.input {
            Input::Timeout => "its time is up".to_owned(),
            Input::Connected { link, hello } => {
                format!("link {link} to {} stands", self.id(hello.member.id))
            }
            Input::Disconnected { link, why } => {
                format!("link {link} is gone: {}", describe_loss(&LinkLoss::Lost(why.clone())))
            }
            Input::Message { message, .. } => {
                format!("from {}: {}", self.sender(handled), self.wording().message(message))
            }
            Input::Arriving { link } => format!("a part of something has come on link {link}"),
            Input::Command(Command::Submit(payload)) => {
                format!("is given {:?}", String::from_utf8_lossy(&payload.bytes))
            }
            Input::Command(Command::Leave) => "is told to leave".to_owned(),
            Input::Command(Command::Alone) => "is told to go on alone".to_owned(),
            Input::Persisted { write } => format!("write {} is durable", write.0),
            Input::Unwritable => "can write nothing any more".to_owned(),
            Input::SnapshotTaken { index, .. } => format!("its snapshot up to {index} is taken"),
            Input::ArchiveRead { found, .. } => {
                format!("{} lines of its archive are read", found.lines.len())
            }
            Input::ArchiveLacks { missing } if missing.is_empty() => {
                "its archive lacks nothing".to_owned()
            }
            Input::ArchiveLacks { .. } => "its archive lacks lines".to_owned(),
        }
    }

    /// What says the same as another input of the same node: a message without its number. What
    /// is no message is always told.
    pub(super) fn gist(&self, handled: &Handled) -> String {
        let sender = handled.cause.and_then(|cause| self.inputs.get(cause));
        let sender = sender.map_or_else(String::new, |sender| self.whose(sender));
        match &handled.input {
            Input::Message { message, .. } => {
                format!("{} {sender} {}", self.whose(handled), self.wording().message(message))
            }
            Input::Timeout
            | Input::Connected { .. }
            | Input::Disconnected { .. }
            | Input::Arriving { .. }
            | Input::Command(_)
            | Input::Persisted { .. }
            | Input::Unwritable
            | Input::SnapshotTaken { .. }
            | Input::ArchiveRead { .. }
            | Input::ArchiveLacks { .. } => {
                format!("{} {} {}", self.whose(handled), handled.at, self.input(handled))
            }
        }
    }

    fn sender(&self, handled: &Handled) -> String {
        let sent = handled.cause.and_then(|cause| Some((cause, self.inputs.get(cause)?)));
        let Some((cause, sender)) = sent else { return "nobody known".to_owned() };
        format!("{} ({cause})", self.whose(sender))
    }

    fn led_to(&self, handled: &Handled) -> Vec<String> {
        let mut all = Vec::new();
        for what in &handled.led_to {
            match (what, &handled.input) {
                // The input says it already.
                (Happening::Event(Event::LinkUp { .. }), Input::Connected { .. })
                | (Happening::Event(Event::LinkDown { .. }), Input::Disconnected { .. }) => {}
                (Happening::Event(event), _) => all.push(describe(event, &|id| self.id(id))),
                (Happening::Delivered(it), _) => {
                    let origin = self.id(it.message.origin);
                    all.push(format!("delivers {}: the {}. of {origin}", it.index, it.message.seq));
                }
                (Happening::Started { .. } | Happening::Died, _)
                | (Happening::Paused | Happening::Resumed | Happening::Fault(_), _) => {}
            }
        }
        all
    }
}
